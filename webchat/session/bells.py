"""This room lets a job wait for a bell, and look by itself when it was silent for long enough."""

import asyncio
from contextlib import suppress


async def called(bell: asyncio.Event, seconds: float | None) -> None:
    """Wait until the bell rings, or so many seconds are over (None: however long it takes); clear the bell.

    Look after it and never before: what rang it meanwhile is seen then.
    """
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await bell.wait()
    bell.clear()
