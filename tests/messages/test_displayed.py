"""How far a conversation was read: counted, moved forward only, told to the right ones (XEP-0333, 0490)."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from tests.lab.people import JULIET, MERCUTIO, ROMEO, Person
from tests.messages.looking import befriend, conversation, counted_unread, lines
from tests.messages.server import Server
from tests.messages.test_live import hears, outgoing
from webchat.errors import NotFound, TimedOut, XmppError
from webchat.messages import commands, jobs, store
from webchat.messages.changes import ConversationChanged, UnreadChanged
from webchat.messages.state import WaitingMarks
from webchat.xmpp.events import DisplayedReceived, ReadMarksReceived


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read marks do not wait for newer ones."""
    monkeypatch.setattr(jobs, "SETTLE", 0.0)
    monkeypatch.setattr(jobs.publish_mark, "__defaults__", (0.0,))


async def until(condition: Callable[[], bool]) -> None:
    """Let background work go on until this holds."""
    async with asyncio.timeout(5):
        while not condition():
            await asyncio.sleep(0)


async def published(romeo: Person, server: Server, *marks: tuple[str, str]) -> None:
    """Wait until exactly these read marks were published."""
    await until(lambda: not romeo.session[WaitingMarks].publishing)
    assert server.published == list(marks)


async def hear(romeo: Person, *texts: str, jid: str = JULIET, **values: Any) -> None:
    for text in texts:
        await romeo.session.handled(hears(text, jid, stanza_id=f"archive-{text}", **values))


async def see(romeo: Person, text: str, jid: str = JULIET) -> None:
    """Romeo has this message on his screen."""
    (line,) = [line for line in await lines(romeo, jid) if line.body == text]
    await commands.mark_displayed(romeo.session, jid, line.id)


async def test_unread_is_what_stands_behind_the_mark(romeo: Person, server: Server) -> None:
    await hear(romeo, "one", "two", "three")
    romeo.changes()
    for text, unread in (("one", 2), ("three", 0), ("two", 0)):
        await see(romeo, text)
        assert (await conversation(romeo)).unread == unread == await counted_unread(romeo)
    assert romeo.changes() == [UnreadChanged(), ConversationChanged(JULIET)]
    await until(lambda: not romeo.session[WaitingMarks].publishing)
    assert server.published[-1] == (JULIET, "archive-three")


async def test_only_the_newest_is_published(romeo: Person, server: Server) -> None:
    await hear(romeo, "one", "two", "three")
    for text in ("one", "two", "three"):
        await see(romeo, text)
    await until(lambda: not romeo.session[WaitingMarks].publishing)
    assert server.published[-1] == (JULIET, "archive-three")
    assert (await conversation(romeo)).published_stanza_id == "archive-three"


async def test_a_contact_learns_that_we_read_the_newest_of_what_asks_for_it(
    romeo: Person, server: Server
) -> None:
    await befriend(romeo, JULIET)
    await hear(romeo, "one", markable=True)
    await hear(romeo, "two", markable=True)
    await hear(romeo, "three")
    await see(romeo, "three")
    await see(romeo, "one")
    (verb,) = await outgoing(romeo)
    assert "id of two" in verb
    await published(romeo, server, (JULIET, "archive-three"))


async def test_a_stranger_does_not_learn_that_we_read(romeo: Person, server: Server) -> None:
    """A21"""
    await hear(romeo, "one", markable=True)
    await see(romeo, "one")
    assert await outgoing(romeo) == []
    await published(romeo, server, (JULIET, "archive-one"))


async def test_answering_is_having_read(romeo: Person, server: Server) -> None:
    await befriend(romeo, JULIET)
    await hear(romeo, "one", markable=True)
    await commands.send_message(romeo.session, JULIET, "Yes", id="33333333")
    assert (await conversation(romeo)).unread == 0
    assert "id of one" in (await outgoing(romeo))[1]
    await published(romeo, server, (JULIET, "archive-one"))


async def test_another_client_of_ours_read_it(romeo: Person, server: Server) -> None:
    """XEP-0333 carbon and XEP-0490 move the mark, and nobody is told again."""
    await hear(romeo, "one", "two", "three")
    romeo.changes()
    marker = DisplayedReceived(JULIET, f"{ROMEO}/phone", True, "id of one")
    await romeo.session.handled(marker)
    assert (await conversation(romeo)).unread == 2
    assert romeo.changes() == [UnreadChanged(), ConversationChanged(JULIET)]
    await romeo.session.handled(ReadMarksReceived(((JULIET, "archive-two"),)))
    assert (await conversation(romeo)).unread == 1
    await romeo.session.handled(marker)
    await romeo.session.handled(ReadMarksReceived(((JULIET, "archive-one"),)))
    assert (await conversation(romeo)).unread == 1
    assert await outgoing(romeo) == []
    await published(romeo, server)


