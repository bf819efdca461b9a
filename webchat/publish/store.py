"""This room keeps what is being written, for the account that writes it and nobody else."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from webchat.db.insert import upsert
from webchat.publish.models import PostDraft

MOST_DRAFTS = 100
"""Drafts of one account; the oldest that waits for no hour makes room."""

_DRAFT = cast(Table, PostDraft.__table__)
D = _DRAFT.c


@dataclass(frozen=True, slots=True)
class DraftRow:
    """A draft as a value; see models.PostDraft."""

    key: str
    content: Mapping[str, Any]
    item_id: str
    publish_at: datetime | None
    trouble: str
    updated_at: datetime


_ROWS = select(D.key, D.content, D.item_id, D.publish_at, D.trouble, D.updated_at)


async def draft(db: AsyncSession, account_id: int, key: str) -> DraftRow | None:
    """What is kept under this key."""
    row = (await db.execute(_ROWS.where(D.account_id == account_id, D.key == key))).first()
    return DraftRow(*row) if row else None


async def drafts(db: AsyncSession, account_id: int) -> list[DraftRow]:
    """All that an account is writing: what has an hour by it, then the rest, the latest first."""
    order = (D.publish_at.is_(None), D.publish_at, D.updated_at.desc(), D.id)
    query = _ROWS.where(D.account_id == account_id).order_by(*order)
    return [DraftRow(*row) for row in await db.execute(query)]


async def put(
    db: AsyncSession,
    account_id: int,
    key: str,
    content: Mapping[str, Any],
    moment: datetime,
    *,
    publish_at: datetime | None = None,
    item_id: str = "",
) -> None:
    """Keep this under its key; it has no trouble any more."""
    values = {"account_id": account_id, "key": key, "content": dict(content), "trouble": ""}
    values |= {"publish_at": publish_at, "item_id": item_id, "updated_at": moment}
    await upsert(db, _DRAFT, values, ["account_id", "key"])
    # The oldest beyond the limit; what waits for its hour is never thrown away.
    spare = select(D.id).where(D.account_id == account_id, D.publish_at.is_(None))
    spare = spare.order_by(D.updated_at.desc(), D.id.desc()).offset(MOST_DRAFTS).limit(MOST_DRAFTS)
    if ids := list(await db.scalars(spare)):
        await db.execute(delete(_DRAFT).where(D.id.in_(ids)))


async def drop(db: AsyncSession, account_id: int, key: str) -> bool:
    """Forget what is kept under this key; False when there was nothing."""
    gone = delete(_DRAFT).where(D.account_id == account_id, D.key == key).returning(D.id)
    return bool((await db.execute(gone)).all())


async def set_trouble(
    db: AsyncSession, account_id: int, key: str, trouble: str, values: Mapping[str, str]
) -> None:
    """It did not go out by itself, and why (a message id and what it speaks of); it will not try again."""
    where = (D.account_id == account_id, D.key == key)
    content = await db.scalar(select(D.content).where(*where)) or {}
    news = {"trouble": trouble, "publish_at": None, "content": {**content, "why": dict(values)}}
    await db.execute(update(_DRAFT).where(*where).values(**news))


async def next_hour(db: AsyncSession, account_id: int) -> datetime | None:
    """When the next one is due."""
    found: datetime | None = await db.scalar(select(func.min(D.publish_at)).where(D.account_id == account_id))
    return found


async def due(db: AsyncSession, account_id: int, moment: datetime) -> list[DraftRow]:
    """What has to go out by now, in order."""
    query = _ROWS.where(D.account_id == account_id, D.publish_at <= moment).order_by(D.publish_at, D.id)
    return [DraftRow(*row) for row in await db.execute(query)]


async def scheduled_total(db: AsyncSession, account_id: int) -> int:
    """How many wait for their hour."""
    query = select(func.count()).where(D.account_id == account_id, D.publish_at.is_not(None))
    return await db.scalar(query) or 0


async def troubled_total(db: AsyncSession, account_id: int) -> int:
    """How many were to go out by themselves and did not."""
    query = select(func.count()).where(D.account_id == account_id, D.trouble != "")
    return await db.scalar(query) or 0
