"""This room answers browsers about chats: the list, one conversation, beginning another."""

from contextlib import suppress
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from webchat.chats import show, store
from webchat.chats.forms import StartForm
from webchat.contacts import store as contacts
from webchat.contacts.show import chat_path, contact_view, request_views
from webchat.errors import Invalid, NotFound, XmppError
from webchat.messages import commands as messages
from webchat.messages import show as said
from webchat.session.session import Session
from webchat.web.answer import done
from webchat.web.request import language, settings, signed_in
from webchat.web.scope import Scope
from webchat.web.templates import page
from webchat.xmpp import jid as jids


async def index(request: Request) -> Response:
    """GET /chats: the list, and an invitation to write to somebody."""
    return await _index(request)


async def create(request: Request) -> Response:
    """POST /chats: begin a chat with any address; one that is none is said beside the field."""
    session = signed_in(request).session
    form = await StartForm.read(request)
    try:
        jid = form.address(settings(request).default_domain or jids.domain(session.jid))
    except Invalid as error:
        return await _index(request, status=422, start_jid=form.jid, start_error=error.fields["jid"])
    await messages.open_conversation(session, jid)
    return done(request, f"/chats/{jids.escape_path(jid)}")


async def conversation(request: Request) -> Response:
    """GET /chats/{jid}: the conversation beside the list; also one in which nothing was said yet."""
    session, jid = signed_in(request).session, _address(request)
    if jid != request.path_params["jid"]:
        return RedirectResponse(chat_path(jid), 303)
    asked = request.query_params
    after, at = asked.get("after", ""), _number(asked.get("at", ""))
    if before := asked.get("before", ""):
        # Without the archive the page shows what is here already.
        with suppress(XmppError):
            await messages.reach_older(session, jid, before)
    cursor = session.feed.cursor
    async with session.read() as db:
        values = await _list(request, db, session, jid)
        contact = await contacts.contact(db, session.account_id, jid)
        values |= {
            "contact": contact_view(session, jid, contact, language(request)),
            "timeline": await said.timeline(db, session, jid, before=before, after=after, at=at),
            "composer": await said.composer(db, session, jid),
            "typing": await said.typing(db, session, jid, language(request)),
        }
    values["missing"] = "at" in asked and not values["timeline"].at
    values["still"] = "write" in asked or bool(before or after)
    return page(request, "chats/show.html", scope=Scope("conversation", jid), cursor=cursor, **values)


async def close(request: Request) -> Response:
    """POST /chats/{jid}/close: out of the list until somebody says something."""
    await messages.close_conversation(signed_in(request).session, _address(request))
    return done(request, "/chats")


async def _index(
    request: Request, *, status: int = 200, start_jid: str = "", start_error: str = ""
) -> Response:
    session = signed_in(request).session
    cursor = session.feed.cursor
    async with session.read() as db:
        values = await _list(request, db, session, "")
    return page(
        request,
        "chats/index.html",
        scope=Scope("chats"),
        cursor=cursor,
        status=status,
        start_jid=start_jid,
        start_error=start_error,
        default_domain=settings(request).default_domain,
        **values,
    )


async def _list(request: Request, db: AsyncSession, session: Session, current: str) -> dict[str, Any]:
    entries = await store.overview(db, session.account_id)
    requests = request_views(await contacts.requests(db, session.account_id))
    return {
        "conversations": show.rows(session, entries, language(request), current),
        "requests": requests,
        "empty": not entries and not requests,
    }


def _address(request: Request) -> str:
    try:
        return jids.bare(jids.normalise(request.path_params["jid"]))
    except ValueError:
        raise NotFound from None


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0


routes = (
    Route("/chats", index, methods=["GET"], name="chats"),
    Route("/chats", create, methods=["POST"], name="chat-create"),
    Route("/chats/{jid}", conversation, methods=["GET"], name="chat"),
    Route("/chats/{jid}/close", close, methods=["POST"], name="chat-close"),
)
