"""This room copies a SQLite database that is in use, and tells whether a file of one is sound."""

import sqlite3
import time
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from sqlalchemy.engine import make_url

from webchat.operate.trouble import Trouble

STEP = 256
"""Pages that are copied before others get the disk."""

PAUSE = 0.001


def file_of(database_url: str) -> Path:
    """Where the database lies. Raises Trouble for one in memory."""
    name = make_url(database_url).database
    if not name or name == ":memory:":
        raise Trouble("The database is in memory only: there is nothing to work on.")
    return Path(name).absolute()


def _open(path: Path) -> sqlite3.Connection:
    # rw and not rwc: a database that is not there must not be made by looking.
    return sqlite3.connect(f"file:{quote(str(path))}?mode=rw", uri=True, timeout=15, isolation_level=None)


def copy(source: Path, target: Path) -> None:
    """The database as it was at one moment, while others write on (https://sqlite.org/backup.html).

    Raises sqlite3.Error.
    """
    with closing(_open(source)) as live, closing(sqlite3.connect(target)) as made:
        # Within a transaction all steps see the same moment. Without it every commit of the site would make
        # the copy begin again, and under load it would never end. In WAL a reader keeps no writer waiting.
        live.execute("BEGIN")
        live.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        live.backup(made, pages=STEP, progress=lambda *_: time.sleep(PAUSE))
        live.execute("ROLLBACK")


def faults(path: Path) -> str:
    """What is wrong inside this file, "" when nothing is. Raises sqlite3.Error."""
    with closing(_open(path)) as database:
        found = [str(row[0]) for row in database.execute("PRAGMA integrity_check(3)")]
        if found != ["ok"]:
            return "; ".join(found)[:300]
        lost = database.execute("PRAGMA foreign_key_check").fetchone()
        return f"a row of {lost[0]} belongs to nothing" if lost else ""


def settle(path: Path) -> None:
    """Bring what is in the write-ahead log into the file itself. Raises sqlite3.Error."""
    with closing(_open(path)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
