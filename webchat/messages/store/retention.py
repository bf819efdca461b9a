"""This room forgets what lies further back than the operator wants kept here: it is only a copy."""

from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile
from typing import Any, cast

from sqlalchemy import Table, delete, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from webchat.db.insert import insert_or_ignore
from webchat.messages.models import Conversation, Gap, Message, MessageWords
from webchat.messages.models.facts import Saved
from webchat.messages.models.later import Reminder
from webchat.messages.store.conversations import refresh

STEP = 200
"""Messages that one transaction looks at."""

_MESSAGE = cast(Table, Message.__table__)
_CONVERSATION = cast(Table, Conversation.__table__)
_GAP = cast(Table, Gap.__table__)
M = _MESSAGE.c
C = _CONVERSATION.c
W = cast(Table, MessageWords.__table__).c
_UNSENT = ("pending", "failed")


@dataclass(frozen=True, slots=True)
class Step:
    """What was done: so many went, and where to go on in this conversation (None: it is done)."""

    forgotten: int
    after: int | None


async def conversations_before(db: AsyncSession, moment: datetime) -> list[int]:
    """Conversations whose first message was said before this moment."""
    first = select(M.stamp).where(M.conversation_id == C.id).order_by(M.position).limit(1)
    rows = select(C.id).where(first.correlate(_CONVERSATION).scalar_subquery() < moment)
    return list((await db.execute(rows.order_by(C.id))).scalars())


async def forget_before(
    db: AsyncSession, conversation_id: int, moment: datetime, *, arrived: datetime, after: int = 0
) -> Step:
    """Forget some messages of a conversation that were said before `moment`, and came before `arrived`.

    Kept are saved ones, those the user will be reminded of, own ones that did not go out, and the newest one
    of all: where the archive goes on is told by it. What the archive still has is fetched again when somebody
    looks for it, so it is noted where something is missing now.
    """
    rows = await _oldest(db, conversation_id, after)
    old = list(takewhile(lambda row: row.stamp < moment, rows))
    last = await db.scalar(select(C.last_message_id).where(C.id == conversation_id))
    doomed = [row for row in old if row.id != last and not row.kept and row.arrived_at < arrived]
    if doomed:
        ids = [row.id for row in doomed]
        await db.execute(delete(MessageWords).where(W.message_id.in_(ids)))
        await db.execute(delete(_MESSAGE).where(M.id.in_(ids)))
        await _mend(db, conversation_id, [row.id for row in old if row not in doomed], doomed)
    more = len(rows) == STEP and len(old) == STEP
    return Step(len(doomed), old[-1].position if more else None)


async def _oldest(db: AsyncSession, conversation_id: int, after: int) -> list[Any]:
    saved = exists().where(Saved.message_id == M.id)
    wanted = exists().where(Reminder.message_id == M.id)
    unsent = M.mine & M.state.in_(_UNSENT)
    rows = (
        select(M.id, M.position, M.stamp, M.arrived_at, or_(saved, wanted, unsent).label("kept"))
        .where(M.conversation_id == conversation_id, M.position > after)
        .order_by(M.position)
        .limit(STEP)
    )
    return list((await db.execute(rows)).all())


async def _mend(db: AsyncSession, conversation_id: int, kept: list[int], gone: list[Any]) -> None:
    """What said something about messages that are not here any more is true again."""
    this, until = C.id == conversation_id, gone[-1].position
    await db.execute(update(_CONVERSATION).where(this).values(history_start=False))
    following = select(M.position).where(M.conversation_id == conversation_id, M.position > until)
    first = await db.scalar(following.order_by(M.position).limit(1))
    if first is not None:
        # What is fetched again stands anywhere before the next message, and is not unread by that.
        inside = C.displayed_position >= gone[0].position - 1, C.displayed_position < first
        marked = update(_CONVERSATION).where(this, *inside)
        await db.execute(marked.values(displayed_position=first - 1, displayed_id=None))
    before = select(M.id).where(M.id.in_(kept), M.position < until, M.stanza_id.is_not(None))
    for message_id in (await db.execute(before)).scalars().all():
        values = {"conversation_id": conversation_id, "message_id": message_id, "lost": False}
        await insert_or_ignore(db, _GAP, values)
    await refresh(db, conversation_id)
