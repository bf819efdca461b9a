"""This room gives the tests of files another server on loopback, and Romeo signed in with a browser."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.lab.inside import Browser, browser
from tests.lab.people import Person
from tests.lab.resident import database, romeo
from tests.media.conftest import fetcher, host
from webchat.media.fetch import Fetcher
from webchat.uploads.commands import Media
from webchat.uploads.store import Cache

__all__ = ["database", "fetcher", "host", "romeo"]


@pytest.fixture
async def media(fetcher: Fetcher, tmp_path: Path) -> AsyncIterator[Media]:
    """What the program shares for files; 2 MB a file."""
    made = Media(fetcher, Cache(tmp_path / "media"), 2_000_000)
    yield made
    await made.cache.close()


@pytest.fixture
async def web(romeo: Person, media: Media, tmp_path: Path) -> AsyncIterator[Browser]:
    """Romeo's browser."""
    async with browser(romeo, tmp_path) as web:
        transport: Any = web.client._transport
        transport.app.state.media = media
        yield web
