"""This room keeps what an account took back a moment ago and may still want to keep."""

from datetime import datetime
from typing import cast

from sqlalchemy import Table, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from webchat.db.insert import upsert
from webchat.posts.models import Removal

MOST = 500
"""Posts and comments that one account takes back at once."""

_TABLE = cast(Table, Removal.__table__)
R = _TABLE.c


async def waiting(db: AsyncSession, account_id: int) -> dict[int, datetime]:
    """Row of a post or comment → when it goes."""
    query = select(R.post_id, R.due_at).where(R.account_id == account_id).order_by(R.due_at, R.post_id)
    return {row.post_id: row.due_at for row in await db.execute(query)}


async def put(db: AsyncSession, account_id: int, post_id: int, due: datetime) -> bool:
    """It goes then; False where too many wait already."""
    if (await db.scalar(select(func.count()).where(R.account_id == account_id)) or 0) >= MOST:
        return False
    values = {"account_id": account_id, "post_id": post_id, "due_at": due}
    await upsert(db, _TABLE, values, ["account_id", "post_id"])
    return True


async def end(db: AsyncSession, account_id: int, post_id: int) -> bool:
    """It stays, or it went; whether it waited."""
    gone = delete(_TABLE).where(R.account_id == account_id, R.post_id == post_id).returning(R.post_id)
    return bool((await db.execute(gone)).all())
