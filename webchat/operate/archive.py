"""This room reads and writes the one file of a backup: a tar with a manifest and what the manifest names.

Nothing is unpacked to a path that the file names: members are known by name and land where we say.
"""

import json
import os
import tarfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from secrets import token_hex
from typing import IO

from webchat.operate.trouble import Trouble

FORMAT = 1
MANIFEST = "manifest.json"
DATABASES = {"sqlite": "database.sqlite", "postgresql": "database.pgdump"}
SECRET = "secret.key"  # noqa: S105 (the name of a file)

_BLOCK = 1 << 20
_LONGEST_MANIFEST = 64 * 1024
_NOT_OURS = "{file} is not a backup of Webchat, or not a whole one: {why}."


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an archive says of itself.

    database  "sqlite" or "postgresql"; `revision` is the form of its tables
    files     member → (bytes, SHA-256)
    """

    version: str
    created_at: str
    database: str
    revision: str
    files: Mapping[str, tuple[int, str]]


def write(target: Path, manifest: Manifest, members: Mapping[str, Path]) -> None:
    """Make the archive: under another name first, on the disk before it gets its own. Raises OSError."""
    half = target.with_name(f".{target.name}.{token_hex(4)}.half")
    try:
        with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            with tarfile.open(fileobj=file, mode="w") as tar:
                told = json.dumps({"format": FORMAT} | asdict(manifest), indent=2).encode() + b"\n"
                tar.addfile(_entry(MANIFEST, len(told)), BytesIO(told))
                for name, path in members.items():
                    with path.open("rb") as source:
                        tar.addfile(_entry(name, path.stat().st_size), source)
            file.flush()
            os.fsync(file.fileno())
        half.replace(target)
        sync_folder(target.parent)
    finally:
        half.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """The names in this folder survive a power cut from here on."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _entry(name: str, size: int) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = size, 0o600
    return entry


def measured(path: Path) -> tuple[int, str]:
    """Bytes and SHA-256 of a file."""
    with path.open("rb") as file:
        return _copied(file, None)


def _copied(source: IO[bytes], target: IO[bytes] | None) -> tuple[int, str]:
    digest, size = sha256(), 0
    while block := source.read(_BLOCK):
        digest.update(block)
        size += len(block)
        if target is not None:
            target.write(block)
    return size, digest.hexdigest()


def read(file: Path) -> Manifest:
    """What the archive says of itself. Raises Trouble."""
    try:
        with tarfile.open(file, mode="r:") as tar:
            first = tar.next()
            inner = tar.extractfile(first) if first and first.name == MANIFEST and first.isfile() else None
            if inner is None:
                raise ValueError("it has no manifest")
            told = json.loads(inner.read(_LONGEST_MANIFEST))
        if told.pop("format") != FORMAT:
            raise Trouble(f"{file} was made by a newer version of Webchat: update, then restore.")
        files = {str(name): (int(size), str(digest)) for name, (size, digest) in told.pop("files").items()}
        manifest = Manifest(**{name: str(value) for name, value in told.items()}, files=files)
    except OSError as error:
        raise Trouble(f"{file} cannot be read ({error.strerror or type(error).__name__}).") from None
    except (tarfile.TarError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise Trouble(_NOT_OURS.format(file=file, why=str(error) or type(error).__name__)) from None
    if DATABASES.get(manifest.database) not in manifest.files:
        raise Trouble(_NOT_OURS.format(file=file, why="it has no database"))
    return manifest


def extract(file: Path, manifest: Manifest, name: str, target: Path) -> None:
    """Write one member to `target`, which is not there yet, and compare it with the manifest.

    Raises Trouble.
    """
    try:
        with tarfile.open(file, mode="r:") as tar:
            inner = tar.extractfile(name)
            if inner is None:
                raise KeyError(name)
            with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as made:
                found = _copied(inner, made)
                made.flush()
                os.fsync(made.fileno())
    except (tarfile.TarError, KeyError) as error:
        raise Trouble(_NOT_OURS.format(file=file, why=str(error))) from None
    except OSError as error:
        raise Trouble(f"{name} cannot be unpacked ({error.strerror or type(error).__name__}).") from None
    if found != manifest.files[name]:
        raise Trouble(f"{file} is damaged: {name} is not what was written into it. Use another backup.")
