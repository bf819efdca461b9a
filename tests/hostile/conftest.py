"""This room lends the lab's certificates and ready-made ways to log in to a hostile server."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.hostile.lab_certs import Lab
from tests.hostile.scene import Scene, staged
from tests.lab.databases import KINDS, empty_database
from webchat.db.base import Base


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """One authority for the whole run."""
    return Lab(tmp_path_factory.mktemp("lab"))


@pytest.fixture(params=KINDS[:1])
async def scene(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Scene]:
    """Romeo, Juliet and Mercutio in their places, on one kind of database: what is tried is what is believed.

    A test that asks for all pages tries their queries too: `@on_every_database`.
    """
    async with (
        empty_database(request.param, tmp_path, Base.metadata) as database,
        staged(database, tmp_path) as set_,
    ):
        yield set_
