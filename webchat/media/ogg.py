"""This room puts Opus sound from the browser's container (WebM) into the one all play (Ogg, RFC 7845).

Nothing is decoded: packets are taken out of one container and written into the other.
"""

import itertools
import struct
from collections.abc import Iterator
from dataclasses import dataclass

MOST_BYTES = 16 * 1024 * 1024
MOST_PACKETS = 400_000
"""Two hours and more of 20 ms each."""

MOST_ELEMENTS = 2 * MOST_PACKETS
"""Elements that are looked at, whether they matter or not."""

DEEPEST = 6
RATE = 48_000
LONGEST_PACKET = 255 * 255
PAGE_SAMPLES = RATE
"""A page for each second, so that players can seek."""

_SEGMENT, _CLUSTER, _TRACKS, _TRACK = 0x18538067, 0x1F43B675, 0x1654AE6B, 0xAE
_BLOCK_GROUP, _BLOCK, _SIMPLE_BLOCK = 0xA0, 0xA1, 0xA3
_NUMBER, _CODEC, _PRIVATE = 0xD7, 0x86, 0x63A2
_INSIDE = frozenset({_SEGMENT, _CLUSTER, _TRACKS, _TRACK, _BLOCK_GROUP})
_WANTED = frozenset({_NUMBER, _CODEC, _PRIVATE, _BLOCK, _SIMPLE_BLOCK})
_UNTIL_END = frozenset({_SEGMENT, _CLUSTER})
"""Elements that a live recording begins without knowing how long they will be."""

_FRAMES = (480, 960, 1920, 2880) * 3 + (480, 960) * 2 + (120, 240, 480, 960) * 4
"""Samples of one frame by the configuration number of a packet (RFC 6716 §3.1)."""


class NotOpus(Exception):
    """The bytes are no WebM with one Opus track, or too many."""


@dataclass(frozen=True, slots=True)
class Sound:
    """An Ogg file and how long it plays, in seconds."""

    data: bytes
    seconds: float


def is_webm(head: bytes) -> bool:
    """Whether a file begins as Matroska and WebM do."""
    return head.startswith(b"\x1aE\xdf\xa3")


def from_webm(data: bytes) -> Sound:
    """The sound of a WebM file as Ogg. Raises NotOpus."""
    if not is_webm(data) or len(data) > MOST_BYTES:
        raise NotOpus
    head, track, packets = b"", -1, []
    number = -1
    for id, start, end in _elements(memoryview(data), 0, len(data), 0, itertools.count(1)):
        value = data[start:end]
        if id == _NUMBER:
            number = int.from_bytes(value[:8], "big")
        elif id == _CODEC and track < 0 and value.rstrip(b"\0") == b"A_OPUS":
            track = number
        elif id == _PRIVATE and number == track and not head:
            head = value
        elif id in (_BLOCK, _SIMPLE_BLOCK):
            packets += _packet(value, track)
            if len(packets) > MOST_PACKETS:
                raise NotOpus
    if track < 0 or not packets:
        raise NotOpus
    return _written(_checked(head), packets)


def _elements(
    data: memoryview, start: int, end: int, depth: int, seen: Iterator[int]
) -> Iterator[tuple[int, int, int]]:
    """(id, start, end) of the elements that matter, in order, out of those that hold them (RFC 8794)."""
    if depth > DEEPEST:
        raise NotOpus
    while start < end:
        if next(seen) > MOST_ELEMENTS:
            raise NotOpus
        id, start = _vint(data, start, end, keep=True)
        size, after = _vint(data, start, end, keep=False)
        unknown = size == (1 << 7 * (after - start)) - 1
        start = after
        if unknown and id not in _UNTIL_END:
            raise NotOpus
        stop = end if unknown else start + size
        # The last cluster of a recording that broke off is shorter than it says.
        stop = min(stop, end)
        if id in _INSIDE:
            if unknown and id == _CLUSTER:
                # What follows an endless cluster is read as its contents: ids of both levels differ.
                continue
            yield from _elements(data, start, stop, depth + 1, seen)
        elif id in _WANTED:
            yield id, start, stop
        start = stop


