"""This room tests sessions that share transactions: order and acknowledgement hold, each fails alone."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import event as sql
from sqlalchemy import select

from tests.lab.databases import KINDS, empty_database
from tests.lab.people import Person, signed_in
from webchat.app import SLICES
from webchat.db import queue
from webchat.db.base import Base
from webchat.db.engine import Database
from webchat.messages import store as messages
from webchat.messages.models import Message, MessageWords
from webchat.xmpp.events import MessageReceived

ROOM = "balcony@conference.capulet.example"
PEOPLE = 12


@pytest.fixture(params=KINDS)
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """An empty database with all tables of the program."""
    async with empty_database(request.param, tmp_path, Base.metadata) as database:
        yield database


@pytest.fixture
async def people(database: Database) -> AsyncIterator[list[Person]]:
    """A dozen people in one room."""
    async with AsyncExitStack() as stack:
        found = [
            await stack.enter_async_context(signed_in(database, f"guest{n}@montague.example", SLICES))
            for n in range(PEOPLE)
        ]
        for person in found:
            async with person.session.work() as work:
                await messages.ensure_room(work.db, work.account_id, ROOM)
        yield found


def said(number: int) -> MessageReceived:
    return MessageReceived(
        ROOM, f"{ROOM}/Juliet", False, f"line {number}", f"m{number}", stanza_id=f"a{number}", kind="room"
    )


async def told(people: list[Person], *numbers: int) -> list[int]:
    """Everybody hears these lines at once; numbers in the order in which they were acknowledged."""
    acked: list[int] = []
    for number in numbers:
        for person in people:
            person.session.put(said(number), partial(acked.append, number))
    async with asyncio.timeout(20):
        while len(acked) < len(people) * len(numbers):
            await asyncio.sleep(0.01)
    return acked


async def bodies(database: Database, person: Person) -> list[str]:
    async with database.read() as db:
        rows = select(Message.body).where(Message.account_id == person.session.account_id)
        return list(await db.scalars(rows.order_by(Message.position)))


async def test_everybody_has_every_line_once_in_order_and_findable(
    database: Database, people: list[Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    # How much fits into one transaction is not for the clock of a busy machine to say.
    monkeypatch.setattr(queue, "LONGEST", 10.0)
    commits: list[object] = []
    sql.listen(database.engine.sync_engine, "commit", commits.append)
    await told(people, 1, 2, 3)
    await told(people, 2, 3, 4)
    for person in people:
        assert await bodies(database, person) == [f"line {n}" for n in (1, 2, 3, 4)]
    async with database.read() as db:
        assert len((await db.scalars(select(MessageWords.message_id))).all()) == 4 * PEOPLE
    if database.dialect == "sqlite":
        assert len(commits) <= 12


async def test_an_event_that_breaks_is_the_only_one_that_is_lost(
    database: Database,
    people: list[Person],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    unlucky = people[3].session.account_id
    original = messages.record_received

    async def breaks(db, account_id, event, moment):  # type: ignore[no-untyped-def]
        new = await original(db, account_id, event, moment)
        if account_id == unlucky and event.body == "line 2":
            raise RuntimeError("poison")
        return new

    together = messages.record_run

    async def breaks_together(db, account_id, run, moment):  # type: ignore[no-untyped-def]
        new = await together(db, account_id, run, moment)
        if account_id == unlucky and any(event.body == "line 2" for event in run):
            raise RuntimeError("poison")
        return new

    monkeypatch.setattr(messages, "record_received", breaks)
    monkeypatch.setattr(messages, "record_run", breaks_together)
    await told(people, 1, 2, 3)
    for person in people:
        lines = ["line 1", "line 3"] if person is people[3] else ["line 1", "line 2", "line 3"]
        assert await bodies(database, person) == lines
    assert people[3].session.inbox.dropped == 1
    assert sum(person.session.inbox.dropped for person in people) == 1
    assert "an event was dropped" in caplog.text


async def test_nothing_is_acknowledged_or_told_before_the_commit(
    database: Database, people: list[Person]
) -> None:
    for person in people:
        person.changes()
    acked: list[int] = []
    async with database.engine.connect() as blocker:
        # Whoever holds the database keeps all of them waiting.
        lock = "SELECT 1" if database.dialect == "sqlite" else "LOCK TABLE message IN EXCLUSIVE MODE"
        await blocker.exec_driver_sql(lock)
        for number, person in enumerate(people):
            person.session.put(said(1), partial(acked.append, number))
        while any(len(person.session.inbox) for person in people):
            await asyncio.sleep(0.01)
        assert acked == []
        assert [person.changes() for person in people] == [[]] * PEOPLE
        await blocker.rollback()
    async with asyncio.timeout(20):
        while len(acked) < PEOPLE:
            await asyncio.sleep(0.01)
    assert all(person.changes() for person in people)
