"""Who is signed in: logging in, second browsers, restarts, ending logins."""

import asyncio

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from tests.session.conftest import PEPPER
from tests.session.fakes import KEYS, FakeClient, FakeConnector
from webchat.db.base import now
from webchat.db.engine import Database
from webchat.errors import LoginFailed, TooMany
from webchat.session import registry, store
from webchat.session.models import Login
from webchat.session.registry import Sessions
from webchat.session.session import Behaviour
from webchat.xmpp.auth import Password
from webchat.xmpp.events import ConnectionStateChanged

ROMEO = "romeo@example.org"


async def test_a_login_gives_a_cookie_that_finds_the_session(sessions: Sessions) -> None:
    token, session = await sessions.login(ROMEO, "secret", keep=True, device="Firefox")
    found = await sessions.signed_in(token)
    assert found is not None
    assert found.session is session
    assert (found.jid, found.keep) == (ROMEO, True)
    assert await sessions.still_signed_in(found.login_id)
    assert [row.device for row in await sessions.logins(found.account_id)] == ["Firefox"]


async def test_w04_an_unknown_cookie_finds_nobody(sessions: Sessions) -> None:
    await sessions.login(ROMEO, "secret", keep=True)
    assert await sessions.signed_in("x" * 43) is None


async def test_a_wrong_password_leaves_nothing_behind(sessions: Sessions, connector: FakeConnector) -> None:
    with pytest.raises(LoginFailed, match="not-authorized"):
        await sessions.login(ROMEO, "wrong", keep=True)
    assert sessions.running == []
    assert connector.clients[0].closed == [False]


