"""This room keeps the garbage collector from stopping the loop: what lives long is not looked through again.

A full collection over two thousand sessions takes more than a second. What a login made stays for hours, so
it is set aside (frozen); everything is looked through only when nobody is here, or once a day.
"""

import asyncio
import gc
import time
from collections.abc import Callable

TICK = 10.0
QUIET_EVERY = 3600.0
AT_LATEST = 86400.0
YOUNG = 5_000
"""Objects made before the youngest generation is looked through: a few milliseconds of work. The middle one
has its turn with twenty times as many: some 25 ms while everybody logs in."""


class Garbage:
    """Collects at good moments.

    busy   tells how many tabs are open
    """

    def __init__(self, busy: Callable[[], int]) -> None:
        self._busy = busy
        self._logins = 0
        self._full = time.monotonic()

    def login(self) -> None:
        """A session was made: set it aside soon."""
        self._logins += 1

    async def run(self) -> None:
        """Until cancelled."""
        gc.set_threshold(YOUNG, 20, 1_000)
        gc.collect()
        gc.freeze()
        while True:
            await asyncio.sleep(TICK)
            self.tick()

    def tick(self) -> None:
        """Look whether this is a good moment."""
        since = time.monotonic() - self._full
        if (since > QUIET_EVERY and not self._busy()) or since > AT_LATEST:
            gc.unfreeze()
            gc.collect()
            gc.freeze()
            self._full = time.monotonic()
        elif self._logins:
            gc.freeze()
        self._logins = 0
