"""This room brings us into rooms and out of them: after a login, after a break, when the user wants it."""

import asyncio
import logging
import random
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress

from webchat.contacts.show import seat_picture
from webchat.errors import Offline, TimedOut, XmppError
from webchat.messages import store as messages
from webchat.messages.changes import ConversationChanged
from webchat.messages.jobs.room_history import catch_up
from webchat.messages.state.occupants import Rooms, RoomState
from webchat.rooms import store
from webchat.rooms.changes import RoomChanged
from webchat.rooms.state import Doors, Passwords, Questions
from webchat.session.session import Session
from webchat.xmpp import bookmarks
from webchat.xmpp import jid as jids
from webchat.xmpp import namespaces as ns
from webchat.xmpp.rooms import challenge, config, info
from webchat.xmpp.verbs import EnterRoom, LeaveRoom

log = logging.getLogger(__name__)

MOST_ROOMS = 200
"""Rooms that are entered by themselves at a login (security case A32)."""

ANSWER = 30.0
"""Seconds until a room that does not answer counts as unreachable."""

OTHER_NICKS = 5
"""Times that another nick is tried when ours is taken at a login."""

PENDING = 15.0
"""Seconds for which what the user wrote waits for the room it belongs into."""

HISTORY = 7 * 24 * 3600
"""Seconds of the past that a room without an archive is asked for."""

AGAIN, AGAIN_MOST = 15.0, 900.0
"""Seconds before the first try to enter again, and the most before any later one."""

MENDING = frozenset(
    (
        "remote-server-not-found",
        "remote-server-timeout",
        "resource-constraint",
        "internal-server-error",
        "undefined-condition",
        "recipient-unavailable",
        "shutdown",
        "lost",
    )
)
"""Troubles that waiting may mend: these rooms are entered again by themselves, with growing pauses."""

WRONG_ANSWER = "captcha-failed"
"""Trouble of who did not find out what a room wanted to read."""

Answers = Mapping[str, Sequence[str]]

PUT_OUT = frozenset(("kicked", "banned", "removed", "gone"))
"""Somebody wanted us out, or ended the room: a new stream does not bring us back, the user does."""


def default_nick(session: Session) -> str:
    """What we are called where the user has chosen nothing."""
    return jids.local(session.jid) or session.jid


# ---- after a login


async def enter_all(session: Session) -> None:
    """Sync step: learn which rooms the user keeps, and enter those they want to be in.

    Rooms for which something waits to be sent come first and are waited for: what is said to a room that one
    is not in comes back as an error.
    """
    _forget_the_former_stream(session)
    await learn_bookmarks(session)
    async with session.read() as db:
        wanted = (await messages.rooms(db, session.account_id, joined=True))[:MOST_ROOMS]
        pending = await messages.rooms_with_pending(db, session.account_id)
    wanted = [(jid, nick) for jid, nick in wanted if not _decided(session[Rooms].get(jid))]
    first = [start_entering(session, jid) for jid, _ in wanted if jid in pending]
    for jid, _ in wanted:
        if jid not in pending:
            start_entering(session, jid)
    if first:
        await asyncio.wait(first, timeout=PENDING)


def _decided(state: RoomState | None) -> bool:
    """Whether the user has entered it since the login, or was put out."""
    return state is not None and (state.phase == "in" or _put_out(state))


def _put_out(state: RoomState) -> bool:
    return state.phase == "out" and state.trouble in PUT_OUT


def _forget_the_former_stream(session: Session) -> None:
    """Seats ended with it; those that were asked for since then stay."""
    doors, seats = session[Doors], session.client.rooms
    doors.due.clear()
    for state in session[Rooms]:
        if state.jid not in seats and not _put_out(state):
            if doors.waits(state.jid):
                doors.tasks.pop(state.jid).cancel()
            # Why one is out of a room stays said, also when it was said before this came to run.
            if state.phase == "in" or (state.phase == "entering" and not doors.runs(state.jid)):
                state.leave()


