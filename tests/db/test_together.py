"""This room tests transactions that writers share: one commit, nobody taken along by another's failure."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import pytest
from sqlalchemy import event, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from tests.db.tables import Person
from webchat.db.engine import Database
from webchat.db.late import do_now, put_off
from webchat.db.queue import Act, Interrupted, Queue


async def born(db: AsyncSession, name: str) -> str:
    await db.execute(insert(Person).values(jid=name, name=""))
    return name


async def people(database: Database) -> list[str]:
    async with database.read() as db:
        return sorted(await db.scalars(select(Person.jid)))


async def test_who_comes_at_the_same_time_shares_a_commit(database: Database) -> None:
    commits: list[object] = []
    event.listen(database.engine.sync_engine, "commit", commits.append)
    names = [f"p{n}@x.example" for n in range(20)]
    done = await asyncio.gather(*(database.together(partial(born, name=name)) for name in names))
    assert list(done) == names
    assert await people(database) == sorted(names)
    if database.dialect == "sqlite":
        assert len(commits) < len(names) / 2


async def test_one_that_fails_takes_nobody_along(database: Database) -> None:
    names = ["a@x.example", "b@x.example", "a@x.example", "c@x.example"]
    done = await asyncio.gather(
        *(database.together(partial(born, name=name)) for name in names), return_exceptions=True
    )
    failed = [one for one in done if isinstance(one, BaseException)]
    assert [type(one) for one in failed] == [IntegrityError]
    assert await people(database) == ["a@x.example", "b@x.example", "c@x.example"]


async def test_who_gave_up_waiting_is_passed_over(database: Database) -> None:
    async with database.write():
        first = asyncio.create_task(database.together(partial(born, name="a@x.example")))
        other = asyncio.create_task(database.together(partial(born, name="b@x.example")))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        if database.dialect == "sqlite":
            other.cancel()
            await asyncio.sleep(0)
    await first
    await asyncio.gather(other, return_exceptions=True)
    if database.dialect == "sqlite":
        assert await people(database) == ["a@x.example"]


async def test_what_is_put_off_is_written_once_before_the_commit(database: Database) -> None:
    calls = []

    async def flush(db: AsyncSession, names: list[str]) -> None:
        calls.append(list(names))
        await db.execute(insert(Person), [{"jid": name, "name": ""} for name in names])

    async with database.write() as db:
        put_off(db, flush, "a@x.example")
        put_off(db, flush, "b@x.example")
    async with database.write() as db:
        put_off(db, flush, "c@x.example")
        await do_now(db, flush)
        assert await db.scalar(select(Person.jid).where(Person.jid == "c@x.example")) is not None
    assert calls == [["a@x.example", "b@x.example"], ["c@x.example"]]

    async def twice(db: AsyncSession) -> None:
        put_off(db, flush, "a@x.example")
        await born(db, "d@x.example")

    with pytest.raises(IntegrityError):
        await database.together(twice)
    assert await people(database) == ["a@x.example", "b@x.example", "c@x.example"]


async def test_who_is_cancelled_from_within_is_told_and_takes_nobody_along(database: Database) -> None:
    async def broken(db: AsyncSession) -> str:
        await born(db, "b@x.example")
        raise asyncio.CancelledError

    acts: list[Act[str]] = [partial(born, name="a@x.example"), broken, partial(born, name="c@x.example")]
    async with asyncio.timeout(5):
        done = await asyncio.gather(*(database.together(act) for act in acts), return_exceptions=True)
    assert [type(one) for one in done] == [str, Interrupted, str]
    assert await people(database) == ["a@x.example", "c@x.example"]


async def test_when_the_work_itself_is_ended_everybody_who_waits_is_told() -> None:
    reached = asyncio.Event()

    @asynccontextmanager
    async def never() -> AsyncIterator[AsyncSession]:
        reached.set()
        await asyncio.Event().wait()
        yield AsyncSession()

    queue = Queue(never)
    waiting = [asyncio.create_task(queue.put(partial(born, name=name))) for name in "ab"]
    await reached.wait()
    async with asyncio.timeout(5):
        await queue.close(0.01)
        done = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(one) for one in done] == [Interrupted, Interrupted]
