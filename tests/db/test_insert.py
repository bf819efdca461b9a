"""This room tests the two inserts that may meet a row already there."""

from typing import cast

from sqlalchemy import Table, func, select

from tests.db.tables import Person
from webchat.db.engine import Database
from webchat.db.insert import insert_or_ignore, upsert

PERSON = cast("Table", Person.__table__)


async def test_a_new_row_gives_its_key(database: Database) -> None:
    """The key is what the database stored."""
    async with database.write() as db:
        key = await insert_or_ignore(db, PERSON, {"jid": "romeo@montague.example", "name": "Romeo"})
    async with database.read() as db:
        assert await db.scalar(select(Person.id)) == key


async def test_a_known_row_gives_none_and_stays_as_it_is(database: Database) -> None:
    """The unique key judges; the transaction goes on."""
    async with database.write() as db:
        await insert_or_ignore(db, PERSON, {"jid": "romeo@montague.example", "name": "Romeo"})
        again = await insert_or_ignore(db, PERSON, {"jid": "romeo@montague.example", "name": "Impostor"})
        other = await insert_or_ignore(db, PERSON, {"jid": "juliet@capulet.example", "name": "Juliet"})
    assert again is None
    assert other is not None
    async with database.read() as db:
        names = list(await db.scalars(select(Person.name).order_by(Person.jid)))
    assert names == ["Juliet", "Romeo"]


async def test_upsert_inserts_then_updates(database: Database) -> None:
    """One row for one key, with the newest values."""
    async with database.write() as db:
        await upsert(db, PERSON, {"jid": "romeo@montague.example", "name": "Romeo"}, ["jid"])
        await upsert(db, PERSON, {"jid": "romeo@montague.example", "name": "Romeo Montague"}, ["jid"])
    async with database.read() as db:
        assert await db.scalar(select(func.count()).select_from(Person)) == 1
        assert await db.scalar(select(Person.name)) == "Romeo Montague"


async def test_upsert_of_nothing_but_the_key_changes_nothing(database: Database) -> None:
    """A row that only says "is there" may be written twice."""
    async with database.write() as db:
        await upsert(db, PERSON, {"jid": "romeo@montague.example"}, ["jid"])
        await upsert(db, PERSON, {"jid": "romeo@montague.example"}, ["jid"])
    async with database.read() as db:
        assert await db.scalar(select(func.count()).select_from(Person)) == 1
