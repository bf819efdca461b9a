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
from webchat.posts.commands import refresh_person
from webchat.profile import show
from webchat.session.session import Session
from webchat.web.answer import done
from webchat.web.errors import missing
from webchat.web.language import N_
from webchat.web.request import bare_jid_in, language, signed_in
from webchat.web.scope import Scope
from webchat.web.templates import installed, page
from webchat.xmpp import jid as jids

FRESH = timedelta(hours=1)
"""A profile is asked for again after this time."""

NOBODY = N_("Nobody is found at this address")
NO_SERVER = N_("There is no server called %(domain)s, or it cannot be found now. Is the address right?")
WAYS = ((N_("Search"), "/search"), (N_("Chats"), "/chats"))

FIELDS = ("name", "groups")

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
    if not session.client.connected:
        return
    async with session.read() as db:
        told_us = await store.profile(db, session.account_id, jid)
    asking = set()
    if told_us is None or now() - told_us.fetched_at > FRESH:
        asking.add(session.spawn(commands.load_profile(session, jid), "profile"))
    if jids.local(jid) and not installed().chat_only:
        asking.add(session.spawn(refresh_person(session, jid), "posts of somebody"))
    if asking:
        await asyncio.wait(asking, timeout=PATIENCE)


async def _person(
    request: Request,
    session: Session,
    jid: str,
    *,
    wrong: dict[str, str] | None = None,
    typed: dict[str, str] | None = None,
) -> Response:
    cursor = session.feed.cursor
    async with session.read() as db:
        view = await show.person_page(db, session, jid, language(request))
        written = await show.posts_of(db, session, jid)
    if view.person.lost and not view.person.known:
        return missing(request, NOBODY, NO_SERVER, *WAYS, what=jids.shown(jid), domain=jids.domain(jid))
    values: dict[str, Any] = {
        "about": view,
        "written": written,
        "wrong": wrong or {},
        "typed": typed or {},
        "saved": "saved" in request.query_params,
    }
    status = 422 if wrong else 200
    return page(
        request, "profile/person.html", scope=Scope("person", jid), cursor=cursor, status=status, **values
    )


async def edit(request: Request) -> Response:
    """POST /people/{jid}/contact: another name for them, other groups."""
    session, jid = signed_in(request).session, bare_jid_in(request)
    try:
        form = await ContactForm.read(request)
    except Invalid as error:
        given = await request.form()
        typed = {name: value[:2000] for name in FIELDS if isinstance(value := given.get(name, ""), str)}
        return await _person(request, session, jid, wrong=error.fields, typed=typed)
    await commands.edit_contact(session, jid, form.name, form.sorted_into())
    return done(request, f"/people/{jids.escape_path(jid)}?saved=1")
