"""Who may not log in here: addresses and domains, for new logins and for those that were there before."""

import pytest

from tests.session.conftest import PEPPER
from tests.session.fakes import FakeConnector
from webchat.db.engine import Database
from webchat.errors import LoginFailed
from webchat.session import blocks
from webchat.session.registry import Sessions
from webchat.session.session import Behaviour

ROMEO, TYBALT = "romeo@example.org", "tybalt@sub.example.org"


@pytest.mark.parametrize(
    ("typed", "kind", "value"),
    [
        (" Romeo@Example.ORG/orchard ", "address", ROMEO),
        ("xmpp:romeo@example.org", "address", ROMEO),
        ("Example.org", "domain", "example.org"),
    ],
)
def test_what_somebody_typed_is_an_address_or_a_domain(typed: str, kind: str, value: str) -> None:
    assert blocks.meant(typed) == (kind, value)


@pytest.mark.parametrize("typed", ["", "@", "ro meo@example.org", "@example.org", "romeo@"])
def test_what_is_neither_is_refused(typed: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 (of which kind is the library's)
        blocks.meant(typed)


async def test_a_blocked_address_cannot_log_in_and_its_server_is_not_even_asked(
    sessions: Sessions, connector: FakeConnector
) -> None:
    assert await blocks.block(sessions, "address", ROMEO, "spam") == 0
    with pytest.raises(LoginFailed, match="blocked-here"):
        await sessions.login(ROMEO, "secret", keep=True)
    assert connector.clients == []
    await sessions.login("juliet@example.org", "secret", keep=True)


async def test_a_block_ends_the_sessions_that_are_there(sessions: Sessions) -> None:
    token, _ = await sessions.login(ROMEO, "secret", keep=True)
    other, _ = await sessions.login(TYBALT, "secret", keep=True)
    assert await blocks.block(sessions, "domain", "example.org") == 1
    assert await sessions.signed_in(token) is None
    found = await sessions.signed_in(other)
    assert found is not None, "a domain is not its subdomains"
    assert [session.jid for session in sessions.running] == [TYBALT]


async def test_a_block_that_another_process_wrote_is_obeyed(
    sessions: Sessions, accounts: Database, connector: FakeConnector
) -> None:
    token, _ = await sessions.login(ROMEO, "secret", keep=True)
    async with accounts.write() as db:
        await blocks.add(db, "domain", "example.org")
    await sessions.sweep()
    assert sessions.running == []
    assert await sessions.signed_in(token) is None


async def test_a_kept_login_of_a_blocked_address_opens_nothing_after_a_restart(
    sessions: Sessions, accounts: Database, connector: FakeConnector
) -> None:
    token, _ = await sessions.login(ROMEO, "secret", keep=True)
    await sessions.stop()
    async with accounts.write() as db:
        await blocks.add(db, "address", ROMEO)
    later = Sessions(accounts, Behaviour(), connector, PEPPER)  # type: ignore[arg-type]
    assert await later.signed_in(token) is None
    assert later.running == []
    await later.stop()


async def test_a_block_taken_back_lets_in_again_and_the_list_says_why_it_was(
    sessions: Sessions, accounts: Database
) -> None:
    await blocks.block(sessions, "address", ROMEO, "spam")
    await blocks.block(sessions, "address", ROMEO, "more " + "spam" * 500)
    async with accounts.read() as db:
        (line,) = await blocks.listed(db)
    assert (line.kind, line.value, line.reason[:9]) == ("address", ROMEO, "more spam")
    assert len(line.reason) == blocks.LONGEST_REASON
    async with accounts.write() as db:
        assert await blocks.remove(db, "address", ROMEO)
        assert not await blocks.remove(db, "address", ROMEO)
    await sessions.login(ROMEO, "secret", keep=True)
