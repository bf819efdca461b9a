"""This room is the ring of numbered changes of one account; a tab is a cursor into it, nothing more."""

import asyncio
import secrets
from collections import deque
from collections.abc import Iterable

from webchat.change import Change

RING = 256


class Feed:
    """Numbered changes of one account, the newest `RING` of them.

    A cursor is "<epoch>.<number>". The epoch differs for every feed ever made, so a cursor from before a
    restart is recognised as too old instead of pointing at other changes.
    """

    def __init__(self, ring: int = RING) -> None:
        self._epoch = secrets.token_hex(4)
        self._number = 0
        self._ring: deque[Change] = deque(maxlen=ring)
        self._waiting: set[asyncio.Future[None]] = set()
        self.closed = False

    @property
    def cursor(self) -> str:
        """Where the feed stands now; take it *before* reading what a page shows."""
        return f"{self._epoch}.{self._number}"

    def publish(self, changes: Iterable[Change]) -> None:
        """Number the changes and wake whoever waits. Call it only after the commit they speak of."""
        before = self._number
        for change in changes:
            self._number += 1
            self._ring.append(change)
        if self._number != before:
            self._wake()

    def since(self, cursor: str) -> tuple[str, list[Change]] | None:
        """The cursor now and the distinct changes after `cursor`, oldest first; None when the ring forgot."""
        epoch, _, number = cursor.partition(".")
        if epoch != self._epoch or not number.isdecimal() or len(number) > 20:
            return None
        missed = self._number - int(number)
        if not 0 <= missed <= len(self._ring):
            return None
        waiting = list(self._ring)[len(self._ring) - missed :]
        return self.cursor, list(dict.fromkeys(waiting))

    async def wait(self, cursor: str, timeout: float) -> bool:
        """Sleep until something is after `cursor`, the feed closes or is nudged; False after `timeout` s."""
        if self.closed or cursor != self.cursor:
            return True
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.add(woken)
        try:
            async with asyncio.timeout(timeout):
                await woken
        except TimeoutError:
            return False
        finally:
            self._waiting.discard(woken)
        return True

    def nudge(self) -> None:
        """Wake all followers without a change: they look again whether they are still signed in."""
        self._wake()

    def close(self) -> None:
        """End all followers: their browsers reconnect to whoever holds the account then."""
        self.closed = True
        self._wake()

    def _wake(self) -> None:
        for woken in self._waiting:
            if not woken.done():
                woken.set_result(None)
        self._waiting.clear()
