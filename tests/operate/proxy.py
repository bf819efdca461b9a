"""This room is a small HTTP proxy on loopback that behaves as the test wants: honest, or holding back."""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Proxy:
    """Passes connections on to `upstream`.

    holds_back  collect the whole answer before anything of it is sent
    tells       add where the visitor comes from
    date        write this Date into the answers
    """

    def __init__(self) -> None:
        self.upstream = 0
        self.port = 0
        self.holds_back = False
        self.tells = False
        self.date = ""

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection with one request."""
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            head = await reader.readuntil(b"\r\n\r\n")
            if self.tells:
                head = head[:-2] + b"X-Forwarded-For: 192.0.2.7\r\n\r\n"
            behind, to = await asyncio.open_connection("127.0.0.1", self.upstream)
            to.write(head)
            if self.holds_back:
                writer.write(self._dated(await behind.read()))
            else:
                while piece := await behind.read(4096):
                    writer.write(self._dated(piece))
                    await writer.drain()
            to.close()
        writer.close()

    def _dated(self, piece: bytes) -> bytes:
        return re.sub(rb"(?mi)^date: .*$", f"date: {self.date}\r".encode(), piece) if self.date else piece


@asynccontextmanager
async def listening() -> AsyncIterator[Proxy]:
    """A proxy with a port; where it leads is told it later."""
    proxy = Proxy()
    server = await asyncio.start_server(proxy.handle, "127.0.0.1", 0)
    proxy.port = server.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        server.close()
