"""This room hands out the big things of the tests: a server and a site for the run, people, a browser."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright

from tests.lab.browser import LAUNCH, Person
from tests.lab.insider import Insider, inside
from tests.lab.peer import Peer
from tests.lab.prosody import Account, Lab
from tests.lab.server import Server
from tests.lab.site import Site
from tests.lab.visitor import Visitor
from webchat.contacts import slice as contacts
from webchat.messages import slice as messages
from webchat.rooms import slice as rooms

OpenPeer = Callable[..., Awaitable[Peer]]
OpenInsider = Callable[[Account], Awaitable[Insider]]
OpenVisitor = Callable[..., Awaitable[Visitor]]
OpenPerson = Callable[..., Awaitable[Person]]
TwoTalking = Callable[..., Awaitable[tuple[Person, Peer]]]

TALKING = (contacts, messages, rooms)
"""What somebody needs who is signed in without the site."""


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def one_prosody(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Lab]:
    """The XMPP server of the run."""
    lab = Lab(tmp_path_factory.mktemp("prosody"))
    await lab.start()
    yield lab
    await lab.kill()


@pytest_asyncio.fixture(loop_scope="session")
async def prosody(one_prosody: Lab) -> Lab:
    """The XMPP server, running even if the test before left it stopped."""
    if not one_prosody.pid:
        await one_prosody.start()
    return one_prosody


@pytest.fixture
def server(prosody: Lab) -> Server:
    """The server of the dialogues that are held with more than one: tests/ejabberd has another."""
    return prosody


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def one_site(one_prosody: Lab, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    """The site of the run; the friar of its domain runs it."""
    environ = {"WEBCHAT_ADMINS": f"friar@{one_prosody.domain}"}
    site = Site(tmp_path_factory.mktemp("site"), one_prosody, environ, forked=True)
    await site.start()
    yield site
    await site.stop()
    assert not site.pid


@pytest_asyncio.fixture(loop_scope="session")
async def site(one_site: Site, prosody: Lab) -> AsyncIterator[Site]:
    """The site, running even if the test before left it stopped; what it logs as a crash fails the test."""
    if not one_site.pid:
        await one_site.start()
    before = len(one_site.log())
    yield one_site
    said = one_site.log()[before:]
    assert "Traceback" not in said, said[-6000:]
    assert " ERROR " not in said, said[-6000:]
    assert "content policy violated" not in said, said[-6000:]


@pytest_asyncio.fixture(loop_scope="session")
async def peer(server: Server) -> AsyncIterator[OpenPeer]:
    """Signs clients in that are not ours: `await peer(account)`, `await peer(account, "phone")`."""
    opened: list[Peer] = []

    async def open_peer(account: Account, resource: str = "peer") -> Peer:
        made = await Peer(account, server, resource).login()
        opened.append(made)
        return made

    yield open_peer
    for one in opened:
        await one.logout()


@pytest_asyncio.fixture(loop_scope="session")
async def insider(server: Server, tmp_path: Path) -> AsyncIterator[OpenInsider]:
    """Signs people in without the site: `await insider(account)`."""
    async with AsyncExitStack() as stack:

        async def open_insider(account: Account) -> Insider:
            return await stack.enter_async_context(inside(account, server, TALKING, tmp_path))

        yield open_insider


@pytest_asyncio.fixture(loop_scope="session")
async def visitor(site: Site) -> AsyncIterator[OpenVisitor]:
    """Logs people in without a browser: `await visitor(account)`."""
    opened: list[Visitor] = []

    async def open_visitor(account: Account, **fields: str) -> Visitor:
        made = Visitor(site, account)
        opened.append(made)
        return await made.login(**fields)

    yield open_visitor
    for one in opened:
        await one.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """The distribution's Chromium."""
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(**LAUNCH)
        yield chromium
        await chromium.close()


@pytest_asyncio.fixture(loop_scope="session")
async def person(browser: Browser, site: Site) -> AsyncIterator[OpenPerson]:
    """Gives people a browser of their own, signed in: `await person(account, at=other, width="phone")`.

    `at` is the path or the person whose chat is opened first; `login=False` leaves the browser signed out.
    A console error, an error of a page, a report of the content policy or a crash of the site fails the test.
    """
    opened: list[Person] = []

    async def open_person(
        account: Account, *, login: bool = True, at: Account | str = "/chats", **options: Any
    ) -> Person:
        made = await Person.open(browser, site, account, **options)
        opened.append(made)
        if login:
            await made.sign_in()
            await (made.visit(at) if isinstance(at, str) else made.open_chat(at))
        return made

    yield open_person
    problems = [problem for one in opened for problem in one.problems]
    for one in opened:
        await one.close()
    assert not problems, "\n".join(problems)


@pytest_asyncio.fixture(loop_scope="session")
async def two_talking(prosody: Lab, peer: OpenPeer, person: OpenPerson) -> TwoTalking:
    """Romeo at a browser with the chat open, Juliet at another client: `his, hers = await two_talking()`."""

    async def open_both(**options: Any) -> tuple[Person, Peer]:
        romeo, juliet = prosody.add("romeo", "juliet")
        hers = await peer(juliet)
        return await person(romeo, at=juliet, **options), hers

    return open_both
