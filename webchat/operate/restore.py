"""This room puts a backup back: all is looked at before anything is changed, the former is kept."""

import asyncio
import contextlib
import itertools
import sqlite3
import tempfile
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from webchat.config import Settings
from webchat.db.engine import Database
from webchat.emoji import store
from webchat.operate import archive, backup, lock, packs, postgresql, revisions, sqlite
from webchat.operate.trouble import Trouble, number

_TAILS = ("", "-wal", "-shm")


@dataclass(frozen=True, slots=True)
class Restored:
    """What was done: from which backup, and where what was there before lies now."""

    manifest: archive.Manifest
    kept: tuple[Path, ...]


async def restore(settings: Settings, file: Path) -> Restored:
    """Put the backup in `file` in the place of the database. Raises Trouble; then nothing was changed."""
    with lock.alone(settings.data_dir):
        manifest = archive.read(file)
        _fits(settings, manifest)
        with (
            tempfile.TemporaryDirectory(prefix=".restore-", dir=_beside(settings)) as name,
            tempfile.TemporaryDirectory(prefix=".restore-", dir=settings.data_dir) as other,
        ):
            database, near = Path(name) / archive.DATABASES[manifest.database], Path(other)
            for place in (database, near / archive.SECRET, near / packs.MEMBER):
                if place.name in manifest.files:
                    await asyncio.to_thread(archive.extract, file, manifest, place.name, place)
            if packs.MEMBER in manifest.files:
                await asyncio.to_thread(packs.read, near / packs.MEMBER, near / store.FOLDER)
            replace = _replace_sqlite if manifest.database == "sqlite" else _replace_postgresql
            kept = await replace(settings, manifest, database)
            kept += _replace_secret(settings, near / archive.SECRET)
            kept += _replace_packs(settings, near / store.FOLDER)
    return Restored(manifest, tuple(kept))


def _fits(settings: Settings, manifest: archive.Manifest) -> None:
    ours = backup.kind_of(settings)
    if manifest.database != ours:
        raise Trouble(
            f"This backup is of a {manifest.database} database and WEBCHAT_DATABASE_URL names a {ours} one."
        )
    if manifest.revision not in revisions.known():
        raise Trouble(
            f"This backup was made by version {manifest.version}, which is newer: update, then restore."
        )


def _beside(settings: Settings) -> Path:
    """A folder of the file system on which the database lies, so that a rename is enough at the end."""
    if backup.kind_of(settings) == "sqlite":
        return sqlite.file_of(settings.database_url).parent
    return settings.data_dir


async def _replace_sqlite(settings: Settings, manifest: archive.Manifest, fresh: Path) -> list[Path]:
    try:
        if wrong := await asyncio.to_thread(sqlite.faults, fresh):
            raise Trouble(f"The database in this backup is damaged ({wrong}): use another backup.")
        await revisions.upgrade(f"sqlite:///{fresh}")
        await asyncio.to_thread(sqlite.settle, fresh)
    except (sqlite3.Error, SQLAlchemyError) as error:
        raise Trouble(f"The database in this backup cannot be used ({type(error).__name__}).") from None
    return _put_in_place(fresh, sqlite.file_of(settings.database_url))


def _put_in_place(fresh: Path, place: Path) -> list[Path]:
    kept = _put_aside(place)
    fresh.replace(place)
    archive.sync_folder(place.parent)
    return kept


def _put_aside(place: Path) -> list[Path]:
    """Rename the former database; the log belongs to it and goes along."""
    if not place.exists():
        return []
    # Of one that is damaged, which may be why somebody restores, the log is kept beside it.
    with contextlib.suppress(sqlite3.Error):
        sqlite.settle(place)
    aside = _unused(place.with_name(f"{place.name}.before-{backup.stamp()}"))
    for tail in reversed(_TAILS):
        former = place.with_name(place.name + tail)
        if former.exists():
            former.replace(aside.with_name(aside.name + tail))
    return [aside]


def _unused(place: Path) -> Path:
    """This name, or the first like it that is free: two restores may fall into one second."""
    names = (place.with_name(f"{place.stem}-{number}{place.suffix}") for number in itertools.count(2))
    return next(name for name in itertools.chain([place], names) if not name.exists())


async def _replace_postgresql(settings: Settings, manifest: archive.Manifest, dumped: Path) -> list[Path]:
    await postgresql.check(dumped)
    try:
        others = await postgresql.others(settings.database_url)
    except (SQLAlchemyError, OSError) as error:
        raise Trouble(f"The database cannot be reached ({type(error).__name__}).") from None
    if others:
        raise Trouble(
            f"Somebody is using this database ({number(others, 'connection')}): stop the site, then restore."
        )
    kept = []
    if await _has_tables(settings):
        aside = _unused(settings.data_dir / backup.FOLDER / f"before-{backup.stamp()}.tar")
        await backup.make(settings, aside, with_packs=False)
        kept.append(aside)
    await postgresql.load(settings.database_url, dumped, dumped.parent)
    await revisions.upgrade(settings.database_url)
    return kept


async def _has_tables(settings: Settings) -> bool:
    database = Database(settings.database_url)
    try:
        return bool(await revisions.of(database))
    finally:
        await database.close()


def _replace_secret(settings: Settings, fresh: Path) -> list[Path]:
    """Put the key back, if the backup has one; without it all logins that were kept are void."""
    place = settings.data_dir / archive.SECRET
    if not fresh.exists() or (place.exists() and place.read_bytes() == fresh.read_bytes()):
        return []
    return _put_back(fresh, place)


def _replace_packs(settings: Settings, fresh: Path) -> list[Path]:
    """Put the packs of pictures back; a backup that has none, or those that are here, changes nothing."""
    place = settings.data_dir / store.FOLDER
    if not fresh.exists() or packs.same(fresh, place):
        return []
    return _put_back(fresh, place)


def _put_back(fresh: Path, place: Path) -> list[Path]:
    """Put a file or folder in its place; what was there stays beside it."""
    kept = []
    if place.exists():
        aside = _unused(place.with_name(f"{place.name}.before-{backup.stamp()}"))
        place.replace(aside)
        kept.append(aside)
    fresh.replace(place)
    archive.sync_folder(place.parent)
    return kept