async def test_a_login_that_nobody_waits_for_any_more_leaves_nothing_behind(
    sessions: Sessions, connector: FakeConnector, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(client: FakeClient, *, discreet: bool = False) -> bool:
        await client.never.wait()
        return False

    monkeypatch.setattr(FakeClient, "open", never)
    login = asyncio.create_task(sessions.login(ROMEO, "secret", keep=True))
    async with asyncio.timeout(5):
        while not connector.clients:
            await asyncio.sleep(0.001)
    login.cancel()
    await asyncio.gather(login, return_exceptions=True)
    assert connector.clients[0].closed == [False]


async def test_after_login_the_client_holds_keys_instead_of_the_password(
    sessions: Sessions, connector: FakeConnector
) -> None:
    await sessions.login(ROMEO, "secret", keep=True)
    assert connector.clients[0].access.credential == KEYS


async def test_a_second_browser_joins_the_running_session_after_the_server_said_yes(
    sessions: Sessions, connector: FakeConnector
) -> None:
    _, first = await sessions.login(ROMEO, "secret", keep=True)
    token, second = await sessions.login(ROMEO, "secret", keep=True)
    assert second is first
    assert len(connector.clients) == 2
    assert connector.clients[1].closed
    assert connector.clients[1].resource != connector.clients[0].resource
    with pytest.raises(LoginFailed):
        await sessions.login(ROMEO, "wrong", keep=True)
    assert await sessions.signed_in(token) is not None


async def test_w03_each_login_has_a_cookie_of_its_own(sessions: Sessions) -> None:
    tokens = {(await sessions.login(ROMEO, "secret", keep=True))[0] for _ in range(3)}
    assert len(tokens) == 3


async def test_after_a_restart_the_cookie_brings_the_session_back_with_the_same_resource(
    accounts: Database, connector: FakeConnector
) -> None:
    first = Sessions(accounts, Behaviour(), connector, PEPPER)  # type: ignore[arg-type]
    token, _ = await first.login(ROMEO, "secret", keep=True)
    await first.stop()
    assert connector.clients[0].closed == [True]  # left resumable
    second = Sessions(accounts, Behaviour(), connector, PEPPER)  # type: ignore[arg-type]
    found = await second.signed_in(token)
    assert found is not None
    assert connector.clients[1].access.credential == KEYS
    assert connector.clients[1].resource == connector.clients[0].resource
    await second.stop()


@pytest.mark.parametrize("mechanism", ["SCRAM", "PLAIN"])
async def test_only_while_i_am_here_and_plain_keep_nothing_that_could_reopen(
    accounts: Database, connector: FakeConnector, mechanism: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if mechanism == "PLAIN":
        monkeypatch.setattr("tests.session.fakes.KEYS", None)
        monkeypatch.setattr("tests.session.fakes.FakeClient.open", _open_plain)
    first = Sessions(accounts, Behaviour(), connector, PEPPER)  # type: ignore[arg-type]
    token, session = await first.login(ROMEO, "secret", keep=mechanism == "PLAIN", allow_plain=True)
    if mechanism == "PLAIN":
        assert session.client.access.credential == Password("secret")
    await first.stop()
    second = Sessions(accounts, Behaviour(), connector, PEPPER)  # type: ignore[arg-type]
    assert await second.signed_in(token) is None
    assert len(connector.clients) == 1
    await second.stop()


async def _open_plain(client: object, *, discreet: bool) -> bool:
    client.mechanism = "PLAIN"  # type: ignore[attr-defined]
    client.go_online()  # type: ignore[attr-defined]
    return False


async def test_w05_ending_one_login_leaves_the_other_and_ending_the_last_says_goodbye(
    sessions: Sessions, connector: FakeConnector
) -> None:
    one, session = await sessions.login(ROMEO, "secret", keep=True)
    two, _ = await sessions.login(ROMEO, "secret", keep=True)
    first, second = await sessions.signed_in(one), await sessions.signed_in(two)
    assert first is not None
    assert second is not None
    cursor = session.feed.cursor
    waiting = asyncio.create_task(session.feed.wait(cursor, 5))
    await asyncio.sleep(0)
    await sessions.logout(first.login_id)
    assert await waiting  # open streams look again at once
    assert await sessions.signed_in(one) is None
    assert not await sessions.still_signed_in(first.login_id)
    assert await sessions.signed_in(two) is not None
    await sessions.logout(second.login_id)
    assert connector.clients[0].closed == [False]
    assert session.feed.closed
    assert sessions.running == []


async def test_w05_log_out_everywhere_ends_all(sessions: Sessions) -> None:
    one, _ = await sessions.login(ROMEO, "secret", keep=True)
    two, _ = await sessions.login(ROMEO, "secret", keep=True)
    found = await sessions.signed_in(one)
    assert found is not None
    await sessions.logout(found.login_id, everywhere=True)
    assert await sessions.signed_in(one) is None
    assert await sessions.signed_in(two) is None


async def test_w20_a_password_changed_elsewhere_locks_all_browsers_out(
    sessions: Sessions, connector: FakeConnector
) -> None:
    token, session = await sessions.login(ROMEO, "secret", keep=True)
    await session.handled(ConnectionStateChanged("failed", "not-authorized"))
    for _ in range(100):
        if not sessions.running:
            break
        await asyncio.sleep(0.01)
    assert await sessions.signed_in(token) is None


async def test_w20_a_database_that_takes_nothing_just_then_locks_the_session_a_little_later(
    sessions: Sessions,
    connector: FakeConnector,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    token, session = await sessions.login(ROMEO, "secret", keep=True)

    async def locked(*_: object) -> int:
        raise OSError

    with monkeypatch.context() as fault:
        fault.setattr(store, "delete_logins", locked)
        connector.clients[0].on_event(ConnectionStateChanged("failed", "not-authorized"), None)
        async with asyncio.timeout(5):
            while not caplog.records:
                await asyncio.sleep(0.001)
    await sessions.sweep()
    async with asyncio.timeout(5):
        while session in sessions.running:
            await asyncio.sleep(0.001)
    assert await sessions.signed_in(token) is None


async def test_a_cap_refuses_kindly(accounts: Database, connector: FakeConnector) -> None:
    capped = Sessions(accounts, Behaviour(), connector, PEPPER, max_sessions=1)  # type: ignore[arg-type]
    await capped.login(ROMEO, "secret", keep=True)
    with pytest.raises(TooMany):
        await capped.login("juliet@example.org", "secret", keep=True)
    await capped.login(ROMEO, "secret", keep=True)
    await capped.stop()


async def test_the_sweep_ends_what_nobody_came_back_to(
    sessions: Sessions, connector: FakeConnector, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, session = await sessions.login(ROMEO, "secret", keep=False)
    kept, other = await sessions.login("juliet@example.org", "secret", keep=True)
    session.attach()
    monkeypatch.setattr(registry, "GRACE", -1)
    await sessions.sweep()
    assert session in sessions.running  # a tab is open
    session.detach()
    await sessions.sweep()
    assert session not in sessions.running
    assert await sessions.signed_in(here) is None
    assert other in sessions.running
    monkeypatch.setattr(sessions, "_linger", -1)
    await sessions.sweep()
    assert sessions.running == []
    assert await sessions.signed_in(kept) is not None  # its cookie brings it back


async def test_preferences_are_equal_in_all_browsers_and_survive(sessions: Sessions) -> None:
    one, _ = await sessions.login(ROMEO, "secret", keep=True)
    two, _ = await sessions.login(ROMEO, "secret", keep=True)
    found = await sessions.signed_in(one)
    assert found is not None
    await sessions.set_preferences(found.account_id, {"theme": "dark"})
    other = await sessions.signed_in(two)
    assert other is not None
    assert other.preferences == {"theme": "dark"}


async def test_w05_a_login_whose_time_is_over_ends_also_while_it_is_in_use(
    sessions: Sessions, accounts: Database
) -> None:
    token, session = await sessions.login(ROMEO, "secret", keep=True)
    found = await sessions.signed_in(token)
    assert found is not None
    async with accounts.write() as db:
        long_ago = now() - store.ABSOLUTE
        await db.execute(update(Login).values(created_at=long_ago, last_used_at=now()))
    waiting = asyncio.create_task(session.feed.wait(session.feed.cursor, 5))
    await asyncio.sleep(0)
    await sessions.sweep()
    assert await waiting  # its streams look again at once
    assert not await sessions.still_signed_in(found.login_id)
    assert await sessions.signed_in(token) is None


async def test_w05_a_login_that_ends_during_a_request_of_its_own_is_over(
    accounts: Database, connector: FakeConnector, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = Sessions(accounts, Behaviour(), connector, PEPPER)  # type: ignore[arg-type]
    token, _ = await first.login(ROMEO, "secret", keep=True)
    known = await first.signed_in(token)
    assert known is not None
    await first.stop()
    second = Sessions(accounts, Behaviour(), connector, PEPPER)  # type: ignore[arg-type]
    read = store.login_with_account

    async def ended_meanwhile(db: AsyncSession, login_id: str) -> object:
        found = await read(db, login_id)
        monkeypatch.setattr(store, "login_with_account", read)
        await second.end(known.account_id, known.login_id)
        return found

    monkeypatch.setattr(store, "login_with_account", ended_meanwhile)
    assert await second.signed_in(token) is None
    assert not await second.still_signed_in(known.login_id)
    await second.stop()


async def test_a_login_that_cannot_be_remembered_leaves_no_stream_open(
    sessions: Sessions, connector: FakeConnector, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def no_room(*_: object, **__: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(store, "add_login", no_room)
    with pytest.raises(OSError, match="disk full"):
        await sessions.login(ROMEO, "secret", keep=True)
    assert connector.clients[0].closed == [False]
    assert sessions.running == []
