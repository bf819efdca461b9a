"""This room makes of a shared file the value that pages draw: what it is in words, and where it is had."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from webchat.markup import names
from webchat.media import sniff, tokens
from webchat.web.language import N_, translate
from webchat.web.reader import reader
from webchat.xmpp.content import SharedFile

FileKind = Literal["picture", "audio", "video", "file", "closed"]

LONGEST_SIDE = 320
"""Pixels that a picture takes at most in the timeline."""

LONGEST_NAME = 120

_ENDINGS = {
    "jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png", "gif": "image/gif", "webp": "image/webp",
    "avif": "image/avif", "mp3": "audio/mpeg", "ogg": "audio/ogg", "oga": "audio/ogg", "opus": "audio/ogg",
    "m4a": "audio/mp4", "wav": "audio/wav", "flac": "audio/flac", "aac": "audio/aac", "mp4": "video/mp4",
    "m4v": "video/mp4", "webm": "video/webm", "ogv": "video/ogg", "mov": "video/quicktime",
}  # fmt: skip
_UNITS = (N_("%(number)s B"), N_("%(number)s kB"), N_("%(number)s MB"), N_("%(number)s GB"))
_UNSAFE = re.compile(r'[\\/:*?"<>|]')
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FileView:
    """One file; see templates/messages/_files.html.

    path           where its bytes are had from, through us; "" for one that is closed to us
    download_path  the same, to be saved
    still_path     the picture without motion, "" for one that has none
    width, height  what its place in the timeline measures; 0 when nobody said
    ask            nothing of it is fetched before the user asks
    """

    kind: FileKind
    name: str
    kind_word: str
    size: str
    path: str = ""
    download_path: str = ""
    still_path: str = ""
    width: int = 0
    height: int = 0
    description: str = ""
    voice: bool = False
    duration: str = ""
    ask: bool = False


def file(owner: str, shared: SharedFile, *, ask: bool = False) -> FileView:
    """One file as pages of the account with this bare JID show it."""
    name = shown_name(shared.name)
    media_type = sniff.plain(shared.media_type) or _ENDINGS.get(name.rpartition(".")[2].lower(), "")
    size = size_words(shared.size)
    word = name.rpartition(".")[2].upper()[:8] if "." in name else ""
    if not shared.url:
        return FileView("closed", name, word, size)
    kind = _kind(media_type)
    handed: tokens.Kind = "picture" if kind == "picture" else "play"
    path = tokens.path(owner, tokens.Link(handed, shared.url, name, media_type)) if kind != "file" else ""
    download = tokens.path(owner, tokens.Link("download", shared.url, name))
    width, height = _place(shared.width, shared.height) if kind in ("picture", "video") else (0, 0)
    moves = kind == "picture" and media_type in ("image/gif", "image/webp", "image/png", "image/avif", "")
    return FileView(
        kind=kind,
        name=name,
        kind_word=word,
        size=size,
        path=path,
        download_path=download,
        still_path=f"{path}?still=1" if moves else "",
        width=width,
        height=height,
        description=names.shown(shared.description, 1000),
        voice=shared.voice,
        duration=_clock(shared.duration),
        ask=ask,
    )


def kind_of(shared: SharedFile) -> str:
    """What a file is in one word: "voice", "picture", "sound", "film" or "file"."""
    if shared.voice:
        return "voice"
    name = shown_name(shared.name)
    media_type = sniff.plain(shared.media_type) or _ENDINGS.get(name.rpartition(".")[2].lower(), "")
    return {"picture": "picture", "audio": "sound", "video": "film"}.get(_kind(media_type), "file")


def shown_name(name: str) -> str:
    """A foreign file name as one may show and save it: no folders, no devices, no tricks with direction."""
    bare = name.replace("\\", "/").rpartition("/")[2]
    bare = "".join(
        char for char in bare if unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")
    )
    bare = _UNSAFE.sub("_", " ".join(bare.split())).strip(" .")
    if len(bare) > LONGEST_NAME:
        stem, dot, ending = bare.rpartition(".")
        kept = f".{ending}" if dot and len(ending) <= 10 else ""
        bare = (stem if kept else bare)[: LONGEST_NAME - len(kept)] + kept
    return f"_{bare}" if _DEVICES.match(bare) else bare


def size_words(size: int | None) -> str:
    """Bytes as people say it, "" for an unknown size."""
    if size is None:
        return ""
    number, unit = float(size), 0
    while number >= 1000 and unit < len(_UNITS) - 1:
        number, unit = number / 1000, unit + 1
    text = f"{number:.0f}" if number >= 10 or not unit else f"{number:.1f}"
    return translate(_UNITS[unit], reader.get().language) % {"number": text}


def _kind(media_type: str) -> FileKind:
    if media_type in sniff.PICTURES:
        return "picture"
    if media_type in sniff.PLAYED:
        return "audio" if media_type.startswith("audio/") else "video"
    return "file"


def _place(width: int | None, height: int | None) -> tuple[int, int]:
    if not width or not height:
        return 0, 0
    scale = min(1.0, LONGEST_SIDE / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


def _clock(seconds: float | None) -> str:
    if not seconds:
        return ""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
