"""This room keeps what waits for its hour: messages to be sent, and reminders of some."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, cast

from sqlalchemy import Table, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from webchat.db.insert import insert_or_ignore, upsert
from webchat.messages.models import Conversation, Message
from webchat.messages.models.later import Reminder, ScheduledMessage

Trouble = Literal["", "away", "offline", "outside", "refused"]
"""Why something did not go out: nobody was signed in, no connection, not in the room, somebody said no."""

_WAITING = cast(Table, ScheduledMessage.__table__)
_REMINDER = cast(Table, Reminder.__table__)
_MESSAGE = cast(Table, Message.__table__)
W = _WAITING.c
R = _REMINDER.c
M = _MESSAGE.c
C = cast(Table, Conversation.__table__).c


@dataclass(frozen=True, slots=True)
class LaterRow:
    """A message that waits; see models.later.ScheduledMessage. `jid`, `kind`, `title`: its conversation's."""

    id: int
    said_id: str
    jid: str
    kind: str
    title: str
    body: str
    answers: int | None
    spoiler: str | None
    send_at: datetime
    trouble: str
    why: str


@dataclass(frozen=True, slots=True)
class ReminderRow:
    """A message of which the user will be told; its words are foreign."""

    message_id: int
    jid: str
    kind: str
    title: str
    remind_at: datetime
    sender: str
    mine: bool
    body: str
    spoiler: str | None
    encryption: str
    gone: str


@dataclass(frozen=True, slots=True)
class Hours:
    """When something is to be done for an account: its next message, its last one, its next reminder."""

    first: datetime | None
    last: datetime | None
    reminder: datetime | None

    @property
    def next(self) -> datetime | None:
        """What comes first."""
        return min((hour for hour in (self.first, self.reminder) if hour is not None), default=None)


_ROWS = select(
    W.id, W.said_id, C.jid, C.kind, C.title, W.body, W.answers, W.spoiler, W.send_at, W.trouble, W.why
).join(Conversation, C.id == W.conversation_id)
_REMINDERS = (
    select(
        M.id,
        C.jid,
        C.kind,
        C.title,
        R.remind_at,
        M.sender,
        M.mine,
        M.body,
        M.spoiler,
        M.encryption,
        M.gone,
    )
    .join(_MESSAGE, M.id == R.message_id)
    .join(Conversation, C.id == M.conversation_id)
)


async def put(db: AsyncSession, account_id: int, conversation_id: int, **values: Any) -> bool:
    """Keep a message for its hour; False when its id is known (a form sent twice)."""
    row = {"account_id": account_id, "conversation_id": conversation_id, "trouble": "", "why": "", **values}
    return await insert_or_ignore(db, _WAITING, row) is not None


async def by_id(db: AsyncSession, account_id: int, id: int) -> LaterRow | None:
    """The one with this primary key, if it is the account's."""
    row = (await db.execute(_ROWS.where(W.account_id == account_id, W.id == id))).first()
    return LaterRow(*row) if row else None


async def by_said_id(db: AsyncSession, account_id: int, said_id: str) -> LaterRow | None:
    """The one that will be said under this id."""
    row = (await db.execute(_ROWS.where(W.account_id == account_id, W.said_id == said_id))).first()
    return LaterRow(*row) if row else None


async def waiting(db: AsyncSession, account_id: int, jid: str = "") -> list[LaterRow]:
    """All that waits (in one conversation, if given), in the order of its hours."""
    query = _ROWS.where(W.account_id == account_id).order_by(W.send_at, W.id)
    if jid:
        query = query.where(C.jid == jid)
    return [LaterRow(*row) for row in await db.execute(query)]


async def due(db: AsyncSession, account_id: int, moment: datetime) -> list[LaterRow]:
    """What is to be sent by now, in order; what waits for the user is not."""
    where = (W.account_id == account_id, W.trouble == "", W.send_at <= moment)
    return [LaterRow(*row) for row in await db.execute(_ROWS.where(*where).order_by(W.send_at, W.id))]


