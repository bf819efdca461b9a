"""This room signs Romeo in, with a service for communities at his server that the test can look into."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.lab.databases import KINDS, empty_database
from tests.lab.inside import Browser, browser
from tests.lab.people import ROMEO, Person, signed_in
from tests.nodes.service import Service
from webchat.app import SLICES
from webchat.db.base import Base
from webchat.db.engine import Database


@pytest.fixture(params=KINDS[:1])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """An empty database with all tables of the program."""
    async with empty_database(request.param, tmp_path, Base.metadata) as database:
        yield database


@pytest.fixture
async def romeo(database: Database) -> AsyncIterator[Person]:
    """Romeo, online."""
    async with signed_in(database, ROMEO, SLICES) as romeo:
        yield romeo


@pytest.fixture
def service(romeo: Person, monkeypatch: pytest.MonkeyPatch) -> Service:
    """What answers whatever Romeo asks."""
    made = Service(ROMEO)
    monkeypatch.setattr(romeo.client, "request", made.request)
    return made


@pytest.fixture
async def web(romeo: Person, service: Service, tmp_path: Path) -> AsyncIterator[Browser]:
    """Romeo's browser."""
    async with browser(romeo, tmp_path) as web:
        yield web
