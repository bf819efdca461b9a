"""This room tests transactions: what is committed, what is rolled back, who waits for whom."""

import asyncio
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError, OperationalError

from tests.db.tables import Letter, Person, metadata
from tests.lab.databases import empty_database
from webchat.db.engine import Database


async def people(database: Database) -> int:
    """How many people are stored."""
    async with database.read() as db:
        return await db.scalar(select(func.count()).select_from(Person)) or 0


async def test_what_is_written_is_there_afterwards(database: Database) -> None:
    """Leaving the block commits."""
    async with database.write() as db:
        db.add(Person(jid="romeo@montague.example"))
    assert await people(database) == 1


async def test_an_exception_rolls_everything_back(database: Database) -> None:
    """All of a transaction or nothing of it."""

    async def stumble() -> None:
        async with database.write() as db:
            db.add(Person(jid="romeo@montague.example"))
            await db.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await stumble()
    assert await people(database) == 0


async def test_a_cancelled_task_rolls_back(database: Database) -> None:
    """A browser that goes away in the middle leaves nothing half done, and the next writer may write."""
    inside = asyncio.Event()

    async def write_for_ever() -> None:
        async with database.write() as db:
            db.add(Person(jid="romeo@montague.example"))
            await db.flush()
            inside.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(write_for_ever())
    await inside.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with database.write() as db:
        db.add(Person(jid="juliet@capulet.example"))
    assert await people(database) == 1


async def test_reading_does_not_commit(database: Database) -> None:
    """What a view changes by mistake while it reads is refused (SQLite) or not kept."""
    with suppress(OperationalError):
        async with database.read() as db:
            db.add(Person(jid="romeo@montague.example"))
            await db.flush()
    assert await people(database) == 0


async def test_a_reader_sees_only_what_is_committed(database: Database) -> None:
    """A page drawn during a transaction shows the state before it."""
    async with database.write() as db:
        db.add(Person(jid="romeo@montague.example"))
        await db.flush()
        assert await people(database) == 0
    assert await people(database) == 1


async def test_many_writers_at_once_all_succeed(database: Database) -> None:
    """Writers that read first and write then wait for each other instead of failing."""

    async def count_up(number: int) -> None:
        async with database.write() as db:
            known = await db.scalar(select(func.count()).select_from(Person))
            db.add(Person(jid=f"{number}@example.org", name=str(known)))

    await asyncio.gather(*(count_up(number) for number in range(20)))
    assert await people(database) == 20


async def test_a_reference_to_nobody_is_refused(database: Database) -> None:
    """Foreign keys are enforced on both databases; SQLite has to be told."""
    with pytest.raises(IntegrityError):
        async with database.write() as db:
            db.add(Letter(person_id=4711, text="to nobody"))


async def test_deleting_takes_along_what_belongs_to_it(database: Database) -> None:
    """ON DELETE CASCADE works on both databases."""
    async with database.write() as db:
        person = Person(jid="romeo@montague.example")
        db.add(person)
        await db.flush()
        db.add(Letter(person_id=person.id, text="But, soft!"))
    async with database.write() as db:
        await db.execute(text("DELETE FROM person"))
    async with database.read() as db:
        assert await db.scalar(select(func.count()).select_from(Letter)) == 0


async def test_sqlite_is_opened_for_safety_and_for_readers(tmp_path: Path) -> None:
    """Readers go on while somebody writes (WAL), and what was accepted survives a power cut (FULL, R17)."""
    async with empty_database("sqlite", tmp_path, metadata) as database, database.read() as db:
        assert await db.scalar(text("PRAGMA journal_mode")) == "wal"
        assert await db.scalar(text("PRAGMA synchronous")) == 2
        assert await db.scalar(text("PRAGMA foreign_keys")) == 1


@pytest.mark.parametrize(
    ("address", "driver", "dialect"),
    [
        ("sqlite:////var/lib/webchat/webchat.db", "sqlite+aiosqlite", "sqlite"),
        ("postgresql://webchat@db/webchat", "postgresql+asyncpg", "postgresql"),
        ("postgres://webchat@db/webchat", "postgresql+asyncpg", "postgresql"),
    ],
)
async def test_a_plain_address_finds_its_driver(address: str, driver: str, dialect: str) -> None:
    """Operators write the address they know; the driver is ours to choose."""
    database = Database(address)
    assert database.url.drivername == driver
    assert database.dialect == dialect
    await database.close()
