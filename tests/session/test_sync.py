"""A session catches up after a login before it sends anything again; what it says last never keeps it."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.session.conftest import PEPPER
from tests.session.fakes import FakeConnector, client_of, settled
from webchat.db.engine import Database
from webchat.errors import Offline, TimedOut
from webchat.session import session as room
from webchat.session.registry import Sessions
from webchat.session.session import Behaviour, Session
from webchat.xmpp.events import RosterReceived
from webchat.xmpp.verbs import SendMessage


@pytest.fixture
async def session(accounts: Database, connector: FakeConnector) -> AsyncIterator[Session]:
    sessions = Sessions(accounts, Behaviour(), connector, PEPPER)  # type: ignore[arg-type]
    _, session = await sessions.login("romeo@example.org", "secret", keep=True)
    await session.handled(RosterReceived(()))
    await settled(session)
    async with session.work() as work:
        work.send(SendMessage("juliet@example.org", "But soft!", "a"))
    await settled(session)
    yield session
    await sessions.stop()


async def comes_back(session: Session) -> None:
    """The stream is lost and there again; from now on the client notes what is said over the new one."""
    client = client_of(session)
    client.go_offline()
    await session.handled(RosterReceived(()))
    client.said.clear()
    client.go_online()
    await session.handled(RosterReceived(()))
    await settled(session)


async def test_a_sync_step_that_times_out_is_tried_again_before_anything_is_sent_again(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, tried = client_of(session), []

    async def step(_: Session) -> None:
        tried.append([id for id, _ in client.said if id])
        if len(tried) == 1:
            raise TimedOut

    async def broken(_: Session) -> None:
        raise ValueError("not worth a retry")

    monkeypatch.setattr(room, "SYNC_AGAIN", (0.0, 0.0))
    monkeypatch.setattr(session, "_behaviour", Behaviour(sync=(step, broken)))
    await comes_back(session)
    assert tried == [[], []]
    assert [id for id, _ in client.said if id] == ["a"]


async def test_a_stream_lost_in_the_middle_of_a_sync_is_no_fault(
    session: Session, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def cut_off(_: Session) -> None:
        raise Offline

    monkeypatch.setattr(session, "_behaviour", Behaviour(sync=(cut_off,)))
    client = client_of(session)
    client.go_offline()
    await session.handled(RosterReceived(()))
    client.go_online()
    await session.handled(RosterReceived(()))
    await settled(session)
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


async def test_r05_a_stream_resumed_in_the_middle_of_a_sync_is_caught_up_with_anew(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, connected = client_of(session), []

    async def cut_off_once(_: Session) -> None:
        connected.append(client.connected)
        if len(connected) == 1:
            client.go_offline()
            raise Offline

    monkeypatch.setattr(session, "_behaviour", Behaviour(sync=(cut_off_once,)))
    client.go_offline()
    await session.handled(RosterReceived(()))
    client.said.clear()
    for resumed in (False, True):
        assert not [id for id, _ in client.said if id]
        client.go_online(resumed=resumed)
        await session.handled(RosterReceived(()))
        await settled(session)
    assert connected == [True, True]
    assert [id for id, _ in client.said if id] == ["a"]


async def test_what_a_feature_cannot_say_at_the_end_keeps_no_session_from_ending(
    session: Session, caplog: pytest.LogCaptureFixture
) -> None:
    said: list[str] = []

    async def fail() -> None:
        raise ValueError("no")

    async def say() -> None:
        said.append("goodbye")

    session.last_words.update(first=fail, second=say)
    await session.stop(resumable=False)
    assert said == ["goodbye"]
    assert client_of(session).closed == [False]
    assert [each.getMessage() for each in caplog.records] == ["what the session had yet to say failed: first"]


async def test_a_sync_step_that_is_cancelled_from_within_keeps_nothing_back(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def cancelled(_: Session) -> None:
        raise asyncio.CancelledError

    monkeypatch.setattr(session, "_behaviour", Behaviour(sync=(cancelled,)))
    client = client_of(session)
    await comes_back(session)
    assert [id for id, _ in client.said if id] == ["a"]
