"""This room signs Romeo in at a server that has commands, services, a gateway and a list of the blocked."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.actions.server import Server
from tests.lab.inside import Browser, browser
from tests.lab.people import Person
from tests.lab.resident import database, romeo

__all__ = ["database", "romeo"]


@pytest.fixture
def server(romeo: Person, monkeypatch: pytest.MonkeyPatch) -> Server:
    """What answers whatever Romeo asks."""
    made = Server()
    monkeypatch.setattr(romeo.client, "request", made.request)
    return made


@pytest.fixture
async def web(romeo: Person, server: Server, tmp_path: Path) -> AsyncIterator[Browser]:
    """Romeo's browser."""
    async with browser(romeo, tmp_path) as web:
        yield web
