"""This room answers browsers about the user's own card, picture and banner."""

import asyncio
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from webchat.errors import Invalid, TimedOut, XmppError
from webchat.pictures import BadPicture
from webchat.profile import commands, show
from webchat.profile.forms import CardForm
from webchat.profile.show.card import access_of
from webchat.session.session import Session
from webchat.uploads.commands import CannotSend
from webchat.uploads.views import media_of
from webchat.web import forms
from webchat.web.answer import done
from webchat.web.errors import describe
from webchat.web.language import N_
from webchat.web.request import language, signed_in
from webchat.web.scope import Scope
from webchat.web.templates import page
from webchat.xmpp.card import Card

PATH = "/configuration/profile"

PATIENCE = 8.0
"""Seconds that the page waits for what the server has."""

NO_PICTURE = N_("Choose a picture first.")
BAD_PICTURE = N_("This is no picture that can be used, or it is too large.")


async def show_card(request: Request) -> Response:
    """GET /configuration/profile: what one tells about oneself, as the server has it now."""
    return await _page(request)


async def _page(request: Request, *, picture: str = "", banner: str = "") -> Response:
    """The page; picture, banner: sentences at these two."""
    session = signed_in(request).session
    try:
        async with asyncio.timeout(PATIENCE):
            known = await commands.load_card(session)
    except (XmppError, TimeoutError) as error:
        trouble = describe(error if isinstance(error, XmppError) else TimedOut()).text
        view = show.card_view(session, "", None, Card(), "", trouble=trouble)
    else:
        lies = await _banner(session)
        view = show.card_view(session, lies, known.card, known.card, access_of(known))
    saved, older = "saved" in request.query_params, "older" in request.query_params
    status = 422 if picture or banner else 200
    return _drawn(request, view, status, saved=saved, older=older, picture_error=picture, banner_error=banner)


def _drawn(request: Request, view: show.CardView, status: int, **values: Any) -> Response:
    told = {"saved": False, "older": False, "picture_error": "", "banner_error": "", **values}
    # A page with something wrong on it keeps what was typed, whatever other tabs do.
    scope = Scope("card") if status == 200 else None
    return page(request, "profile/card.html", status=status, scope=scope, card=view, **told)


async def _banner(session: Session) -> str:
    try:
        async with asyncio.timeout(PATIENCE):
            return await commands.load_banner(session)
    except (XmppError, TimeoutError):
        return ""


async def save(request: Request) -> Response:
    """POST /configuration/profile: only what was changed is written; what cannot be taken stays typed."""
    session, given = signed_in(request).session, await request.form()
    try:
        form = CardForm.of(given)
        whole = await commands.save_card(session, form.changed, form.access)
    except Invalid as error:
        return await _again(request, given, 422, wrong=error.fields)
    except XmppError as error:
        drawn = describe(error)
        return await _again(request, given, drawn.status, trouble=drawn.text)
    return _saved(request, whole)


def _saved(request: Request, whole: bool) -> Response:
    return done(request, f"{PATH}?saved=1" if whole else f"{PATH}?saved=1&older=1")


async def _again(
    request: Request,
    given: FormData,
    status: int,
    *,
    wrong: Mapping[str, str] | None = None,
    trouble: str = "",
) -> Response:
    session = signed_in(request).session

    def read(before: str) -> Card:
        values = {field.name: given.get(before + field.name, "") for field in fields(Card)}
        return Card(
            **{name: value[:10_000] if isinstance(value, str) else "" for name, value in values.items()}
        )

    typed = given.get("access")
    access = typed if typed in (commands.EVERYBODY, commands.AS_IT_IS) else commands.CONTACTS
    view = show.card_view(
        session, await _banner(session), read(""), read("was_"), access, wrong=wrong, trouble=trouble
    )
    return _drawn(request, view, status)


async def picture(request: Request) -> Response:
    """POST /configuration/profile/picture/files: another picture, or none."""
    session = signed_in(request).session
    data, remove = await forms.picture(request)
    if not data and not remove:
        return await _page(request, picture=NO_PICTURE)
    try:
        whole = await (commands.remove_picture(session) if remove else commands.set_picture(session, data))
    except BadPicture:
        return await _page(request, picture=BAD_PICTURE)
    except XmppError as error:
        return await _page(request, picture=describe(error).text)
    return _saved(request, whole)


async def banner(request: Request) -> Response:
    """POST /configuration/profile/banner/files: another banner, or none."""
    session = signed_in(request).session
    data, remove = await forms.picture(request)
    if not data and not remove:
        return await _page(request, banner=NO_PICTURE)
    try:
        if remove:
            await commands.remove_banner(session)
        else:
            await commands.set_banner(session, media_of(request), data)
    except BadPicture:
        return await _page(request, banner=BAD_PICTURE)
    except (CannotSend, XmppError) as error:
        return await _page(request, banner=describe(error).said(language(request)))
    return done(request, f"{PATH}?saved=1")
