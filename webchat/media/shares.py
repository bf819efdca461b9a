"""This room divides what there is little of (connections, decoders) among those who want it: nobody gets all.

Who has the least comes first, whoever asked first; of what everybody has nothing of, the longest wait counts.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial

PATIENCE = 10.0
"""Seconds that anybody waits for a place."""

MOST_WAITING = 100
"""Wishes of one account that wait."""


class Busy(Exception):
    """There was no place in time."""


@dataclass(eq=False, slots=True)
class _Wish:
    who: str
    host: str
    given: asyncio.Future[None]


class Held:
    """A place that somebody has."""

    def __init__(self, give_back: Callable[[], None]) -> None:
        self._give_back: Callable[[], None] | None = give_back

    def give_back(self) -> None:
        """Others may have it from now on; nothing happens the second time."""
        give_back, self._give_back = self._give_back, None
        if give_back is not None:
            give_back()


class Shares:
    """Places.

    total     places there are
    each      places that one account can have at once
    one_host  places that all together can have at one host
    """

    def __init__(self, total: int, *, each: int, one_host: int | None = None) -> None:
        self._total = total
        self._each = each
        self._one_host = total if one_host is None else one_host
        self._held: Counter[str] = Counter()
        self._hosts: Counter[str] = Counter()
        self._wishes: list[_Wish] = []

    @property
    def held(self) -> int:
        """Places that are taken now."""
        return self._held.total()

    @asynccontextmanager
    async def place(self, who: str, host: str = "", *, patience: float | None = None) -> AsyncIterator[Held]:
        """Hold a place, or wait for one; `who` is an account, "" those that have none. Raises Busy."""
        wish = _Wish(who, host, asyncio.get_running_loop().create_future())
        if sum(one.who == who for one in self._wishes) >= MOST_WAITING:
            raise Busy
        self._wishes.append(wish)
        self._give()
        try:
            async with asyncio.timeout(PATIENCE if patience is None else patience):
                await wish.given
        except BaseException as error:
            if wish in self._wishes:
                self._wishes.remove(wish)
            elif wish.given.done() and not wish.given.cancelled():
                self._take_back(wish)
            if isinstance(error, TimeoutError):
                raise Busy from None
            raise
        held = Held(partial(self._take_back, wish))
        try:
            yield held
        finally:
            held.give_back()

    def _take_back(self, wish: _Wish) -> None:
        for counter, key in ((self._held, wish.who), (self._hosts, wish.host)):
            counter[key] -= 1
            if not counter[key]:
                del counter[key]
        self._give()

    def _give(self) -> None:
        while self.held < self._total:
            fitting = [one for one in self._wishes if self._fits(one)]
            if not fitting:
                return
            wish = min(fitting, key=lambda one: self._held[one.who])
            self._wishes.remove(wish)
            if wish.given.done():
                continue
            self._held[wish.who] += 1
            self._hosts[wish.host] += 1
            wish.given.set_result(None)

    def _fits(self, wish: _Wish) -> bool:
        # Without a host nothing is asked of anybody.
        at_host = not wish.host or self._hosts[wish.host] < self._one_host
        return self._held[wish.who] < self._each and at_host
