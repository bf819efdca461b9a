"""This room gives the tests of files another server on loopback, and Romeo signed in with a browser."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.lab.databases import KINDS, empty_database
from tests.lab.inside import Browser, browser
from tests.lab.people import ROMEO, Person, signed_in
from tests.media.conftest import fetcher, host
from webchat.app import SLICES
from webchat.db.base import Base
from webchat.db.engine import Database
from webchat.media.fetch import Fetcher
from webchat.uploads.commands import Media
from webchat.uploads.store import Cache

__all__ = ["fetcher", "host"]


@pytest.fixture
async def media(fetcher: Fetcher, tmp_path: Path) -> AsyncIterator[Media]:
    """What the program shares for files; 2 MB a file."""
    made = Media(fetcher, Cache(tmp_path / "media"), 2_000_000)
    yield made
    await made.cache.close()


@pytest.fixture(params=KINDS[:1])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """An empty database with all tables of the program; whose queries these are, tries them on both kinds."""
    async with empty_database(request.param, tmp_path, Base.metadata) as database:
        yield database


@pytest.fixture
async def romeo(database: Database) -> AsyncIterator[Person]:
    """Romeo, online, with an empty roster."""
    async with signed_in(database, ROMEO, SLICES) as romeo:
        yield romeo


@pytest.fixture
async def web(romeo: Person, media: Media, tmp_path: Path) -> AsyncIterator[Browser]:
    """Romeo's browser."""
    async with browser(romeo, tmp_path) as web:
        transport: Any = web.client._transport
        transport.app.state.media = media
        yield web
