"""This room gives each test an empty database of its own, on both kinds that the program runs on.

SQLite always; PostgreSQL where TEST_DATABASE_URL names a server on which the test may create databases.
"""

import os
import secrets
import tempfile
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import MetaData, delete, text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from webchat.db.engine import Database

POSTGRESQL = os.environ.get("TEST_DATABASE_URL", "")
KINDS = ("sqlite", "postgresql") if POSTGRESQL else ("sqlite",)


Tables = tuple[MetaData, frozenset[str]]
"""With the names of the tables: a module that is imported later adds to what the metadata knew before."""

# To empty a database is ten times faster than to make one, so those with the same tables are used again;
# and to copy a file is faster still.
_kept: dict[Tables, list[str]] = {}
_blanks: dict[Tables, bytes] = {}


class _Written(dict[Any, Any]):
    """Statements as they are written for one kind of engine, whichever of them asks first.

    SQLAlchemy keeps them for each engine. The site has its two as long as it runs; tests have thousands, and
    to write all statements anew for each takes longer than to run them.
    """

    def get(self, key: Any, default: Any = None) -> Any:
        """The statement of a key of SQLAlchemy's, which begins with the engine's dialect."""
        return super().get(key[1:], default)

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__(key[1:], value)


_written: dict[tuple[str, str], _Written] = defaultdict(_Written)


@asynccontextmanager
async def empty_database(
    kind: str, folder: Path, metadata: MetaData | None = None
) -> AsyncIterator[Database]:
    """A database of this kind that nobody else uses, with the tables of `metadata`, and nothing in them."""
    if kind == "postgresql":
        async with _on_postgresql(metadata) as database:
            yield database
        return
    file = folder / f"{_new_name()}.db"
    if metadata is not None:
        file.write_bytes(await _blank(metadata))
    database = opened(f"sqlite:///{file}")
    try:
        yield database
    finally:
        await database.close()


def opened(url: str) -> Database:
    """A database whose statements are written once for all of its kind."""
    database = Database(url)
    for role in ("engine", "reader"):
        getattr(database, role).update_execution_options(compiled_cache=_written[database.dialect, role])
    return database


async def drop_kept() -> None:
    """At the end of the run: leave nothing behind on a server that lives on."""
    for name in (name for names in _kept.values() for name in names):
        await _as_owner(f"DROP DATABASE {name} WITH (FORCE)")
    _kept.clear()


@asynccontextmanager
async def _on_postgresql(metadata: MetaData | None) -> AsyncIterator[Database]:
    waiting = _kept.setdefault(_tables(metadata), []) if metadata is not None else []
    name = waiting.pop() if waiting else ""
    fresh = not name
    if fresh:
        name = _new_name()
        await _as_owner(f"CREATE DATABASE {name}")
    database = opened(make_url(POSTGRESQL).set(database=name).render_as_string(hide_password=False))
    emptied = False
    try:
        if fresh:
            await _make_tables(database, metadata)
        yield database
        if metadata is not None:
            await _empty(database, metadata)
            emptied = True
    finally:
        await database.close()
        if emptied:
            waiting.append(name)
        else:
            await _as_owner(f"DROP DATABASE {name} WITH (FORCE)")


def _tables(metadata: MetaData) -> Tables:
    return metadata, frozenset(metadata.tables)


def _new_name() -> str:
    return f"webchat_{secrets.token_hex(6)}"


async def _make_tables(database: Database, metadata: MetaData | None) -> None:
    if metadata is not None:
        async with database.engine.begin() as connection:
            await connection.run_sync(metadata.create_all)


async def _blank(metadata: MetaData) -> bytes:
    """The file of a database with these tables and nothing in them."""
    tables = _tables(metadata)
    if tables not in _blanks:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "blank.db"
            database = Database(f"sqlite:///{file}")
            try:
                await _make_tables(database, metadata)
            finally:
                await database.close()
            _blanks[tables] = file.read_bytes()
    return _blanks[tables]


async def _empty(database: Database, metadata: MetaData) -> None:
    # With so few rows this is many times faster than TRUNCATE.
    steps = [str(delete(table)) for table in reversed(metadata.sorted_tables)]
    steps.append("PERFORM setval(oid, 1, false) FROM pg_class WHERE relkind = 'S'")
    async with database.engine.begin() as connection:
        # Whoever still holds a row here has forgotten to let go.
        await connection.execute(text("SET LOCAL lock_timeout = '5s'"))
        await connection.execute(text(f"DO $$ BEGIN {'; '.join(steps)}; END $$"))


async def _as_owner(statement: str) -> None:
    """Run one statement that PostgreSQL does not allow inside a transaction."""
    url = make_url(POSTGRESQL).set(drivername="postgresql+asyncpg")
    engine = create_async_engine(url, isolation_level="AUTOCOMMIT")
    try:
        async with engine.connect() as connection:
            await connection.execute(text(statement))
    finally:
        await engine.dispose()