async def learn_bookmarks(session: Session) -> None:
    """What the server has of the user's rooms; without it the ones known here count."""
    # A bookmark written meanwhile would be missing from what was read before.
    async with session[Doors].writing:
        try:
            event = await bookmarks.fetch(session.client)
        except (TimedOut, Offline):
            raise
        except XmppError as error:
            log.info("bookmarks cannot be read: %s", error.condition)
            return
        await session.handled(event)


def start_entering(session: Session, jid: str, answers: Answers | None = None) -> "asyncio.Task[None]":
    """Enter a room in the background; who asks twice gets the same task.

    answers  to what the room asks at its door (XEP-0158): field name → values
    """
    doors = session[Doors]
    if doors.runs(jid):
        return doors.tasks[jid]
    doors.due.pop(jid, None)
    state = session[Rooms].ensure(jid)
    if state.phase == "in" and jid not in session.client.rooms:
        state.leave()
    if state.phase != "in":
        state.phase, state.trouble, state.text = "entering", "", ""
        session.feed.publish([RoomChanged(jid)])
    task = doors.tasks[jid] = session.spawn(_enter(session, jid, answers), "enter room")
    return task


async def _enter(session: Session, jid: str, answers: Answers | None) -> None:
    state = session[Rooms].ensure(jid)
    async with session.read() as db:
        found = await messages.conversation_by_jid(db, session.account_id, jid)
    nick = (found.nick if found else "") or default_nick(session)
    try:
        async with session[Doors].gate:
            trouble = ""
            if state.phase != "in" and answers is not None:
                trouble = await _answer(session, jid, nick, answers)
            elif state.phase != "in":
                trouble = await _look_first(session, jid) or await _ask(session, jid, nick)
        if not trouble:
            state.attempts = 0
            await catch_up(session, jid)
    except Offline:
        state.leave()
        return
    except (TimedOut, XmppError) as error:
        log.info("the history of a room cannot be read: %s", error.condition)
        return
    if trouble:
        state.leave(trouble, state.text, alternate=state.alternate)
        again_later(session, state)
    session.feed.publish([RoomChanged(jid), ConversationChanged(jid)])


async def _look_first(session: Session, jid: str) -> str:
    """Ask what the room is: a room that does not exist is not made by entering it. "" or a trouble."""
    try:
        await look(session, jid)
    except Offline:
        raise
    except XmppError as error:
        if error.condition in ("item-not-found", "gone", *MENDING):
            session[Rooms].ensure(jid).text = error.text
            return error.condition
        # It does not tell strangers; it may let us in all the same.
        log.info("a room does not say what it is: %s", error.condition)
    return ""


async def look(session: Session, jid: str) -> None:
    """Learn what a room says of itself, and keep it. Raises XmppError, TimedOut, Offline."""
    found = await info.fetch(session.client, jid)
    state = session[Rooms].ensure(jid)
    state.features, state.name = found.features, found.name
    state.community = (found.community.service, found.community.node) if found.community else None
    seat_picture(session, jid, found.avatar)
    seat = session.client.rooms.get(jid)
    if seat is not None:
        seat.features = found.features
    async with session.work() as work:
        news = await store.describe(work.db, work.account_id, found)
        conversation = await messages.conversation_by_jid(work.db, work.account_id, jid)
        if conversation is not None and conversation.kind == "room":
            row = await store.room(work.db, work.account_id, jid)
            title = (row.name if row else "") or found.name
            if title != conversation.title:
                await messages.set_room(work.db, conversation.id, title=title)
                news = True
        if news:
            work.changed(RoomChanged(jid), ConversationChanged(jid))


def look_again(session: Session, jid: str) -> None:
    """Learn in the background what a room is now."""
    session.spawn(_look_again(session, jid), "room info")


async def _look_again(session: Session, jid: str) -> None:
    with suppress(XmppError):
        await look(session, jid)


