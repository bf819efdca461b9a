"""What an operator sets is what the site does once it has started: the cap, how long messages are kept."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select, update

from tests.session.fakes import FakeConnector
from tests.web.site import PASSWORD, ROMEO
from webchat import account, app, contacts, messages
from webchat.config import Settings
from webchat.db.base import now
from webchat.errors import Full
from webchat.messages.models import Message
from webchat.session import complaints
from webchat.session.complaints import Told
from webchat.session.models import Complaint
from webchat.session.registry import Sessions
from webchat.xmpp.context import Tally
from webchat.xmpp.events import MessageReceived

JULIET = "juliet@capulet.example"


@asynccontextmanager
async def started(
    folder: Path, tables: bytes, monkeypatch: pytest.MonkeyPatch, **environ: str
) -> AsyncIterator[tuple[httpx.AsyncClient, Sessions]]:
    """A site as `serve` starts it, but for the network: a browser, and its sessions."""
    connector = FakeConnector()
    monkeypatch.setattr(connector, "tally", Tally(), raising=False)
    monkeypatch.setattr(app, "Connector", lambda *_: connector)
    named = {f"WEBCHAT_{name.upper()}": value for name, value in environ.items()}
    settings = Settings.from_env({"WEBCHAT_DATA_DIR": str(folder)} | named)
    path = folder / "webchat.sqlite"
    if not path.exists():
        path.write_bytes(tables)
    made = app.create_app(settings, (account.slice, contacts.slice, messages.slice))
    transport = httpx.ASGITransport(made, raise_app_exceptions=False, client=("192.0.2.1", 50000))
    headers = {"sec-fetch-site": "same-origin"}
    async with (
        made.router.lifespan_context(made),
        httpx.AsyncClient(transport=transport, base_url=str(settings.base_url), headers=headers) as browser,
    ):
        yield browser, made.state.sessions


async def test_the_cap_lets_so_many_in_and_says_why_not_more(
    tmp_path: Path, fresh_database: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with started(tmp_path, fresh_database, monkeypatch, max_sessions="1") as (browser, sessions):
        answer = await browser.post("/login", data={"jid": ROMEO, "password": PASSWORD})
        assert answer.status_code == 303
        answer = await browser.post("/login", data={"jid": JULIET, "password": PASSWORD})
        assert (answer.status_code, "has no room for more people" in answer.text) == (503, True)
        assert [session.jid for session in sessions.running] == [ROMEO]


async def test_the_cap_holds_for_many_at_once_and_after_a_restart(
    tmp_path: Path, fresh_database: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with started(tmp_path, fresh_database, monkeypatch) as (_, sessions):
        tokens = [(await sessions.login(jid, PASSWORD, keep=True))[0] for jid in (ROMEO, JULIET)]
    async with started(tmp_path, b"", monkeypatch, max_sessions="1") as (browser, sessions):
        for token, status in zip(tokens, (200, 503), strict=True):
            answer = await browser.get("/configuration/account", headers={"cookie": f"s={token}"})
            assert answer.status_code == status
        assert "has no room for more people" in answer.text
        assert answer.headers["retry-after"]
        assert [session.jid for session in sessions.running] == [ROMEO]
    async with started(tmp_path, b"", monkeypatch, max_sessions="2") as (_, sessions):
        people = [f"romeo{number}@example.org" for number in range(6)]
        came = await asyncio.gather(
            *(sessions.login(jid, PASSWORD, keep=True) for jid in people), return_exceptions=True
        )
        assert sum(isinstance(each, Full) for each in came) == 4
        assert len(sessions.running) == 2
        again = people[next(at for at, each in enumerate(came) if isinstance(each, tuple))]
        await sessions.login(again, PASSWORD, keep=True)


async def test_domains_that_are_not_allowed_any_more_are_signed_out_at_the_start(
    tmp_path: Path, fresh_database: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with started(tmp_path, fresh_database, monkeypatch) as (_, sessions):
        tokens = [(await sessions.login(jid, PASSWORD, keep=True))[0] for jid in (ROMEO, JULIET)]
    async with started(tmp_path, b"", monkeypatch, allowed_domains="example.org") as (browser, sessions):
        assert await sessions.signed_in(tokens[0]) is not None
        assert await sessions.signed_in(tokens[1]) is None
        answer = await browser.post("/login", data={"jid": JULIET, "password": PASSWORD})
        assert (answer.status_code, [each.jid for each in sessions.running]) == (422, [ROMEO])
    async with started(tmp_path, b"", monkeypatch) as (_, sessions):
        assert await sessions.signed_in(tokens[1]) is None, "it was ended, not hidden"


@pytest.mark.parametrize(("days", "left"), [("30", ["Today"]), ("", ["Long ago", "Today"])])
async def test_old_messages_go_where_the_operator_wants_that(
    tmp_path: Path, fresh_database: bytes, monkeypatch: pytest.MonkeyPatch, days: str, left: list[str]
) -> None:
    long_ago = now() - timedelta(days=100)
    async with started(tmp_path, fresh_database, monkeypatch) as (_, sessions):
        _, session = await sessions.login(ROMEO, PASSWORD, keep=True)
        for id, body in (("1", "Long ago"), ("2", "Today")):
            said = MessageReceived(JULIET, f"{JULIET}/x", False, body, id=id, stanza_id=f"a{id}")
            await session.inbox.handled(said)
        old = update(Message).where(Message.body == "Long ago")
        async with sessions.database.write() as db:
            await db.execute(old.values(stamp=long_ago, arrived_at=long_ago))
    assert await _bodies(tmp_path, monkeypatch, days, len(left)) == left


async def _bodies(folder: Path, monkeypatch: pytest.MonkeyPatch, days: str, wanted: int) -> list[str]:
    """What is left when the site has started again and looked for what is old."""
    async with started(folder, b"", monkeypatch, retention_days=days) as (browser, sessions):
        for turn in range(2000):
            # Every request gives the broom its turn.
            assert (await browser.get("/readyz")).status_code == 200
            async with sessions.database.read() as db:
                found = list(await db.scalars(select(Message.body).order_by(Message.position)))
            if len(found) == wanted and (days or turn > 20):
                break
        return found


async def test_old_reports_go_by_themselves(
    tmp_path: Path, fresh_database: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with started(tmp_path, fresh_database, monkeypatch) as (_, sessions):
        _, session = await sessions.login(ROMEO, PASSWORD, keep=True)
        async with sessions.database.write() as db:
            for key in ("old", "new"):
                await complaints.add(db, session.account_id, Told("person", key, JULIET, words=key))
            old = update(Complaint).where(Complaint.words == "old")
            await db.execute(old.values(created_at=now() - timedelta(days=400)))
    async with started(tmp_path, fresh_database, monkeypatch) as (browser, sessions):
        for _ in range(2000):
            assert (await browser.get("/readyz")).status_code == 200
            async with sessions.database.read() as db:
                found = [each.words for each in await complaints.listed(db)]
            if len(found) == 1:
                break
        assert found == ["new"]
