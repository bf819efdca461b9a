"""A client that records what it is told, and a connector that hands such clients out."""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Any

from webchat.errors import LoginFailed, Offline
from webchat.session.session import Session
from webchat.xmpp.auth import Password, ScramKeys
from webchat.xmpp.client import Access, OnEvent
from webchat.xmpp.context import Seat
from webchat.xmpp.events import ConnectionStateChanged
from webchat.xmpp.verbs import Verb

KEYS = ScramKeys("SCRAM-SHA-256", b"salt", 4096, b"c" * 32, b"s" * 32)


class FakeClient:
    """Stands where webchat.xmpp.client.Client stands; `password` is what the server would accept."""

    password = "secret"

    def __init__(self, jid: str, resource: str, access: Access, on_event: OnEvent) -> None:
        self.jid, self.resource, self.access = jid, resource, access
        self.full_jid = f"{jid}/{resource}"
        self.on_event = on_event
        self.connected = False
        self.acknowledges = True
        self.said: list[tuple[str, Verb]] = []
        self.looked_at: list[bool] = []
        self.paused: list[bool] = []
        self.closed: list[bool] = []
        self.prepared = 0
        self.acquainted: dict[str, set[str]] = {}
        self.rooms: dict[str, Seat] = {}
        self.known_rooms: set[str] = set()
        self.keys: ScramKeys | None = None
        self.mechanism = ""
        self.never = asyncio.Event()

    async def open(self, *, discreet: bool = False) -> bool:
        credential = self.access.credential
        if isinstance(credential, Password) and credential.text != self.password:
            raise LoginFailed("not-authorized")
        self.keys, self.mechanism = KEYS, KEYS.mechanism
        self.go_online()
        return False

    def go_online(self, *, resumed: bool = False) -> None:
        self.connected = True
        self.on_event(ConnectionStateChanged("online", resumed=resumed), None)

    def go_offline(self, reason: str = "cannot-connect") -> None:
        self.connected = False
        self.on_event(ConnectionStateChanged("offline", reason), None)

    async def run(self, *, opened: bool = False) -> None:
        if not opened:
            await self.open()
        await self.never.wait()

    async def prepare(self) -> None:
        self.prepared += 1

    def say(self, verb: Verb, id: str = "") -> bool:
        if self.connected:
            self.said.append((id, verb))
        return self.connected

    pre_approves = False
    told_active = True

    def show_to(self, group: str, jids: Iterable[str]) -> None:
        self.acquainted[group] = set(jids)

    def active(self, active: bool) -> None:
        self.looked_at.append(active)

    def pause(self, paused: bool) -> None:
        self.paused.append(paused)

    async def request(self, kind: str, payload: Any, to: str = "", timeout: float = 20) -> Any:
        """Nobody answers."""
        raise Offline

    async def close(self, *, resumable: bool = False) -> None:
        self.connected = False
        self.closed.append(resumable)


class FakeConnector:
    """Hands out fake clients and remembers them."""

    def __init__(self) -> None:
        self.clients: list[FakeClient] = []

    def client(
        self, jid: str, resource: str, access: Access, on_event: OnEvent, features: Sequence[str]
    ) -> Any:
        made = FakeClient(jid, resource, access, on_event)
        self.clients.append(made)
        return made


async def settled(session: Session) -> None:
    """Until nothing is under way but the inbox and the client."""
    for _ in range(500):
        if not [task for task in session._tasks if task.get_name() not in ("inbox", "client")]:
            return
        await asyncio.sleep(0.005)
    raise AssertionError("work goes on and on")


def client_of(session: Session) -> FakeClient:
    """The client of a session that a FakeConnector equipped."""
    client: Any = session.client
    found: FakeClient = client
    return found
