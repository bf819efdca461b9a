"""This room ends sessions and what they do: each has so long for it, and none of them waits for another."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from webchat.session.registry import Sessions
    from webchat.session.session import Session

log = logging.getLogger(__name__)

LAST_WORDS = 5.0
"""Seconds that each feature has for what it says before the account leaves for good."""

ENDING = 5.0
"""Seconds that cancelled work has to end; nobody waits for it any longer."""

AT_ONCE = 50
"""So many sessions are ended at the same time: each of them asks the database."""


async def say_last_words(words: Mapping[str, Callable[[], Awaitable[None]]]) -> None:
    """What features have yet to tell the server; one that fails or takes too long is passed over."""
    for name, say in list(words.items()):
        try:
            async with asyncio.timeout(LAST_WORDS):
                await say()
        except Exception:
            log.exception("what the session had yet to say failed: %s", name)


async def end_tasks(tasks: Collection[asyncio.Task[None]]) -> None:
    """Cancel all of this but whoever asks for it, and wait until it is over; not for ever."""
    others = {task for task in tasks if task is not asyncio.current_task()}
    for task in others:
        task.cancel()
    if others:
        _, left = await asyncio.wait(others, timeout=ENDING)
        for task in left:
            log.error("background work does not end: %s", task.get_name())


async def stop_all(sessions: Collection["Session"]) -> None:
    """Stop these, so that they can be resumed; what fails in one of them is logged."""
    stops = (session.stop(resumable=True) for session in sessions)
    for failed in await asyncio.gather(*stops, return_exceptions=True):
        if failed is not None:
            log.error("a session did not stop", exc_info=failed)


async def end_all(sessions: "Sessions", accounts: Collection[int]) -> None:
    """Sign these accounts out in all their browsers.

    What fails for one of them is raised when all others are ended.
    """
    gate = asyncio.Semaphore(AT_ONCE)

    async def end(account_id: int) -> None:
        async with gate:
            await sessions.end(account_id, None)

    for failed in await asyncio.gather(*(end(id) for id in accounts), return_exceptions=True):
        if failed is not None:
            raise failed
