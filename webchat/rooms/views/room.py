"""This room answers about one room: its page, going in and out."""

import asyncio

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from webchat.errors import Invalid, NotFound, XmppError
from webchat.messages import store as talks
from webchat.messages.overview import listed
from webchat.messages.show import talk
from webchat.messages.state.occupants import Rooms
from webchat.rooms import commands, show, store
from webchat.rooms.forms import JoinForm
from webchat.session.session import Session
from webchat.web import dom
from webchat.web.answer import done, fragment
from webchat.web.errors import missing
from webchat.web.language import N_
from webchat.web.request import is_htmx, language, signed_in
from webchat.web.scope import Scope
from webchat.web.templates import page
from webchat.xmpp import jid as jids
from webchat.xmpp.rooms.info import RoomInfo

PATIENCE = 3.0
"""Seconds that a page waits for what a room says of itself."""

NO_ROOM = N_("This room is not there")
WAYS = ((N_("Find a room"), "/rooms/join"), (N_("Create a room"), "/rooms/create"))

_NOTHING = {"timeline": None, "mode": None, "still": True}


def address(request: Request) -> str:
    """The room in the address. Raises NotFound when it is none."""
    try:
        jid = jids.bare(jids.normalise(request.path_params["jid"]))
    except ValueError:
        raise NotFound from None
    if not jids.local(jid):
        raise NotFound
    return jid


def within(jid: str, below: str = "") -> str:
    """The page of a room within the site, or one below it."""
    return f"/rooms/{jids.escape_path(jid)}{below}"


async def asked(session: Session, jid: str) -> tuple[RoomInfo | None, str]:
    """What a room says of itself, or the condition why that cannot be had now."""
    try:
        async with asyncio.timeout(PATIENCE):
            return await commands.room_info(session, jid), ""
    except Invalid:
        return None, "feature-not-implemented"
    except XmppError as error:
        return None, error.condition
    except TimeoutError:
        return None, "remote-server-timeout"


async def show_room(request: Request) -> Response:
    """GET /rooms/{jid}: the room beside the list; one that the user is not in says what it is."""
    session, jid = signed_in(request).session, address(request)
    if jid != request.path_params["jid"]:
        return RedirectResponse(show.path_of(jid), 303)
    if path := await talk.elsewhere(session, jid, request.query_params):
        return done(request, path)
    if wants(request, dom.details):
        return fragment(request, "rooms/_details.html", about=None)
    return await draw(request, jid, None)


def wants(request: Request, id: str) -> bool:
    """Whether a script only asks for the element with this id."""
    return is_htmx(request) and request.headers.get("hx-target", "").endswith(f"#{id}")


async def draw(request: Request, jid: str, about: show.AboutView | None, status: int = 200) -> Response:
    """The page of a room, with the panel open where there is something for it."""
    session = signed_in(request).session
    state = session[Rooms].get(jid)
    outside = state is None or state.phase == "out"
    info, trouble = await asked(session, jid) if outside and session.state == "online" else (None, "")
    if trouble in show.NOT_THERE and state is None and not await _known(session, jid):
        return missing(request, NO_ROOM, show.TROUBLES[trouble], *WAYS, what=jids.shown(jid))
    await talk.reach(session, jid, request.query_params)
    cursor = session.feed.cursor
    async with session.read() as db:
        values = await listed(db, session, language(request), jid)
        found = await talks.conversation_by_jid(db, session.account_id, jid)
        kept = await store.room(db, session.account_id, jid)
        # In a room that one was never in nothing was said, and nothing can be.
        values |= await talk.values(db, session, jid, request.query_params) if found else _NOTHING
    values |= {
        "room": show.room_view(session, jid, found, info.name if info else kept.title if kept else ""),
        "door": show.door(session, jid, found, info, trouble),
        "details": about,
        "kept": found is not None,
        "modes": show.MODES,
    }
    scope = Scope("conversation", jid)
    return page(request, "rooms/show.html", scope=scope, cursor=cursor, status=status, **values)


async def _known(session: Session, jid: str) -> bool:
    """Whether the user was ever in this room: what is kept of it is shown, gone or not."""
    async with session.read() as db:
        return await talks.conversation_by_jid(db, session.account_id, jid) is not None


async def join(request: Request) -> Response:
    """POST /rooms/{jid}/join: go in; whatever is wrong stands at the door, with the way out."""
    session, jid = signed_in(request).session, address(request)
    form = await JoinForm.read(request)
    async with session.read() as db:
        found = await talks.conversation_by_jid(db, session.account_id, jid)
    await commands.join_room(session, jid, form.nick, form.password)
    # Where the talk stands already only the door opens.
    return done(request, within(jid), by_stream=found is not None and not form.go)


async def leave(request: Request) -> Response:
    """POST /rooms/{jid}/leave: go out; the room stays in the list."""
    jid = address(request)
    await commands.leave_room(signed_in(request).session, jid)
    return done(request, within(jid))


async def forget(request: Request) -> Response:
    """POST /rooms/{jid}/forget: out, and out of the list."""
    await commands.forget_room(signed_in(request).session, address(request))
    return done(request, "/chats")


async def decline(request: Request) -> Response:
    """POST /rooms/{jid}/invitation/delete: no, thank you."""
    await commands.decline_invitation(signed_in(request).session, address(request))
    return done(request, "/rooms/join", by_stream=True)
