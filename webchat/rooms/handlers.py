"""This room turns what rooms say about themselves and who sits in them into memory, rows and changes.

Who comes and goes is kept in memory only: a storm of presences reaches neither the database nor, one by one,
the pages.
"""

from functools import partial

from webchat.db.base import now
from webchat.messages import store as messages
from webchat.messages.changes import ComingsChanged, ConversationChanged, TypingChanged
from webchat.messages.state import Typing
from webchat.messages.state.occupants import MOST_COMINGS, Rooms, RoomState
from webchat.notifications.changes import NotificationsChanged
from webchat.rooms import jobs, store
from webchat.rooms.changes import InvitationsChanged, OccupantsChanged, RoomChanged
from webchat.rooms.state import Doors, Echoes, Gathering, Passwords, Questions
from webchat.session.session import Session
from webchat.session.work import Work
from webchat.xmpp.content import Bookmark
from webchat.xmpp.events import (
    BookmarksReceived,
    OccupantChanged,
    RoomConfigChanged,
    RoomInvited,
    RoomRefused,
    RoomSubjectReceived,
)
from webchat.xmpp.rooms.presence import NEW_ROOM
from webchat.xmpp.verbs import LeaveRoom

BANNED, KICKED, LOST_MEMBERSHIP, MEMBERS_ONLY, SHUTDOWN, FAULT = 301, 307, 321, 322, 332, 333

LET_IN = frozenset({"registration-required", "removed"})
"""Troubles that an invitation ends."""


# ---- who sits where


async def on_occupant(work: Work, event: OccupantChanged) -> None:
    """Somebody came, went or changed (XEP-0045 §7, §8); only in rooms that we asked to enter (case A26)."""
    session = work.session
    if event.mine and event.destroyed and event.room in session[Rooms]:
        await _no_more(work, event.room)
    work.after(lambda: _apply(session, event))


def _apply(session: Session, event: OccupantChanged) -> None:
    state = session[Rooms].get(event.room)
    if state is None:
        return
    state.hear()
    _note_coming(session, state, event)
    if event.available:
        _sits(session, state, event)
    elif event.new_nick:
        _renamed(state, event)
    else:
        _left(session, state, event)
    if not event.available:
        _fall_silent(session, event)
    session[Gathering].note(event.room, lambda jid: session.feed.publish([OccupantsChanged(jid)]))


def _note_coming(session: Session, state: RoomState, event: OccupantChanged) -> None:
    """Who comes and goes stands in one line under the talk; in a crowd nobody could follow it."""
    if state.phase != "in" or event.mine:
        return
    if len(state.occupants) > MOST_COMINGS:
        news = state.comings.clear()
    elif event.new_nick:
        state.comings.rename(event.nick, event.new_nick)
        news = bool(state.comings)
    elif event.available:
        news = event.nick not in state.occupants and state.comings.come(event.nick)
    else:
        news = event.nick in state.occupants
        if news:
            state.comings.leave(event.nick)
    if news:
        tell = partial(_tell_comings, session)
        session[Gathering].note(event.room, tell, what="comings")


def _tell_comings(session: Session, jid: str) -> None:
    session.feed.publish([ComingsChanged(jid)])


def _sits(session: Session, state: RoomState, event: OccupantChanged) -> None:
    before = (state.phase, state.nick, state.affiliation, state.role)
    state.seat(event)
    if not event.mine:
        return
    if NEW_ROOM in event.statuses and event.room not in session[Doors].creating:
        # It went away since we looked: entering has made a new one, which nobody wanted.
        session.client.say(LeaveRoom(event.room, event.nick))
        state.leave("item-not-found")
        session[Doors].answer(event.room, "item-not-found")
        session.feed.publish([RoomChanged(event.room)])
        return
    if session[Questions].take(event.room) is not None:
        # It was answered elsewhere, on the page that the room named.
        session.spawn(jobs.came_in(session, event.room), "came in")
    if state.phase != "in":
        state.phase = "in"
        state.trouble = state.text = state.by = state.alternate = ""
    session[Doors].answer(event.room, "")
    if before != (state.phase, state.nick, state.affiliation, state.role):
        session.feed.publish([RoomChanged(event.room)])


