"""Sessions end in bounded time, together, and whole: also when whoever ends or begins them is cancelled."""

import asyncio
from typing import Any

import pytest

from tests.session.conftest import PEPPER
from tests.session.fakes import FakeConnector, client_of, settled
from webchat.db.engine import Database
from webchat.errors import TimedOut
from webchat.session import accounts as listed
from webchat.session import ending, registry
from webchat.session import session as room
from webchat.session.registry import Sessions
from webchat.session.session import Behaviour, Session
from webchat.xmpp.events import ConnectionStateChanged

ROMEO, JULIET, NURSE = "romeo@example.org", "juliet@example.org", "nurse@example.org"


async def stubborn() -> None:
    """Work that does not let itself be cancelled."""
    for _ in range(3):
        try:
            await asyncio.sleep(0.2)
        except asyncio.CancelledError:
            continue


async def test_last_words_of_one_session_keep_no_other_waiting(sessions: Sessions) -> None:
    speaking, all_speak = 0, asyncio.Event()

    async def speak() -> None:
        nonlocal speaking
        speaking += 1
        if speaking == 3:
            all_speak.set()
        await all_speak.wait()

    for jid in (ROMEO, JULIET, NURSE):
        _, session = await sessions.login(jid, "secret", keep=True)
        session.last_words["speak"] = speak
    async with asyncio.timeout(5):
        assert await listed.end(sessions) == 3
    assert all_speak.is_set()
    assert sessions.running == []


async def test_last_words_without_end_are_cut_off(
    sessions: Sessions, connector: FakeConnector, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def speak() -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(ending, "LAST_WORDS", 0.01)
    _, session = await sessions.login(ROMEO, "secret", keep=True)
    session.last_words["speak"] = speak
    async with asyncio.timeout(5):
        await sessions.end(session.account_id, None)
    assert connector.clients[0].closed == [False]
    assert not session._tasks


async def test_a_session_whose_end_is_cancelled_ends(sessions: Sessions, connector: FakeConnector) -> None:
    speaks = asyncio.Event()

    async def speak() -> None:
        speaks.set()
        await asyncio.Event().wait()

    _, session = await sessions.login(ROMEO, "secret", keep=True)
    session.last_words["speak"] = speak
    over = asyncio.create_task(sessions.end(session.account_id, None))
    await speaks.wait()
    over.cancel()
    await asyncio.wait({over})
    assert over.cancelled()
    assert connector.clients[0].closed == [False]
    assert session.feed.closed
    assert not session._tasks


async def test_work_that_does_not_end_keeps_no_site_from_stopping(
    sessions: Sessions, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(ending, "ENDING", 0.01)
    _, session = await sessions.login(ROMEO, "secret", keep=True)
    _, other = await sessions.login(JULIET, "secret", keep=True)
    work = session.spawn(stubborn(), "stubborn work")

    async def broken(*, resumable: bool) -> None:
        raise OSError

    monkeypatch.setattr(client_of(other), "close", broken)
    await asyncio.sleep(0)
    async with asyncio.timeout(5):
        await sessions.stop()
    assert not work.done()
    assert session.feed.closed
    said = {each.getMessage() for each in caplog.records}
    assert {"background work does not end: stubborn work", "a session did not stop"} <= said
    await work


async def failed(sessions: Sessions) -> Session:
    """A session that the next login replaces."""
    _, session = await sessions.login(ROMEO, "secret", keep=True)
    await session.handled(ConnectionStateChanged("failed", "account-disabled"))
    return session


async def test_a_session_that_takes_the_place_of_another_begins_also_when_nobody_waits_for_it(
    sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    former, stops = await failed(sessions), asyncio.Event()

    async def stop(*, resumable: bool) -> None:
        stops.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(former, "stop", stop)
    login = asyncio.create_task(sessions.login(ROMEO, "secret", keep=True))
    async with asyncio.timeout(5):
        await stops.wait()
    login.cancel()
    await asyncio.wait({login})
    (session,) = sessions.running
    assert session is not former
    assert {"inbox", "client"} <= {task.get_name() for task in session._tasks}


async def test_a_session_that_was_ended_before_it_began_does_not_begin(
    sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    former = await failed(sessions)

    async def stop(*, resumable: bool) -> None:
        await sessions.end(former.account_id, None)

    monkeypatch.setattr(former, "stop", stop)
    token, session = await sessions.login(ROMEO, "secret", keep=True)
    assert session is not former
    assert not session._tasks
    assert await sessions.signed_in(token) is None


async def test_what_a_session_starts_with_is_asked_for_until_it_is_answered(
    accounts: Database, connector: FakeConnector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "SYNC_AGAIN", (0.0, 0.0))
    monkeypatch.setattr(room, "PREPARE_AGAIN", 0.0)
    sessions = Sessions(accounts, Behaviour(), connector, PEPPER)  # type: ignore[arg-type]
    asked = 0

    async def prepare(*_: Any) -> None:
        nonlocal asked
        asked += 1
        if asked < 5:
            raise TimedOut

    monkeypatch.setattr("tests.session.fakes.FakeClient.prepare", prepare)
    _, session = await sessions.login(ROMEO, "secret", keep=True)
    async with asyncio.timeout(5):
        while asked < 5:
            await asyncio.sleep(0)
    await settled(session)
    assert asked == 5
    await sessions.stop()


async def test_a_session_to_which_somebody_comes_back_during_the_sweep_stays(
    sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, session = await sessions.login(ROMEO, "secret", keep=True)
    logins = sessions.logins

    async def come_back(account_id: int) -> list[registry.LoginRow]:
        session.attach()
        return await logins(account_id)

    monkeypatch.setattr(sessions, "logins", come_back)
    monkeypatch.setattr(sessions, "_linger", -1)
    monkeypatch.setattr(registry, "GRACE", -1)
    await sessions.sweep()
    assert sessions.running == [session]
    assert not session.feed.closed
