"""This room tests the shared column types and the names of constraints."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import select
from sqlalchemy.exc import StatementError

from tests.db.tables import Person, metadata
from webchat.db.base import now
from webchat.db.engine import Database

PARIS = timezone(timedelta(hours=2))


async def test_a_time_comes_back_as_the_same_moment_in_utc(database: Database) -> None:
    """Whatever zone a time had when it was stored, readers get aware UTC, on both databases."""
    moment = datetime(2026, 7, 14, 12, 30, 15, 123456, tzinfo=PARIS)
    async with database.write() as db:
        db.add(Person(jid="juliet@capulet.example", born=moment))
    async with database.read() as db:
        stored = await db.scalar(select(Person.born))
    assert stored == moment
    assert stored is not None
    assert stored.tzinfo is UTC


async def test_no_time_stays_no_time(database: Database) -> None:
    """NULL is not turned into a moment."""
    async with database.write() as db:
        db.add(Person(jid="juliet@capulet.example", born=None))
    async with database.read() as db:
        assert await db.scalar(select(Person.born)) is None


async def test_times_are_compared_as_moments(database: Database) -> None:
    """A bound in another zone finds what happened before it, not what reads smaller as text."""
    async with database.write() as db:
        db.add(Person(jid="juliet@capulet.example", born=datetime(2026, 1, 1, 10, tzinfo=UTC)))
    bound = datetime(2026, 1, 1, 11, tzinfo=PARIS)
    async with database.read() as db:
        assert await db.scalar(select(Person.jid).where(Person.born < bound)) is None
        assert await db.scalar(select(Person.jid).where(Person.born > bound)) is not None


async def test_a_time_without_a_zone_is_refused(database: Database) -> None:
    """A naive time would silently mean another moment on each of the two databases."""
    async with database.write() as db:
        db.add(Person(jid="juliet@capulet.example", born=datetime(2026, 7, 14)))
        with pytest.raises(StatementError, match="without a zone"):
            await db.flush()
        await db.rollback()


async def test_primary_keys_count_up(database: Database) -> None:
    """The key is made by the database; later rows have greater ones."""
    async with database.write() as db:
        people = [Person(jid=f"{name}@example.org") for name in ("romeo", "juliet", "mercutio")]
        for person in people:
            db.add(person)
            await db.flush()
    keys = [person.id for person in people]
    assert keys == sorted(set(keys))


def test_constraints_have_names_a_migration_can_use() -> None:
    """Unnamed constraints cannot be dropped by a later migration on SQLite."""
    letter = metadata.tables["letter"]
    names = {constraint.name for table in metadata.tables.values() for constraint in table.constraints}
    assert names == {"pk_person", "uq_person_jid", "pk_letter", "fk_letter_person_id_person"}
    assert {index.name for index in letter.indexes} == {"ix_letter_person_id_text"}


def test_now_knows_its_zone() -> None:
    """The clock of the house is aware and in UTC."""
    assert now().tzinfo is UTC
