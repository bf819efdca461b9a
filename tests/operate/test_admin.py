"""The commands about people: the same while a site runs and while none does."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from xml.etree.ElementTree import Element, fromstring

import pytest

from tests.operate.conftest import Command
from tests.session.fakes import FakeClient, FakeConnector
from webchat.config import Settings
from webchat.db.engine import Database
from webchat.operate import control, lock
from webchat.posts import store as posts
from webchat.session.registry import Sessions
from webchat.session.session import Behaviour
from webchat.uploads.state import Place
from webchat.xmpp.upload import Service

ROMEO, JULIET, TYBALT = "romeo@example.org", "juliet@example.org", "tybalt@capulet.example"
Typed = Callable[..., Awaitable[tuple[int, str]]]


@asynccontextmanager
async def site_at_work(settings: Settings) -> AsyncIterator[Sessions]:
    """What `serve` runs, as far as the commands can tell."""
    database = Database(settings.database_url)
    made = Sessions(database, Behaviour(), FakeConnector(), settings.secret_key)  # type: ignore[arg-type]
    with lock.serving(settings.data_dir):
        async with control.listening(settings.data_dir, lambda: made):
            yield made
    await made.stop()
    await database.close()


@pytest.fixture
async def site(settings: Settings) -> AsyncIterator[Sessions]:
    async with site_at_work(settings) as made:
        for jid in (ROMEO, JULIET, TYBALT):
            await made.login(jid, "secret", keep=True, device="Firefox")
        yield made


@pytest.fixture
def typed(command: Command, capsys: pytest.CaptureFixture[str]) -> Typed:
    """`await typed("admin", "users")`: (exit status, what it said), typed in another process's stead."""

    async def run(*arguments: str) -> tuple[int, str]:
        capsys.readouterr()
        status = await asyncio.to_thread(command, *arguments)
        said = capsys.readouterr()
        return status, said.out + said.err

    return run


async def test_everybody_is_listed_with_when_they_were_last_seen(site: Sessions, typed: Typed) -> None:
    await site.login(ROMEO, "secret", keep=True)
    status, said = await typed("admin", "users")
    assert status == 0
    lines = {line.split()[0]: line.split() for line in said.splitlines()}
    assert lines[ROMEO][-1] == "2"
    assert lines[JULIET][-1] == "1"
    assert "3 accounts." in said
    status, said = await typed("admin", "users", "--domain", "capulet.example", "--json")
    (only,) = json.loads(said)
    assert (only["address"], only["browsers"]) == (TYBALT, 1)


async def test_the_sessions_of_the_running_site_are_listed(site: Sessions, typed: Typed) -> None:
    site.running[0].tabs = 2
    status, said = await typed("admin", "sessions")
    assert status == 0
    assert "3 sessions, 2 open tabs." in said
    status, said = await typed("admin", "sessions", "--json")
    assert {one["jid"] for one in json.loads(said)} == {ROMEO, JULIET, TYBALT}


async def test_somebody_is_signed_out_at_once(site: Sessions, typed: Typed) -> None:
    token, _ = await site.login(ROMEO, "secret", keep=True)
    assert await typed("admin", "end", "Romeo@example.org") == (0, f"Signed out 2 browsers of {ROMEO}.\n")
    assert await site.signed_in(token) is None
    assert {session.jid for session in site.running} == {JULIET, TYBALT}
    assert await typed("admin", "end", "--all") == (0, "Signed out 2 browsers of everybody.\n")
    assert site.running == []


async def test_a_domain_is_blocked_and_let_in_again(site: Sessions, typed: Typed) -> None:
    status, said = await typed("admin", "block", "example.org", "--reason", "spam")
    assert (status, said) == (
        0,
        "The domain example.org cannot log in any more. Signed out: 2 accounts.\n",
    )
    assert [session.jid for session in site.running] == [TYBALT]
    status, said = await typed("admin", "blocked")
    assert "example.org" in said
    assert "spam" in said
    assert (await typed("admin", "unblock", "example.org"))[0] == 0
    await site.login(ROMEO, "secret", keep=True)
    status, said = await typed("admin", "unblock", "example.org")
    assert (status, said) == (1, "The domain example.org is not blocked.\n")


