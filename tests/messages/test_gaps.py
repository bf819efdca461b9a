"""What a server forgot: holes in the history are said, filled where possible, and closed (XEP-0313, R10)."""

import pytest

from tests.lab.people import JULIET, MERCUTIO, Person
from tests.messages.looking import bodies, conversation, lines
from tests.messages.server import Server
from tests.messages.test_archive import said
from webchat.errors import NotFound
from webchat.messages import commands, jobs, store
from webchat.messages.changes import TimelineChanged


@pytest.fixture(autouse=True)
def short_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages of ten messages."""
    monkeypatch.setattr(jobs, "PAGE", 10)
    monkeypatch.setattr(commands, "PAGE", 10)


async def gaps(romeo: Person, jid: str = JULIET) -> list[store.GapRow]:
    found = await conversation(romeo, jid)
    async with romeo.session.read() as db:
        return await store.gaps_after(db, romeo.session.account_id, found.id, 0)


async def forgotten(romeo: Person, server: Server, *, after: int) -> None:
    """Romeo was away for so long that the server forgot where he stood."""
    said(server, 5)
    await jobs.catch_up(romeo.session)
    said(server, after, start=5)
    server.forget(5)
    romeo.changes()
    await jobs.catch_up(romeo.session)


async def test_a_gap_is_shown_and_filled(romeo: Person, server: Server) -> None:
    await forgotten(romeo, server, after=50)
    here = await bodies(romeo)
    assert here == [f"line {n}" for n in (*range(5), *range(35, 55))]
    (gap,) = await gaps(romeo)
    assert gap.position == (await lines(romeo))[4].position
    assert not gap.lost
    assert TimelineChanged(JULIET) in romeo.changes()
    for known in (35, 45, 55):
        await commands.fill_gap(romeo.session, JULIET, gap.id)
        assert len(await bodies(romeo)) == known
    assert await bodies(romeo) == [f"line {n}" for n in range(55)]
    # The archive has nothing between them, but neither does it have what stood before: nobody can be sure.
    assert [gap.lost for gap in await gaps(romeo)] == [True]


async def test_a_gap_closes_when_both_ends_meet(romeo: Person, server: Server) -> None:
    said(server, 5)
    await jobs.catch_up(romeo.session)
    said(server, 50, start=5)
    # Only the newest that Romeo knows was deleted.
    del server.kept[4]
    await jobs.catch_up(romeo.session)
    (gap,) = await gaps(romeo)
    for _ in range(4):
        await commands.fill_gap(romeo.session, JULIET, gap.id)
    assert await gaps(romeo) == []
    assert await bodies(romeo) == [f"line {n}" for n in range(55)]


async def test_a_gap_that_nothing_can_fill_says_so(romeo: Person, server: Server) -> None:
    await forgotten(romeo, server, after=7)
    (gap,) = await gaps(romeo)
    assert gap.lost
    assert (await conversation(romeo)).unread == 7


async def test_no_gap_where_the_newest_pages_meet_what_is_here(romeo: Person, server: Server) -> None:
    said(server, 5)
    await jobs.catch_up(romeo.session)
    said(server, 12, start=5)
    del server.kept[4]
    await jobs.catch_up(romeo.session)
    assert await gaps(romeo) == []
    assert await bodies(romeo) == [f"line {n}" for n in range(17)]


async def test_only_gaps_of_this_conversation_are_filled(romeo: Person, server: Server) -> None:
    await forgotten(romeo, server, after=50)
    (gap,) = await gaps(romeo)
    for jid, id in ((MERCUTIO, gap.id), (JULIET, 4711)):
        with pytest.raises(NotFound):
            await commands.fill_gap(romeo.session, jid, id)


async def test_a_gap_can_come_again_at_the_same_place(romeo: Person, server: Server) -> None:
    said(server, 5, MERCUTIO)
    await jobs.catch_up(romeo.session)
    for _ in range(2):
        said(server, 50)
        del server.kept[:-50]
        await jobs.catch_up(romeo.session)
    assert len(await gaps(romeo, MERCUTIO)) == 1
    server.kept.clear()
    (gap,) = await gaps(romeo, MERCUTIO)
    await commands.fill_gap(romeo.session, MERCUTIO, gap.id)
    assert [gap.lost for gap in await gaps(romeo, MERCUTIO)] == [True]
