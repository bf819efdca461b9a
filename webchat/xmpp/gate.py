"""This room lets logins through a few at a time: each costs milliseconds that open tabs would feel.

A server that keeps us waiting holds up only the people of its own domain.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

PER_DOMAIN = 3
AT_ONCE = 20


class Gate:
    """So many logins at once, for one domain and in all."""

    def __init__(self, per_domain: int = PER_DOMAIN, at_once: int = AT_ONCE) -> None:
        self._per_domain = per_domain
        self._all = asyncio.Semaphore(at_once)
        self._domains: dict[str, asyncio.Semaphore] = {}
        self._users: Counter[str] = Counter()

    @asynccontextmanager
    async def enter(self, domain: str) -> AsyncIterator[None]:
        """Wait for a place, and keep it inside the block."""
        self._users[domain] += 1
        gate = self._domains.setdefault(domain, asyncio.Semaphore(self._per_domain))
        try:
            async with gate, self._all:
                yield
        finally:
            self._users[domain] -= 1
            if not self._users[domain]:
                del self._users[domain], self._domains[domain]
