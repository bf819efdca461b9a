"""This room is what a user can do with rooms."""

import asyncio
import dataclasses
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress

from webchat.db.base import now
from webchat.errors import Invalid, NotFound, Offline, XmppError
from webchat.messages import store as messages
from webchat.messages.changes import ConversationChanged, ConversationClosed
from webchat.messages.state.occupants import Rooms, RoomState
from webchat.notifications.changes import NotificationsChanged
from webchat.rooms import jobs, store
from webchat.rooms.changes import InvitationsChanged, RoomChanged
from webchat.rooms.state import Doors, Passwords
from webchat.session.session import Session
from webchat.web.language import N_
from webchat.xmpp import bookmarks
from webchat.xmpp import jid as jids
from webchat.xmpp.content import Bookmark
from webchat.xmpp.forms import Form
from webchat.xmpp.rooms import affiliations, config, info
from webchat.xmpp.rooms import invite as invitations
from webchat.xmpp.rooms import subject as subjects
from webchat.xmpp.rooms.affiliations import Member
from webchat.xmpp.rooms.info import ListedRoom, RoomInfo
from webchat.xmpp.verbs import EnterRoom

PATIENCE = 6.0
"""Seconds that a command waits for the room; what comes later comes by the stream."""

LONGEST_NAME = 255

BAD_NICK = N_("This nickname cannot be used. Choose another one.")
BAD_ADDRESS = N_("This is not the address of a room. It looks like name@rooms.example.org.")
BAD_PERSON = N_("This is not a valid address.")
NO_NAME = N_("Give the room a name.")
EXISTS = N_("There is a room with this address already. Choose another one.")
BAD_MODE = N_("Choose one of the three.")
NICK_TAKEN = N_("Somebody in this room has this nickname already.")

_SPACES = re.compile(r"\s+")


def nickname(text: str) -> str:
    """A nickname as rooms take it. Raises Invalid (field "nick")."""
    text = _SPACES.sub(" ", text).strip()
    try:
        return jids.resource(jids.normalise(f"room@example.org/{text}")) if text else ""
    except ValueError:
        raise Invalid({"nick": BAD_NICK}) from None


def room_address(text: str, field: str = "jid") -> str:
    """The bare JID of a room, also out of an xmpp: address. Raises Invalid."""
    text = text.strip().removeprefix("xmpp:").partition("?")[0]
    try:
        jid = jids.normalise(text)
    except ValueError:
        raise Invalid({field: BAD_ADDRESS}) from None
    if not jids.local(jid) or jid != jids.bare(jid):
        raise Invalid({field: BAD_ADDRESS})
    return jid


# ---- in and out


async def join_room(session: Session, jid: str, nick: str = "", password: str = "") -> RoomState:
    """Enter a room, now and after every login, and keep it among the bookmarks.

    Returns what is known after a moment: phase "in", "out" with a trouble, or "entering" when the room takes
    its time. A room that does not exist is not made (trouble "item-not-found").

    Raises Invalid for an address or nickname that cannot be one, Offline.
    """
    jid, nick = room_address(jid), nickname(nick)
    _online(session)
    if password:
        session[Passwords].put(jid, password)
    async with session.work() as work:
        found = await messages.ensure_room(work.db, work.account_id, jid)
        nick = nick or found.nick or jobs.default_nick(session)
        await messages.set_room(work.db, found.id, nick=nick, joined=True)
        await messages.open_conversation(work.db, work.account_id, jid, now())
        answered = await store.drop_invitations(work.db, work.account_id, [jid])
        work.changed(RoomChanged(jid), ConversationChanged(jid))
        if answered:
            work.changed(InvitationsChanged(), NotificationsChanged())
    # A login or a retry may be on its way in already, by the name from before.
    by_another = session[Doors].runs(jid)
    state = await settled(session, jid, jobs.start_entering(session, jid))
    if state.phase == "in" and by_another:
        with suppress(Invalid, NotFound):
            await set_nick(session, jid, nick)
    return state


async def settled(session: Session, jid: str, entering: "asyncio.Task[None]") -> RoomState:
    """What is known of a room after a moment; who is inside by then keeps it among the bookmarks."""
    with suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE):
            await asyncio.shield(entering)
    state = session[Rooms].ensure(jid)
    if state.phase == "in":
        session.spawn(jobs.keep(session, jid, autojoin=True), "bookmark")
    return state


async def leave_room(session: Session, jid: str) -> None:
    """Leave a room and do not enter it by itself any more; it stays in the list and among the bookmarks."""
    async with session.work() as work:
        found = await messages.conversation_by_jid(work.db, work.account_id, jid)
        if found is None or found.kind != "room":
            raise NotFound
        await messages.set_room(work.db, found.id, joined=False)
        work.changed(RoomChanged(jid), ConversationChanged(jid))
    jobs.go_out(session, jid)
    session.spawn(jobs.keep(session, jid, autojoin=False), "bookmark")


