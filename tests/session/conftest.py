"""Sessions over a database in memory and clients that record."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.lab.databases import empty_database
from tests.session.fakes import FakeConnector
from webchat.db.base import Base
from webchat.db.engine import Database
from webchat.session import models
from webchat.session.registry import Sessions
from webchat.session.session import Behaviour

PEPPER = b"pepper" * 6

assert models  # its tables belong to the metadata


@pytest.fixture
async def accounts(tmp_path: Path) -> AsyncIterator[Database]:
    async with empty_database("sqlite", tmp_path, Base.metadata) as database:
        yield database


@pytest.fixture
def connector() -> FakeConnector:
    return FakeConnector()


@pytest.fixture
async def sessions(accounts: Database, connector: FakeConnector) -> AsyncIterator[Sessions]:
    made = Sessions(accounts, Behaviour(), connector, PEPPER)  # type: ignore[arg-type]
    yield made
    await made.stop()
