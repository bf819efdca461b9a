"""This room is the server's end of one connection: bytes in and out, TLS when told, elements as they end."""

import asyncio
import ssl
from collections.abc import Iterator
from typing import cast
from xml.etree import ElementTree as ET

CHUNK = 65536


class Gone(Exception):
    """The client closed the connection, or what it sent is no XML."""


class Wire:
    """Bytes of one connection; TLS runs over memory, so a test may put any byte before, into or behind it.

    plain    everything received outside TLS
    secure   everything received inside
    """

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls: ssl.SSLObject | None = None
        self.plain = bytearray()
        self.secure = bytearray()
        self.restart()

    # ---- bytes

    async def start_tls(self, context: ssl.SSLContext) -> None:
        """The server's side of a TLS handshake. Raises Gone when there is none."""
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_side=True)
        while True:
            try:
                self._tls.do_handshake()
            except ssl.SSLWantReadError:
                await self._flush()
                await self._fill()
            except ssl.SSLError as error:
                await self._flush()
                raise Gone from error
            else:
                return await self._flush()

    async def send(self, data: bytes) -> None:
        """Write these bytes, inside TLS if there is TLS."""
        if self._tls is None:
            self._outgoing.write(data)
        else:
            try:
                self._tls.write(data)
            except ssl.SSLError as error:
                raise Gone from error
        await self._flush()

    async def receive(self) -> bytes:
        """What comes next. Raises Gone at the end."""
        if self._tls is None:
            data = await self._read()
            self.plain += data
            return data
        while True:
            try:
                data = self._tls.read(CHUNK)
            except ssl.SSLWantReadError:
                await self._flush()
                await self._fill()
            except ssl.SSLError as error:
                raise Gone from error
            else:
                if not data:
                    raise Gone
                self.secure += data
                return data

    async def _fill(self) -> None:
        self._incoming.write(await self._read())

    async def _read(self) -> bytes:
        try:
            data = await self._reader.read(CHUNK)
        except OSError as error:
            raise Gone from error
        if not data:
            raise Gone
        return data

    async def _flush(self) -> None:
        try:
            if data := self._outgoing.read():
                self._writer.write(data)
            await self._writer.drain()
        except OSError as error:
            raise Gone from error

    def close(self) -> None:
        """Cut the connection."""
        self._writer.close()

    # ---- elements

    def restart(self) -> None:
        """Expect a new stream header."""
        self._parser: ET.XMLPullParser[ET.Element] = ET.XMLPullParser(("start", "end"))
        self._depth = 0

    async def header(self) -> ET.Element:
        """The client's <stream:stream>."""
        self.restart()
        return await self._next(0)

    async def element(self) -> ET.Element:
        """The next element of the stream that is whole."""
        return await self._next(1)

    async def _next(self, depth: int) -> ET.Element:
        while True:
            for event, found in cast(Iterator[tuple[str, ET.Element]], self._parser.read_events()):
                self._depth += 1 if event == "start" else -1
                if event == "start" and depth == 0:
                    return found
                if event == "end" and self._depth == 1 and depth == 1:
                    return found
                if self._depth == 0:
                    raise Gone
            try:
                self._parser.feed(await self.receive())
            except ET.ParseError as error:
                raise Gone from error
