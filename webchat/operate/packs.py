"""This room carries packs of pictures to write with into a backup and out of it, as one member of it.

What is taken out is known by name: a folder that is a pack's short name, in it pictures called by their sums
and what tells of them. Whatever else the member holds is passed over.
"""

import os
import re
import tarfile
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

from webchat.emoji import store
from webchat.operate.trouble import Trouble

MEMBER = "emoji.tar"

_LONGEST_MANIFEST = 1 << 20
_MOST = store.MOST_PACKS * (store.MOST_IN_A_PACK + 1)
_PICTURE = re.compile(r"[0-9a-f]{40}\.(png|webp|jpg)")


def write(folder: Path, target: Path) -> bool:
    """Put the packs of this folder into one file; False, and no file, when there is none. Raises OSError."""
    packs = [pack for pack in store.read(folder) if store.NAME.fullmatch(pack.name)]
    if not packs:
        return False
    with tarfile.open(target, "x") as tar:
        for pack in packs:
            taken = [one for one in pack.pictures if _add(tar, pack.name, one.path)]
            told = store.manifest(pack.title, {one.name: (one.sha1, one.media_type) for one in taken})
            _put(tar, f"{pack.name}/{store.MANIFEST}", told)
    return True


def _add(tar: tarfile.TarFile, pack: str, path: Path) -> bool:
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return False  # It was removed just now.
    _put(tar, f"{pack}/{path.name}", data)
    return True


def _put(tar: tarfile.TarFile, name: str, data: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(data), 0o600
    tar.addfile(entry, BytesIO(data))


def read(source: Path, folder: Path) -> None:
    """Lay the packs of a backup into this folder, which is made. Raises Trouble."""
    folder.mkdir(mode=0o700)
    try:
        with tarfile.open(source, "r:") as tar:
            for count, entry in enumerate(tar):
                if count >= _MOST:
                    break
                _lay(tar, entry, folder)
    except tarfile.TarError as error:
        raise Trouble(f"The pictures in this backup cannot be read ({type(error).__name__}).") from None
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise Trouble(f"The pictures in this backup cannot be unpacked ({why}).") from None
    # The names follow at the end: what they name must be on the disk by then.
    os.sync()


def _lay(tar: tarfile.TarFile, entry: tarfile.TarInfo, folder: Path) -> None:
    pack, _, name = entry.name.partition("/")
    longest = _LONGEST_MANIFEST if name == store.MANIFEST else store.MOST_BYTES
    known = store.NAME.fullmatch(pack) and (name == store.MANIFEST or _PICTURE.fullmatch(name))
    inner = tar.extractfile(entry) if known and entry.isfile() and entry.size <= longest else None
    if inner is not None:
        (folder / pack).mkdir(mode=0o700, exist_ok=True)
        (folder / pack / name).write_bytes(inner.read())


def same(one: Path, other: Path) -> bool:
    """Whether these folders have the same packs."""
    return _told(one) == _told(other)


def _told(folder: Path) -> Sequence[object]:
    return [
        (pack.name, pack.title, [(each.name, each.sha1) for each in pack.pictures])
        for pack in store.read(folder)
    ]
