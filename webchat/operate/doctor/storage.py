"""This room looks at what the site keeps: the data directory, the secret key, the disk, the database."""

import asyncio
import os
import shutil
import sqlite3
import stat
from pathlib import Path
from secrets import token_hex

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from webchat.config import Settings
from webchat.db.engine import Database
from webchat.operate import archive, backup, revisions, sqlite
from webchat.operate.doctor.finding import Finding, fault, warning, well

ENOUGH = 1 << 30
LITTLE = 200 << 20

_MIGRATE = "Run `python -m webchat migrate`."
_OURS = "Give the database to the user that runs the site, and see that the disk is not full."


def look(settings: Settings) -> list[Finding]:
    """The folder, the key, the disk."""
    return [_folder(settings.data_dir), *_key(settings), _disk(settings.data_dir)]


def _folder(data_dir: Path) -> Finding:
    trial = data_dir / f".doctor-{token_hex(4)}"
    try:
        trial.write_bytes(b"x")
        trial.unlink()
    except OSError as error:
        return fault(
            "data directory",
            f"The data directory {data_dir} cannot be written to ({error.strerror or type(error).__name__}).",
            f"Give it to the user that runs the site (here uid {os.getuid()}), or set WEBCHAT_DATA_DIR.",
        )
    if stat.S_IMODE(data_dir.stat().st_mode) & 0o007:
        sentence = f"Every user of this machine can look into the data directory {data_dir}."
        return warning("data directory", sentence, f"Run `chmod 700 {data_dir}`.")
    return well("data directory", f"The data directory {data_dir} can be written to.")


def _key(settings: Settings) -> list[Finding]:
    path = settings.data_dir / archive.SECRET
    if not path.exists():
        return []
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        sentence = f"Others on this machine can read the secret key {path} (mode {mode:o})."
        return [fault("secret key", sentence, f"Run `chmod 600 {path}`.")]
    return [well("secret key", "Nobody else can read the secret key.")]


def _disk(data_dir: Path) -> Finding:
    try:
        free = shutil.disk_usage(data_dir).free
    except OSError as error:
        return warning("disk", f"The free space is not known ({error.strerror}).", "Look at it with `df`.")
    sentence = f"The disk of the data directory has {free >> 20} MB free."
    remedy = "Make room: old backups in backups/, the cache in media/, or a larger disk."
    if free < LITTLE:
        return fault("disk", sentence, remedy)
    return warning("disk", sentence, remedy) if free < ENOUGH else well("disk", sentence)


async def database(settings: Settings) -> list[Finding]:
    """Is it there, has it its tables, can it be written to, is it whole."""
    if backup.kind_of(settings) == "sqlite":
        path = sqlite.file_of(settings.database_url)
        if not path.exists():
            return [fault("database", f"There is no database at {path}.", _MIGRATE)]
    try:
        whole = await _whole(settings)
        if any(finding.level == "fault" for finding in whole):
            return whole
        return [*whole, await _form(settings), *await _written(settings)]
    except (SQLAlchemyError, OSError) as error:
        cause = getattr(error, "orig", None) or error
        said = ": ".join(filter(None, (type(cause).__name__, _first_line(cause))))
        sentence = f"The database cannot be used ({said})."
        remedy = "See that it runs, and that WEBCHAT_DATABASE_URL names it with the right user and password."
        return [fault("database", sentence, remedy)]


def _first_line(error: BaseException) -> str:
    return next(iter(str(error).splitlines()), "")[:200]


async def _form(settings: Settings) -> Finding:
    database = Database(settings.database_url)
    try:
        found = await revisions.of(database)
    finally:
        await database.close()
    if not found:
        return fault("database", "The database has no tables yet.", _MIGRATE)
    if found not in revisions.known():
        sentence = f"The database was made by a newer version of Webchat (form {found})."
        return fault("database", sentence, "Update Webchat, or restore a backup that this version made.")
    if found != revisions.newest():
        sentence = f"The database is of an older form ({found}, needed is {revisions.newest()})."
        return fault("database", sentence, _MIGRATE)
    return well("database", f"The database is there and of the newest form ({found}).")


async def _written(settings: Settings) -> list[Finding]:
    """A transaction that writes and is taken back."""
    database = Database(settings.database_url)
    try:
        async with database.engine.connect() as connection:
            await connection.execute(text("CREATE TABLE doctor_was_here (id INTEGER)"))
            await connection.rollback()
    except SQLAlchemyError as error:
        cause = getattr(error, "orig", error)
        sentence = f"The database cannot be written to ({_first_line(cause) or type(cause).__name__})."
        return [fault("database", sentence, _OURS)]
    finally:
        await database.close()
    return []


async def _whole(settings: Settings) -> list[Finding]:
    if backup.kind_of(settings) != "sqlite":
        return []
    try:
        wrong = await asyncio.to_thread(sqlite.faults, sqlite.file_of(settings.database_url))
    except sqlite3.OperationalError as error:
        return [fault("database", f"The database cannot be used ({error}).", _OURS)]
    except sqlite3.Error as error:
        wrong = str(error)
    if wrong:
        sentence = f"The database is damaged ({wrong})."
        return [
            fault("database", sentence, "Stop the site and restore a backup (`python -m webchat restore`).")
        ]
    return [well("database", "The database is whole.")]
