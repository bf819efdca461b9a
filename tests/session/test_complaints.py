"""What people report: kept once, within limits, no longer than it is needed, and who told it even shorter."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from tests.lab.databases import KINDS, empty_database
from webchat.db.base import Base, now
from webchat.db.engine import Database
from webchat.errors import TooMany
from webchat.session import complaints, farewell, store
from webchat.session.complaints import Told
from webchat.session.models import Complaint

JULIET, TYBALT = "juliet@capulet.example", "tybalt@capulet.example"
POST = Told("post", "rose", TYBALT, "xmpp:somewhere", "A rose", "spam", "Not a rose")


@pytest.fixture(params=KINDS)
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    async with empty_database(request.param, tmp_path, Base.metadata) as made:
        yield made


async def account(database: Database, jid: str) -> int:
    async with database.write() as db:
        return (await store.ensure_account(db, jid, "webchat", "SCRAM-SHA-256")).id


async def tell(database: Database, account_id: int, told: Told = POST) -> None:
    async with database.write() as db:
        await complaints.add(db, account_id, told)


async def test_a_report_is_kept_once_and_forgets_who_told_it_when_it_is_closed(database: Database) -> None:
    juliet, romeo = await account(database, JULIET), await account(database, "romeo@example.org")
    await tell(database, juliet)
    await tell(database, juliet, Told("post", "rose", TYBALT, "xmpp:somewhere", "A rose", "abuse", "Again"))
    await tell(database, romeo)
    async with database.read() as db:
        found = await complaints.listed(db)
        assert sorted((each.by, each.reason, each.words) for each in found) == [
            (JULIET, "abuse", "Again"),
            ("romeo@example.org", "spam", "Not a rose"),
        ]
        assert await complaints.open_now(db) == 2
    mine = next(each for each in found if each.by == JULIET)
    async with database.write() as db:
        assert await complaints.close(db, mine.id)
        assert not await complaints.close(db, mine.id)
    async with database.read() as db:
        (closed,) = await complaints.listed(db, closed=True)
        assert (closed.id, closed.by, closed.closed_at is not None) == (mine.id, "", True)
        assert (await complaints.one(db, mine.id)) == closed
    await tell(database, juliet)
    async with database.read() as db:
        assert await complaints.open_now(db) == 2, "what comes back after it was closed is new"


async def test_what_is_old_goes_and_what_somebody_told_goes_with_them(database: Database) -> None:
    juliet, romeo = await account(database, JULIET), await account(database, "romeo@example.org")
    for number in range(4):
        await tell(database, juliet, Told("person", str(number), TYBALT))
    await tell(database, romeo)
    async with database.write() as db:
        found = sorted(each.id for each in await complaints.listed(db) if each.by == JULIET)
        for id in found[:2]:
            await complaints.close(db, id)
        long_ago = {found[0]: ("closed_at", 31), found[2]: ("created_at", 366)}
        for id, (column, days) in long_ago.items():
            moment = now() - timedelta(days=days)
            await db.execute(update(Complaint).where(Complaint.id == id).values({column: moment}))
        assert await complaints.sweep(db) == 2
    async with database.write() as db:
        await farewell.erase(db, juliet)
    async with database.read() as db:
        assert [each.by for each in await complaints.listed(db)] == ["romeo@example.org"]
        assert [each.id for each in await complaints.listed(db, closed=True)] == [found[1]]


@pytest.mark.parametrize("database", KINDS[:1], indirect=True)
async def test_nobody_floods_the_list(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    juliet, romeo = await account(database, JULIET), await account(database, "romeo@example.org")
    for number in range(complaints.MOST_A_DAY):
        await tell(database, juliet, Told("message", str(number), TYBALT, excerpt="x" * 9999))
    with pytest.raises(TooMany):
        await tell(database, juliet)
    await tell(database, juliet, Told("message", "0", TYBALT, words="More words on the first"))
    await tell(database, romeo)
    monkeypatch.setattr(complaints, "MOST_OPEN", 3)
    with pytest.raises(TooMany):
        await tell(database, romeo, Told("person", TYBALT, TYBALT))
    async with database.read() as db:
        assert max(len(each.excerpt) for each in await complaints.listed(db)) == complaints.LONGEST_EXCERPT
