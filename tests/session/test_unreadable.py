"""What of the outbox cannot be read or said stands in nobody's way; its message says that it was not sent."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from tests.session.conftest import PEPPER
from tests.session.fakes import FakeConnector, client_of, settled
from webchat.db.base import now
from webchat.db.engine import Database
from webchat.session.models import OutboxRow
from webchat.session.outbox import UNREADABLE
from webchat.session.registry import Sessions
from webchat.session.session import Behaviour, Session
from webchat.session.work import Work
from webchat.xmpp.events import MessageFailed, RosterReceived
from webchat.xmpp.verbs import SendMessage

JULIET = "juliet@example.org"


@pytest.fixture
def failed() -> list[MessageFailed]:
    return []


@pytest.fixture
async def session(
    accounts: Database, connector: FakeConnector, failed: list[MessageFailed]
) -> AsyncIterator[Session]:
    async def on_failed(_: Work, event: MessageFailed) -> None:
        failed.append(event)

    sessions = Sessions(
        accounts,
        Behaviour(handlers={MessageFailed: on_failed}),
        connector,  # type: ignore[arg-type]
        PEPPER,
    )
    _, session = await sessions.login("romeo@example.org", "secret", keep=True)
    await session.handled(RosterReceived(()))
    await settled(session)
    client_of(session).go_offline()
    await session.handled(RosterReceived(()))
    yield session
    await sessions.stop()


async def write(session: Session, *ids: str, held: str = "") -> None:
    async with session.work() as work:
        for id in ids:
            work.send(SendMessage(JULIET, f"text of {id}", id), now() if id == held else None)


async def spoil(session: Session, id: str, verb: str) -> None:
    async with session.work() as work:
        await work.db.execute(update(OutboxRow).where(OutboxRow.stanza_id == id).values(verb=verb))


async def come_back(session: Session) -> list[str]:
    """Ids of what is said then."""
    client_of(session).go_online(resumed=True)
    await session.handled(RosterReceived(()))
    await settled(session)
    return [id for id, _ in client_of(session).said if id]


@pytest.mark.parametrize(
    "verb",
    [
        "{",
        "null",
        '{"verb": "SendPigeon", "to": "juliet@example.org"}',
        '{"verb": "SendMessage", "to": "juliet@example.org", "wings": "two"}',
        "[" * 100_000,
    ],
)
async def test_a_row_that_nobody_can_read_is_set_aside_and_the_rest_goes_on(
    session: Session, failed: list[MessageFailed], verb: str
) -> None:
    await write(session, "a", "bad", "worse", "b")
    await spoil(session, "bad", verb)
    await spoil(session, "worse", verb)
    assert await come_back(session) == ["a", "b"]
    assert failed == [MessageFailed("", "bad", UNREADABLE), MessageFailed("", "worse", UNREADABLE)]
    async with session.work() as work:
        assert not await work.unsend("bad")
        assert await work.unsend("b")


async def test_a_verb_of_which_no_stanza_can_be_made_is_set_aside(
    session: Session, failed: list[MessageFailed], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_of(session)
    say = client.say

    def made(verb: Any, id: str = "") -> bool:
        if id == "bad":
            raise TypeError("no text")
        return say(verb, id)

    monkeypatch.setattr(client, "say", made)
    await write(session, "a", "bad", "b")
    assert await come_back(session) == ["a", "b"]
    await write(session, "c")
    monkeypatch.setattr(client, "connected", True)
    async with session.work() as work:
        work.send(SendMessage(JULIET, "again", "bad"))
    await write(session, "d")
    await settled(session)
    assert [id for id, _ in client.said if id] == ["a", "b", "c", "d"]
    assert [event.id for event in failed] == ["bad", "bad"]


async def test_a_held_row_that_nobody_can_read_is_set_aside(
    session: Session, failed: list[MessageFailed]
) -> None:
    await write(session, "bad", "a", held="bad")
    await spoil(session, "bad", "{")
    session.outbox.expect(now() - timedelta(seconds=1))
    assert await come_back(session) == ["a"]
    async with asyncio.timeout(5):
        while not failed:
            await asyncio.sleep(0.001)
    assert failed == [MessageFailed("", "bad", UNREADABLE)]
