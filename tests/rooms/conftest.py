"""This room signs Romeo in with everything that the site has, and opens a browser for him."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.lab.databases import KINDS, empty_database
from tests.lab.people import Person
from tests.lab.resident import romeo, web
from tests.rooms.scene import ROOM
from webchat.db.base import Base
from webchat.db.engine import Database
from webchat.messages import store as messages
from webchat.messages.state.occupants import Rooms, RoomState
from webchat.xmpp.events import OccupantChanged

__all__ = ["romeo", "web"]


@pytest.fixture(params=KINDS)
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """An empty database with all tables of the program."""
    async with empty_database(request.param, tmp_path, Base.metadata) as database:
        yield database


@pytest.fixture
async def balcony(romeo: Person) -> RoomState:
    """Romeo sits on the balcony."""
    state = romeo.session[Rooms].ensure(ROOM)
    state.phase, state.nick = "entering", "Romeo"
    await romeo.session.handled(OccupantChanged(ROOM, "Romeo", True, mine=True, role="participant"))
    async with romeo.session.work() as work:
        found = await messages.ensure_room(work.db, work.account_id, ROOM)
        await messages.set_room(work.db, found.id, joined=True, nick="Romeo")
    romeo.changes()
    return state
