"""This room signs Romeo in on a site with one pack of pictures."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.lab.inside import Browser, browser
from tests.lab.people import Person
from tests.lab.resident import database, romeo
from tests.media.samples import animation, picture
from webchat.egress import Guard
from webchat.emoji import store
from webchat.emoji.store import Library
from webchat.media.fetch import Fetcher
from webchat.operate.emoji import add
from webchat.uploads.commands import Media
from webchat.uploads.store import Cache

__all__ = ["database", "romeo"]


async def _nowhere(_host: str) -> list[str]:
    return []


@pytest.fixture
async def web(romeo: Person, tmp_path: Path) -> AsyncIterator[Browser]:
    """Romeo's browser; nothing is fetched from the web."""
    fetcher = Fetcher(Guard(), _nowhere)
    async with browser(romeo, tmp_path) as web:
        transport: Any = web.client._transport
        transport.app.state.media = Media(fetcher, Cache(tmp_path / "media"), 2_000_000)
        yield web
        await transport.app.state.media.cache.close()
    await fetcher.close()


@pytest.fixture
async def packs(tmp_path: Path) -> AsyncIterator[Path]:
    """A folder with the pack "birds": parrot and dance (which moves), installed."""
    given = tmp_path / "birds"
    given.mkdir()
    (given / "Parrot.png").write_bytes(picture(size=(300, 200)))
    (given / "dance.gif").write_bytes(animation())
    (given / "notes.txt").write_text("no picture")
    (given / "broken.png").write_bytes(b"\x89PNG no picture")
    folder = tmp_path / "emoji"
    assert await add(folder, str(given), title="Birds <of Verona>") == 0
    store.install(Library(folder, look_every=0))
    yield folder
    store.install(None)