async def test_a_marker_for_another_conversation_moves_nothing(romeo: Person) -> None:
    """A16: a carbon of our own marker that names somebody else."""
    await hear(romeo, "one")
    await hear(romeo, "other", jid=MERCUTIO)
    await romeo.session.handled(DisplayedReceived(MERCUTIO, f"{ROMEO}/phone", True, "id of one"))
    await romeo.session.handled(
        ReadMarksReceived(((MERCUTIO, "archive-one"), ("nobody@verona.example", "x")))
    )
    assert (await conversation(romeo)).unread == 1
    assert (await conversation(romeo, MERCUTIO)).unread == 1


async def test_a_mark_waits_for_its_message(romeo: Person, server: Server) -> None:
    await hear(romeo, "one")
    await romeo.session.handled(ReadMarksReceived(((JULIET, "archive-two"),)))
    assert (await conversation(romeo)).unread == 1
    await hear(romeo, "two")
    assert (await conversation(romeo)).unread == 0
    await hear(romeo, "three")
    assert (await conversation(romeo)).unread == 1


async def test_a_mark_waits_for_its_message_in_the_archive(romeo: Person, server: Server) -> None:
    await hear(romeo, "one")
    for n in range(3):
        server.said(JULIET, f"line {n}")
    server.marks = [(JULIET, server.kept[1].id)]
    await romeo.session.handled(ReadMarksReceived(tuple(server.marks)))
    await jobs.catch_up(romeo.session)
    assert (await conversation(romeo)).unread == 1


async def test_the_first_fill_is_read_but_for_what_a_mark_says(romeo: Person, server: Server) -> None:
    for n in range(4):
        server.said(JULIET, f"line {n}")
        server.said(MERCUTIO, f"line {n}")
    server.marks = [(JULIET, server.kept[2].id)]
    await jobs.catch_up(romeo.session)
    assert (await conversation(romeo)).unread == 2
    assert (await conversation(romeo, MERCUTIO)).unread == 0
    server.said(MERCUTIO, "new")
    await jobs.catch_up(romeo.session)
    assert (await conversation(romeo, MERCUTIO)).unread == 1


async def test_marks_set_without_a_stream_are_published_at_the_next_one(
    romeo: Person, server: Server
) -> None:
    await hear(romeo, "one")
    server.broken = [TimedOut()]
    await see(romeo, "one")
    await published(romeo, server)
    assert (await conversation(romeo)).published_stanza_id is None
    await jobs.catch_up(romeo.session)
    await published(romeo, server, (JULIET, "archive-one"))
    await jobs.catch_up(romeo.session)
    await published(romeo, server, (JULIET, "archive-one"))


async def test_a_server_without_read_marks_is_no_obstacle(romeo: Person, server: Server) -> None:
    await jobs.catch_up(romeo.session)
    await hear(romeo, "one")
    await see(romeo, "one")
    server.broken = [XmppError("feature-not-implemented")] * 9
    romeo.session[WaitingMarks].conversations.clear()
    await jobs.catch_up(romeo.session)
    await until(lambda: not romeo.session[WaitingMarks].publishing)
    assert (await conversation(romeo)).unread == 0


async def test_only_what_is_in_the_conversation_can_be_seen(romeo: Person) -> None:
    await hear(romeo, "one")
    await hear(romeo, "other", jid=MERCUTIO)
    (other,) = await lines(romeo, MERCUTIO)
    for id in (other.id, 4711):
        with pytest.raises(NotFound):
            await commands.mark_displayed(romeo.session, JULIET, id)
    assert (await conversation(romeo)).unread == 1


async def test_the_mark_follows_its_message(romeo: Person, server: Server) -> None:
    """A message that was read and then finds its place further down takes the mark along."""
    await jobs.catch_up(romeo.session)
    for n in range(3):
        server.said(JULIET, f"line {n}")
    await romeo.session.handled(server.said(JULIET, "live"))
    await see(romeo, "live")
    server.said(JULIET, "after")
    await jobs.catch_up(romeo.session)
    assert [line.body for line in await lines(romeo)][-2:] == ["live", "after"]
    assert (await conversation(romeo)).unread == 1


async def test_the_totals(romeo: Person) -> None:
    await befriend(romeo, JULIET, MERCUTIO)
    await hear(romeo, "one", "two")
    await hear(romeo, "three", jid=MERCUTIO)
    async with romeo.session.read() as db:
        assert await store.unread_total(db, romeo.session.account_id) == 3
