"""This room answers who is signed in about what one person writes, and what they show that they follow."""

import asyncio
from contextlib import suppress
from functools import partial

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from webchat.blog import commands, show
from webchat.errors import NotFound, TooMany
from webchat.posts import commands as posts_commands
from webchat.posts import store
from webchat.session.session import Session
from webchat.web.limits import ask_once
from webchat.web.request import bare_jid_in, signed_in
from webchat.web.templates import installed, page
from webchat.xmpp import jid as jids
from webchat.xmpp.entries import MICROBLOG

PATIENCE = 2.0
"""Seconds that the page waits for somebody's server."""


async def posts(request: Request) -> Response:
    """GET /people/{jid}/posts: the posts of one person, the newest first."""
    session, jid = signed_in(request).session, _address(request)
    if jid != request.path_params["jid"]:
        return RedirectResponse(installed().url(f"/people/{jids.escape_path(jid)}/posts"), 303)
    given = request.query_params.get("before", "")
    before = int(given) if given.isdecimal() and given.isascii() and len(given) < 19 else 0
    if session.client.connected:
        await _ask(session, jid, before)
    async with session.read() as db:
        view = await show.person(db, session, jid, before)
    return page(request, "blog/person.html", person=view)


async def _ask(session: Session, jid: str, before: int) -> None:
    if before:
        work = [session.spawn(_older(session, jid, before), "older posts of somebody")]
    else:
        work = [
            session.spawn(posts_commands.refresh_person(session, jid), "posts of somebody"),
            session.spawn(commands.load_shared(session, jid), "what somebody follows"),
        ]
    await asyncio.wait(work, timeout=PATIENCE)


async def _older(session: Session, jid: str, before: int) -> None:
    """What their server still has that is older than a post which is here."""
    async with session.read() as db:
        found = await store.by_id(db, posts_commands.via(session), before)
    if found is not None and found.service == jid and found.node == MICROBLOG:
        question = partial(
            posts_commands.fetch_node, session, jid, MICROBLOG, before=found.item, kind="people"
        )
        with suppress(TooMany):
            await ask_once(session, ("older posts", jid, found.item), question)


def _address(request: Request) -> str:
    jid = bare_jid_in(request)
    if "@" not in jid:
        raise NotFound
    return jid
