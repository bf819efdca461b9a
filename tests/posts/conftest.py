"""This room signs Romeo in with people and posts, and puts services in memory where the network is."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.lab.databases import KINDS, empty_database
from tests.lab.inside import Browser, browser
from tests.lab.people import JULIET, ROMEO, Person, signed_in
from tests.posts.service import Services
from webchat.contacts import slice as contacts
from webchat.db.base import Base
from webchat.db.engine import Database
from webchat.posts import slice as posts
from webchat.xmpp.events import RosterItem, RosterReceived


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    """An empty database with all tables of the program."""
    async with empty_database(KINDS[0], tmp_path, Base.metadata) as database:
        yield database


@pytest.fixture
def services(monkeypatch: pytest.MonkeyPatch) -> Services:
    """Everybody's services."""
    made = Services()
    made.install(monkeypatch)
    return made


@pytest.fixture
async def romeo(database: Database, services: Services) -> AsyncIterator[Person]:
    """Romeo, online; Juliet is his contact."""
    async with signed_in(database, ROMEO, [contacts, posts]) as romeo:
        await romeo.hears(RosterReceived((RosterItem(JULIET, "Juliet", "both", "", ()),), ""))
        romeo.changes()
        yield romeo


@pytest.fixture
async def tab(romeo: Person, tmp_path: Path) -> AsyncIterator[Browser]:
    """Romeo's browser."""
    async with browser(romeo, tmp_path) as made:
        yield made
