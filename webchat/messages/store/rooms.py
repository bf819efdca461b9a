"""This room holds the queries that only rooms need: finding them, how far the archive of each was read."""

from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, delete, func, insert, select, true, update
from sqlalchemy.ext.asyncio import AsyncSession

from webchat.messages.models import SETTLED, Conversation, Gap, Message
from webchat.messages.store.conversations import ConversationRow, ensure_conversation, update_conversation

_TABLE = cast(Table, Conversation.__table__)
_GAP = cast(Table, Gap.__table__)
C = _TABLE.c
M = cast(Table, Message.__table__).c
G = _GAP.c


async def ensure_room(db: AsyncSession, account_id: int, jid: str) -> ConversationRow:
    """The conversation of this room, made now if need be."""
    found = await ensure_conversation(db, account_id, jid, kind="room")
    if found.kind != "room":
        # It was taken for a person before anybody knew better.
        await update_conversation(db, found.id, kind="room", stranger=False)
        found = await ensure_conversation(db, account_id, jid)
    return found


async def set_room(db: AsyncSession, conversation_id: int, **values: Any) -> None:
    """Set what is kept of a room: title, nick, joined, pinned, notify, last_at."""
    await update_conversation(db, conversation_id, **values)


async def rooms(db: AsyncSession, account_id: int, *, joined: bool = False) -> list[tuple[str, str]]:
    """Address and nick of every room, or of those that the user wants to be in; the liveliest first."""
    rows = select(C.jid, C.nick).where(C.account_id == account_id, C.kind == "room")
    if joined:
        rows = rows.where(C.joined == true())
    found = await db.execute(rows.order_by(C.pinned.desc(), C.last_at.desc()))
    return [(row[0], row[1]) for row in found]


async def rooms_with_pending(db: AsyncSession, account_id: int) -> set[str]:
    """Rooms in which something the user wrote has not come back yet."""
    rows = select(C.jid).join(Message, M.conversation_id == C.id)
    rows = rows.where(C.account_id == account_id, C.kind == "room", M.mine == true(), M.state == "pending")
    return set((await db.execute(rows)).scalars())


async def room_archive(db: AsyncSession, conversation_id: int) -> str | None:
    """The newest id of the room's archive that was read, "" for an empty one, None before the first time."""
    return cast("str | None", await db.scalar(select(C.archive_id).where(C.id == conversation_id)))


async def note_room_page(db: AsyncSession, conversation_id: int, last_id: str) -> None:
    """The room's archive was read up to `last_id`."""
    await update_conversation(db, conversation_id, archive_id=last_id)


async def begin_room(db: AsyncSession, conversation_id: int) -> None:
    """Everything that was said before we came for the first time counts as displayed."""
    began = update(_TABLE).where(C.id == conversation_id)
    last = {"displayed_position": func.coalesce(C.last_position, 0), "displayed_id": C.last_message_id}
    await db.execute(began.values(**last, unread=0, mentions=0))


async def known_in_room(db: AsyncSession, conversation_id: int, ids: list[str]) -> bool:
    """Whether one of these archive ids stands here already, at its place."""
    known = select(M.id).where(M.conversation_id == conversation_id, M.stanza_id.in_(ids))
    return (await db.execute(known.where(M.settled == SETTLED).limit(1))).first() is not None


async def add_room_gap(db: AsyncSession, conversation_id: int, *, lost: bool) -> bool:
    """Note that something may be missing after the last settled message; False when there is none."""
    last = select(func.max(M.position)).where(M.conversation_id == conversation_id, M.settled == SETTLED)
    row = select(M.id).where(M.conversation_id == conversation_id, M.position == last.scalar_subquery())
    message_id = await db.scalar(row)
    if message_id is None:
        return False
    await db.execute(delete(_GAP).where(G.conversation_id == conversation_id, G.message_id == message_id))
    gap = {"conversation_id": conversation_id, "message_id": message_id, "lost": lost}
    await db.execute(insert(_GAP).values(**gap))
    return True


async def own_pending(db: AsyncSession, conversation_id: int, before: datetime) -> list[tuple[int, str]]:
    """Own messages that have not come back since before this moment: row and id."""
    rows = select(M.id, M.said_id).where(M.conversation_id == conversation_id, M.mine == true())
    found = await db.execute(rows.where(M.state == "pending", M.arrived_at < before))
    return [(row[0], row[1]) for row in found]


async def last_occupant_id(db: AsyncSession, conversation_id: int) -> str:
    """XEP-0421 id of who wrote last in a private talk through a room, "" where the room gave none."""
    rows = select(M.occupant_id).where(M.conversation_id == conversation_id, M.mine.is_(False))
    return str(await db.scalar(rows.order_by(M.position.desc()).limit(1)) or "")
