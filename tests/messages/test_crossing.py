"""Ours and theirs crossed on the way: the archive has the last word on the order, and soon."""

from typing import Any

import pytest

from tests.lab.people import JULIET, Person
from tests.messages.looking import bodies, states
from tests.messages.server import BEGINNING, Server
from webchat.messages import commands, handlers, jobs
from webchat.messages.changes import TimelineChanged
from webchat.messages.state import Settling
from webchat.session.session import Session
from webchat.xmpp.events import ReceiptReceived, StanzaAcked

OURS, ONE, TWO = (f"0000000{number}-4b1d-4e5f-8a6b-000000000000" for number in (1, 2, 3))


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Session]:
    """Sessions that were told to settle; nothing else happens."""
    found: list[Session] = []
    monkeypatch.setattr(handlers, "settle", found.append)
    return found


async def test_who_was_overtaken_asks_the_archive(romeo: Person, server: Server, asked: list[Any]) -> None:
    await jobs.catch_up(romeo.session)
    await commands.send_message(romeo.session, JULIET, "into the break", id=OURS)
    await romeo.session.handled(server.said(JULIET, "while he waited"))
    server.sent(JULIET, "into the break", OURS)
    await romeo.session.handled(StanzaAcked(OURS))
    assert asked == [romeo.session]


async def test_who_was_not_overtaken_asks_nothing(romeo: Person, server: Server, asked: list[Any]) -> None:
    await jobs.catch_up(romeo.session)
    await romeo.session.handled(server.said(JULIET, "first"))
    await commands.send_message(romeo.session, JULIET, "second", id=OURS)
    await romeo.session.handled(StanzaAcked(OURS))
    await romeo.session.handled(server.said(JULIET, "third"))
    assert asked == []


async def test_a_receipt_that_is_faster_than_our_server_changes_nothing_about_that(
    romeo: Person, server: Server, asked: list[Any]
) -> None:
    await jobs.catch_up(romeo.session)
    await commands.send_message(romeo.session, JULIET, "into the break", id=OURS)
    await romeo.session.handled(server.said(JULIET, "while he waited"))
    await romeo.session.handled(ReceiptReceived(JULIET, f"{JULIET}/phone", False, OURS))
    assert await states(romeo) == {"into the break": "received"}
    await romeo.session.handled(StanzaAcked(OURS))
    assert asked == [romeo.session]


async def test_whose_place_is_known_asks_nothing(romeo: Person, server: Server, asked: list[Any]) -> None:
    await jobs.catch_up(romeo.session)
    await commands.send_message(romeo.session, JULIET, "first", id=OURS)
    server.sent(JULIET, "first", OURS)
    await romeo.session.handled(server.said(JULIET, "second"))
    await jobs.catch_up(romeo.session)
    await romeo.session.handled(StanzaAcked(OURS))
    assert asked == []


@pytest.mark.parametrize("late", [True, False])
async def test_what_waited_for_us_may_have_been_said_before(
    romeo: Person, server: Server, asked: list[Any], late: bool
) -> None:
    await jobs.catch_up(romeo.session)
    theirs = server.said(JULIET, "into the break", stamp=BEGINNING if late else None)
    await commands.send_message(romeo.session, JULIET, "taken over before it", id=OURS)
    server.sent(JULIET, "taken over before it", OURS)
    await romeo.session.handled(StanzaAcked(OURS))
    await romeo.session.handled(theirs)
    assert await bodies(romeo) == ["taken over before it", "into the break"]
    assert asked == [romeo.session] * late


async def test_the_order_becomes_the_archives(romeo: Person, server: Server) -> None:
    await jobs.catch_up(romeo.session)
    for body, id in (("one", ONE), ("two", TWO)):
        await commands.send_message(romeo.session, JULIET, body, id=id)
    await romeo.session.handled(server.said(JULIET, "theirs"))
    server.sent(JULIET, "one", ONE)
    server.sent(JULIET, "two", TWO)
    assert await bodies(romeo) == ["one", "two", "theirs"]
    questions = len(server.asked)
    jobs.settle(romeo.session, 0)
    jobs.settle(romeo.session, 0)
    task = next(task for task in romeo.session._tasks if task.get_name() == "order")
    await task
    assert await bodies(romeo) == ["theirs", "one", "two"]
    assert len(server.asked) == questions + 1
    assert TimelineChanged(JULIET) in romeo.changes()
    assert not romeo.session[Settling].waiting
