"""The log: no address, nobody's words, no password can stand in a line, whoever writes it."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.lab.people import JULIET, ROMEO
from tests.session.fakes import FakeConnector
from tests.web.site import Site, running
from webchat import account
from webchat.config import Settings
from webchat.errors import LoginFailed
from webchat.operate import logs
from webchat.operate.logs import Discreet, JsonLines
from webchat.slice import Slice
from webchat.xmpp.events import MessageReceived

KEY = b"k" * 32
BODY = "But soft! what light through yonder window breaks?"
SECRET = "a secret word"


def line(message: str, *values: object, error: BaseException | None = None, **how: object) -> str:
    """What would stand in the log."""
    found = (type(error), error, error.__traceback__) if error else None
    record = logging.LogRecord("webchat", logging.INFO, "", 0, message, values, found)
    return (JsonLines if how.get("json") else Discreet)(KEY).format(record)


def raised() -> BaseException:
    """An error that quotes what somebody wrote, caused by another one that does."""
    try:
        try:
            raise ValueError(BODY)
        except ValueError as cause:
            raise KeyError(f"{ROMEO}: {SECRET}") from cause
    except KeyError as error:
        return error


@pytest.mark.parametrize("json_", [False, True])
def test_addresses_are_hashed_and_the_same_one_always_alike(json_: bool) -> None:
    said = line("from %s to <%s/balcony>, again %s", ROMEO, JULIET, ROMEO.upper(), json=json_)
    assert ROMEO not in said.lower()
    assert JULIET not in said
    assert "balcony" not in said
    hashes = [word.strip('<>,"}') for word in said.split() if "jid:" in word]
    assert len(hashes) == 3
    assert hashes[0] == hashes[2] != hashes[1]
    assert Discreet(b"o" * 32).hashed(ROMEO) != Discreet(KEY).hashed(ROMEO), "others cannot make it"


@pytest.mark.parametrize(
    "text", ["postgresql://romeo:pass@db.example/webchat", "xmpp:romeo@example.org?message"]
)
def test_whatever_looks_like_an_address_goes(text: str) -> None:
    said = line("cannot use %s", text)
    assert "@" not in said
    assert "pass@" not in said


@pytest.mark.parametrize("json_", [False, True])
def test_of_errors_their_kinds_and_the_way_to_them_are_told(json_: bool) -> None:
    said = line("that failed", error=raised(), json=json_)
    assert BODY not in said
    assert SECRET not in said
    assert "KeyError" in said
    assert "ValueError" in said
    assert "in raised" in said


def test_json_lines_are_one_object_each() -> None:
    said = line("a\nb %s", "c", error=raised(), json=True)
    assert "\n" not in said
    found = json.loads(said)
    assert found["message"] == "a\nb c"
    assert set(found) == {"time", "level", "logger", "message", "exception"}


@contextmanager
def logging_to_stderr(folder: Path) -> Iterator[None]:
    """The program's log, everything in it that it can say, as JSON."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    given = {"DATA_DIR": str(folder), "LOG_FORMAT": "json", "LOG_LEVEL": "debug"}
    logs.start(Settings.from_env({f"WEBCHAT_{name}": value for name, value in given.items()}))
    try:
        yield
    finally:
        root.handlers[:] = before
        root.setLevel(level)
        logging.raiseExceptions = True


async def fails(*_: object) -> None:
    """A handler with an error that quotes the message."""
    raise ValueError(f"{JULIET} said {BODY}")


async def test_a_site_in_trouble_says_nothing_of_its_people(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = Slice("broken", handlers={MessageReceived: fails})
    with logging_to_stderr(tmp_path / "log"):
        await _trouble(tmp_path, broken, monkeypatch)
    said = capsys.readouterr().err
    messages = [json.loads(each)["message"] for each in said.splitlines()]
    assert "an event was dropped: MessageReceived" in messages
    for private in (ROMEO, JULIET, BODY, "soft!", SECRET):
        assert private not in said


async def _trouble(folder: Path, broken: Slice, monkeypatch: pytest.MonkeyPatch) -> None:
    """A message that cannot be handled, a login that fails."""
    async with running(folder, (account.slice, broken)) as site:
        browser, me = await site.signed_in(ROMEO)
        event = MessageReceived(JULIET, f"{JULIET}/balcony", False, BODY, id="m1")
        await me.session.inbox.handled(event)
        await _refused(site, monkeypatch)
        await browser.aclose()


async def _refused(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """A login with a wrong password, at a server that quotes what it got."""

    def refuse(*_: object) -> None:
        raise LoginFailed("not-authorized", f"{ROMEO}:{SECRET}")

    monkeypatch.setattr(FakeConnector, "client", refuse)
    async with site.browser() as stranger:
        answer = await stranger.post("/login", data={"jid": "tybalt@example.org", "password": SECRET})
    assert answer.status_code == 422
