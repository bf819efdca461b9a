"""This room signs Romeo in with everything that the site has, at a server that keeps nodes and cards."""

import pytest

from tests.lab.people import Person
from tests.lab.resident import database, romeo, web
from tests.profile.server import Server

__all__ = ["database", "romeo", "server", "web"]


@pytest.fixture
def server(romeo: Person) -> Server:
    """What Romeo's server keeps; it converts nothing."""
    server = Server()
    romeo.client.request = server.request  # type: ignore[method-assign]
    return server
