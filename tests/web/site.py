"""The whole site in this process: real sessions and database, recording XMPP clients, no network."""

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

import httpx
from sqlalchemy import create_engine
from starlette.applications import Starlette

from tests.lab.databases import opened
from tests.session.fakes import FakeConnector
from webchat import account, contacts
from webchat.app import create_app
from webchat.config import Settings
from webchat.db.base import Base
from webchat.egress import Guard
from webchat.media.fetch import Fetcher
from webchat.session.registry import Sessions, SignedIn
from webchat.slice import Slice
from webchat.uploads.commands import Media
from webchat.uploads.store import Cache
from webchat.web.request import login_cookie

ROMEO = "romeo@example.org"
PASSWORD = "secret"
BASE = "http://localhost:8080"
PATIENCE = 20
"""Seconds that a tab waits for what must come; a busy machine may need some of them."""
# Every page of somebody who is signed in shows their own picture, whatever other slices there are.
FRAME = Slice("frame", frame=contacts.slice.frame)


@dataclass
class Site:
    """The app, its sessions, the clients they made; `browser()` is somebody who visits."""

    app: Starlette
    settings: Settings
    sessions: Sessions
    connector: FakeConnector

    def browser(self, **headers: str) -> httpx.AsyncClient:
        """A browser without cookies; a current one, so it says where a request comes from."""
        given = {"sec-fetch-site": "same-origin"} | {name.replace("_", "-"): v for name, v in headers.items()}
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False, client=("192.0.2.1", 50000))
        base = self.settings.base_url
        return httpx.AsyncClient(transport=transport, base_url=str(base), headers=given)

    async def signed_in(self, jid: str = ROMEO, **headers: str) -> tuple[httpx.AsyncClient, SignedIn]:
        """A browser with a login, and who that is."""
        token, _ = await self.sessions.login(jid, PASSWORD, keep=True, device="Firefox, Linux")
        browser = self.browser(**headers)
        browser.cookies.set(login_cookie(self.settings), token)
        found = await self.sessions.signed_in(token)
        assert found is not None
        return browser, found


@asynccontextmanager
async def running(
    folder: Path, slices: Sequence[Slice] = (account.slice,), **environ: str
) -> AsyncIterator[Site]:
    """A site with these slices and settings, as its lifespan would start it."""
    named = {f"WEBCHAT_{name.upper()}": value for name, value in environ.items()}
    settings = Settings.from_env({"WEBCHAT_DATA_DIR": str(folder)} | named)
    app = create_app(settings, slices if contacts.slice in slices else (FRAME, *slices))
    (folder / "webchat.sqlite").write_bytes(empty_tables())
    database = opened(settings.database_url)
    connector = FakeConnector()
    sessions = Sessions(database, app.state.behaviour, connector, settings.secret_key)  # type: ignore[arg-type]
    fetcher = Fetcher(Guard(), _nowhere)
    app.state.database, app.state.sessions = database, sessions
    app.state.media = Media(fetcher, Cache(folder / "media"), settings.max_upload)
    try:
        yield Site(app, settings, sessions, connector)
    finally:
        await sessions.stop()
        await fetcher.close()
        await database.close()


async def _nowhere(_host: str) -> list[str]:
    """No name leads anywhere: nothing is fetched."""
    return []


@cache
def empty_tables() -> bytes:
    """A SQLite file with all tables, made once: a copy is ready far sooner."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "empty.sqlite"
        engine = create_engine(f"sqlite:///{path}")
        Base.metadata.create_all(engine)
        engine.dispose()
        return path.read_bytes()


def field(html: str, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(rf'name="{name}" value="([^"]*)"', html)
    assert found, f"no field {name}"
    return found[1]


class Tab:
    """One open stream, read as a browser reads it."""

    def __init__(self, site: Site, browser: httpx.AsyncClient, path: str, **headers: str) -> None:
        request = browser.build_request(
            "GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()}
        )
        parts = urlsplit(str(request.url))
        self._scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": parts.path,
            "raw_path": parts.path.encode(),
            "query_string": parts.query.encode(),
            "headers": [(name.lower(), value) for name, value in request.headers.raw],
            "client": ("192.0.2.1", 50000),
            "server": ("localhost", 8080),
        }
        self.status = 0
        self.headers: dict[str, str] = {}
        self._text = ""
        self._arrived = asyncio.Condition()
        self._gone = asyncio.Event()
        self._task = asyncio.create_task(site.app(self._scope, self._receive, self._send))
        self._asked = False

    async def _receive(self) -> dict[str, object]:
        if not self._asked:
            self._asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: object) -> None:
        assert isinstance(message, dict)
        async with self._arrived:
            if message["type"] == "http.response.start":
                self.status = message["status"]
                self.headers = {name.decode(): value.decode() for name, value in message["headers"]}
            else:
                self._text += message.get("body", b"").decode()
            self._arrived.notify_all()

    async def next(self) -> str:
        """The next event, comments left out."""
        async with asyncio.timeout(PATIENCE), self._arrived:
            while True:
                event, end, rest = self._text.partition("\n\n")
                if end:
                    self._text = rest
                    said = [line for line in event.split("\n") if not line.startswith(":")]
                    if any(said):
                        return "\n".join(said)
                    continue
                await self._arrived.wait()

    async def opened(self) -> None:
        """Wait until the first bytes are there."""
        async with asyncio.timeout(PATIENCE), self._arrived:
            await self._arrived.wait_for(lambda: self._text or self.status >= 400)

    async def ended(self) -> str:
        """Wait for the end; what had not been read."""
        async with asyncio.timeout(PATIENCE):
            await self._task
        return self._text

    async def close(self) -> None:
        """The browser goes away."""
        self._gone.set()
        async with asyncio.timeout(PATIENCE):
            await self._task


def text_of(event: str) -> str:
    """The data of an event, put together as a browser does."""
    lines = event.split("\n")
    return "\n".join(line.removeprefix("data: ") for line in lines if line.startswith("data:"))


def id_of(event: str) -> str:
    """The cursor of an event."""
    return next(line.removeprefix("id: ") for line in event.split("\n") if line.startswith("id:"))
