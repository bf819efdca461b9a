"""This room remembers how far the archive was read and where something may be missing."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from sqlalchemy import Table, and_, delete, func, insert, literal, or_, select, true, update
from sqlalchemy.ext.asyncio import AsyncSession

from webchat.db.base import now
from webchat.db.insert import insert_or_ignore, upsert
from webchat.messages.models import SETTLED, ArchiveState, Conversation, Gap, Message
from webchat.messages.store.conversations import mentions_after, unread_after
from webchat.session.models import Account

_STATE = cast(Table, ArchiveState.__table__)
_GAP = cast(Table, Gap.__table__)
_CONVERSATION = cast(Table, Conversation.__table__)
S = _STATE.c
G = _GAP.c
C = _CONVERSATION.c
M = cast(Table, Message.__table__).c

LEEWAY = timedelta(seconds=5)
"""What was said so shortly before the first login is new: servers give whole seconds, and clocks differ."""


@dataclass(frozen=True, slots=True)
class GapRow:
    """A gap as a value: it stands after the message at `position`."""

    id: int
    conversation_id: int
    conversation: str
    position: int
    lost: bool


async def archive_state(db: AsyncSession, account_id: int) -> tuple[str, bool]:
    """The newest archive id that was read ("" for none), and whether the first fill is over."""
    row = (await db.execute(select(S.last_id, S.filled).where(S.account_id == account_id))).first()
    return (row[0], row[1]) if row else ("", False)


async def note_page(db: AsyncSession, account_id: int, last_id: str) -> None:
    """The archive was read up to `last_id`."""
    await upsert(
        db, _STATE, {"account_id": account_id, "last_id": last_id, "updated_at": now()}, ["account_id"]
    )


async def finish_fill(db: AsyncSession, account_id: int) -> list[str]:
    """The first fill is over: what has no mark by now was displayed elsewhere, what comes now is new.

    New is also what was said after the first login: the fill may have been cut short and begun anew, and what
    it brings late goes before the live message that set the mark. Gives whose number of unread changed.
    """
    await upsert(db, _STATE, {"account_id": account_id, "filled": True, "updated_at": now()}, ["account_id"])
    login = await db.scalar(select(Account.created_at).where(Account.id == account_id)) or now()
    before = or_(C.displayed_position.is_(None), M.position <= C.displayed_position)
    former = M.conversation_id == C.id, before, or_(M.stamp < login - LEEWAY, M.mine == true())
    last = select(M.id).where(*former).order_by(M.position.desc()).limit(1)
    farthest = select(func.max(M.position)).where(*former).correlate(_CONVERSATION).scalar_subquery()
    position = func.coalesce(farthest, literal(0, M.position.type))
    # A mark without a message was set by the first live one: nobody has looked yet.
    assumed = and_(C.displayed_id.is_(None), C.kind != "room")
    rows = select(C.jid, C.unread).where(C.account_id == account_id)
    counted: dict[str, int] = dict(iter((await db.execute(rows)).all()))
    displayed = (
        update(_CONVERSATION)
        .where(C.account_id == account_id, C.last_position.is_not(None))
        .where(or_(C.displayed_position.is_(None), assumed))
        .values(
            displayed_position=position,
            displayed_id=last.correlate(_CONVERSATION).scalar_subquery(),
            unread=unread_after(position),
            mentions=mentions_after(position),
        )
        .returning(C.jid, C.unread)
    )
    return [jid for jid, unread in await db.execute(displayed) if unread != counted[jid]]


async def reach_start(db: AsyncSession, account_id: int, conversation_id: int | None) -> None:
    """The archive has nothing older for this conversation, or for none of them."""
    reached = update(_CONVERSATION).where(C.account_id == account_id)
    if conversation_id is not None:
        reached = reached.where(C.id == conversation_id)
    else:
        reached = reached.where(C.kind != "room")
    await db.execute(reached.values(history_start=True))


async def known_archive_ids(db: AsyncSession, account_id: int, ids: list[str]) -> set[str]:
    """Which of these archive ids stand here already, at their place."""
    known = select(M.stanza_id).where(M.account_id == account_id, M.stanza_id.in_(ids), M.settled == SETTLED)
    # Rooms give ids of their own.
    known = known.join(_CONVERSATION, C.id == M.conversation_id).where(C.kind != "room")
    return set((await db.execute(known)).scalars())


async def oldest_archive_ids(
    db: AsyncSession, conversation_id: int, *, after: int | None = None, limit: int = 3
) -> list[str]:
    """Archive ids of the oldest messages (those behind position `after`), oldest first."""
    oldest = select(M.stanza_id).where(M.conversation_id == conversation_id, M.stanza_id.is_not(None))
    if after is not None:
        oldest = oldest.where(M.position > after)
    return list((await db.execute(oldest.order_by(M.position).limit(limit))).scalars())


async def reaches(db: AsyncSession, conversation_id: int, ids: list[str], position: int) -> bool:
    """Whether one of these archive ids stands at `position` or before it."""
    rows = select(M.id).where(
        M.conversation_id == conversation_id, M.stanza_id.in_(ids), M.position <= position
    )
    return (await db.execute(rows.limit(1))).first() is not None


async def add_gaps(db: AsyncSession, account_id: int, *, lost: bool) -> list[str]:
    """Note that something may be missing after the last settled message of each conversation; their JIDs."""
    last = (
        select(C.id, C.jid, func.max(M.position).label("position"))
        .join(Message, M.conversation_id == C.id)
        .where(C.account_id == account_id, C.kind != "room", M.settled == SETTLED)
        .group_by(C.id, C.jid)
        .subquery()
    )
    rows = select(last.c.id, last.c.jid, M.id).join(
        Message, (M.conversation_id == last.c.id) & (M.position == last.c.position)
    )
    found = (await db.execute(rows)).all()
    for conversation_id, _, message_id in found:
        # The same place again: the newer word on what is lost counts.
        await db.execute(delete(_GAP).where(G.conversation_id == conversation_id, G.message_id == message_id))
    if found:
        gaps = [{"conversation_id": row[0], "message_id": row[2], "lost": lost} for row in found]
        await db.execute(insert(_GAP), gaps)
    return [row[1] for row in found]


async def add_gap(db: AsyncSession, conversation_id: int, archive_id: str) -> None:
    """Note that something may be missing after the message with this archive id."""
    rows = select(M.id).where(M.conversation_id == conversation_id, M.stanza_id == archive_id)
    if (message_id := await db.scalar(rows)) is not None:
        values = {"conversation_id": conversation_id, "message_id": message_id, "lost": False}
        await insert_or_ignore(db, _GAP, values)


def _gaps(account_id: int) -> Any:
    return (
        select(G.id, G.conversation_id, C.jid, M.position, G.lost)
        .join(_CONVERSATION, C.id == G.conversation_id)
        .join(Message, M.id == G.message_id)
        .where(C.account_id == account_id)
    )


async def gap_by_id(db: AsyncSession, account_id: int, id: int) -> GapRow | None:
    """One gap, if it is the account's."""
    row = (await db.execute(_gaps(account_id).where(G.id == id))).first()
    return GapRow(*row) if row else None


async def gaps_after(db: AsyncSession, account_id: int, conversation_id: int, position: int) -> list[GapRow]:
    """The gaps of a conversation from this position on."""
    rows = _gaps(account_id).where(G.conversation_id == conversation_id, M.position >= position)
    return [GapRow(*row) for row in await db.execute(rows.order_by(M.position))]


async def close_gap(db: AsyncSession, id: int) -> None:
    """What was missing is here."""
    await db.execute(delete(_GAP).where(G.id == id))


async def lose_gap(db: AsyncSession, id: int) -> None:
    """The archive holds nothing that could fill it."""
    await db.execute(update(_GAP).where(G.id == id).values(lost=True))
