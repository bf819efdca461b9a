"""What a file is, by its bytes (U01)."""

import pytest

from tests.media import samples
from webchat.media import sniff


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (samples.picture("PNG"), "image/png"),
        (samples.picture("JPEG"), "image/jpeg"),
        (samples.picture("WEBP"), "image/webp"),
        (samples.picture("AVIF"), "image/avif"),
        (samples.animation(), "image/gif"),
        (samples.webm([b"\x78"]), "video/webm"),
        (b"OggS\0\2", "audio/ogg"),
        (b"\0\0\0\x18ftypisom", "video/mp4"),
        (b"\0\0\0\x18ftypM4A ", "audio/mp4"),
        (b"ID3\x04", "audio/mpeg"),
        (b"\xff\xfb\x90\x00", "audio/mpeg"),
        (b"RIFF\0\0\0\0WAVE", "audio/wav"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", ""),
        (b"<!DOCTYPE html>", ""),
        (b"%PDF-1.4", ""),
        (b"PK\x03\x04", ""),
        (b"II*\0", ""),
        (b"BM", ""),
        (b"", ""),
    ],
)
def test_u01_by_content(data: bytes, found: str) -> None:
    assert sniff.sniff(data[: sniff.HEAD]) == found


@pytest.mark.parametrize(
    ("head", "claimed", "plays"),
    [
        (b"OggS", "audio/ogg", True),
        (b"OggS", "video/ogg", True),
        (b"\x1aE\xdf\xa3", "audio/webm", True),
        (b"\0\0\0\x18ftypisom", "video/quicktime", True),
        (b"OggS", "text/html", False),
        (b"OggS", "video/mp4", False),
        (b"<html>", "audio/ogg", False),
        (b"\x89PNG\r\n\x1a\n", "image/png", False),
        (b"", "", False),
    ],
)
def test_u01_what_is_played(head: bytes, claimed: str, plays: bool) -> None:
    assert sniff.plays_as(head, claimed) is plays
