"""This room opens and closes many sessions in one process and looks for what stays behind."""

import asyncio
import gc
import os
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.lab.databases import empty_database
from tests.lab.prosody import Account, Lab
from webchat.app import SLICES, add_up
from webchat.config import Settings
from webchat.db.base import Base
from webchat.egress import Guard
from webchat.session.registry import Sessions
from webchat.session.session import Session
from webchat.xmpp.client import Client
from webchat.xmpp.connector import Connector
from webchat.xmpp.resolve import Resolver
from webchat.xmpp.stream import Stream

SESSIONS = 90
WARM_UP = 40
"""Sessions before the first look: modules, pools and caches have been filled by then."""

READERS = 24
"""Files of the connections that read the database: eight of three each, opened as they are needed."""

AT_ONCE = 10
MEBIBYTE = 1 << 20
GROWTH = 6 * MEBIBYTE
"""What memory may grow by while 80 sessions come and go. One that stays behind is 150 KiB or more, so all of
them would be 12 MiB; the allocator itself moves by a few."""


def descriptors() -> int:
    """Open files and sockets of this process."""
    return len(os.listdir("/proc/self/fd"))


def memory() -> int:
    """Resident memory of this process, with nothing left that could be collected."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def alive() -> dict[str, int]:
    """How many objects there are of what a session is made of."""
    gc.collect()
    kinds = (Session, Client, Stream)
    found = [type(thing) for thing in gc.get_objects() if isinstance(thing, kinds)]
    return {kind.__name__: found.count(kind) for kind in kinds}


@pytest_asyncio.fixture(loop_scope="session")
async def sessions(prosody: Lab, tmp_path: Path) -> AsyncIterator[Sessions]:
    """The registry as the site has it: all slices, a real server."""
    settings = Settings.from_env({"WEBCHAT_XMPP_HOSTS": prosody.hosts, "WEBCHAT_DATA_DIR": str(tmp_path)})
    resolver = Resolver(Guard(settings.allow_private), settings.xmpp_hosts)
    connector = Connector(resolver, str(prosody.ca_file))
    async with empty_database("sqlite", tmp_path, Base.metadata) as database:
        registry = Sessions(database, add_up(SLICES).behaviour, connector, b"pepper" * 8)
        yield registry
        await registry.stop()


async def _visit(sessions: Sessions, account: Account, *, resumable: bool) -> None:
    """Sign in, open a tab, catch up, close the tab; log out, or be ended as when the site stops."""
    token, session = await sessions.login(account.jid, account.password, keep=True)
    session.attach()
    cursor = session.feed.cursor
    async with asyncio.timeout(20):
        while session.outbox._held:
            await session.feed.wait(cursor, 0.05)
            cursor = session.feed.cursor
    session.detach()
    signed_in = await sessions.signed_in(token)
    assert signed_in is not None
    if resumable:
        await session.stop(resumable=True)
    await sessions.logout(signed_in.login_id)


async def _visits(sessions: Sessions, accounts: list[Account], number: int) -> None:
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(count: int) -> None:
        async with gate:
            await _visit(sessions, accounts[count % len(accounts)], resumable=count % 2 == 1)

    # One after the other for each account, so that every visit is a session of its own.
    for start in range(0, number, len(accounts)):
        await asyncio.gather(*(one(count) for count in range(start, min(number, start + len(accounts)))))


async def _settled(tasks: int) -> None:
    """Until connections that were closed are gone, and what they left to the loop."""
    until, open_before = time.monotonic() + 10, -1
    while time.monotonic() < until:
        if len(asyncio.all_tasks()) <= tasks and descriptors() == open_before:
            return
        open_before = descriptors()
        await asyncio.sleep(0.1)


async def test_sessions_leave_nothing_behind(sessions: Sessions, prosody: Lab) -> None:
    """Neither tasks nor sockets nor memory (R12)."""
    accounts = [prosody.add("romeo", "juliet")[0] for _ in range(20)]
    tasks = len(asyncio.all_tasks())
    await _visits(sessions, accounts, WARM_UP)
    await _settled(tasks)
    before = descriptors(), memory(), len(asyncio.all_tasks())
    await _visits(sessions, accounts, SESSIONS - WARM_UP)
    await _settled(tasks)
    after = descriptors(), memory(), len(asyncio.all_tasks())
    print(f"descriptors, memory, tasks after {WARM_UP} sessions: {before}, after {SESSIONS}: {after}")
    assert sessions.running == []
    assert alive() == {"Session": 0, "Client": 0, "Stream": 0}
    assert after[2] <= before[2]
    # Readers of the database come as they are needed, each with a few files; a leak would be one a session.
    assert after[0] <= before[0] + READERS
    assert after[1] - before[1] < GROWTH
