"""Transactions on SQLite begin with their first statement, and nothing is left open or half done."""

import asyncio
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncSession

from webchat.db.engine import Database

INSERT = text("INSERT INTO thing (name) VALUES (:name)")
MANY = text(
    "INSERT INTO thing WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000)"
    " SELECT 'many' FROM n"
)


@pytest.fixture
async def database(tmp_path: Path):  # type: ignore[no-untyped-def]
    made = Database(f"sqlite:///{tmp_path}/it.db")
    async with made.write() as db:
        await db.execute(text("CREATE TABLE thing (name TEXT)"))
    yield made
    await made.close()


async def names(database: Database) -> list[str]:
    async with database.read() as db:
        return list((await db.execute(text("SELECT name FROM thing"))).scalars())


async def adapted(db: AsyncSession) -> Any:
    return (await (await db.connection()).get_raw_connection()).dbapi_connection


async def test_a_transaction_begins_with_its_first_statement(database: Database) -> None:
    async with database.write() as db:
        connection = await adapted(db)
        assert not connection._connection._conn.in_transaction
        await db.execute(INSERT, {"name": "Romeo"})
        assert connection._connection._conn.in_transaction
        assert await names(database) == []
    assert not connection._connection._conn.in_transaction
    assert not connection.to_begin
    assert await names(database) == ["Romeo"]


async def test_what_fails_leaves_nothing(database: Database) -> None:
    async def fail() -> None:
        async with database.write() as db:
            await db.execute(INSERT, {"name": "Tybalt"})
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await fail()
    async with database.write() as db:
        await adapted(db)
    assert await names(database) == []


async def test_a_statement_after_a_beginning_that_failed_is_no_transaction_of_its_own(
    database: Database, tmp_path: Path
) -> None:
    other = sqlite3.connect(tmp_path / "it.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    async with database.engine.connect() as connection:
        raw: Any = (await connection.get_raw_connection()).dbapi_connection
        await raw._connection._execute(raw._connection._conn.execute, "PRAGMA busy_timeout = 1")
        for _ in range(2):
            with pytest.raises(OperationalError):
                await connection.execute(INSERT, {"name": "Paris"})
        other.execute("ROLLBACK")
        await connection.execute(INSERT, {"name": "Paris"})
        assert other.execute("SELECT count(*) FROM thing").fetchone() == (0,)
    other.close()
    assert await names(database) == []


async def test_who_goes_in_the_middle_of_a_statement_leaves_no_transaction(database: Database) -> None:
    started = asyncio.Event()

    async def slow() -> None:
        async with database.write() as db:
            started.set()
            await db.execute(MANY)

    task = asyncio.create_task(slow())
    await started.wait()
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with database.write() as db:
        await db.execute(INSERT, {"name": "Juliet"})
    assert await names(database) == ["Juliet"]
