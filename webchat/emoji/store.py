"""This room keeps the packs of pictures that an operator gave people to write with: a folder that may change.

`data/emoji/<pack>/pack.json` names every picture that was made by us (webchat.operate.emoji); what else lies
there is not looked at.
"""

import json
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from webchat.xmpp import bits

FOLDER = "emoji"
MANIFEST = "pack.json"
MOST_PACKS = 50
MOST_IN_A_PACK = 500
MOST_BYTES = 64 * 1024
"""Bytes of one picture: it travels in a stanza (XEP-0231 §2)."""

LONGEST_SIDE = 128
LONGEST_NAME = 60
NAME = re.compile(r"[a-z0-9][a-z0-9_+-]{1,39}", re.ASCII)
"""What stands between the colons."""

LOOK_EVERY = 5.0
"""Seconds between two looks at the folder."""

_SHA1 = re.compile(r"[0-9a-f]{40}")
_ENDINGS = {"image/png": ".png", "image/webp": ".webp", "image/jpeg": ".jpg"}


@dataclass(frozen=True, slots=True)
class Picture:
    """One of them: `name` is its short name, without colons, and nobody else's; `sha1` names its bytes."""

    name: str
    pack: str
    sha1: str
    media_type: str
    path: Path

    @property
    def cid(self) -> str:
        """Its content id (XEP-0231 §4)."""
        return bits.cid_of(self.sha1)


@dataclass(frozen=True, slots=True)
class Pack:
    """What belongs together; `title` is what the operator calls it."""

    name: str
    title: str
    pictures: Sequence[Picture]


@dataclass(slots=True)
class _Read:
    signature: object = None
    packs: Sequence[Pack] = ()
    by_name: Mapping[str, Picture] = field(default_factory=dict)
    by_sha1: Mapping[str, Picture] = field(default_factory=dict)


class Library:
    """All packs of a folder; None for no folder, which has none."""

    def __init__(self, folder: Path | None = None, look_every: float = LOOK_EVERY) -> None:
        self._folder = folder
        self._look_every = look_every
        self._looked = 0.0
        self._read = _Read()

    @property
    def packs(self) -> Sequence[Pack]:
        """By name."""
        return self._now().packs

    def find(self, name: str) -> Picture | None:
        """The picture of this short name."""
        return self._now().by_name.get(name)

    def by_sha1(self, sha1: str) -> Picture | None:
        """The picture with these bytes."""
        return self._now().by_sha1.get(sha1)

    def bits(self, cid: str) -> tuple[str, bytes] | None:
        """Type and bytes of a content id (webchat.xmpp.bits.Find)."""
        found = self.by_sha1(bits.sha1_of(cid))
        if found is None:
            return None
        try:
            return found.media_type, found.path.read_bytes()
        except OSError:
            return None

    def _now(self) -> _Read:
        moment = time.monotonic()
        if self._folder is not None and (not self._looked or moment - self._looked >= self._look_every):
            self._looked = moment
            signature = _signature(self._folder)
            if signature != self._read.signature:
                self._read = _made(signature, read(self._folder))
        return self._read


def _signature(folder: Path) -> object:
    found = []
    for manifest in sorted(folder.glob(f"*/{MANIFEST}"))[:MOST_PACKS]:
        try:
            facts = manifest.stat()
        except OSError:
            continue
        found.append((manifest.parent.name, facts.st_mtime_ns, facts.st_size))
    return found


def _made(signature: object, packs: Sequence[Pack]) -> _Read:
    by_name: dict[str, Picture] = {}
    by_sha1: dict[str, Picture] = {}
    told = []
    for pack in packs:
        # Two packs may know the same name: the first one has it.
        mine = [picture for picture in pack.pictures if picture.name not in by_name]
        by_name |= {picture.name: picture for picture in mine}
        by_sha1 |= {picture.sha1: picture for picture in mine}
        told.append(Pack(pack.name, pack.title, mine))
    return _Read(signature, told, by_name, by_sha1)


def manifest(title: str, pictures: Mapping[str, tuple[str, str]]) -> bytes:
    """What the file MANIFEST of a pack says; `pictures` are short name → SHA-1 and type."""
    facts = {name: {"sha1": sha1, "type": media_type} for name, (sha1, media_type) in pictures.items()}
    return json.dumps({"title": title, "pictures": facts}, indent=1, sort_keys=True).encode()


def read(folder: Path) -> list[Pack]:
    """The packs of a folder; one that cannot be read is left out."""
    packs = []
    for manifest in sorted(folder.glob(f"*/{MANIFEST}"))[:MOST_PACKS]:
        try:
            told = json.loads(manifest.read_text(encoding="utf-8"))
            packs.append(_pack(manifest.parent, told))
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            continue
    return packs


def _pack(folder: Path, told: dict[str, Any]) -> Pack:
    pictures = []
    for name, facts in sorted(told["pictures"].items())[:MOST_IN_A_PACK]:
        ending = _ENDINGS[facts["type"]]
        if NAME.fullmatch(name) and _SHA1.fullmatch(facts["sha1"]):
            path = folder / f"{facts['sha1']}{ending}"
            pictures.append(Picture(name, folder.name, facts["sha1"], facts["type"], path))
    return Pack(folder.name, str(told["title"])[:LONGEST_NAME], pictures)


_library = Library()


def install(library: Library | None) -> None:
    """Write with these from now on; app.py says so at the start."""
    global _library
    _library = library or Library()


def library() -> Library:
    """What people can write with here."""
    return _library


def ending(media_type: str) -> str:
    """How the file of a picture ends. Raises KeyError for what is not kept."""
    return _ENDINGS[media_type]
