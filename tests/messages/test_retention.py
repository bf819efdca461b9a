"""Old messages go when the operator wants that: only copies, never what was saved or did not go out."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from tests.lab.people import JULIET, MERCUTIO, Person
from tests.messages.speaking import says, words
from webchat.db.base import now
from webchat.db.engine import Database
from webchat.messages import store
from webchat.messages.commands import actions
from webchat.messages.jobs import retention
from webchat.messages.models import Conversation, Gap, Message, MessageWords
from webchat.messages.store import retention as steps

LONG_AGO = timedelta(days=100)


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody writes meanwhile."""
    monkeypatch.setattr(retention, "PAUSE", 0)


async def heard(romeo: Person, count: int, *, sender: str = JULIET, age: timedelta = LONG_AGO) -> None:
    """So many messages, the first so old, an hour between them."""
    begin = datetime.now(UTC) - age
    for number in range(1, count + 1):
        name = f"{sender[0]}{age.days}-{number}"
        stamp = begin + timedelta(hours=number)
        await romeo.session.handled(
            says(f"w{number}", name, sender=sender, stanza_id=f"s{name}", stamp=stamp)
        )


async def age_all(database: Database) -> None:
    """They came when they were said."""
    async with database.write() as db:
        await db.execute(update(Message).values(arrived_at=Message.stamp))


async def conversation(database: Database, jid: str = JULIET) -> Conversation:
    """Its row."""
    async with database.read() as db:
        return (await db.scalars(select(Conversation).where(Conversation.jid == jid))).one()


async def test_old_messages_go_and_the_newest_stays(romeo: Person, database: Database) -> None:
    await heard(romeo, 5)
    await heard(romeo, 2, age=timedelta(days=2))
    await heard(romeo, 3, sender=MERCUTIO)
    await age_all(database)
    assert await retention.sweep(database, 30) == 7
    assert await words(romeo) == ["w1", "w2"]
    assert await words(romeo, MERCUTIO) == ["w3"], "the newest is where the archive goes on"
    async with database.read() as db:
        assert await db.scalar(select(func.count()).select_from(MessageWords)) == 3
    found = await conversation(database)
    assert not found.history_start, "the archive may have what is not here any more"
    assert await retention.sweep(database, 30) == 0


async def test_what_was_saved_or_did_not_go_out_stays(romeo: Person, database: Database) -> None:
    await heard(romeo, 3)
    await actions.save(romeo.session, 2, "verona")
    async with romeo.session.work() as work:
        moment = now() - LONG_AGO
        for state in ("pending", "failed"):
            made = await store.add_outgoing(
                work.db, work.account_id, JULIET, state, id=state, sender=romeo.session.jid, moment=moment
            )
            assert made is not None
            await work.db.execute(update(Message).where(Message.said_id == state).values(state=state))
    await heard(romeo, 1, age=timedelta(days=1))
    await age_all(database)
    assert await retention.sweep(database, 30) == 2
    assert sorted(await words(romeo)) == ["failed", "pending", "w1", "w2"]
    async with database.read() as db:
        gaps = (await db.execute(select(Gap.message_id, Gap.lost))).all()
    assert [tuple(gap) for gap in gaps] == [(2, False)], "after the saved one something is missing now"


async def test_unread_ones_are_counted_anew_and_the_mark_stays_before_what_follows(
    romeo: Person, database: Database
) -> None:
    await heard(romeo, 4)
    await heard(romeo, 2, age=timedelta(days=1))
    await age_all(database)
    async with database.write() as db:
        third = (await db.execute(select(Message.id, Message.position).where(Message.id == 3))).one()
        await db.execute(
            update(Conversation).values(displayed_position=third.position, displayed_id=3, unread=3)
        )
    assert await retention.sweep(database, 30) == 4
    found = await conversation(database)
    assert found.unread == 2
    async with database.read() as db:
        first = await db.scalar(select(func.min(Message.position)))
    assert first is not None
    assert (found.displayed_id, found.displayed_position) == (None, first - 1)


async def test_what_was_fetched_again_stays_a_day(romeo: Person, database: Database) -> None:
    await heard(romeo, 3)
    assert await retention.sweep(database, 30) == 0
    await age_all(database)
    assert await retention.sweep(database, 30) == 2


async def test_many_go_in_small_steps(
    romeo: Person, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steps, "STEP", 3)
    await heard(romeo, 11)
    await actions.save(romeo.session, 4, "")
    await age_all(database)
    sizes = []
    original = store.forget_before

    async def counted(*args: object, **named: object) -> steps.Step:
        step = await original(*args, **named)  # type: ignore[arg-type]
        sizes.append(step.forgotten)
        return step

    monkeypatch.setattr(store, "forget_before", counted)
    assert await retention.sweep(database, 30) == 9
    assert sizes == [3, 2, 3, 1]
    assert await words(romeo) == ["w4", "w11"]


async def test_the_job_runs_at_once_and_survives_trouble(
    romeo: Person, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await heard(romeo, 2)
    await age_all(database)
    monkeypatch.setattr(retention, "EVERY", 0.01)
    calls = []
    original = store.conversations_before

    async def failing(*args: object) -> list[int]:
        calls.append(1)
        if len(calls) == 1:
            raise OSError
        return await original(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(store, "conversations_before", failing)
    task = asyncio.create_task(retention.keep(database, 30))
    async with asyncio.timeout(5):
        while await words(romeo) != ["w2"]:
            await asyncio.sleep(0.01)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
