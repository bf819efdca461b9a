"""Recordings of browsers become what every client plays (RFC 7845); broken ones do no harm."""

import random
import struct

import pytest

from tests.media.samples import webm
from webchat.media import ogg

PACKETS = [bytes([0x78]) + bytes([n % 250]) * (n % 300) for n in range(1, 200)]
"""CELT, 20 ms each."""


def pages(data: bytes) -> list[tuple[int, int, list[bytes]]]:
    """(flags, granule, packets) of each page, its checksum tried."""
    found: list[tuple[int, int, list[bytes]]] = []
    at = 0
    while at < len(data):
        magic, version, flags, granule, _, number, crc, count = struct.unpack_from("<4sBBqIIIB", data, at)
        assert (magic, version, number) == (b"OggS", 0, len(found))
        table = data[at + 27 : at + 27 + count]
        body = at + 27 + count
        page = bytearray(data[at : body + sum(table)])
        page[22:26] = bytes(4)
        assert ogg._crc(page) == crc
        packets, size = [], 0
        for lace in table:
            size += lace
            if lace < 255:
                packets.append(data[body : body + size])
                body, size = body + size, 0
        found.append((flags, granule, packets))
        at = body
    return found


@pytest.mark.parametrize("endless", [True, False])
def test_every_packet_arrives(endless: bool) -> None:
    sound = ogg.from_webm(webm(PACKETS, endless=endless))
    head, tags, *rest = pages(sound.data)
    assert head[0] == 2
    assert head[2][0].startswith(b"OpusHead\x01\x01")
    assert tags[2][0].startswith(b"OpusTags")
    assert [packet for page in rest for packet in page[2]] == PACKETS
    assert rest[-1][0] == 4
    assert rest[-1][1] == len(PACKETS) * 960
    assert [page[1] for page in rest] == sorted(page[1] for page in rest)
    assert sound.seconds == pytest.approx(len(PACKETS) * 0.02, abs=0.01)


def test_the_known_checksum() -> None:
    assert ogg._crc(b"123456789") == 0x89A1897F


@pytest.mark.parametrize(
    ("packet", "expected"),
    [(b"\x78", 960), (b"\x00", 480), (b"\x79", 1920), (b"\x7b\x03", 2880), (b"\x18", 2880)],
)
def test_how_long_a_packet_plays(packet: bytes, expected: int) -> None:
    assert ogg.samples(packet) == expected


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"OggS" * 100,
        webm([]),
        webm(PACKETS).replace(b"A_OPUS", b"A_VORB"),
        webm([b""]),
        webm([b"\x7b\x3f"]),
        webm(PACKETS)[:60],
        b"\x1aE\xdf\xa3" + b"\x01" + b"\xff" * 7,
    ],
)
def test_what_is_no_recording(data: bytes) -> None:
    with pytest.raises(ogg.NotOpus):
        ogg.from_webm(data)


def test_u03_a_recording_of_nothing_but_empty_elements_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of two bytes, millions of them would keep a processor busy for a quarter of a minute."""
    monkeypatch.setattr(ogg, "MOST_ELEMENTS", 1000)
    sound = webm(PACKETS, endless=False)
    assert ogg.from_webm(sound + b"\xec\x80" * 500).seconds > 3
    with pytest.raises(ogg.NotOpus):
        ogg.from_webm(sound + b"\xec\x80" * 1000)


def test_u03_mutations_end_in_one_of_two_ways() -> None:
    chance = random.Random(7)  # noqa: S311
    good = webm(PACKETS[:20])
    for _ in range(3000):
        data = bytearray(good)
        for _ in range(chance.randint(1, 6)):
            data[chance.randrange(4, len(data))] = chance.randrange(256)
        try:
            ogg.from_webm(bytes(data[: chance.randint(4, len(data))]))
        except ogg.NotOpus:
            continue
