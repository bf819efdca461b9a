"""This room answers browsers about one person: their page, what the user calls them."""

import asyncio
from datetime import timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from webchat.contacts import commands, store
from webchat.contacts.forms import ContactForm
from webchat.contacts.show import person_path
from webchat.db.base import now
from webchat.errors import Invalid
from webchat.profile import show
from webchat.session.session import Session
from webchat.web.answer import done
from webchat.web.request import bare_jid_in, language, signed_in
from webchat.web.scope import Scope
from webchat.web.templates import page
from webchat.xmpp import jid as jids

FRESH = timedelta(hours=1)
"""A profile is asked for again after this time."""

PATIENCE = 1.0
"""Seconds that a page waits for somebody's server; what comes later arrives by the stream."""


async def person(request: Request) -> Response:
    """GET /people/{jid}: what anybody tells about themselves, and what is between them and us."""
    session, jid = signed_in(request).session, bare_jid_in(request)
    if jid != request.path_params["jid"]:
        return RedirectResponse(person_path(jid), 303)
    await _ask(session, jid)
    return await _person(request, session, jid)


async def _ask(session: Session, jid: str) -> None:
    async with session.read() as db:
        told_us = await store.profile(db, session.account_id, jid)
    if session.client.connected and (told_us is None or now() - told_us.fetched_at > FRESH):
        asking = session.spawn(commands.load_profile(session, jid), "profile")
        await asyncio.wait({asking}, timeout=PATIENCE)


async def _person(
    request: Request, session: Session, jid: str, *, status: int = 200, wrong: dict[str, str] | None = None
) -> Response:
    cursor = session.feed.cursor
    async with session.read() as db:
        view = await show.person_page(db, session, jid, language(request))
    scope = Scope("person", jid)
    values: dict[str, Any] = {"about": view, "wrong": wrong or {}, "saved": "saved" in request.query_params}
    return page(request, "profile/person.html", scope=scope, cursor=cursor, status=status, **values)


async def edit(request: Request) -> Response:
    """POST /people/{jid}/contact: another name for them, other groups."""
    session, jid = signed_in(request).session, bare_jid_in(request)
    try:
        form = await ContactForm.read(request)
    except Invalid as error:
        return await _person(request, session, jid, status=422, wrong=error.fields)
    await commands.edit_contact(session, jid, form.name, form.sorted_into())
    return done(request, f"/people/{jids.escape_path(jid)}?saved=1")
