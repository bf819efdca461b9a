"""This room logs in to servers of the lab the way the program does, with the addresses given by the test."""

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.hostile.lab_certs import Lab
from tests.hostile.server import HostileServer, Peer
from webchat.egress import Guard
from webchat.errors import LoginFailed
from webchat.xmpp import tls
from webchat.xmpp.auth import Credential, Password
from webchat.xmpp.client import Access, Client
from webchat.xmpp.events import Event, MessageReceived
from webchat.xmpp.gate import Gate
from webchat.xmpp.resolve import Resolver, Target
from webchat.xmpp.stream import Ticket

PASSWORD = "rose"
SECRETS = (b"<auth", b"<response", PASSWORD.encode(), base64.b64encode(b"\0romeo\0rose"), b"cm9zZ")


class Fixed(Resolver):
    """A resolver that knows where to go, and remembers for whom it was asked."""

    def __init__(self, *found: Target) -> None:
        super().__init__(Guard())
        self.found = list(found)
        self.asked: list[str] = []

    async def targets(self, domain: str) -> list[Target]:
        """What the test said."""
        self.asked.append(domain)
        return self.found


def at(server: HostileServer, *, direct_tls: bool | None = None) -> Target:
    """Where this server listens, and how it wants to be spoken to."""
    return Target("127.0.0.1", server.port, server.script.direct_tls if direct_tls is None else direct_tls)


class Login:
    """A client of one account and what it told."""

    def __init__(
        self,
        lab: Lab,
        *targets: Target,
        jid: str = "romeo@montague.test",
        credential: Credential | None = None,
        allow_plain: bool = False,
        minimum: str = "",
    ) -> None:
        self.events: list[Event] = []
        self._told = asyncio.Event()
        self.resolver = Fixed(*targets)
        self.client = Client(
            jid,
            "web",
            Access(credential or Password(PASSWORD), allow_plain, minimum),
            resolver=self.resolver,
            tls=tls.context(str(lab.ca_file)),
            gate=Gate(),
            on_event=self._on_event,
        )

    def _on_event(self, event: Event, ticket: Ticket | None) -> None:
        self.events.append(event)
        self._told.set()
        if ticket is not None:
            ticket()

    async def next_event(self) -> None:
        """Wait until something more was told."""
        self._told.clear()
        await self._told.wait()

    async def lost(self) -> None:
        """Wait until the client knows that its connection is gone."""
        await asyncio.wait_for(self.client._over.wait(), 5)

    def bodies(self) -> list[str]:
        """The texts of messages so far."""
        return [event.body for event in self.events if isinstance(event, MessageReceived)]

    async def refused(self) -> str:
        """The condition with which opening the stream fails."""
        with pytest.raises(LoginFailed) as failed:
            await self.client.open()
        assert not self.client.connected
        return failed.value.condition


@asynccontextmanager
async def login(lab: Lab, *servers: HostileServer | Target, **how: object) -> AsyncIterator[Login]:
    """A login that is closed behind the block; the servers are tried in this order."""
    targets = [at(server) if isinstance(server, HostileServer) else server for server in servers]
    made = Login(lab, *targets, **how)  # type: ignore[arg-type]
    try:
        yield made
    finally:
        await made.client.close()


def leaked(received: bytes) -> list[bytes]:
    """What of the credentials can be read in these bytes."""
    return [secret for secret in SECRETS if secret in received]


@asynccontextmanager
async def session(lab: Lab) -> AsyncIterator[tuple[Login, Peer]]:
    """Romeo, signed in, and the server's end of his stream."""
    async with HostileServer(lab) as server, login(lab, server) as romeo:
        await romeo.client.open()
        yield romeo, await server.session()


async def dropped(romeo: Login, peer: Peer) -> None:
    """Wait until the client has closed this connection by itself."""
    await asyncio.wait_for(peer.closed(), 5)
    assert not romeo.client.connected


def message(body: str, sender: str = "juliet@capulet.test/balcony", id: str = "") -> str:
    """A chat message to Romeo."""
    head = f"<message from='{sender}' to='romeo@montague.test' type='chat' id='{id}'>"
    return f"{head}<body>{body}</body></message>"


async def arrival(romeo: Login, peer: Peer, count: int = 1) -> list[str]:
    """The bodies that were told of, once a last one has come behind all that was sent before."""
    await peer.send(message("last"))
    async with asyncio.timeout(5):
        while "last" not in (found := romeo.bodies()):
            await romeo.next_event()
    return found[:-1]
