"""This room opens other people's clients and closes them."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from tests.chromium.test_rooms import creates
from tests.lab.browser import Person
from tests.lab.fixtures import OpenPerson
from tests.lab.prosody import Lab
from tests.peers.converse import Converse
from tests.peers.gajim import Gajim
from tests.peers.profanity import Profanity

Client = Converse | Gajim | Profanity
Beside = Callable[..., Awaitable[tuple[Person, Any]]]
OpenConverse = Callable[[], Awaitable[tuple[Person, Converse]]]
OpenGajim = Callable[[], Awaitable[tuple[Person, Gajim]]]
OpenProfanity = Callable[[], Awaitable[tuple[Person, Profanity]]]


@pytest_asyncio.fixture(loop_scope="session")
async def beside(prosody: Lab, person: OpenPerson) -> AsyncIterator[Beside]:
    """Romeo at our page, Juliet at another client, each with the chat with the other open."""
    opened: list[Client] = []

    async def open_both(
        client: Callable[..., Client], *more: Any, start: tuple[Any, ...] = ()
    ) -> tuple[Person, Any]:
        romeo, juliet = prosody.add("romeo", "juliet")
        hers = client(juliet, prosody, *more)
        opened.append(hers)
        await hers.start(*start)
        his = await person(romeo)
        await his.open_chat(juliet)
        await hers.open_chat(romeo.jid)
        return his, hers

    yield open_both
    for one in opened:
        await one.stop()


@pytest.fixture
def converse(beside: Beside, browser: Browser) -> OpenConverse:
    """The other is Converse."""
    return lambda: beside(Converse, start=(browser,))


@pytest.fixture
def gajim(beside: Beside) -> OpenGajim:
    """The other is Gajim."""
    return lambda: beside(Gajim)


@pytest.fixture
def profanity(beside: Beside, tmp_path: Path) -> OpenProfanity:
    """The other is Profanity."""
    return lambda: beside(Profanity, tmp_path)


async def room_of(his: Person) -> tuple[str, str]:
    """Make a room on our pages; its name and its address."""
    name = await creates(his, "Public channel")
    found = re.search(r"/rooms/([^/?]+)$", his.page.url)
    assert found is not None
    return name, found[1].replace("%40", "@")
