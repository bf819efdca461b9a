"""This room signs Romeo in, with a service for communities at his server that the test can look into."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.lab.inside import Browser, browser
from tests.lab.people import ROMEO, Person
from tests.lab.resident import database, romeo
from tests.nodes.service import Service

__all__ = ["database", "romeo"]


@pytest.fixture
def service(romeo: Person, monkeypatch: pytest.MonkeyPatch) -> Service:
    """What answers whatever Romeo asks."""
    made = Service(ROMEO)
    monkeypatch.setattr(romeo.client, "request", made.request)
    return made


@pytest.fixture
async def web(romeo: Person, service: Service, tmp_path: Path) -> AsyncIterator[Browser]:
    """Romeo's browser."""
    async with browser(romeo, tmp_path) as web:
        yield web
