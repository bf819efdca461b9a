"""This room answers browsers about chats: the list, one conversation, beginning another."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from webchat.chats import show
from webchat.chats.forms import StartForm
from webchat.contacts import store as contacts
from webchat.contacts.show import chat_path
from webchat.errors import Invalid
from webchat.messages import commands as messages
from webchat.messages import show as said
from webchat.messages import store as talks
from webchat.messages.overview import listed
from webchat.messages.show import talk
from webchat.messages.state.occupants import Rooms
from webchat.web import columns
from webchat.web.answer import done
from webchat.web.headers import FOREIGN
from webchat.web.request import cookie_path, jid_in, language, settings, signed_in
from webchat.web.scope import Scope
from webchat.web.templates import installed, page
from webchat.xmpp import jid as jids

_KEPT = {"cache-control": "private, max-age=31536000, immutable", "content-security-policy": FOREIGN}


async def index(request: Request) -> Response:
    """GET /chats: the list, and an invitation to write to somebody; ?show= says what it shows from now on."""
    if "show" not in request.query_params:
        return await _index(request)
    answer = done(
        request, await show.place_beside(signed_in(request).session, request.query_params.get("in", ""))
    )
    kept = settings(request)
    shown = request.query_params["show"]
    columns.remember_shown(answer, shown, cookie_path(kept), secure=kept.secure)
    return answer


async def widths(request: Request) -> Response:
    """GET /columns/{list}-{details}.css: how wide the columns are, in sixteenths of the text's size."""
    rules = columns.rules(list=request.path_params["list"], details=request.path_params["details"])
    return Response(rules, media_type="text/css", headers=_KEPT)


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


async def open_address(request: Request) -> Response:
    """GET /open?uri=: the page of what an xmpp: address of another page means (RFC 5122)."""
    return done(request, show.place_of(request.query_params.get("uri", "")))


async def conversation(request: Request) -> Response:
    """GET /chats/{jid}: the conversation beside the list; also one in which nothing was said yet."""
    session, jid = signed_in(request).session, _address(request)
    if path := await _elsewhere(request, jid):
        return RedirectResponse(path, 303)
    if path := await talk.elsewhere(session, jid, request.query_params):
        return done(request, path)
    await talk.reach(session, jid, request.query_params)
    cursor = session.feed.cursor
    async with session.read() as db:
        values = await listed(db, session, language(request), jid)
        values |= await talk.values(db, session, jid, request.query_params)
        contact = await contacts.contact(db, session.account_id, jid)
    values["contact"] = show.other_side(session, jid, contact, language(request))
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
        values = await listed(db, session, language(request), "")
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


async def _elsewhere(request: Request, jid: str) -> str:
    """Where this conversation has its page when that is not here: one spelling for each, and rooms."""
    session = signed_in(request).session
    async with session.read() as db:
        found = await talks.conversation_by_jid(db, session.account_id, jid)
    if found is not None and found.kind == "room":
        query = f"?{request.url.query}" if request.url.query else ""
        return installed().url(said.path_of(jid, found.kind)) + query
    return "" if jid == request.path_params["jid"] else chat_path(jid)


def _address(request: Request) -> str:
    """The address that is meant: of a person without the device, of somebody in a room with the nick."""
    jid = jid_in(request)
    room = jids.bare(jid)
    return jid if room in signed_in(request).session[Rooms] else room


routes = (
    Route("/chats", index, methods=["GET"], name="chats"),
    Route("/chats", create, methods=["POST"], name="chat-create"),
    Route("/columns/{list:int}-{details:int}.css", widths, methods=["GET"], name="columns"),
    Route("/open", open_address, methods=["GET"], name="open"),
    Route("/chats/{jid:path}", conversation, methods=["GET"], name="chat"),
    Route("/chats/{jid:path}/close", close, methods=["POST"], name="chat-close"),
)
