"""This room opens other people's clients and closes them."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest_asyncio
from playwright.async_api import Browser

from tests.chromium.test_rooms import creates
from tests.lab.browser import Person
from tests.lab.fixtures import OpenPerson
from tests.lab.prosody import Lab
from tests.peers.converse import Converse
from tests.peers.gajim import Gajim
from tests.peers.profanity import Profanity

OpenConverse = Callable[[], Awaitable[tuple[Person, Converse]]]
OpenGajim = Callable[[], Awaitable[tuple[Person, Gajim]]]
OpenProfanity = Callable[[], Awaitable[tuple[Person, Profanity]]]


@pytest_asyncio.fixture(loop_scope="session")
async def converse(prosody: Lab, person: OpenPerson, browser: Browser) -> AsyncIterator[OpenConverse]:
    """Romeo at our page, Juliet at Converse, each with the chat with the other open."""
    opened: list[Converse] = []

    async def open_both() -> tuple[Person, Converse]:
        romeo, juliet = prosody.add("romeo", "juliet")
        hers = Converse(juliet, prosody)
        opened.append(hers)
        await hers.start(browser)
        his = await person(romeo)
        await his.open_chat(juliet)
        await hers.open_chat(romeo.jid)
        return his, hers

    yield open_both
    for one in opened:
        await one.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def gajim(prosody: Lab, person: OpenPerson) -> AsyncIterator[OpenGajim]:
    """Romeo at our page, Juliet at Gajim, each with the chat with the other open."""
    opened: list[Gajim] = []

    async def open_both() -> tuple[Person, Gajim]:
        romeo, juliet = prosody.add("romeo", "juliet")
        hers = Gajim(juliet, prosody)
        opened.append(hers)
        await hers.start()
        his = await person(romeo)
        await his.open_chat(juliet)
        await hers.open_chat(romeo.jid)
        return his, hers

    yield open_both
    for one in opened:
        await one.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def profanity(prosody: Lab, person: OpenPerson, tmp_path: Path) -> AsyncIterator[OpenProfanity]:
    """Romeo at our page, Juliet at Profanity, each with the chat with the other open."""
    opened: list[Profanity] = []

    async def open_both() -> tuple[Person, Profanity]:
        romeo, juliet = prosody.add("romeo", "juliet")
        hers = Profanity(juliet, prosody, tmp_path)
        opened.append(hers)
        await hers.start()
        his = await person(romeo)
        await his.open_chat(juliet)
        await hers.talk_to(romeo.jid)
        return his, hers

    yield open_both
    for one in opened:
        await one.stop()


async def room_of(his: Person) -> tuple[str, str]:
    """Make a room on our pages; its name and its address."""
    name = await creates(his, "Public channel")
    found = re.search(r"/rooms/([^/?]+)$", his.page.url)
    assert found is not None
    return name, found[1].replace("%40", "@")
