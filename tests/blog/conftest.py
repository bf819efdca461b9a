"""This room gives Juliet an account with posts, and lets a stranger without a login and a cookie look."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from lxml import html

from tests.lab.databases import KINDS, empty_database
from tests.lab.inside import Browser, app_for, browser
from tests.lab.people import JULIET, Person, signed_in
from tests.media.conftest import fetcher, host
from webchat.app import SLICES
from webchat.config import Settings
from webchat.db.base import Base
from webchat.db.engine import Database
from webchat.media.fetch import Fetcher
from webchat.posts import store
from webchat.posts.commands.public import choose_public
from webchat.posts.store import Post
from webchat.uploads.commands import Media
from webchat.uploads.store import Cache
from webchat.xmpp.entries import MICROBLOG, Entry, PostItem

__all__ = ["fetcher", "host"]

HOME = "capulet.example"
"""Juliet's server: what it says of her counts."""

THEN = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)


class Stranger:
    """Somebody who reads without a login."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client

    async def ask(self, path: str, **headers: str) -> httpx.Response:
        """Whatever is answered."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.client.get(path, headers=given)

    async def page(self, path: str, status: int = 200) -> html.HtmlElement:
        """The page at a path."""
        answer = await self.ask(path)
        assert answer.status_code == status, answer.text
        return html.document_fromstring(answer.text)


async def write(
    database: Database,
    item: str,
    *,
    via: str = HOME,
    service: str = JULIET,
    node: str = MICROBLOG,
    publisher: str = "",
    hours: int = 0,
    site: str = "http://localhost:8080",
    web: str | None = None,
    access: str = "",
    **entry: Any,
) -> Post:
    """Put a post into the database as if that server had told us of it; for everybody unless web is ""."""
    moment = THEN + timedelta(hours=hours)
    given = {"title": item, "published": moment, "updated": moment, **entry}
    made = Entry(web=f"{site}/@{service}/{item}" if web is None else web, **given)
    async with database.write() as db:
        if access:
            place = await store.node_row(db, via, service, node)
            await store.set_node(db, place.id, access=access)
        kept, _ = await store.record(db, via, service, node, PostItem(item, publisher, made, f"<{item}/>"))
    assert kept is not None
    return kept


@pytest.fixture(params=KINDS[:1])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """An empty database with all tables of the program."""
    async with empty_database(request.param, tmp_path, Base.metadata) as database:
        yield database


@pytest.fixture
async def juliet(database: Database) -> AsyncIterator[Person]:
    """Juliet, online; nobody may read her blog yet."""
    async with signed_in(database, JULIET, SLICES) as juliet:
        yield juliet


@pytest.fixture
async def public(juliet: Person) -> Person:
    """Juliet, whose blog is public."""
    await choose_public(juliet.session, "jule", public=True)
    return juliet


@pytest.fixture
async def web(juliet: Person, tmp_path: Path) -> AsyncIterator[Browser]:
    """Juliet's browser."""
    async with browser(juliet, tmp_path) as web:
        yield web


@pytest.fixture
async def stranger(
    juliet: Person, database: Database, fetcher: Fetcher, tmp_path: Path
) -> AsyncIterator[Stranger]:
    """A browser that never logged in."""
    app = app_for(juliet, tmp_path)
    settings: Settings = app.state.settings
    app.state.database = database
    app.state.media = Media(fetcher, Cache(tmp_path / "media"), 2_000_000)
    transport = httpx.ASGITransport(app)
    headers = {"accept-language": "en"}
    async with httpx.AsyncClient(
        transport=transport, base_url=settings.base_url.origin, headers=headers
    ) as client:
        yield Stranger(client)
    await app.state.media.cache.close()