async def hours(db: AsyncSession, account_id: int) -> Hours:
    """When something is to be done for an account."""
    waiting = select(func.min(W.send_at), func.max(W.send_at))
    reminder = select(func.min(R.remind_at)).where(R.account_id == account_id).scalar_subquery()
    query = waiting.add_columns(reminder).where(W.account_id == account_id, W.trouble == "")
    return Hours(*(await db.execute(query)).one())


async def total(db: AsyncSession, account_id: int) -> int:
    """How many wait, for their hour or for the user."""
    return await db.scalar(select(func.count()).where(W.account_id == account_id)) or 0


async def timely(db: AsyncSession, account_id: int) -> int:
    """How many will be sent by themselves."""
    return await db.scalar(select(func.count()).where(W.account_id == account_id, W.trouble == "")) or 0


async def in_conversation(db: AsyncSession, conversation_id: int) -> tuple[int, int]:
    """How many wait for their hour in one conversation, and how many for the user."""
    query = select(W.trouble, func.count()).where(W.conversation_id == conversation_id)
    waiting = {trouble: count for trouble, count in await db.execute(query.group_by(W.trouble))}
    timely = waiting.pop("", 0)
    return timely, sum(waiting.values())


async def take(db: AsyncSession, account_id: int, id: int) -> bool:
    """Forget one, since it is sent or not wanted; False when somebody else did."""
    gone = delete(_WAITING).where(W.account_id == account_id, W.id == id)
    return bool((await db.execute(gone.returning(W.id))).all())


async def set_hour(db: AsyncSession, account_id: int, id: int, send_at: datetime) -> bool:
    """Another hour; what kept it from going out counts no more. False when it is not there."""
    moved = update(_WAITING).where(W.account_id == account_id, W.id == id)
    values = {"send_at": send_at, "trouble": "", "why": ""}
    return bool((await db.execute(moved.values(**values).returning(W.id))).all())


async def set_trouble(db: AsyncSession, account_id: int, id: int, trouble: Trouble, why: str = "") -> bool:
    """It did not go out and waits for the user now. False when it is not there."""
    kept = update(_WAITING).where(W.account_id == account_id, W.id == id)
    return bool((await db.execute(kept.values(trouble=trouble, why=why).returning(W.id))).all())


async def note_late(db: AsyncSession, message_id: int, meant_at: datetime) -> None:
    """A message went out later than it was meant to."""
    await db.execute(update(_MESSAGE).where(M.id == message_id).values(meant_at=meant_at))


# ---- reminders


async def remind(db: AsyncSession, account_id: int, message_id: int, remind_at: datetime) -> None:
    """Tell of a message at this hour, instead of any other."""
    values = {"message_id": message_id, "account_id": account_id, "remind_at": remind_at}
    await upsert(db, _REMINDER, values, ["message_id"])


async def forget_reminder(db: AsyncSession, account_id: int, message_id: int) -> bool:
    """Do not tell of it; False when nobody was to be told."""
    gone = delete(_REMINDER).where(R.account_id == account_id, R.message_id == message_id)
    return bool((await db.execute(gone.returning(R.message_id))).all())


async def reminders(db: AsyncSession, account_id: int) -> list[ReminderRow]:
    """All of them, in the order of their hours."""
    query = _REMINDERS.where(R.account_id == account_id).order_by(R.remind_at, R.message_id)
    return [ReminderRow(*row) for row in await db.execute(query)]


async def reminders_due(db: AsyncSession, account_id: int, moment: datetime) -> list[ReminderRow]:
    """Those whose hour has come."""
    query = _REMINDERS.where(R.account_id == account_id, R.remind_at <= moment)
    return [ReminderRow(*row) for row in await db.execute(query.order_by(R.remind_at, R.message_id))]


async def reminder_of(db: AsyncSession, account_id: int, message_id: int) -> datetime | None:
    """When the user will be told of a message; None for never."""
    query = select(R.remind_at).where(R.account_id == account_id, R.message_id == message_id)
    found: datetime | None = await db.scalar(query)
    return found


async def reminders_total(db: AsyncSession, account_id: int) -> int:
    """How many there are."""
    return await db.scalar(select(func.count()).where(R.account_id == account_id)) or 0
