"""This room is a name server of a few lines for tests: answers from a table, says no, or keeps silent."""

import asyncio
import ipaddress
import struct
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import cast

A, AAAA, CNAME, SRV = 1, 28, 5, 33

Record = tuple[int, bytes]
Table = Mapping[str, list[Record] | int | None]
SERVFAIL, NXDOMAIN = 2, 3


def address(text: str) -> Record:
    """An A or AAAA record."""
    parsed = ipaddress.ip_address(text)
    return (A if parsed.version == 4 else AAAA), parsed.packed


def name(text: str) -> bytes:
    """A name in the form of the wire, uncompressed."""
    labels = [label.encode() for label in text.split(".") if label]
    return b"".join(bytes([len(label)]) + label for label in labels) + b"\0"


def srv(priority: int, weight: int, port: int, host: str) -> Record:
    """A SRV record."""
    return SRV, struct.pack("!HHH", priority, weight, port) + name(host)


def alias(host: str) -> Record:
    """A CNAME record."""
    return CNAME, name(host)


class NameServer(asyncio.DatagramProtocol):
    """table: name → records; a number in place of records is an error code, None is silence."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.asked: list[str] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # asyncio's own datagram transports do not inherit from the class that types them.
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        labels, at = [], 12
        while data[at]:
            labels.append(data[at + 1 : at + 1 + data[at]].decode())
            at += 1 + data[at]
        (kind,) = struct.unpack("!H", data[at + 1 : at + 3])
        question, asked = data[12 : at + 5], ".".join(labels).lower()
        self.asked.append(asked)
        known = self.table.get(asked, NXDOMAIN)
        if known is None:
            return
        code = known if isinstance(known, int) else 0
        records = [] if isinstance(known, int) else [r for r in known if r[0] in (kind, CNAME)]
        body = b"".join(
            b"\xc0\x0c" + struct.pack("!HHIH", type_, 1, 0, len(value)) + value for type_, value in records
        )
        header = data[:2] + struct.pack("!HHHHH", 0x8180 | code, 1, len(records), 0, 0)
        self._transport.sendto(header + question + body, addr)


@asynccontextmanager
async def name_server(table: Table) -> AsyncIterator[tuple[str, NameServer]]:
    """Run one on loopback; gives "address:port" and the server with what was asked."""
    loop = asyncio.get_running_loop()
    transport, server = await loop.create_datagram_endpoint(
        lambda: NameServer(table), local_addr=("127.0.0.1", 0)
    )
    host, port = transport.get_extra_info("sockname")
    try:
        yield f"{host}:{port}", server
    finally:
        transport.close()
