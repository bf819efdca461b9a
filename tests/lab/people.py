"""This room lets a person sign in without a network: a real session on a client that only records."""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import Any, cast
from xml.etree.ElementTree import Element

from webchat.change import Change
from webchat.db.engine import Database
from webchat.errors import Offline
from webchat.session import store
from webchat.session.session import Behaviour, Session
from webchat.slice import Slice
from webchat.xmpp.client import Client
from webchat.xmpp.context import Seat
from webchat.xmpp.events import Event
from webchat.xmpp.verbs import Verb

ROMEO = "romeo@montague.example"
JULIET = "juliet@capulet.example"
MERCUTIO = "mercutio@verona.example"


class QuietClient:
    """Stands where the client stands: says yes, writes down what was said, answers as it was told to.

    said     verbs, in order
    sent     stanzas, in order
    answers  what `request` gives, one after the other: a result, or an error to raise
    asked    payloads of requests
    """

    def __init__(self, jid: str) -> None:
        self.jid = jid
        self.full_jid = f"{jid}/webchat"
        self.connected = True
        self.acknowledges = True
        self.queries: dict[str, Any] = {}
        self.said: list[Verb] = []
        self.sent: list[Element] = []
        self.asked: list[Element] = []
        self.answers: list[Element | Exception] = []
        self.rooms: dict[str, Seat] = {}
        self.known_rooms: set[str] = set()
        self.pre_approves = False
        self.told_active = True
        self.acquainted: dict[str, set[str]] = {}

    def say(self, verb: Verb, id: str = "") -> bool:
        """Write a verb down."""
        if self.connected:
            self.said.append(verb)
        return self.connected

    def send_xml(self, xml: Element) -> bool:
        """Write a stanza down."""
        if self.connected:
            self.sent.append(xml)
        return self.connected

    async def request(self, kind: str, payload: Element, to: str = "", timeout: float = 20) -> Element:
        """The next answer."""
        self.asked.append(payload)
        answer = self.answers.pop(0) if self.answers else Offline()
        if isinstance(answer, Exception):
            raise answer
        return answer

    def show_to(self, group: str, jids: Iterable[str]) -> None:
        """Write down who is answered."""
        self.acquainted[group] = set(jids)

    def active(self, active: bool) -> None:
        """Nobody needs to know."""

    def pause(self, paused: bool) -> None:
        """Nothing arrives by itself."""

    async def run(self, *, opened: bool = False) -> None:
        """There is nothing to keep alive."""

    async def close(self, *, resumable: bool = False) -> None:
        """Gone."""
        self.connected = False


class Person:
    """Somebody signed in: their session, what was said for them, what their pages would be told."""

    def __init__(self, session: Session, client: QuietClient) -> None:
        self.session = session
        self.client = client
        self._cursor = session.feed.cursor

    async def hears(self, *events: Event) -> None:
        """Events come one right after the other, as in a burst; done when all have had their effect."""
        for event in events[:-1]:
            self.session.put(event)
        await self.session.handled(events[-1])

    def changes(self) -> list[Change]:
        """What changed since this was asked last, each once."""
        found = self.session.feed.since(self._cursor)
        assert found is not None
        self._cursor, changes = found
        return changes


@asynccontextmanager
async def signed_in(database: Database, jid: str, slices: Sequence[Slice]) -> AsyncIterator[Person]:
    """A person with a live session in which these slices handle events; online from the start."""
    behaviour = Behaviour({event: handler for each in slices for event, handler in each.handlers.items()})
    client = QuietClient(jid)
    session = Session(jid, database, behaviour, lambda _: cast(Client, client))
    async with database.write() as db:
        account = await store.ensure_account(db, jid, "webchat", "SCRAM-SHA-256")
        session.account_id = account.id
    session.state = "online"
    session.start(opened=True)
    try:
        yield Person(session, client)
    finally:
        await session.stop(resumable=False)