async def forget_room(session: Session, jid: str) -> None:
    """Leave a room for good: out of the list, its bookmark removed, its registered nick given back.

    Raises NotFound; XmppError, TimedOut, Offline: the bookmark could not be removed, and nothing is done.
    """
    async with session.read() as db:
        row = await store.room(db, session.account_id, jid)
        found = await messages.conversation_by_jid(db, session.account_id, jid)
    if row is None and (found is None or found.kind != "room"):
        raise NotFound
    if row is not None and row.bookmarked:
        await bookmarks.remove(session.client, jid)
    inside = jobs.go_out(session, jid)
    async with session.work() as work:
        await store.drop_room(work.db, work.account_id, jid)
        if found is not None:
            await messages.set_room(work.db, found.id, joined=False, pinned=False, last_at=None)
        work.changed(RoomChanged(jid), ConversationClosed(jid))
    session[Passwords].put(jid, "")
    session[Rooms].drop(jid)
    session[Rooms].marked.discard(jid)
    if inside:
        session.spawn(jobs.unregister(session, jid), "unregister")


async def set_nick(session: Session, jid: str, nick: str) -> None:
    """Be called something else in this room (§7.6). Raises NotFound (not in it), Invalid, Offline."""
    nick = nickname(nick)
    if not nick:
        raise Invalid({"nick": BAD_NICK})
    state = _inside(session, jid)
    if nick == state.nick:
        return
    answer = session[Doors].wait(jid)
    session.client.say(EnterRoom(jid, nick))
    condition = ""
    with suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE):
            condition = await answer
    if condition:
        raise Invalid({"nick": NICK_TAKEN if condition == "conflict" else BAD_NICK})
    async with session.work() as work:
        found = await messages.conversation_by_jid(work.db, work.account_id, jid)
        if found is not None:
            await messages.set_room(work.db, found.id, nick=nick)
        work.changed(RoomChanged(jid))
    session.spawn(jobs.keep(session, jid, nick=nick), "bookmark")


# ---- making and ending rooms


async def create_room(
    session: Session,
    jid: str,
    *,
    private: bool,
    name: str,
    nick: str = "",
    notify: str = "",
    autojoin: bool = True,
    pin: bool = False,
) -> RoomState:
    """Make a room: a private group or a public channel; enter it, and keep it among the bookmarks.

    notify  "", "never", "on-mention" or "always"

    Raises Invalid (fields jid, nick, name, notify), XmppError (the service allows no rooms, or did not take
    the configuration: the room is given up then), TimedOut, Offline.
    """
    jid, nick = room_address(jid), nickname(nick)
    name = _SPACES.sub(" ", name).strip()[:LONGEST_NAME]
    if not name:
        raise Invalid({"name": NO_NAME})
    if notify not in ("", "never", "on-mention", "always"):
        raise Invalid({"notify": BAD_MODE})
    _online(session)
    await _must_be_new(session, jid)
    nick = nick or jobs.default_nick(session)
    await jobs.create(session, jid, nick, private=private, name=name)
    bookmark = Bookmark(jid, name, nick, "", autojoin, pin, notify)
    async with session.work() as work:
        found = await messages.ensure_room(work.db, work.account_id, jid)
        await messages.set_room(
            work.db, found.id, title=name, nick=nick, joined=True, pinned=pin, notify=notify
        )
        await messages.open_conversation(work.db, work.account_id, jid, now())
        work.changed(RoomChanged(jid), ConversationChanged(jid))
    session.spawn(jobs.publish(session, bookmark), "bookmark")
    return session[Rooms].ensure(jid)


async def _must_be_new(session: Session, jid: str) -> None:
    try:
        await info.fetch(session.client, jid)
    except XmppError as error:
        if error.condition == "item-not-found":
            return
        raise
    raise Invalid({"jid": EXISTS})


async def destroy_room(session: Session, jid: str, reason: str = "", alternate: str = "") -> None:
    """End a room for everybody; its owner's bookmark goes with it.

    Raises Invalid (alternate), XmppError ("forbidden"), TimedOut, Offline.
    """
    alternate = room_address(alternate, "alternate") if alternate else ""
    await config.destroy(session.client, jid, reason, alternate)
    with suppress(NotFound, XmppError):
        await forget_room(session, jid)


# ---- what a room is


async def room_info(session: Session, jid: str) -> RoomInfo:
    """What a room says of itself, before joining too.

    Raises Invalid (not a room's address), XmppError ("item-not-found", ...), TimedOut, Offline.
    """
    found = await info.fetch(session.client, room_address(jid))
    if not info.is_room(found):
        raise Invalid({"jid": BAD_ADDRESS})
    return found


async def set_subject(session: Session, jid: str, subject: str) -> None:
    """Say what is talked about. Raises NotFound (not in it)."""
    _inside(session, jid)
    subjects.set_subject(session.client, jid, subject.strip())


async def configuration(session: Session, jid: str) -> Form:
    """The form that an owner may fill in. Raises XmppError ("forbidden"), TimedOut, Offline."""
    return await config.fetch(session.client, jid)