def _renamed(state: RoomState, event: OccupantChanged) -> None:
    """§7.6: the new seat is told right after; until then it looks like the old one."""
    state.occupants.pop(event.nick, None)
    if event.mine:
        state.nick = event.new_nick


def _left(session: Session, state: RoomState, event: OccupantChanged) -> None:
    state.occupants.pop(event.nick, None)
    if not event.mine:
        return
    trouble = _reason(event)
    state.leave(trouble, event.reason, event.by, event.alternate)
    session[Doors].answer(event.room, trouble or "recipient-unavailable")
    jobs.again_later(session, state)
    session.feed.publish([RoomChanged(event.room)])


def _fall_silent(session: Session, event: OccupantChanged) -> None:
    """Who went writes no more, and nobody does in a room that we are out of: no news would ever say so."""
    typing = session[Typing]
    out = event.mine and not event.new_nick
    gone = typing.who(event.room) if out else [f"{event.room}/{event.nick}"]
    if any([typing.stop(event.room, who) for who in gone]):
        session.feed.publish([TypingChanged(event.room)])


def _reason(event: OccupantChanged) -> str:
    """Why the room has put us out; "" when it was our own wish (§15.6)."""
    if event.destroyed:
        return "gone"
    for code, trouble in (
        (BANNED, "banned"),
        (FAULT, "lost"),
        (KICKED, "kicked"),
        (LOST_MEMBERSHIP, "removed"),
        (MEMBERS_ONLY, "removed"),
        (SHUTDOWN, "shutdown"),
    ):
        if code in event.statuses:
            return trouble
    # Nobody of us said goodbye: another of our clients cannot give our seat away.
    return "lost"


async def on_room_refused(work: Work, event: RoomRefused) -> None:
    """The room does not let us in, or not under this nick (§7.2, §7.6)."""
    session = work.session
    state = session[Rooms].get(event.room)
    if state is None:
        return
    if event.condition == "gone":
        await _no_more(work, event.room)

    def apply() -> None:
        state.hear()
        if event.challenge is not None:
            session.spawn(jobs.ask(session, event), "question of a room")
            return
        state.text = event.text
        if not session[Doors].answer(event.room, event.condition) and state.phase == "entering":
            state.leave(event.condition, event.text)
        session.feed.publish([RoomChanged(event.room)])

    work.after(apply)


async def _no_more(work: Work, jid: str) -> None:
    """A room that is no more is not entered again at the next login."""
    found = await messages.conversation_by_jid(work.db, work.account_id, jid)
    if found is not None and found.joined:
        await messages.set_room(work.db, found.id, joined=False)
        work.changed(ConversationChanged(jid))


# ---- what the room is


async def on_room_subject(work: Work, event: RoomSubjectReceived) -> None:
    """What is talked about (§8.1)."""
    session = work.session

    def apply() -> None:
        state = session[Rooms].get(event.room)
        if state is None:
            return
        state.hear()
        if (state.subject, state.subject_by) != (event.subject, event.nick):
            state.subject, state.subject_by = event.subject, event.nick
            session.feed.publish([RoomChanged(event.room)])

    work.after(apply)


async def on_room_config_changed(work: Work, event: RoomConfigChanged) -> None:
    """The room is configured otherwise: ask it again (§10.2.1)."""
    session = work.session
    if event.room in session[Rooms]:
        work.after(lambda: jobs.look_again(session, event.room))


# ---- invitations


async def on_room_invited(work: Work, event: RoomInvited) -> None:
    """An entry that waits for the user; nothing else happens by itself (security case A22)."""
    state = work.session[Rooms].get(event.room)
    if state is not None and state.phase == "in":
        return
    if state is not None and state.trouble in LET_IN:
        work.after(lambda: _welcome(work.session, state))
    if await store.add_invitation(work.db, work.account_id, event):
        work.changed(InvitationsChanged(), NotificationsChanged())
        passwords = work.session[Passwords]
        if event.password and not passwords.get(event.room):
            work.after(lambda: passwords.put(event.room, event.password))


