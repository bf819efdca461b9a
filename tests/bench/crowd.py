"""This room is one process full of sessions: ours through the registry, or bare slixmpp clients, to compare.

`python -m tests.bench.crowd ours|bare PORT CA_FILE COUNT…` reads its accounts as JSON from standard input,
signs them in up to each count, fifty at a time, and prints a line of JSON for each: memory, how it went.
Ours takes its settings from the environment, as the site does.
"""

import asyncio
import json
import ssl
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from tests.bench import machine

AT_ONCE = 50
PATIENCE = 120.0


class Ours:
    """Sessions of the registry, each with one tab that waits at its cursor."""

    def __init__(self, sessions: Any) -> None:
        self._sessions = sessions
        self._tabs: list[asyncio.Task[None]] = []
        self.sessions: list[Any] = []
        self.fragments: Any = {}
        self.counters: Any = {}
        self.synced = 0
        self.news = asyncio.Event()

    async def count(self, _: Any) -> None:
        """The last step of a sync: the session has caught up."""
        self.synced += 1
        self.news.set()

    async def login(self, jid: str, password: str) -> None:
        """Sign somebody in, and open a tab."""
        _, session = await self._sessions.login(jid, password, keep=True)
        session.attach()
        self.sessions.append(session)
        self._tabs.append(asyncio.create_task(_follow(session.feed)))

    async def wait(self, number: int) -> None:
        """Until so many sessions have caught up."""
        async with asyncio.timeout(PATIENCE):
            while self.synced < number:
                self.news.clear()
                await self.news.wait()

    async def end(self) -> None:
        """Close the tabs."""
        for tab in self._tabs:
            tab.cancel()
        await asyncio.gather(*self._tabs, return_exceptions=True)


async def _follow(feed: Any) -> None:
    """What a tab's stream does while nothing is drawn."""
    cursor = feed.cursor
    while True:
        await feed.wait(cursor, 25)
        cursor = feed.cursor


@asynccontextmanager
async def ours() -> Any:
    """The house without its front: database, sessions, everything that every session gets."""
    from webchat.app import create_app
    from webchat.config import Settings

    app = create_app(Settings.from_env())
    crowd = Ours(None)
    behaviour = app.state.behaviour
    app.state.behaviour = replace(behaviour, sync=(*behaviour.sync, crowd.count))
    async with app.router.lifespan_context(app):
        crowd._sessions = app.state.sessions
        crowd.fragments = app.state.streams.fragments
        crowd.counters = app.state.streams.counters
        yield crowd
        await crowd.end()


class Bare:
    """slixmpp clients with what makes them cheap: one TLS context, small buffers, SCRAM by OpenSSL."""

    def __init__(self, port: int, ca_file: str) -> None:
        self._port = port
        self._context = ssl.create_default_context(cafile=ca_file)
        self._clients: list[Any] = []

    async def login(self, jid: str, password: str) -> None:
        """Sign somebody in."""
        from slixmpp import ClientXMPP

        client: Any = ClientXMPP(jid, password, ssl_context=self._context)
        client.enable_direct_tls = False
        ready = asyncio.get_running_loop().create_future()
        client.add_event_handler("session_start", ready.set_result)
        client.connect("127.0.0.1", self._port)
        await asyncio.wait_for(ready, PATIENCE)
        await client.get_roster()
        client.send_presence()
        self._clients.append(client)

    async def wait(self, number: int) -> None:
        """They are as far as they get."""

    async def end(self) -> None:
        """Cut all connections."""
        for client in self._clients:
            client.abort()
            client._run_out_filters.cancel()
        await asyncio.sleep(0.2)


@asynccontextmanager
async def bare(port: int, ca_file: str) -> Any:
    """The clients we are compared with."""
    import hashlib
    from asyncio import sslproto

    from slixmpp.util.sasl import mechanisms

    def derive(self: Any, text: bytes, salt: bytes, iterations: int) -> bytes:
        name = self.hash_name.replace("-", "").lower()
        return hashlib.pbkdf2_hmac(name, bytes(text), salt, iterations)

    scram: Any = mechanisms.SCRAM
    scram.Hi = derive
    sslproto.SSLProtocol.max_size = 16 * 1024
    crowd = Bare(port, ca_file)
    yield crowd
    await crowd.end()


async def _round(
    login: Callable[[str, str], Awaitable[None]], some: list[list[str]], crowd: Any, goal: int
) -> dict[str, float]:
    """Some people at once: seconds until all are in and have caught up, CPU for each, longest stall."""
    # Ours has a gate of its own.
    gate = asyncio.Semaphore(AT_ONCE if isinstance(crowd, Ours) else 3)

    async def one(jid: str, password: str) -> None:
        async with gate:
            await login(jid, password)

    start, used = time.perf_counter(), time.process_time()
    async with machine.Stalls() as stalls:
        await asyncio.gather(*(one(jid, password) for jid, password in some))
        entered = time.perf_counter() - start
        await crowd.wait(goal)
    return {
        "in": entered,
        "caught_up": time.perf_counter() - start,
        "cpu": (time.process_time() - used) / len(some),
        "stall": stalls.longest,
        "stall_wall": stalls.longest_wall,
    }


async def _main(kind: str, port: str, ca_file: str, *counts: str) -> None:
    accounts = json.loads(sys.stdin.read())
    async with ours() if kind == "ours" else bare(int(port), ca_file) as crowd:
        # The first one brings everything that is loaded late.
        await crowd.login(*accounts.pop())
        await crowd.wait(1)
        await asyncio.sleep(1)
        base, here = machine.memory(), 0
        for count in map(int, counts):
            rounds = []
            while here < count:
                some = accounts[here : min(count, here + AT_ONCE)]
                rounds.append(await _round(crowd.login, some, crowd, 1 + here + len(some)))
                here += len(some)
            await asyncio.sleep(1)
            each = (machine.memory() - base) / count if count else 0.0
            print(json.dumps({"sessions": count, "base": base, "each": each, "rounds": rounds}), flush=True)


if __name__ == "__main__":
    asyncio.run(_main(*sys.argv[1:]))
