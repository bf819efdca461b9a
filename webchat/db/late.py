"""This room puts work off to the end of a transaction, where many small writes become one."""

from collections.abc import Awaitable, Callable
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

Flush = Callable[[AsyncSession, list[Any]], Awaitable[None]]

_LATE = "late"


def put_off(db: AsyncSession, flush: Flush, value: Any) -> None:
    """Let `flush` write this value before the commit, with all others that were put off for it."""
    db.info.setdefault(_LATE, {}).setdefault(flush, []).append(value)


async def do_now(db: AsyncSession, flush: Flush) -> None:
    """Write what was put off for `flush`: what comes next builds on it."""
    values = db.info.get(_LATE, {}).pop(flush, None)
    if values:
        await flush(db, values)


async def do_all(db: AsyncSession) -> None:
    """Write everything that was put off; `Database.write` does so before it commits."""
    for flush in list(db.info.get(_LATE, ())):
        await do_now(db, flush)
