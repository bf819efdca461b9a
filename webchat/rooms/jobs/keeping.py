"""This room brings bookmarks to what the user does with rooms (XEP-0402)."""

import logging
from contextlib import suppress

from webchat.errors import XmppError
from webchat.messages import store as messages
from webchat.messages.changes import ConversationChanged
from webchat.messages.state.occupants import Rooms
from webchat.rooms import store
from webchat.rooms.changes import RoomChanged
from webchat.rooms.state import Doors, Echoes, Passwords
from webchat.session.session import Session
from webchat.xmpp import bookmarks
from webchat.xmpp.content import Bookmark
from webchat.xmpp.rooms import config

log = logging.getLogger(__name__)


async def put_bookmark(session: Session, bookmark: Bookmark) -> None:
    """Write a bookmark; what the server has of it beside our fields is kept.

    Raises XmppError, TimedOut, Offline.
    """
    async with session[Doors].writing:
        await _write(session, bookmark)


async def _write(session: Session, bookmark: Bookmark) -> None:
    async with session.read() as db:
        row = await store.room(db, session.account_id, bookmark.jid)
    extensions = bookmark.extensions or (row.extensions if row is not None else ())
    password = bookmark.password or session[Passwords].get(bookmark.jid)
    whole = Bookmark(
        bookmark.jid,
        bookmark.name,
        bookmark.nick,
        password,
        bookmark.autojoin,
        bookmark.pinned,
        bookmark.notify,
        extensions,
    )
    session[Echoes].wait_for(whole)
    await bookmarks.publish(session.client, whole)
    session[Rooms].marked.add(bookmark.jid)
    async with session.work() as work:
        await store.put_bookmark(work.db, work.account_id, whole)
        found = await messages.conversation_by_jid(work.db, work.account_id, bookmark.jid)
        if found is not None and found.kind == "room":
            values = {"pinned": whole.pinned, "notify": whole.notify}
            if whole.name:
                values["title"] = whole.name
            if whole.nick:
                values["nick"] = whole.nick
            await messages.set_room(work.db, found.id, **values)
        work.changed(RoomChanged(bookmark.jid), ConversationChanged(bookmark.jid))


async def publish(session: Session, bookmark: Bookmark) -> None:
    """Write a bookmark beside something that matters more: a server that takes none does no harm."""
    async with session[Doors].writing:
        await _try_to_write(session, bookmark)


async def _try_to_write(session: Session, bookmark: Bookmark) -> None:
    try:
        await _write(session, bookmark)
    except XmppError as error:
        log.info("a bookmark cannot be written: %s", error.condition)


async def keep(session: Session, jid: str, *, autojoin: bool | None = None, nick: str = "") -> None:
    """Bring the bookmark of a room to what the user has just done; entering a room bookmarks it."""
    async with session[Doors].writing:
        await _keep(session, jid, autojoin, nick)


async def _keep(session: Session, jid: str, autojoin: bool | None, nick: str) -> None:
    async with session.read() as db:
        row = await store.room(db, session.account_id, jid)
        found = await messages.conversation_by_jid(db, session.account_id, jid)
    kept = row is not None and row.bookmarked
    if not kept and not autojoin:
        return
    before = row.bookmark if row is not None and kept else Bookmark(jid, nick=found.nick if found else "")
    after = Bookmark(
        jid,
        before.name or (row.title if row is not None else ""),
        nick or before.nick,
        "",
        before.autojoin if autojoin is None else autojoin,
        before.pinned,
        before.notify,
        before.extensions,
    )
    if after != before or not kept:
        await _try_to_write(session, after)


async def unregister(session: Session, jid: str) -> None:
    """Give a registered nick back, where there is such a thing."""
    with suppress(XmppError):
        await config.unregister(session.client, jid)
