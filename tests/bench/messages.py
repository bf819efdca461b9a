"""This room measures messages: time and CPU from a peer's send to the browser's stream, and to slixmpp."""

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from tests.bench import machine
from tests.bench.sender import Sender
from tests.bench.tab import Tab
from tests.lab.prosody import Account, Lab
from tests.lab.visitor import Visitor

TEXT = "But soft, what light through yonder window breaks? It is the east, and Juliet is the sun."
RATE = 100


class Bare:
    """A bare slixmpp client in a process of its own."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.pid = process.pid

    async def report(self) -> tuple[list[float], float]:
        """Latencies since the last report, and its CPU since the start."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(b"\n")
        said = json.loads(await asyncio.wait_for(self._process.stdout.readline(), 20))
        return said["latencies"], said["cpu"]


@asynccontextmanager
async def bare(account: Account, lab: Lab) -> AsyncIterator[Bare]:
    """Sign the bare client in; it ends with the block."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.bench.bare", str(lab.port), str(lab.ca_file)),
        *(account.jid, account.password),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        assert await asyncio.wait_for(process.stdout.readline(), 30) == b"ready\n"
        yield Bare(process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


def body(number: int, *, wall: bool = False) -> str:
    """The text of a message: when it was sent (by the clock on the wall, if wanted), its number, words."""
    return f"{time.time() if wall else time.perf_counter():.6f} {number} {TEXT}"


@dataclass(frozen=True, slots=True)
class OneByOne:
    """Seconds of each message and CPU for one, ours and the bare client's."""

    ours: list[float]
    ours_cpu: float
    bare: list[float]
    bare_cpu: float


async def latency(
    sender: Sender, page: Tab, visitor: Visitor, other: Bare, to: Account, count: int
) -> OneByOne:
    """One message at a time, in turn to our site and to the bare client."""
    for number in range(10):
        sender.say(visitor.account.jid, body(-number))
        sender.say(to.jid, body(-number))
        await asyncio.sleep(0.1)
    page.latencies.clear()
    _, bare_cpu = await other.report()
    ours_cpu = machine.cpu(visitor.site.pid)
    for number in range(1, count + 1):
        sender.say(visitor.account.jid, body(number))
        await page.rows(number)
        await asyncio.sleep(0.05)
        sender.say(to.jid, body(number))
        await asyncio.sleep(0.05)
    ours_cpu = machine.cpu(visitor.site.pid) - ours_cpu
    theirs, cpu = await other.report()
    return OneByOne(list(page.latencies.values()), ours_cpu / count, theirs, (cpu - bare_cpu) / count)


async def steady(
    sender: Sender, to: Account, count: int, pid: int, page: Tab | None, rate: float = RATE
) -> float:
    """So many messages at an even rate: seconds of CPU of process `pid` for each."""
    before, start = machine.cpu(pid), time.perf_counter()
    if page is not None:
        page.latencies.clear()
    for number in range(count):
        late = start + number / rate - time.perf_counter()
        if late > 0:
            await asyncio.sleep(late)
        sender.say(to.jid, body(number))
    if page is not None:
        await page.rows(count)
    else:
        await sender.round_trip()
        await asyncio.sleep(0.2)
    return (machine.cpu(pid) - before) / count
