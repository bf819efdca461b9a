"""This room signs Romeo in with everything that the site has and opens a browser; conftests take it over."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.lab.databases import KINDS, empty_database
from tests.lab.inside import Browser, browser
from tests.lab.people import ROMEO, Person, signed_in
from webchat.app import SLICES
from webchat.db.base import Base
from webchat.db.engine import Database


@pytest.fixture(params=KINDS[:1])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """An empty database with all tables of the program; whose queries these are, tries them on both kinds."""
    async with empty_database(request.param, tmp_path, Base.metadata) as database:
        yield database


@pytest.fixture
async def romeo(database: Database) -> AsyncIterator[Person]:
    """Romeo, online, with an empty roster, in no room."""
    async with signed_in(database, ROMEO, SLICES) as romeo:
        yield romeo


@pytest.fixture
async def web(romeo: Person, tmp_path: Path) -> AsyncIterator[Browser]:
    """Romeo's browser."""
    async with browser(romeo, tmp_path) as web:
        yield web
