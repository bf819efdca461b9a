"""This room holds the queries about what can still be undone."""

from collections.abc import Mapping
from datetime import timedelta
from secrets import token_hex
from typing import cast

from sqlalchemy import ColumnElement, and_, delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from webchat.db.base import now
from webchat.settings.models import FormerChoice

LASTS = timedelta(days=1)
"""For so long a change can be undone."""

MOST = 20
"""Changes of one account that can be undone; older ones are final."""

Values = Mapping[str, str | None]


async def keep(db: AsyncSession, account_id: int, kind: str, before: Values, after: Values) -> str:
    """Remember what a change made of what; the name to undo it by. What is too old goes."""
    await db.execute(delete(FormerChoice).where(FormerChoice.created_at <= now() - LASTS))
    mine = FormerChoice.account_id == account_id
    newest = select(FormerChoice.id).where(mine).order_by(FormerChoice.id.desc()).limit(MOST - 1)
    kept = set(await db.scalars(newest))
    await db.execute(delete(FormerChoice).where(mine, FormerChoice.id.not_in(kept)))
    token = token_hex(8)
    values = {"kind": kind, "before": dict(before), "after": dict(after)}
    db.add(FormerChoice(account_id=account_id, token=token, created_at=now(), **values))
    await db.flush()
    return token


async def find(db: AsyncSession, account_id: int, token: str) -> FormerChoice | None:
    """What held before, while it can be undone."""
    return cast("FormerChoice | None", await db.scalar(select(FormerChoice).where(_named(account_id, token))))


async def forget(db: AsyncSession, account_id: int, token: str) -> None:
    """It is undone, or it never will be."""
    await db.execute(delete(FormerChoice).where(_named(account_id, token)))


def _named(account_id: int, token: str) -> ColumnElement[bool]:
    fresh = FormerChoice.created_at > now() - LASTS
    return and_(FormerChoice.account_id == account_id, FormerChoice.token == token, fresh)