def _welcome(session: Session, state: RoomState) -> None:
    """Why we were not let in is no longer true: who is invited becomes a member (XEP-0045 §7.8.2)."""
    if state.phase == "out" and state.trouble in LET_IN:
        state.trouble = state.text = state.by = ""
        session.feed.publish([RoomChanged(state.jid)])


# ---- bookmarks


async def on_bookmarks(work: Work, event: BookmarksReceived) -> None:
    """Rooms the user keeps, as all their clients know them (XEP-0402 §4)."""
    before = {row.jid: row for row in await store.rooms(work.db, work.account_id)}
    work.after(lambda: _mark(work.session, event))
    for bookmark in event.bookmarks:
        await _bookmarked(work, bookmark, before.get(bookmark.jid), live=not event.whole)
    gone = list(event.removed)
    if event.whole:
        kept = {bookmark.jid for bookmark in event.bookmarks}
        gone += [jid for jid, row in before.items() if row.bookmarked and jid not in kept]
    for jid in gone:
        if await store.drop_bookmark(work.db, work.account_id, jid):
            await _unwanted(work, jid)


def _mark(session: Session, event: BookmarksReceived) -> None:
    """The list shows which rooms are bookmarked."""
    rooms = session[Rooms]
    before, named = set(rooms.marked), {bookmark.jid for bookmark in event.bookmarks}
    rooms.marked = named if event.whole else (before | named) - set(event.removed)
    session.feed.publish([ConversationChanged(jid) for jid in sorted(before ^ rooms.marked)])


async def _bookmarked(work: Work, bookmark: Bookmark, row: store.RoomRow | None, *, live: bool) -> None:
    """Only what is news is followed: what the user has done here since stays as it is."""
    if bookmark.password:
        work.after(lambda: work.session[Passwords].put(bookmark.jid, bookmark.password))
    former = row.bookmark if row is not None and row.bookmarked else None
    known = Bookmark(
        bookmark.jid,
        bookmark.name,
        bookmark.nick,
        "",
        bookmark.autojoin,
        bookmark.pinned,
        bookmark.notify,
        bookmark.extensions,
    )
    if (live and work.session[Echoes].heard(known)) or former == known:
        return
    await store.put_bookmark(work.db, work.account_id, known)
    found = await messages.ensure_room(work.db, work.account_id, bookmark.jid)
    values: dict[str, object] = {"title": bookmark.name or (row.title if row is not None else "")}
    for name, default in (("nick", ""), ("pinned", False), ("notify", "")):
        value = getattr(bookmark, name)
        if value != (getattr(former, name) if former is not None else default):
            values[name] = value
    if former is None or former.autojoin != bookmark.autojoin:
        if bookmark.autojoin:
            values["joined"] = True
        elif former is not None:
            values["joined"] = False
    if bookmark.autojoin or bookmark.pinned:
        await messages.open_conversation(work.db, work.account_id, bookmark.jid, now())
    await messages.set_room(work.db, found.id, **values)
    work.changed(RoomChanged(bookmark.jid), ConversationChanged(bookmark.jid))
    if live and "joined" in values:
        work.after(lambda: _follow(work.session, bookmark.jid, wanted=bool(values["joined"])))


def _follow(session: Session, jid: str, *, wanted: bool) -> None:
    """Another client of ours entered a room for good, or left it (XEP-0402 §4.1)."""
    state = session[Rooms].get(jid)
    inside = state is not None and state.phase != "out"
    if wanted and not inside and len(list(session[Rooms])) < jobs.MOST_ROOMS:
        jobs.start_entering(session, jid)
    elif not wanted and inside:
        jobs.go_out(session, jid)


async def _unwanted(work: Work, jid: str) -> None:
    found = await messages.conversation_by_jid(work.db, work.account_id, jid)
    if found is not None and found.kind == "room" and found.joined:
        await messages.set_room(work.db, found.id, joined=False, pinned=False)
    work.changed(RoomChanged(jid), ConversationChanged(jid))
    work.after(lambda: _follow(work.session, jid, wanted=False))
