"""This room makes a backup: everything that exists only here, in one file, while the site runs on.

In it are the database, the packs of pictures to write with and, when asked for, the secret key. Not in it:
the pictures in the cache, which are fetched again, and settings, which belong to whoever starts the site.
"""

import asyncio
import os
import shutil
import sqlite3
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from webchat import __version__
from webchat.config import Settings
from webchat.db.engine import Database
from webchat.emoji import store
from webchat.operate import archive, packs, postgresql, revisions, sqlite
from webchat.operate.trouble import Trouble

FOLDER = "backups"
"""In the data directory, for backups that nobody named."""


def stamp() -> str:
    """This moment as part of a file name."""
    return datetime.now(UTC).strftime("%Y%m%d-%H%M%S")


def default_target(settings: Settings) -> Path:
    """Where a backup goes when nobody says where."""
    return settings.data_dir / FOLDER / f"webchat-{stamp()}.tar"


async def make(
    settings: Settings, target: Path, *, with_secret: bool = False, with_packs: bool = True
) -> archive.Manifest:
    """Write a backup to `target`, which must not exist. Raises Trouble; then nothing is left behind.

    with_packs  False where only the database is about to change
    """
    try:
        _prepare(target)
        with tempfile.TemporaryDirectory(prefix=".backup-", dir=target.parent) as folder:
            return await _make(settings, target, Path(folder), with_secret=with_secret, with_packs=with_packs)
    except OSError as error:
        raise Trouble(f"{target} cannot be written ({error.strerror or type(error).__name__}).") from None


def _prepare(target: Path) -> None:
    if target.exists():
        raise Trouble(f"{target} exists already: name another file.")
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)


async def _make(
    settings: Settings, target: Path, folder: Path, *, with_secret: bool, with_packs: bool
) -> archive.Manifest:
    kind = kind_of(settings)
    copied = folder / archive.DATABASES[kind]
    revision = await _copy(settings, kind, copied)
    members = {copied.name: copied}
    pictures = folder / packs.MEMBER
    if with_packs and await asyncio.to_thread(packs.write, settings.data_dir / store.FOLDER, pictures):
        members[pictures.name] = pictures
    if with_secret:
        members[archive.SECRET] = _secret(settings, folder)
    manifest = archive.Manifest(
        version=__version__,
        created_at=datetime.now(UTC).isoformat(timespec="seconds"),
        database=kind,
        revision=revision,
        files={name: await asyncio.to_thread(archive.measured, path) for name, path in members.items()},
    )
    await asyncio.to_thread(archive.write, target, manifest, members)
    return manifest


def kind_of(settings: Settings) -> str:
    """ "sqlite" or "postgresql"."""
    return "sqlite" if settings.database_url.startswith("sqlite") else "postgresql"


async def _copy(settings: Settings, kind: str, target: Path) -> str:
    """Copy the database; the form that the copy has."""
    if kind == "postgresql":
        postgresql.needs("pg_dump", "pg_restore")
        revision = await _revision(settings.database_url)
        await postgresql.dump(settings.database_url, target)
        await postgresql.check(target)
        return revision
    source = sqlite.file_of(settings.database_url)
    if not source.exists():
        raise Trouble(f"There is no database at {source}: run `webchat migrate` first.")
    size = source.stat().st_size
    if shutil.disk_usage(target.parent).free < 2 * size + (16 << 20):
        raise Trouble(f"There is not enough space: {target.parent.parent} needs {2 * size >> 20} MB free.")
    try:
        await asyncio.to_thread(sqlite.copy, source, target)
        if wrong := await asyncio.to_thread(sqlite.faults, target):
            raise Trouble(f"The database is damaged ({wrong}): restore an earlier backup.")
    except sqlite3.Error as error:
        raise Trouble(f"The database cannot be copied ({error}).") from None
    # Asked of the copy: the site may be brought to a newer form at this moment.
    return await _revision(f"sqlite:///{target}")


async def _revision(database_url: str) -> str:
    database = Database(database_url)
    try:
        found = await revisions.of(database)
    except (SQLAlchemyError, OSError) as error:
        raise Trouble(f"The database cannot be reached ({type(error).__name__}).") from None
    finally:
        await database.close()
    if not found:
        raise Trouble("The database has no tables yet: run `webchat migrate` first.")
    return found


def _secret(settings: Settings, folder: Path) -> Path:
    path = folder / archive.SECRET
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(settings.secret_key + b"\n")
    return path
