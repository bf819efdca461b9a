"""This room is the broom of the site: messages that are older than the operator wants go, step by step."""

import asyncio
import logging
from datetime import timedelta

from webchat.db.base import now
from webchat.db.engine import Database
from webchat.messages import store

log = logging.getLogger(__name__)

EVERY = 3600.0
PAUSE = 0.05
"""Seconds between two steps: people who write come first."""

LOOKED_AT = timedelta(days=1)
"""What somebody fetched from the archive again stays here so long."""


async def keep(database: Database, days: int) -> None:
    """Until cancelled: sweep, wait."""
    while True:
        try:
            await sweep(database, days)
        except Exception as error:
            log.error("old messages could not be deleted", exc_info=error)
        await asyncio.sleep(EVERY)


async def sweep(database: Database, days: int) -> int:
    """Forget what is older than so many days; how many messages that were."""
    moment, arrived, total = now() - timedelta(days=days), now() - LOOKED_AT, 0
    async with database.read() as db:
        found = await store.conversations_before(db, moment)
    for conversation in found:
        after: int | None = 0
        while after is not None:
            async with database.write() as db:
                step = await store.forget_before(db, conversation, moment, arrived=arrived, after=after)
            total, after = total + step.forgotten, step.after
            await asyncio.sleep(PAUSE)
    if total:
        log.info("%d old messages were deleted", total)
    return total
