"""This room tells systemd how the site is: that it answers, that it is alive, that it stops (sd_notify(3)).

Where no such supervisor asked for it nothing is told.
"""

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress


def tell(state: str) -> None:
    """Say one thing ("READY=1") to whoever started this process and wants to know."""
    place = os.environ.get("NOTIFY_SOCKET", "")
    if not place:
        return
    # A name that begins with "@" is no file: its first byte is zero (unix(7)).
    address = "\0" + place[1:] if place.startswith("@") else place
    # Whoever listened is gone: the site goes on without.
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as to:
        to.setblocking(False)
        to.sendto(state.encode(), address)


def patience() -> float:
    """Seconds after which the supervisor takes a silent process for dead; 0: it does not watch this one."""
    whose = os.environ.get("WATCHDOG_PID", "")
    if whose and whose != str(os.getpid()):
        return 0.0
    micro = os.environ.get("WATCHDOG_USEC", "")
    return int(micro) / 1_000_000 if micro.isdecimal() else 0.0


@asynccontextmanager
async def alive() -> AsyncIterator[None]:
    """As long as this lasts the supervisor hears that the loop turns."""
    seconds = patience()
    task = asyncio.create_task(_beat(seconds / 3)) if seconds else None
    try:
        yield
    finally:
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


async def _beat(every: float) -> None:
    while True:
        tell("WATCHDOG=1")
        await asyncio.sleep(every)
