"""This room puts ejabberd where the other dialogues have Prosody."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.lab.ejabberd import Ejabberd
from tests.lab.server import Server


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def one_ejabberd(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Ejabberd]:
    """The ejabberd of the run."""
    lab = Ejabberd(tmp_path_factory.mktemp("ejabberd"))
    await lab.start()
    yield lab
    await lab.kill()


@pytest_asyncio.fixture(loop_scope="session")
async def server(one_ejabberd: Ejabberd) -> Server:
    """ejabberd, running even if the test before left it stopped."""
    if not one_ejabberd.pid:
        await one_ejabberd.start()
    return one_ejabberd
