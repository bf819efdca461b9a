"""This room is a process in which many people sit in one room, each with a tab that draws what is said.

`python -m tests.bench.hall ROOM COUNT MESSAGES` reads its accounts as JSON from standard input and prints a
line of JSON when everybody is in, one when so many messages have reached the last tab, and one after a storm
of presence. A message's body is the time at which it was sent.
"""

import asyncio
import json
import sys
import time
from collections.abc import Sequence
from typing import Any

from tests.bench import machine
from tests.bench.crowd import AT_ONCE, PATIENCE, ours
from webchat.change import Change
from webchat.rooms.commands import join_room
from webchat.session.session import Session
from webchat.web import shell
from webchat.web.page import Page
from webchat.web.partial import Partial, Ping
from webchat.web.scope import Scope
from webchat.web.templates import aimed

LONGEST = 200.0
"""Seconds in which everybody must be in the room."""

STORM = 5000
CHUNK = 16 * 1024
"""Bytes that the transport hands over at once."""

_PRESENCE = (
    "<presence xmlns='jabber:client' from='{room}/person {n}' to='{to}'><x xmlns='http://jabber.org/protocol/muc#user'>"
    "<item affiliation='member' role='participant' jid='person{n}@verona.localhost/phone'/></x></presence>"
)


class Tab:
    """What the stream of one tab does, without the socket: follow, draw, count what it has."""

    def __init__(self, session: Session, room: str, fragments: Any, counters: Any) -> None:
        self.session = session
        self.frames = 0
        self.seen: dict[str, float] = {}
        self._scope = Scope("conversation", room)
        self._fragments = fragments
        self._counters = counters
        self._task = asyncio.create_task(self._follow())

    async def close(self) -> None:
        """Go."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _follow(self) -> None:
        feed = self.session.feed
        cursor = feed.cursor
        while True:
            await feed.wait(cursor, 25)
            found = feed.since(cursor)
            changes: Sequence[Change] = found[1] if found else []
            cursor = feed.cursor
            if changes:
                self._note(await self._draw(changes))

    def _note(self, html: str) -> None:
        self.frames += 1
        moment = time.time()
        for part in html.split("said ")[1:]:
            self.seen.setdefault(part.split("<", 1)[0].split()[0], moment)

    async def _draw(self, changes: Sequence[Change]) -> str:
        groups: dict[type[Change], list[Change]] = {}
        for change in changes:
            groups.setdefault(type(change), []).append(change)
        drawn: list[str] = []
        async with self.session.read() as db:
            page = Page(self.session, db, self._scope, "en")
            for kind, group in groups.items():
                for scope in (self._scope.kind, "*"):
                    for draw in self._fragments.get((kind, scope), ()):
                        parts = await draw(page, group)
                        drawn += [aimed(part, "en") for part in parts if isinstance(part, Partial)]
                        if Ping("counters", "chats") in parts:
                            chats = {"chats": self._counters["chats"]}
                            await shell.count(self.session, chats, db)
        return "".join(drawn)


async def _everybody(crowd: Any, accounts: list[list[str]], room: str) -> None:
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(number: int, jid: str, password: str) -> None:
        async with gate:
            await crowd.login(jid, password)

    await asyncio.gather(*(one(n, *account) for n, account in enumerate(accounts)))
    await crowd.wait(len(accounts))
    places = asyncio.Semaphore(5)

    async def sit(number: int, session: Session) -> None:
        async with places:
            await join_room(session, room, f"person {number}")

    await asyncio.gather(*(sit(n, session) for n, session in enumerate(crowd.sessions)))


async def _said(tabs: list[Tab], number: int) -> None:
    async with asyncio.timeout(PATIENCE):
        while min(len(tab.seen) for tab in tabs) < number:
            await asyncio.sleep(0.05)


async def _storm(session: Session, room: str) -> dict[str, float]:
    """Thousands of people come in, as one stream brings them."""
    client: Any = session.client
    to = client.full_jid
    data = "".join(_PRESENCE.format(room=room, to=to, n=n) for n in range(STORM)).encode()
    used = time.process_time()
    async with machine.Stalls() as stalls:
        for start in range(0, len(data), CHUNK):
            client._stream.data_received(data[start : start + CHUNK])
            await asyncio.sleep(0)
        while len(session.inbox):
            await asyncio.sleep(0.01)
    return {"cpu": time.process_time() - used, "stall": stalls.longest}


async def _main(room: str, count: str, messages: str) -> None:
    accounts = json.loads(sys.stdin.readline())[: int(count)]
    async with ours() as crowd:
        base = machine.memory()
        async with asyncio.timeout(LONGEST):
            await _everybody(crowd, accounts, room)
        tabs = [Tab(session, room, crowd.fragments, crowd.counters) for session in crowd.sessions]
        await asyncio.sleep(2)
        used = time.process_time()
        print(json.dumps({"in": len(tabs), "memory": (machine.memory() - base) / len(tabs)}), flush=True)
        await _said(tabs, int(messages))
        cpu = (time.process_time() - used) / int(messages) / len(tabs)
        last = [max(tab.seen[sent] for tab in tabs) - float(sent) for sent in tabs[0].seen]
        print(json.dumps({"cpu": cpu, "last": last}), flush=True)
        print(json.dumps(await _storm(crowd.sessions[0], room)), flush=True)
        for tab in tabs:
            await tab.close()


if __name__ == "__main__":
    asyncio.run(_main(*sys.argv[1:]))
