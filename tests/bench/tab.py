"""This room is a tab as cheap as can be: it holds the stream of a page open and notes when rows come."""

import asyncio
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.lab.prosody import Account
from tests.lab.visitor import Visitor, one

_ROW = re.compile(rb'<article(?:(?!</article>).)*?class="body"[^>]*>(\d+\.\d+) (-?\d+)', re.DOTALL)


class Tab:
    """The stream of one conversation; bodies of messages begin with the moment they were sent and a number.

    latencies  seconds from the sending to the row, by the number of the message
    """

    def __init__(self, reader: asyncio.StreamReader) -> None:
        self._reader = reader
        self._rest = b""
        self.latencies: dict[int, float] = {}
        self.received = 0
        self.frames = 0
        self._news = asyncio.Event()

    async def read(self) -> None:
        """Until the stream ends."""
        while chunk := await self._reader.read(1 << 20):
            moment = time.perf_counter()
            self.received += len(chunk)
            text = self._rest + chunk
            end = text.rfind(b"\n\n") + 2
            if end == 1:
                self._rest = text
                continue
            self._rest, text = text[end:], text[:end]
            self.frames += text.count(b"\nid: ") + text.startswith(b"id: ")
            for sent, number in _ROW.findall(text):
                self.latencies.setdefault(int(number), moment - float(sent))
            self._news.set()

    async def rows(self, number: int, timeout: float = 20) -> None:
        """Wait until so many different rows have come."""
        async with asyncio.timeout(timeout):
            while len(self.latencies) < number:
                self._news.clear()
                await self._news.wait()


@asynccontextmanager
async def tab(visitor: Visitor, other: Account) -> AsyncIterator[Tab]:
    """The conversation with somebody, open in a browser."""
    address = one(await visitor.page(other.path), "#stream").get("hx-sse:connect", "")
    cookies = "; ".join(f"{name}={value}" for name, value in visitor.http.cookies.items())
    reader, writer = await asyncio.open_connection("127.0.0.1", visitor.site.port)
    host = visitor.site.url.partition("//")[2]
    headers = f"Host: {host}\r\nCookie: {cookies}\r\nAccept: text/event-stream\r\nAccept-Language: en\r\n"
    writer.write(f"GET {address} HTTP/1.1\r\n{headers}\r\n".encode())
    async with asyncio.timeout(20):
        heard = await reader.readuntil(b": welcome\n\n")
    assert b" 200 " in heard.split(b"\r\n", 1)[0], heard
    made = Tab(reader)
    reading = asyncio.create_task(made.read())
    try:
        yield made
    finally:
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
        writer.close()
