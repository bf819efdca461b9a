"""This room holds the queries about rooms the user keeps, and about invitations."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, bindparam, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from webchat.db.base import now
from webchat.db.insert import insert_or_ignore, upsert
from webchat.markup import names as safe
from webchat.notifications import store as notifications
from webchat.rooms.models import Room, RoomInvitation
from webchat.xmpp import jid as jids
from webchat.xmpp.content import Bookmark
from webchat.xmpp.events import RoomInvited
from webchat.xmpp.rooms.info import RoomInfo

MOST_INVITATIONS = 50
"""Open invitations kept for an account: more are a flood."""

_TABLE = cast(Table, Room.__table__)
_INVITATIONS = cast(Table, RoomInvitation.__table__)
R = _TABLE.c
V = _INVITATIONS.c


@dataclass(frozen=True, slots=True)
class RoomRow:
    """A room as a value; all texts but `name` and `nick` are foreign."""

    jid: str
    bookmarked: bool
    name: str
    nick: str
    autojoin: bool
    pinned: bool
    notify: str
    extensions: tuple[str, ...]
    title: str
    description: str
    avatar: str

    @property
    def bookmark(self) -> Bookmark:
        """What stands on the server, but for the password."""
        return Bookmark(
            self.jid, self.name, self.nick, "", self.autojoin, self.pinned, self.notify, self.extensions
        )


@dataclass(frozen=True, slots=True)
class InvitationRow:
    """An open invitation; the reason is foreign."""

    room: str
    inviter: str
    reason: str
    direct: bool
    created_at: datetime


_ROW = (
    R.jid,
    R.bookmarked,
    R.name,
    R.nick,
    R.autojoin,
    R.pinned,
    R.notify,
    R.extensions,
    R.title,
    R.description,
    R.avatar,
)
_ALL = select(*_ROW).where(R.account_id == bindparam("account")).order_by(R.id)
_ONE = _ALL.where(R.jid == bindparam("room"))


def _row(values: Any) -> RoomRow:
    jid, bookmarked, name, nick, autojoin, pinned, notify, extensions, title, description, avatar = values
    return RoomRow(
        jid, bookmarked, name, nick, autojoin, pinned, notify, tuple(extensions), title, description, avatar
    )


async def rooms(db: AsyncSession, account_id: int) -> list[RoomRow]:
    """Every room that is kept, the oldest first."""
    return [_row(values) for values in await db.execute(_ALL, {"account": account_id})]


async def room(db: AsyncSession, account_id: int, jid: str) -> RoomRow | None:
    """One room that is kept."""
    values = (await db.execute(_ONE, {"account": account_id, "room": jid})).first()
    return None if values is None else _row(values)


async def put_bookmark(db: AsyncSession, account_id: int, bookmark: Bookmark) -> None:
    """Remember what the server has of a room."""
    values = {
        "account_id": account_id,
        "jid": bookmark.jid,
        "bookmarked": True,
        "name": bookmark.name,
        "nick": bookmark.nick,
        "autojoin": bookmark.autojoin,
        "pinned": bookmark.pinned,
        "notify": bookmark.notify,
        "extensions": list(bookmark.extensions),
    }
    await upsert(db, _TABLE, values, ["account_id", "jid"])


async def drop_bookmark(db: AsyncSession, account_id: int, jid: str) -> bool:
    """The server has this room no more; what the room said of itself stays. True if it had it."""
    gone = {"bookmarked": False, "autojoin": False, "extensions": []}
    where = R.account_id == account_id, R.jid == jid, R.bookmarked.is_(True)
    return await db.scalar(update(_TABLE).where(*where).values(**gone).returning(R.id)) is not None


async def drop_room(db: AsyncSession, account_id: int, jid: str) -> None:
    """Forget a room."""
    await db.execute(delete(_TABLE).where(R.account_id == account_id, R.jid == jid))


async def describe(db: AsyncSession, account_id: int, info: RoomInfo) -> bool:
    """Keep what a room says of itself. True if it is news."""
    said = {"title": info.name, "description": info.description, "avatar": info.avatar}
    before = await room(db, account_id, info.jid)
    if before is not None and (before.title, before.description, before.avatar) == tuple(said.values()):
        return False
    if before is None:
        await insert_or_ignore(
            db, _TABLE, {"account_id": account_id, "jid": info.jid, "extensions": [], **said}
        )
    else:
        here = update(_TABLE).where(R.account_id == account_id, R.jid == info.jid)
        await db.execute(here.values(**said))
    return True


# ---- invitations


async def invitations(db: AsyncSession, account_id: int) -> list[InvitationRow]:
    """Open invitations, the oldest first."""
    rows = select(V.room, V.inviter, V.reason, V.direct, V.created_at).where(V.account_id == account_id)
    return [InvitationRow(*row) for row in await db.execute(rows.order_by(V.id))]


async def invitations_total(db: AsyncSession, account_id: int) -> int:
    """How many invitations wait for an answer."""
    return int(await db.scalar(select(func.count()).where(V.account_id == account_id)) or 0)


async def invitation(db: AsyncSession, account_id: int, jid: str) -> InvitationRow | None:
    """The open invitation into this room."""
    return next((row for row in await invitations(db, account_id) if row.room == jid), None)


async def add_invitation(db: AsyncSession, account_id: int, event: RoomInvited) -> bool:
    """Remember an invitation; False when one into the same room waits already, or too many do."""
    waiting = select(func.count()).where(V.account_id == account_id)
    if (await db.scalar(waiting) or 0) >= MOST_INVITATIONS:
        return False
    values = {
        "account_id": account_id,
        "room": event.room,
        "inviter": event.inviter,
        "reason": event.reason,
        "direct": event.direct,
        "created_at": now(),
    }
    if await insert_or_ignore(db, _INVITATIONS, values) is None:
        return False
    actor, path = jids.bare(event.inviter or event.room), f"/rooms/{jids.escape_path(event.room)}"
    known = await room(db, account_id, event.room)
    title = safe.shown(known.title, 80) if known is not None else ""
    words = {"path": path, "title": title or jids.shown(event.room), "text": event.reason}
    await notifications.add(db, account_id, "invitation", event.room, actor, now(), **words)
    return True


async def drop_invitations(db: AsyncSession, account_id: int, rooms: Iterable[str]) -> bool:
    """Forget invitations into these rooms; False when there was none."""
    rooms = list(rooms)
    await notifications.forget(db, account_id, rooms)
    gone = delete(_INVITATIONS).where(V.account_id == account_id, V.room.in_(rooms))
    return (await db.execute(gone.returning(V.id))).first() is not None
