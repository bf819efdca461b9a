"""A site to visit."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.web.site import Site, running


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    async with running(tmp_path) as made:
        yield made
