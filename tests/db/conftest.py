"""This room hands the database tests an empty database of each kind."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.db.tables import metadata
from tests.lab.databases import KINDS, empty_database
from webchat.db.engine import Database


@pytest.fixture(params=KINDS)
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """An empty database with the tables of these tests."""
    async with empty_database(request.param, tmp_path, metadata) as database:
        yield database
