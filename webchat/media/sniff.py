"""This room tells what a file is by its first bytes; names and claims of strangers say nothing."""

import re

from webchat.media import heif

HEAD = 512
"""Bytes that are enough to tell."""

PICTURES = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp", "image/avif"})
PLAYED = frozenset({
    "audio/mpeg", "audio/ogg", "audio/mp4", "audio/webm", "audio/wav", "audio/flac", "audio/aac",
    "video/mp4", "video/webm", "video/ogg", "video/quicktime",
})  # fmt: skip
"""What our pages play in place; everything else is a download."""

_STARTS = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"OggS", "audio/ogg"),
    (b"fLaC", "audio/flac"),
    (b"ID3", "audio/mpeg"),
    (b"\x1aE\xdf\xa3", "video/webm"),
)
_MPEG_AUDIO = re.compile(rb"\xff[\xe2-\xe7\xf2-\xf7\xfa-\xff][\x00-\xef]")
_AAC = re.compile(rb"\xff[\xf0\xf1\xf8\xf9]")
_BRANDS = {b"avif": "image/avif", b"avis": "image/avif", b"M4A ": "audio/mp4", b"M4B ": "audio/mp4",
           b"qt  ": "video/quicktime", **dict.fromkeys(heif.BRANDS, "image/heic")}  # fmt: skip

ALIASES = {
    "image/jpg": "image/jpeg", "image/pjpeg": "image/jpeg", "audio/mp3": "audio/mpeg",
    "audio/x-m4a": "audio/mp4", "audio/m4a": "audio/mp4", "audio/x-wav": "audio/wav",
    "audio/wave": "audio/wav",
    "audio/vnd.wave": "audio/wav",
    "audio/opus": "audio/ogg", "audio/x-flac": "audio/flac", "application/ogg": "audio/ogg",
    "audio/aacp": "audio/aac", "audio/x-aac": "audio/aac", "video/x-m4v": "video/mp4",
}  # fmt: skip


def sniff(head: bytes) -> str:
    """The media type of a picture, sound or film; "" for anything else."""
    for start, media_type in _STARTS:
        if head.startswith(start):
            return media_type
    if head[:4] == b"RIFF":
        return {b"WEBP": "image/webp", b"WAVE": "audio/wav"}.get(head[8:12], "")
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12], "video/mp4")
    if _AAC.match(head):
        return "audio/aac"
    return "audio/mpeg" if _MPEG_AUDIO.match(head) else ""


def plain(media_type: str) -> str:
    """A claimed type without parameters, in the one spelling we use."""
    bare = media_type.partition(";")[0].strip().lower()
    return ALIASES.get(bare, bare)


def plays_as(head: bytes, claimed: str) -> bool:
    """Whether these first bytes may be played as what is claimed: containers hold sound and film alike."""
    found = sniff(head)
    return found in PLAYED and claimed in PLAYED and _family(found) == _family(claimed)


def _family(media_type: str) -> str:
    kind = media_type.partition("/")[2]
    return {"quicktime": "mp4", "aac": "mpeg"}.get(kind, kind)
