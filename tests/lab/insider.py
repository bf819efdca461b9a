"""This room signs somebody in without the site: a real session on a real server, driven by commands."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from ipaddress import ip_network
from pathlib import Path
from typing import Any

from tests.lab.prosody import Account
from tests.lab.server import Server
from webchat.app import add_up
from webchat.change import Change
from webchat.db.base import Base
from webchat.db.engine import Database
from webchat.egress import Guard
from webchat.messages import store as messages
from webchat.messages.state.occupants import Rooms, RoomState
from webchat.messages.store import Line
from webchat.session import store
from webchat.session.session import Session
from webchat.slice import Slice
from webchat.xmpp.auth import Password
from webchat.xmpp.client import Access
from webchat.xmpp.connector import Connector
from webchat.xmpp.resolve import Resolver

PATIENCE = 30.0


class Insider:
    """Somebody signed in here: their session, and what stands in their database."""

    def __init__(self, session: Session, account: Account) -> None:
        self.session = session
        self.account = account
        self.jid = account.jid
        self._cursor = session.feed.cursor

    async def until(self, found: Callable[[], Any]) -> Any:
        """What this gives as soon as it gives something; looked at again whenever something changes."""
        result: Any = None
        try:
            async with asyncio.timeout(PATIENCE):
                while True:
                    cursor = self.session.feed.cursor
                    given = found()
                    result = await given if isinstance(given, Awaitable) else given
                    if result:
                        return result
                    await self.session.feed.wait(cursor, 0.25)
        except TimeoutError:
            raise AssertionError(f"it did not come to that; last: {result!r}") from None

    def changes(self) -> list[Change]:
        """What changed since this was asked last."""
        found = self.session.feed.since(self._cursor)
        self._cursor, changes = found if found is not None else (self.session.feed.cursor, [])
        return changes

    def room(self, jid: str) -> RoomState:
        """Our place in a room."""
        return self.session[Rooms].ensure(jid)

    async def is_in(self, jid: str) -> RoomState:
        """Our place in a room, once we are in it."""
        await self.until(lambda: self.room(jid).phase == "in")
        return self.room(jid)

    async def is_out(self, jid: str, trouble: str) -> RoomState:
        """Our place in a room, once we are out of it for this reason."""
        await self.until(lambda: self.room(jid).phase == "out" and self.room(jid).trouble == trouble)
        return self.room(jid)

    async def lines(self, jid: str) -> list[Line]:
        """What stands in a conversation."""
        async with self.session.read() as db:
            found = await messages.conversation_by_jid(db, self.session.account_id, jid)
            return await messages.lines(db, found.id, limit=1000) if found else []

    async def has_state(self, jid: str, id: int, state: str) -> bool:
        """Whether this message is by now "sent", "received", ..."""
        return any(line.id == id and line.state == state for line in await self.lines(jid))

    async def bodies(self, jid: str) -> list[str]:
        """The texts of a conversation."""
        return [line.body for line in await self.lines(jid)]

    async def reads(self, jid: str, *bodies: str) -> list[Line]:
        """The conversation, once it consists of exactly these texts."""

        async def same() -> list[Line]:
            lines = await self.lines(jid)
            return lines if [line.body for line in lines] == list(bodies) else []

        try:
            found: list[Line] = await self.until(same)
        except AssertionError:
            assert await self.bodies(jid) == list(bodies)
            raise
        return found


@asynccontextmanager
async def inside(
    account: Account, lab: Server, slices: Sequence[Slice], folder: Path, *, hosts: str = ""
) -> AsyncIterator[Insider]:
    """Somebody with a session of their own; the same folder again is the same database."""
    database = Database(f"sqlite:///{folder}/{account.jid.partition('@')[0]}.sqlite")
    async with database.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    domain = account.jid.partition("@")[2]
    guard = Guard([ip_network("127.0.0.0/8")])
    resolver = Resolver(guard, {domain: ("127.0.0.1", lab.port)})
    connector = Connector(resolver, str(lab.ca_file))
    behaviour = add_up(slices).behaviour
    resource = f"webchat.{secrets.token_hex(3)}"
    access = Access(Password(account.password))
    session = Session(
        account.jid,
        database,
        behaviour,
        lambda session: connector.client(account.jid, resource, access, session.put, behaviour.features),
    )
    await session.client.open()
    async with database.write() as db:
        row = await store.ensure_account(db, account.jid, resource, session.client.mechanism)
    session.account_id = row.id
    session.glance()
    session.start(opened=True)
    try:
        yield Insider(session, account)
    finally:
        await session.stop(resumable=False)
        await resolver.close()
        await database.close()
