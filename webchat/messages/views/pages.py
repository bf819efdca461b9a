"""This room answers browsers about one message, about what is saved, and with the form that answers."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from webchat.errors import NotFound, XmppError
from webchat.messages import commands, show, store
from webchat.messages.show import details
from webchat.messages.store import sources
from webchat.messages.views import conversation_of, id_of
from webchat.session.session import Session
from webchat.web import answer
from webchat.web.request import language, signed_in
from webchat.web.templates import page

MOST_PAGES = 5
"""Pages of the archive that are read to find what an answer quotes."""

LONGEST_TAG = 64


def number_of(request: Request, name: str) -> int:
    """A row id in the query, 0 for none."""
    text = request.query_params.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0


def referred(request: Request) -> dict[str, Any]:
    """Which message the form of this page is about: `reply` or `edit`, 0 for none."""
    return {"reply": number_of(request, "reply"), "edit": number_of(request, "edit")}


async def composer(request: Request) -> Response:
    """GET /conversations/{jid}/composer?reply=ID or ?edit=ID: the form about a message, or about none."""
    session, jid = signed_in(request).session, conversation_of(request)
    async with session.read() as db:
        form = await show.composer(db, session, jid, **referred(request))
    return answer.fragment(request, "messages/_composer.html", composer=form)


async def message(request: Request) -> Response:
    """GET /messages/{id}: all of a message, what became of it, and what can be done with it."""
    session = signed_in(request).session
    async with session.read() as db:
        found = await details.details(db, session, id_of(request), language(request))
    if found is None:
        raise NotFound
    return page(request, "messages/page.html", details=found, actions=found.actions, message=found.message)


async def menu(request: Request) -> Response:
    """GET /messages/{id}/menu: what can be done with it, for a popover."""
    session = signed_in(request).session
    async with session.read() as db:
        found = await details.actions_of(db, session, id_of(request))
    if found is None:
        raise NotFound
    return answer.fragment(request, "messages/_menu.html", actions=found)


async def source(request: Request) -> Response:
    """GET /messages/{id}/source: where what a message answers stands; the archive is read to find it."""
    session = signed_in(request).session
    async with session.read() as db:
        found = await sources.whole(db, session.account_id, id_of(request))
    if found is None or found.reply is None:
        raise NotFound
    row = await _found(session, found)
    return answer.done(request, f"{show.path_of(found.jid, found.kind)}?at={row}")


async def _found(session: Session, message: sources.Whole) -> int:
    for _ in range(MOST_PAGES):
        async with session.read() as db:
            ids = [message.reply_id]
            known = await sources.sources(db, message.conversation_id, ids)
            talk = await store.conversation_by_jid(db, session.account_id, message.jid)
        if message.reply_id in known or talk is None or talk.history_start:
            break
        try:
            await commands.load_older(session, message.jid)
        except XmppError:
            break
    row = known.get(message.reply_id)
    return row.id if row else 0


async def saved(request: Request) -> Response:
    """GET /saved?tag=: what was kept for later."""
    session = signed_in(request).session
    tag = request.query_params.get("tag", "")[:LONGEST_TAG].strip().casefold()
    async with session.read() as db:
        found = await details.saved_page(db, session, tag)
    return page(request, "messages/saved.html", saved=found)
