"""This room signs Romeo in with everything that the site has, and opens a browser for him."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.lab.databases import KINDS, empty_database
from tests.lab.resident import romeo, web
from webchat.db.base import Base
from webchat.db.engine import Database

__all__ = ["romeo", "web"]


@pytest.fixture(params=KINDS)
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """An empty database with all tables of the program."""
    async with empty_database(request.param, tmp_path, Base.metadata) as database:
        yield database
