"""This room is our own floor of XMPP alone, signed in: what it asks, and every event that it tells."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from ipaddress import ip_network
from typing import Any, TypeVar

from tests.lab.prosody import Account
from tests.lab.server import Reachable
from webchat.egress import Guard
from webchat.xmpp import disco
from webchat.xmpp.auth import Password
from webchat.xmpp.client import Access
from webchat.xmpp.connector import Connector
from webchat.xmpp.events import Event
from webchat.xmpp.resolve import Resolver
from webchat.xmpp.stream import Ticket
from webchat.xmpp.verbs import SendPresence

PATIENCE = 20.0
E = TypeVar("E", bound=Event)


class Reader:
    """One client of an account; `stream` is what the nouns of webchat.xmpp take."""

    def __init__(self, account: Account, connector: Connector, features: tuple[str, ...]) -> None:
        self.jid = account.jid
        self.events: list[Event] = []
        self._news = asyncio.Event()
        access = Access(Password(account.password))
        resource = f"reader.{secrets.token_hex(3)}"
        self.stream = connector.client(account.jid, resource, access, self._told, features)

    def _told(self, event: Event, ticket: Ticket | None) -> None:
        self.events.append(event)
        self._news.set()
        if ticket is not None:
            ticket()

    async def hears(self, kind: type[E], wanted: Callable[[Any], bool] = lambda _: True) -> E:
        """The first event of this kind that is wanted, of those that came or are still to come."""
        try:
            async with asyncio.timeout(PATIENCE):
                while True:
                    for event in self.events:
                        if isinstance(event, kind) and wanted(event):
                            return event
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            raise AssertionError(f"{self.jid} did not hear it; last came: {self.events[-10:]}") from None


@asynccontextmanager
async def reading(
    account: Account, server: Reachable, *features: str, knows: Account | None = None
) -> AsyncIterator[Reader]:
    """Somebody signed in and present until the block ends.

    features  what is announced, such as names of nodes with +notify
    knows     who may ask what that is: a server asks in the name of whose nodes they are
    """
    guard = Guard([ip_network("127.0.0.0/8")])
    domain = account.jid.partition("@")[2]
    resolver = Resolver(guard, {domain: ("127.0.0.1", server.port)})
    made = Reader(account, Connector(resolver, str(server.ca_file)), features)
    running: asyncio.Task[None] | None = None
    try:
        await made.stream.open()
        running = asyncio.create_task(made.stream.run(opened=True))
        await made.stream.prepare()
        made.stream.show_to("people", [knows.jid] if knows else [])
        made.stream.say(SendPresence())
        # When this is answered, the server has asked what we announce, and was told.
        await disco.info(made.stream, made.jid)
        yield made
    finally:
        await made.stream.close()
        if running is not None:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
        await resolver.close()
