"""This room keeps the messages that the user saved for later, under words of their own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import Table, delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from webchat.db.insert import upsert
from webchat.messages.models import Conversation, Message
from webchat.messages.models.facts import Saved, SavedTag

_SAVED = cast(Table, Saved.__table__)
_TAG = cast(Table, SavedTag.__table__)
S = _SAVED.c
T = _TAG.c
M = cast(Table, Message.__table__).c
C = cast(Table, Conversation.__table__).c

MOST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class SavedRow:
    """One saved message: where it stands, and the words it is kept under."""

    message_id: int
    conversation: str
    saved_at: datetime
    tags: tuple[str, ...] = ()


async def save(
    db: AsyncSession, account_id: int, message_id: int, tags: Sequence[str], moment: datetime
) -> None:
    """Keep a message under these words; one that is kept already has them instead of the former ones."""
    values = {"message_id": message_id, "account_id": account_id, "saved_at": moment}
    await upsert(db, _SAVED, values, ["message_id"])
    await db.execute(delete(_TAG).where(T.message_id == message_id))
    if tags:
        await db.execute(insert(_TAG), [{"message_id": message_id, "tag": tag} for tag in tags])


async def forget(db: AsyncSession, account_id: int, message_id: int) -> bool:
    """Keep a message no longer. True if it was kept."""
    kept = S.account_id == account_id, S.message_id == message_id
    if await db.scalar(select(S.message_id).where(*kept)) is None:
        return False
    await db.execute(delete(_TAG).where(T.message_id == message_id))
    await db.execute(delete(_SAVED).where(*kept))
    return True


async def saved(db: AsyncSession, account_id: int, tag: str = "") -> list[SavedRow]:
    """What is kept, the newest first; only what is under `tag` if given."""
    rows = (
        select(S.message_id, C.jid, S.saved_at)
        .join(Message, M.id == S.message_id)
        .join(Conversation, C.id == M.conversation_id)
        .where(S.account_id == account_id)
    )
    if tag:
        rows = rows.where(S.message_id.in_(select(T.message_id).where(T.tag == tag)))
    found = (await db.execute(rows.order_by(S.saved_at.desc(), S.message_id.desc()).limit(MOST_SHOWN))).all()
    tags = await tags_of(db, [row[0] for row in found])
    return [SavedRow(*row, tags.get(row[0], ())) for row in found]


async def tags_of(db: AsyncSession, message_ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """The words of these messages."""
    rows = select(T.message_id, T.tag).where(T.message_id.in_(message_ids)).order_by(T.tag)
    found: dict[int, tuple[str, ...]] = {}
    for id, tag in await db.execute(rows):
        found[id] = (*found.get(id, ()), tag)
    return found


async def all_tags(db: AsyncSession, account_id: int) -> list[tuple[str, int]]:
    """Every word that is in use, and for how many messages."""
    rows = (
        select(T.tag, func.count())
        .join(Saved, S.message_id == T.message_id)
        .where(S.account_id == account_id)
        .group_by(T.tag)
        .order_by(T.tag)
        .limit(200)
    )
    return [(tag, count) for tag, count in await db.execute(rows)]


async def is_saved(db: AsyncSession, account_id: int, message_ids: Sequence[int]) -> set[int]:
    """Which of these messages are kept."""
    if not message_ids:
        return set()
    rows = select(S.message_id).where(S.account_id == account_id, S.message_id.in_(message_ids))
    return set((await db.execute(rows)).scalars())