async def _ask(session: Session, jid: str, nick: str) -> str:
    """Ask for a seat, under another nick where ours is taken; "" when we are in, else a condition."""
    state, condition = session[Rooms].ensure(jid), "conflict"
    for attempt in range(OTHER_NICKS + 1):
        condition = await _knock(session, jid, nick + "_" * attempt)
        if condition != "conflict":
            break
    if not condition and attempt:
        state.trouble = "conflict"
    return condition


async def _knock(session: Session, jid: str, nick: str) -> str:
    answer = session[Doors].wait(jid)
    state = session[Rooms].ensure(jid)
    state.nick = nick
    history = 0 if ns.MAM in state.features else HISTORY
    presence = session.presence()
    password = session[Passwords].get(jid)
    verb = EnterRoom(jid, nick, password, history, presence.show, presence.status)
    if not session.client.say(verb):
        raise Offline
    seat = session.client.rooms.get(jid)
    if seat is not None:
        seat.features = state.features
    return await _heard(session, jid, answer)


async def _heard(session: Session, jid: str, answer: "asyncio.Future[str]") -> str:
    try:
        async with asyncio.timeout(ANSWER):
            return await answer
    except TimeoutError:
        session.client.say(LeaveRoom(jid, session[Rooms].ensure(jid).nick))
        return "remote-server-timeout"


async def _answer(session: Session, jid: str, nick: str, answers: Answers) -> str:
    """Answer the room's question, which lets us in then; "" when it does, else a condition."""
    question = session[Questions].take(jid)
    if question is None or jid not in session.client.rooms:
        return await _ask(session, jid, nick)
    state, heard = session[Rooms].ensure(jid), session[Doors].wait(jid)
    try:
        await challenge.submit(session.client, jid, question.challenge, answers)
    except Offline:
        raise
    except XmppError as error:
        state.text = error.text
        # What the room may say beside that is not heard as an answer to the next try.
        session.client.say(LeaveRoom(jid, state.nick))
        return WRONG_ANSWER
    return await _heard(session, jid, heard)


def again_later(session: Session, state: RoomState) -> None:
    """Plan another try where waiting may mend what is wrong."""
    if state.trouble not in MENDING:
        session[Doors].due.pop(state.jid, None)
        return
    pause = min(AGAIN_MOST, AGAIN * 2.0**state.attempts)
    state.attempts += 1
    session[Doors].due[state.jid] = time.monotonic() + pause * random.uniform(0.8, 1.2)  # noqa: S311 (no secret)


def go_out(session: Session, jid: str) -> bool:
    """Give our seat back and stop trying to get one; False when we had none."""
    doors, state = session[Doors], session[Rooms].get(jid)
    doors.due.pop(jid, None)
    task = doors.tasks.pop(jid, None)
    if task is not None:
        task.cancel()
    if state is None:
        return False
    seated = state.phase != "out"
    if seated and session.client.connected:
        session.client.say(LeaveRoom(jid, state.nick))
    state.leave()
    session.feed.publish([RoomChanged(jid)])
    return seated


# ---- making rooms


async def create(session: Session, jid: str, nick: str, *, private: bool, name: str) -> None:
    """Enter a room that does not exist yet, and configure it before anybody else may come in (§10.1).

    Raises XmppError, TimedOut, Offline; the half-made room is given up then.
    """
    state = session[Rooms].ensure(jid)
    state.phase, state.trouble = "entering", ""
    session[Doors].creating.add(jid)
    try:
        async with session[Doors].gate:
            condition = await _knock(session, jid, nick)
        if condition:
            raise XmppError(condition, state.text)
        try:
            await config.configure_new(session.client, jid, private=private, name=name)
        except XmppError:
            with suppress(XmppError):
                await config.cancel_new(session.client, jid)
            session.client.say(LeaveRoom(jid, nick))
            raise
        with suppress(XmppError):
            await look(session, jid)
    except XmppError:
        state.leave()
        raise
    finally:
        session[Doors].creating.discard(jid)
