"""This room measures pages as the server gives them: time, CPU, size, and when rows of a long one come."""

import asyncio
import time
from dataclasses import dataclass

from tests.bench import machine
from tests.bench.sender import Sender
from tests.lab.prosody import Account, Lab
from tests.lab.visitor import Visitor, eventually, rows

TIMES = 30
LONG = 1000


@dataclass(frozen=True, slots=True)
class Page:
    """One page asked for again and again: seconds, CPU of the site for one; rows on it, bytes of it."""

    times: list[float]
    cpu: float
    rows: int
    size: int
    compressed: int


async def fill(visitor: Visitor, peer: Account, lab: Lab, number: int) -> float:
    """Have so many messages come in at once; seconds until all of them are counted as unread."""
    sender = await Sender(peer, lab).login()
    start = time.perf_counter()
    for count in range(number):
        sender.say(visitor.account.jid, f"Message {count}: what's in a name? That which we call a rose")
        if count % 100 == 99:
            await sender.drain()

    async def all_there() -> bool:
        return await visitor.unread(peer) == number

    await eventually(all_there, 60)
    took = time.perf_counter() - start
    await sender.logout()
    return took


async def read_all(visitor: Visitor, peer: Account) -> None:
    """Mark the conversation as read."""
    last = rows(await visitor.page(f"{peer.path}?after=0"))
    newest = last[-1].id.removeprefix("message-")
    # From the first unread message a page shows the first stretch only: go on until the end.
    while True:
        await visitor.post(f"/conversations/{peer.jid}/displayed", id=newest)
        shown = rows(await visitor.page(peer.path))
        if shown[-1].id == f"message-{newest}" and not await visitor.unread(peer):
            return
        newest = shown[-1].id.removeprefix("message-")


async def ask(visitor: Visitor, path: str) -> Page:
    """The same page many times, one after the other."""
    times = []
    answer = await visitor.http.get(path)
    assert answer.status_code == 200, f"{path}: {answer.status_code}"
    before = machine.cpu(visitor.site.pid)
    for _ in range(TIMES):
        start = time.perf_counter()
        answer = await visitor.http.get(path)
        times.append(time.perf_counter() - start)
    cpu = (machine.cpu(visitor.site.pid) - before) / TIMES
    compressed = answer.num_bytes_downloaded
    return Page(times, cpu, answer.text.count("<article"), len(answer.content), compressed)


async def first_and_last_row(visitor: Visitor, path: str) -> tuple[float, float]:
    """Seconds until the first and the last row of a page have come, uncompressed, medians of ten."""
    found = [await _first_and_last(visitor, path) for _ in range(10)]
    return machine.quantile([one for one, _ in found], 0.5), machine.quantile(
        [other for _, other in found], 0.5
    )


async def _first_and_last(visitor: Visitor, path: str) -> tuple[float, float]:
    cookies = "; ".join(f"{name}={value}" for name, value in visitor.http.cookies.items())
    host = visitor.site.url.partition("//")[2]
    reader, writer = await asyncio.open_connection("127.0.0.1", visitor.site.port)
    start = time.perf_counter()
    headers = f"Host: {host}\r\nCookie: {cookies}\r\nConnection: close\r\n\r\n"
    writer.write(f"GET {path} HTTP/1.1\r\n{headers}".encode())
    first, last, count = 0.0, 0.0, 0
    while chunk := await reader.read(1 << 16):
        came = chunk.count(b"</article>")
        moment = time.perf_counter() - start
        first, last = (first or moment, moment) if came else (first, last)
        count += came
    writer.close()
    assert count > 1
    return first, last
