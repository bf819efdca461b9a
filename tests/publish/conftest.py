"""This room signs Romeo in with a sheet to write on, and puts services in memory where the network is."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.lab.databases import KINDS, empty_database
from tests.lab.inside import Browser, browser
from tests.lab.people import ROMEO, Person, signed_in
from tests.publish.service import Places
from webchat.app import SLICES
from webchat.db.base import Base
from webchat.db.engine import Database


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    """An empty database with all tables of the program."""
    async with empty_database(KINDS[0], tmp_path, Base.metadata) as database:
        yield database


@pytest.fixture
def places(monkeypatch: pytest.MonkeyPatch) -> Places:
    """Everybody's services."""
    made = Places()
    made.install(monkeypatch)
    return made


@pytest.fixture
async def romeo(database: Database, places: Places) -> AsyncIterator[Person]:
    """Romeo, online."""
    async with signed_in(database, ROMEO, SLICES) as romeo:
        yield romeo


@pytest.fixture
async def web(romeo: Person, tmp_path: Path) -> AsyncIterator[Browser]:
    """Romeo's browser; no files come along."""
    async with browser(romeo, tmp_path) as web:
        transport: Any = web.client._transport
        transport.app.state.media = None
        yield web
