"""This room gives the tests of fetching another server on loopback."""

from collections.abc import AsyncIterator
from ipaddress import ip_network

import pytest

from tests.media.host import Host
from webchat.egress import Guard
from webchat.media.fetch import Fetcher


@pytest.fixture
async def host() -> AsyncIterator[Host]:
    """Another server."""
    made = await Host().start()
    yield made
    await made.stop()


async def nobody(_: str) -> list[str] | None:
    """A DNS that knows no name."""
    return []


@pytest.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    """Who fetches, and may go to loopback."""
    made = Fetcher(Guard([ip_network("127.0.0.1/32")]), nobody)
    yield made
    await made.close()