async def submit_configuration(session: Session, jid: str, answers: Mapping[str, Sequence[str]]) -> None:
    """Configure a room: field name → values as a page sends them (see forms.fill).

    Boolean and multiple fields that are missing in `answers` count as empty, as HTML forms have it.
    Raises XmppError ("forbidden", "not-acceptable"), TimedOut, Offline.
    """
    form = await config.fetch(session.client, jid)
    empty = {field.var: () for field in form.fields if field.type in ("boolean", "list-multi", "jid-multi")}
    await config.submit(session.client, jid, form, {**empty, **answers})
    jobs.look_again(session, jid)


async def public_rooms(session: Session, service: str) -> list[ListedRoom]:
    """The rooms that a service shows. Raises Invalid (field service), XmppError, TimedOut, Offline."""
    try:
        service = jids.normalise(service.strip())
    except ValueError:
        raise Invalid({"service": BAD_ADDRESS}) from None
    return await info.public_rooms(session.client, jids.domain(service))


async def services(session: Session) -> list[str]:
    """Services for rooms of our own server. Raises XmppError, TimedOut, Offline."""
    return await info.services(session.client, jids.domain(session.jid))


# ---- who may do what


async def members(session: Session, jid: str, affiliation: str) -> list[Member]:
    """Who is owner, admin, member or outcast here.

    Raises NotFound, XmppError ("forbidden"), TimedOut, Offline.
    """
    if affiliation not in affiliations.AFFILIATIONS:
        raise NotFound
    return await affiliations.members(session.client, jid, affiliation)


async def set_affiliation(session: Session, room: str, jid: str, affiliation: str, reason: str = "") -> None:
    """Make somebody owner, admin, member, none or outcast (a ban).

    Raises Invalid (field jid), NotFound, XmppError ("forbidden", "not-allowed", "conflict"), TimedOut,
    Offline.
    """
    try:
        jid = jids.bare(jids.normalise(jid.strip()))
    except ValueError:
        raise Invalid({"jid": BAD_PERSON}) from None
    if affiliation not in affiliations.AFFILIATIONS:
        raise NotFound
    await affiliations.set_affiliation(session.client, room, jid, affiliation, reason)


async def set_role(session: Session, room: str, nick: str, role: str, reason: str = "") -> None:
    """Give or take the voice, make a moderator, or put somebody out ("none").

    Raises NotFound (nobody is called so), XmppError ("forbidden", "not-allowed"), TimedOut, Offline.
    """
    if role not in affiliations.ROLES or nick not in _inside(session, room).occupants:
        raise NotFound
    await affiliations.set_role(session.client, room, nick, role, reason)


# ---- invitations


async def invite(session: Session, room: str, jid: str, reason: str = "") -> None:
    """Invite a bare JID: through the room, which lets them in where only members may enter.

    Raises Invalid (field jid), NotFound (not in the room).
    """
    try:
        jid = jids.bare(jids.normalise(jid.strip()))
    except ValueError:
        raise Invalid({"jid": BAD_PERSON}) from None
    state = _inside(session, room)
    direct = "muc_membersonly" not in state.features
    password = session[Passwords].get(room)
    invitations.invite(session.client, room, jid, reason, password, direct=direct)


async def decline_invitation(session: Session, room: str) -> None:
    """Say no to an invitation; a room that brought it tells the one who invites. Raises Offline."""
    _online(session)
    async with session.work() as work:
        found = await store.invitation(work.db, work.account_id, room)
        if await store.drop_invitations(work.db, work.account_id, [room]):
            work.changed(InvitationsChanged(), NotificationsChanged())
    session[Passwords].put(room, "")
    if found is not None and not found.direct and found.inviter:
        invitations.decline(session.client, room, found.inviter)


# ---- bookmarks


async def keep_room(
    session: Session, jid: str, *, name: str, nick: str, notify: str, autojoin: bool, pin: bool
) -> None:
    """Keep a room as the user wants it; where they are inside, under this nick from now on.

    Raises Invalid (nick, notify), XmppError, TimedOut, Offline.
    """
    async with session.read() as db:
        row = await store.room(db, session.account_id, jid)
    bookmark = row.bookmark if row is not None else Bookmark(jid)
    nick = nickname(nick) or bookmark.nick
    state = session[Rooms].get(jid)
    if nick and state is not None and state.phase == "in" and nick != state.nick:
        await set_nick(session, jid, nick)
    kept = dataclasses.replace(bookmark, name=name, nick=nick, notify=notify, autojoin=autojoin, pinned=pin)
    await set_bookmark(session, kept)


async def set_bookmark(session: Session, bookmark: Bookmark) -> None:
    """Keep a room with this name, nick, pin and mode; extensions that the server has are kept.

    Raises Invalid (nick, notify), XmppError, TimedOut, Offline.
    """
    if bookmark.notify not in ("", "never", "on-mention", "always"):
        raise Invalid({"notify": BAD_MODE})
    bookmark = dataclasses.replace(
        bookmark, jid=room_address(bookmark.jid), nick=nickname(bookmark.nick), name=bookmark.name.strip()
    )
    await jobs.put_bookmark(session, bookmark)


def _online(session: Session) -> None:
    if not session.client.connected:
        raise Offline


def _inside(session: Session, jid: str) -> RoomState:
    state = session[Rooms].get(jid)
    if state is None or state.phase != "in":
        raise NotFound
    return state
