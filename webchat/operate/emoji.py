"""This room brings in packs of pictures to write with, of a folder or a ZIP file: every picture made anew."""

import argparse
import asyncio
import hashlib
import lzma
import re
import shutil
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_hex

from webchat import pictures
from webchat.config import Settings
from webchat.emoji import store
from webchat.operate.trouble import Trouble, number, say

MOST_FILES = 2000
"""Entries of a ZIP file or a folder that are looked at."""

MOST_SOURCE = 4 * 1024 * 1024
"""Bytes of one picture as it was given."""

KINDS = (".png", ".gif", ".webp", ".jpg", ".jpeg", ".avif")
SIDES = (store.LONGEST_SIDE, 96, 64, 48)
"""Pixels of the longer side: the first one with which a picture is small enough to travel in a stanza."""


@dataclass(slots=True)
class Brought:
    """What came of a pack: the short names that are there now (SHA-1, type), and why others are not."""

    pictures: dict[str, tuple[str, str]] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)


def run(settings: Settings, chosen: argparse.Namespace) -> int:
    """`webchat emoji add|list|remove`. Raises Trouble."""
    folder = settings.data_dir / store.FOLDER
    if chosen.action == "add":
        return asyncio.run(add(folder, chosen.what, chosen.name, chosen.title))
    if chosen.action == "remove":
        return remove(folder, chosen.what)
    packs = store.read(folder)
    for pack in packs:
        say(f"{pack.name}  {pack.title}: {number(len(pack.pictures), 'picture')}")
    if not packs:
        say("There is no pack. Add one: webchat emoji add FOLDER, or a ZIP file.")
    return 0


async def add(folder: Path, given: str, name: str = "", title: str = "") -> int:
    """Make a pack of the pictures in a folder or a ZIP file, in the place of one of the same name.

    Raises Trouble when there is nothing to take.
    """
    source = Path(given)
    called = slug(name or source.stem)
    if not store.NAME.fullmatch(called):
        raise Trouble("A pack needs a name of letters, digits, - and _: give it with --name.")
    known = [pack for pack in store.read(folder) if pack.name != called]
    if len(known) >= store.MOST_PACKS:
        raise Trouble(f"There are {store.MOST_PACKS} packs already: remove one.")
    half = folder / f".{called}.{token_hex(4)}"
    half.mkdir(mode=0o700, parents=True)
    try:
        brought = await _bring(source, half)
        if not brought.pictures:
            raise Trouble(f"There is no picture in {source} that could be taken.")
        title = (title or name or source.stem)[: store.LONGEST_NAME]
        (half / store.MANIFEST).write_bytes(store.manifest(title, brought.pictures))
        _put(half, folder / called)
    finally:
        shutil.rmtree(half, ignore_errors=True)
    taken = number(len(brought.pictures), "picture")
    say(f"{taken} in the pack {called}. The site has them in some seconds.")
    for line in brought.left_out:
        say(f"Left out: {line}")
    return 0


def _put(half: Path, place: Path) -> None:
    """The folder takes its place; who reads meanwhile finds the former one or this."""
    former = place.with_name(f".{place.name}.{token_hex(4)}")
    if place.exists():
        place.rename(former)
    half.rename(place)
    shutil.rmtree(former, ignore_errors=True)


async def _bring(source: Path, target: Path) -> Brought:
    brought = Brought()
    for file, data in _files(source):
        name = slug(Path(file).stem)
        if len(brought.pictures) >= store.MOST_IN_A_PACK:
            brought.left_out.append(f"all after {store.MOST_IN_A_PACK} pictures")
            break
        if not store.NAME.fullmatch(name) or name in brought.pictures:
            brought.left_out.append(f"{file} (no short name can be made of it, or it is there already)")
            continue
        made = await _small(data)
        if made is None:
            brought.left_out.append(f"{file} (no picture, or it cannot be made small enough)")
            continue
        sha1 = hashlib.sha1(made.data, usedforsecurity=False).hexdigest()
        (target / f"{sha1}{store.ending(made.media_type)}").write_bytes(made.data)
        brought.pictures[name] = sha1, made.media_type
    return brought


async def _small(data: bytes) -> pictures.Picture | None:
    """The same in our own pixels, small enough; None for what is no picture."""
    for side in SIDES:
        try:
            made = await pictures.reencode(data, longest=side, kind="picture")
        except pictures.BadPicture:
            return None
        if len(made.data) <= store.MOST_BYTES:
            return made
    return None


def slug(text: str) -> str:
    """Letters, digits and - _ + of a name."""
    return re.sub(r"[^a-z0-9+-]+", "_", text.lower()).strip("_-+")[:40]


def _files(source: Path) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of what may be a picture, by name. Raises Trouble."""
    if source.is_dir():
        inside = sorted(path for path in source.rglob("*") if path.suffix.lower() in KINDS)[:MOST_FILES]
        for path in inside:
            if path.is_file() and not path.is_symlink() and path.stat().st_size <= MOST_SOURCE:
                yield path.name, path.read_bytes()
        return
    try:
        with zipfile.ZipFile(source) as archive:
            for entry in sorted(archive.infolist()[:MOST_FILES], key=lambda entry: entry.filename):
                if Path(entry.filename).suffix.lower() in KINDS and entry.file_size <= MOST_SOURCE:
                    with archive.open(entry) as file:
                        # What an entry says of its size is not believed.
                        data = file.read(MOST_SOURCE + 1)
                    if len(data) <= MOST_SOURCE:
                        yield Path(entry.filename).name, data
    except (OSError, EOFError, zipfile.BadZipFile, zlib.error, lzma.LZMAError, RuntimeError) as error:
        why = type(error).__name__
        raise Trouble(f"{source} cannot be read as a folder or a ZIP file ({why}).") from None


def remove(folder: Path, name: str) -> int:
    """A pack goes away; in messages that were sent its pictures are words again. Raises Trouble."""
    if not store.NAME.fullmatch(name) or not (folder / name / store.MANIFEST).is_file():
        raise Trouble(f"There is no pack {name}: `webchat emoji list` says which there are.")
    shutil.rmtree(folder / name)
    say(f"The pack {name} is removed.")
    return 0
