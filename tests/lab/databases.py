"""This room gives each test an empty database of its own, on both kinds that the program runs on.

SQLite always; PostgreSQL where TEST_DATABASE_URL names a server on which the test may create databases.
"""

import os
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy import MetaData, text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from webchat.db.engine import Database

POSTGRESQL = os.environ.get("TEST_DATABASE_URL", "")
KINDS = ("sqlite", "postgresql") if POSTGRESQL else ("sqlite",)


@asynccontextmanager
async def empty_database(
    kind: str, folder: Path, metadata: MetaData | None = None
) -> AsyncIterator[Database]:
    """A database of this kind that nobody else uses, with the tables of `metadata`; gone afterwards."""
    name = f"webchat_{secrets.token_hex(6)}"
    if kind == "postgresql":
        await _as_owner(f"CREATE DATABASE {name}")
        url = make_url(POSTGRESQL).set(database=name).render_as_string(hide_password=False)
    else:
        url = f"sqlite:///{folder / name}.db"
    database = Database(url)
    try:
        if metadata is not None:
            async with database.engine.begin() as connection:
                await connection.run_sync(metadata.create_all)
        yield database
    finally:
        await database.close()
        if kind == "postgresql":
            await _as_owner(f"DROP DATABASE {name} WITH (FORCE)")


async def _as_owner(statement: str) -> None:
    """Run one statement that PostgreSQL does not allow inside a transaction."""
    url = make_url(POSTGRESQL).set(drivername="postgresql+asyncpg")
    engine = create_async_engine(url, isolation_level="AUTOCOMMIT")
    try:
        async with engine.connect() as connection:
            await connection.execute(text(statement))
    finally:
        await engine.dispose()