def _vint(data: memoryview, at: int, end: int, *, keep: bool) -> tuple[int, int]:
    """A number of variable length (RFC 8794 §4) and where it ends; `keep` leaves the marker, as ids do."""
    if at >= end or not data[at]:
        raise NotOpus
    length = 9 - data[at].bit_length()
    if length > (4 if keep else 8) or at + length > end:
        raise NotOpus
    value = int.from_bytes(data[at : at + length], "big")
    return (value if keep else value & ((1 << 7 * length) - 1)), at + length


def _packet(block: bytes, track: int) -> list[bytes]:
    """The packet of a block of our track; laced blocks hold several, which nobody writes for Opus."""
    view = memoryview(block)
    number, at = _vint(view, 0, len(block), keep=False)
    if number != track:
        return []
    if len(block) < at + 4 or block[at + 2] & 0x06 or len(block) - at - 3 > LONGEST_PACKET:
        raise NotOpus
    return [block[at + 3 :]]


def _checked(head: bytes) -> bytes:
    """The codec's own header (RFC 7845 §5.1); the plain one where it is missing."""
    if not head:
        return b"OpusHead" + struct.pack("<BBHIhB", 1, 1, 312, RATE, 0, 0)
    if len(head) < 19 or head[:8] != b"OpusHead" or head[18] != 0:
        raise NotOpus
    return head[:19]


def samples(packet: bytes) -> int:
    """How long a packet plays, in samples (RFC 6716 §3.1). Raises NotOpus beyond 120 ms."""
    if not packet:
        raise NotOpus
    count = (1, 2, 2, 0)[packet[0] & 3]
    if not count:
        if len(packet) < 2:
            raise NotOpus
        count = packet[1] & 0x3F
    found = _FRAMES[packet[0] >> 3] * count
    if not 0 < found <= 5760:
        raise NotOpus
    return found


def _written(head: bytes, packets: list[bytes]) -> Sound:
    skipped = int.from_bytes(head[10:12], "little")
    vendor = b"Webchat"
    tags = b"OpusTags" + struct.pack("<I", len(vendor)) + vendor + struct.pack("<I", 0)
    pages = [_page([head], 0, 0, 0x02), _page([tags], 0, 1, 0)]
    played, waiting, laces, since = 0, [], 0, 0
    for n, packet in enumerate(packets):
        length = samples(packet)
        waiting.append(packet)
        played, since = played + length, since + length
        laces += len(packet) // 255 + 1
        last = n == len(packets) - 1
        following = 0 if last else len(packets[n + 1]) // 255 + 1
        if last or since >= PAGE_SAMPLES or laces + following > 255:
            pages.append(_page(waiting, played, len(pages), 0x04 if last else 0))
            waiting, laces, since = [], 0, 0
    return Sound(b"".join(pages), max(0, played - skipped) / RATE)


def _page(packets: list[bytes], granule: int, number: int, flags: int) -> bytes:
    """One page (RFC 3533 §6); its packets never go on in the next."""
    table = b"".join(b"\xff" * (len(packet) // 255) + bytes([len(packet) % 255]) for packet in packets)
    head = struct.pack("<4sBBqIIIB", b"OggS", 0, flags, granule, 0x57454243, number, 0, len(table))
    page = bytearray(head + table + b"".join(packets))
    page[22:26] = struct.pack("<I", _crc(page))
    return bytes(page)


def _crc_table() -> list[int]:
    table = []
    for byte in range(256):
        value = byte << 24
        for _ in range(8):
            value = (value << 1 ^ (0x04C11DB7 if value & 0x80000000 else 0)) & 0xFFFFFFFF
        table.append(value)
    return table


_CRC = _crc_table()


def _crc(data: bytes | bytearray) -> int:
    value = 0
    for byte in data:
        value = (value << 8 & 0xFFFFFFFF) ^ _CRC[value >> 24 ^ byte]
    return value
