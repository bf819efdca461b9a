"""This room lets logins through a few at a time: each costs milliseconds that open tabs would feel.

A server that keeps us waiting holds up only the people of its own domain. People at the login page have
places of their own, so that strangers who name slow servers there keep no session from coming back.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal

PER_DOMAIN = 3
AT_ONCE = 20

Lane = Literal["login", "return"]
"""Somebody at the login page, or a session that comes back."""


class Gate:
    """So many logins at once in each lane, for one domain and in all."""

    def __init__(self, per_domain: int = PER_DOMAIN, at_once: int = AT_ONCE) -> None:
        self._per_domain = per_domain
        self._all = {"login": asyncio.Semaphore(at_once), "return": asyncio.Semaphore(at_once)}
        self._domains: dict[tuple[Lane, str], asyncio.Semaphore] = {}
        self._users: Counter[tuple[Lane, str]] = Counter()

    @asynccontextmanager
    async def enter(self, domain: str, lane: Lane, patience: float | None = None) -> AsyncIterator[None]:
        """Wait for a place, and keep it inside the block. Raises TimeoutError after `patience` s."""
        key = lane, domain
        self._users[key] += 1
        gate = self._domains.setdefault(key, asyncio.Semaphore(self._per_domain))
        try:
            async with asyncio.timeout(patience) as waiting, gate, self._all[lane]:
                waiting.reschedule(None)
                yield
        finally:
            self._users[key] -= 1
            if not self._users[key]:
                del self._users[key], self._domains[key]
