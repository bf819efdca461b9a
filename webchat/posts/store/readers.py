"""This room counts how often a post is opened here. It knows no names: who was counted is kept nowhere."""

from typing import cast

from sqlalchemy import Table, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from webchat.db.insert import insert_or_ignore
from webchat.posts.models import PostReaders

_TABLE = cast(Table, PostReaders.__table__)
_C = _TABLE.c


async def count(db: AsyncSession, post_id: int) -> None:
    """One more."""
    await insert_or_ignore(db, _TABLE, {"post_id": post_id, "number": 0})
    await db.execute(update(_TABLE).where(_C.post_id == post_id).values(number=_C.number + 1))


async def number(db: AsyncSession, post_id: int) -> int:
    """How often it was opened."""
    return await db.scalar(select(_C.number).where(_C.post_id == post_id)) or 0
