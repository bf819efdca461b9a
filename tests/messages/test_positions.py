"""Positions: room between neighbours, and what happens when there is none."""

from dataclasses import replace

from sqlalchemy import update

from tests.lab.people import JULIET, Person
from tests.messages.looking import bodies, conversation, lines
from tests.messages.server import Server
from tests.messages.test_archive import said
from webchat.messages import commands, jobs, store
from webchat.messages.models import FIRST, STEP, Message
from webchat.messages.store.order import renumber, spread
from webchat.xmpp import archive


def test_spreading() -> None:
    assert spread(None, None, 2) == [FIRST, FIRST + STEP]
    assert spread(10, None, 2) == [10 + STEP, 10 + 2 * STEP]
    assert spread(None, 10 * STEP, 2) == [8 * STEP, 9 * STEP]
    assert spread(0, 10, 4) == [2, 4, 6, 8]
    assert spread(0, 10, 10) is None
    assert spread(0, STEP, 1) == [1 << 16]


async def test_room_is_made_where_there_is_none(romeo: Person, server: Server) -> None:
    """Thousands of messages between two that came live: positions are given anew, nothing else changes."""
    await jobs.catch_up(romeo.session)
    said(server, 3)
    await romeo.session.handled(server.said(JULIET, "live"))
    await jobs.catch_up(romeo.session)
    found = await conversation(romeo)
    second = (await lines(romeo))[1]
    await commands.mark_displayed(romeo.session, JULIET, second.id)
    async with romeo.session.work() as work:
        # Squeeze the last one against its neighbour.
        here = await store.lines(work.db, found.id)
        squeezed = update(Message).where(Message.id == here[-1].id).values(position=here[-2].position + 1)
        await work.db.execute(squeezed)
    server.said(JULIET, "in between")
    late = server.kept.pop()
    server.kept.insert(3, replace(late, stamp=server.kept[2].stamp))
    page = await archive.page(romeo.session.client, after="", limit=100)
    await romeo.session.handled(page)
    assert await bodies(romeo) == ["line 0", "line 1", "line 2", "in between", "live"]
    here = await lines(romeo)
    assert here[1].position - here[0].position >= STEP
    found = await conversation(romeo)
    assert found.displayed_position == here[1].position
    assert found.unread == 3


async def test_renumbering_keeps_order_and_mark(romeo: Person, server: Server) -> None:
    expected = said(server, 5)
    await jobs.catch_up(romeo.session)
    found = await conversation(romeo)
    here = await lines(romeo)
    async with romeo.session.work() as work:
        moved = await renumber(work.db, found.id, here[2].position)
    after = await lines(romeo)
    assert [line.body for line in after] == expected
    assert moved == after[2].position
    assert (await conversation(romeo)).displayed_position == after[-1].position