async def test_all_that_is_kept_for_somebody_is_deleted(
    site: Sessions, typed: Typed, settings: Settings
) -> None:
    async with site.database.write() as db:
        await posts.node_row(db, "example.org", ROMEO, "urn:xmpp:microblog:0", kind="people")
    status, said = await typed("admin", "purge", ROMEO)
    assert (status, said) == (1, "Nobody can be asked here: say --yes.\n")
    status, said = await typed("admin", "purge", ROMEO, "--yes")
    assert (status, said) == (0, f"Deleted what was kept for {ROMEO}: 1 account.\n")
    assert ROMEO not in (await typed("admin", "users"))[1]
    async with site.database.read() as db:
        assert await posts.node(db, "example.org", ROMEO, "urn:xmpp:microblog:0") is None
    assert {session.jid for session in site.running} == {JULIET, TYBALT}
    status, said = await typed("admin", "purge", ROMEO, "--yes")
    assert "ever signed in here" in said


async def test_numbers_name_nobody(site: Sessions, typed: Typed) -> None:
    _, said = await typed("admin", "stats", "--json")
    told = json.loads(said)
    assert (told["accounts"], told["seen_in_a_day"], told["sessions"]) == (3, 3, 3)
    assert "@" not in (await typed("admin", "stats"))[1]


async def test_without_a_running_site_the_database_is_changed(settings: Settings, typed: Typed) -> None:
    async with site_at_work(settings) as site:
        token, _ = await site.login(ROMEO, "secret", keep=True)
    assert await typed("admin", "end", ROMEO) == (0, f"Signed out 1 browser of {ROMEO}.\n")
    assert (await typed("admin", "block", TYBALT))[0] == 0
    status, said = await typed("admin", "sessions")
    assert (status, said) == (1, "No site runs on this data directory, so there are no sessions.\n")
    async with site_at_work(settings) as site:
        assert await site.signed_in(token) is None


async def test_a_site_that_does_not_listen_is_not_worked_around(settings: Settings, typed: Typed) -> None:
    with lock.serving(settings.data_dir):
        status, said = await typed("admin", "end", ROMEO)
    assert (status, said) == (1, "The site runs, but does not listen to commands: its log says why.\n")


@pytest.mark.parametrize("arguments", [["end", "example.org"], ["end"], ["block", "ro meo"], ["purge", ""]])
async def test_what_is_no_address_gets_a_sentence(
    settings: Settings, typed: Typed, arguments: list[str]
) -> None:
    status, said = await typed("admin", *arguments)
    assert status == 1
    assert said.count("\n") == 1


async def test_what_the_socket_is_asked_is_looked_at(site: Sessions, settings: Settings) -> None:
    for line in (b"nonsense\n", b'{"do": "exec"}\n', b"[]\n", b'{"do": "block"}\n'):
        reader, writer = await asyncio.open_unix_connection(settings.data_dir / control.NAME)
        writer.write(line)
        assert "trouble" in json.loads(await reader.readline())
        writer.close()
    assert len(site.running) == 3


async def answered(_: object, kind: str, payload: Element, to: str = "", timeout: float = 20) -> Element:
    """An upload service that has a place."""
    assert (kind, to, payload.get("size")) == ("get", "upload.example.org", "1")
    slot = "<put url='https://up.example.org/1'/><get url='https://up.example.org/2'/>"
    return fromstring(f"<iq><slot xmlns='urn:xmpp:http:upload:0'>{slot}</slot></iq>")  # noqa: S314


async def test_the_sessions_know_where_files_of_their_domain_go(
    site: Sessions, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await control.do(settings, "uploads", domain="example.org") is None
    place = next(session for session in site.running if session.jid == ROMEO)[Place]
    place.asked, place.service = True, Service("upload.example.org", 1000)
    for session in site.running:
        session.state = "online"
    monkeypatch.setattr(FakeClient, "request", answered, raising=False)
    found = await control.do(settings, "uploads", domain="example.org")
    slot = "https://up.example.org/1"
    assert found == {"service": "upload.example.org", "most": 1000, "slot": slot, "trouble": ""}
