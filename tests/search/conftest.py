"""This room signs Romeo in with everything that can be searched, and Mercutio beside him."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.lab.databases import KINDS, empty_database
from tests.lab.inside import Browser, browser
from tests.lab.people import MERCUTIO, ROMEO, Person, signed_in
from tests.messages.server import Server
from webchat.contacts import slice as contacts
from webchat.db.base import Base
from webchat.db.engine import Database
from webchat.messages import slice as messages


@pytest.fixture(params=KINDS)
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """An empty database with all tables of the program."""
    async with empty_database(request.param, tmp_path, Base.metadata) as database:
        yield database


@pytest.fixture
async def romeo(database: Database) -> AsyncIterator[Person]:
    """Romeo, online."""
    async with signed_in(database, ROMEO, [contacts, messages]) as romeo:
        yield romeo


@pytest.fixture
async def mercutio(database: Database) -> AsyncIterator[Person]:
    """Another account on the same database."""
    async with signed_in(database, MERCUTIO, [contacts, messages]) as mercutio:
        yield mercutio


@pytest.fixture
async def web(romeo: Person, tmp_path: Path) -> AsyncIterator[Browser]:
    """Romeo's browser."""
    async with browser(romeo, tmp_path) as web:
        yield web


@pytest.fixture
def server(romeo: Person) -> Server:
    """Romeo's server with an empty archive."""
    return Server(romeo)
