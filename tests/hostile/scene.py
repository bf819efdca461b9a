"""This room lets raw stanzas through the reader into the whole program and looks at what comes of them."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from sqlalchemy import Table, select

from tests.lab.inside import Browser, browser
from tests.lab.people import JULIET, MERCUTIO, ROMEO, Person, signed_in
from tests.messages.speaking import says
from webchat.app import SLICES
from webchat.db.base import Base
from webchat.db.engine import Database
from webchat.egress import Guard
from webchat.media.fetch import Fetcher
from webchat.messages import commands, store
from webchat.messages.state import WaitingMarks
from webchat.messages.state.occupants import Rooms
from webchat.rooms.state import Gathering
from webchat.uploads.commands import Media
from webchat.uploads.store import Cache
from webchat.xmpp import iq, parse
from webchat.xmpp import namespaces as ns
from webchat.xmpp.context import Context, Seat
from webchat.xmpp.events import RosterItem, RosterReceived
from webchat.xmpp.verbs import SendMessage

BALCONY = "balcony@rooms.montague.example"
GARDEN = "garden@rooms.montague.example"
USER = "xmlns='http://jabber.org/protocol/muc#user'"
FEATURES = frozenset((ns.SID, ns.MAM, ns.OCCUPANT_ID))
START = datetime(2025, 3, 1, 12, tzinfo=UTC)
OWN = "11111111-romeos-own"


class Scene:
    """Juliet is Romeo's contact, both have written; he sits on the balcony with her and Mercutio."""

    def __init__(self, romeo: Person, web: Browser) -> None:
        self.romeo = romeo
        self.web = web
        self.context = Context(ROMEO, f"{ROMEO}/web", "montague.example", sid_trusted=True)
        self.context.rooms[BALCONY] = Seat("Romeo", True, FEATURES, "o-romeo")
        self.context.rooms[GARDEN] = Seat("Romeo", True, FEATURES, "o-romeo-2")

    async def set(self) -> None:
        """Everybody takes their place and says one thing."""
        await self.romeo.session.handled(RosterReceived((RosterItem(JULIET, "Juliet", "both"),)))
        async with self.romeo.session.work() as work:
            await store.finish_fill(work.db, work.account_id)
            for jid in (BALCONY, GARDEN):
                await store.ensure_room(work.db, work.account_id, jid)
        for jid in (BALCONY, GARDEN):
            state = self.romeo.session[Rooms].ensure(jid)
            state.phase, state.nick, state.features = "in", "Romeo", FEATURES
        self.romeo.client.rooms = self.context.rooms
        for nick in ("Juliet", "Mercutio", "Romeo"):
            await self.hear(sits(nick))
        await self.romeo.session.handled(says("But soft!", "m1", stanza_id="s1"))
        await commands.send_message(self.romeo.session, JULIET, "I take thee at thy word", id=OWN)
        await self.hear(in_room("Juliet", "Ay me!", "r1"))
        # What he has read is told after a pause, which must not end in the middle of a test.
        self.romeo.session[WaitingMarks].conversations.clear()
        self.romeo.changes()

    async def hear(self, text: str) -> None:
        """One stanza from the stream, through the reader."""
        stanza = ET.fromstring(f"<stream xmlns='jabber:client'>{text}</stream>")[0]  # noqa: S314
        if stanza.tag.endswith("}iq"):
            event = iq.answer(stanza, self.context)[1]
        else:
            event = parse.event(stanza, self.context)
        if event is not None:
            await self.romeo.session.handled(event)

    async def kept(self) -> dict[str, list[tuple[object, ...]]]:
        """Every row of the database."""
        async with self.romeo.session.read() as db:
            return {
                table.name: sorted((tuple(row) for row in await db.execute(select(table))), key=repr)
                for table in Base.metadata.sorted_tables
                if isinstance(table, Table)
            }

    async def bodies(self, jid: str = JULIET) -> list[str]:
        """What stands in a conversation; "gone" in the place of what was taken back."""
        async with self.romeo.session.read() as db:
            found = await store.conversation_by_jid(db, self.romeo.session.account_id, jid)
            lines = await store.lines(db, found.id, limit=1000) if found else []
        return [line.gone or line.body for line in lines]

    async def silent(self, *stanzas: str) -> None:
        """After each of these stanzas nothing is stored, told to pages, counted, asked or said."""
        before = await self.kept()
        spoken = self._spoken()
        self.romeo.changes()
        for text in stanzas:
            await self.hear(text)
            assert await self.kept() == before, text
            assert self.romeo.changes() == [], text
            assert self._spoken() == spoken, text

    def _spoken(self) -> tuple[int, int, int]:
        """How often something left; what Romeo wrote himself may leave at any time."""
        client = self.romeo.client
        said = [verb for verb in client.said if not isinstance(verb, SendMessage)]
        return len(said), len(client.sent), len(client.asked)


@asynccontextmanager
async def staged(database: Database, folder: Path) -> AsyncIterator[Scene]:
    """The scene, set."""
    async with signed_in(database, ROMEO, SLICES) as romeo, browser(romeo, folder) as web:
        romeo.session[Gathering].note = _at_once  # type: ignore[method-assign]
        fetcher = Fetcher(Guard(), _nowhere)
        transport: Any = web.client._transport
        transport.app.state.media = Media(fetcher, Cache(folder / "media"), 1000)
        scene = Scene(romeo, web)
        await scene.set()
        yield scene
        await fetcher.close()


def _at_once(jid: str, tell: Callable[[str], None], seconds: float = 0, *, what: str = "") -> None:
    """What a stanza does is seen before the next one, not in a while and not in the middle of another."""
    tell(jid)


async def _nowhere(_: str) -> list[str]:
    return []


def sits(nick: str, more: str = "", *, room: str = BALCONY, item: str = "") -> str:
    """The room says that somebody sits there."""
    item = item or "<item affiliation='member' role='participant'/>"
    own = "<status code='110'/>" if nick == "Romeo" else ""
    seat = f"{_id(nick)}{more}<x {USER}>{item}{own}</x>"
    return f"<presence from='{room}/{nick}' to='{ROMEO}/web'>{seat}</presence>"


def leaves(nick: str, *, room: str = BALCONY) -> str:
    """The room says that somebody went."""
    item = "<item affiliation='member' role='none'/>"
    return (
        f"<presence from='{room}/{nick}' to='{ROMEO}/web' type='unavailable'><x {USER}>{item}</x></presence>"
    )


def in_room(nick: str, body: str, id: str, more: str = "", *, room: str = BALCONY, who: str = "") -> str:
    """Something said in a room, with the id that the room gives."""
    sender = f"{room}/{nick}" if nick else room
    text = f"<body>{body}</body>" if body else ""
    return (
        f"<message from='{sender}' to='{ROMEO}/web' type='groupchat' id='{id}'>{text}{more}{who or _id(nick)}"
        f"<stanza-id xmlns='urn:xmpp:sid:0' by='{room}' id='{room[0]}-{id}'/></message>"
    )


def _id(nick: str) -> str:
    return f"<occupant-id xmlns='urn:xmpp:occupant-id:0' id='o-{nick.lower()}'/>" if nick else ""


def chat(body: str, id: str, more: str = "", *, sender: str = f"{MERCUTIO}/x", kind: str = "chat") -> str:
    """A message from one person to Romeo."""
    text = f"<body>{body}</body>" if body else ""
    return f"<message from='{sender}' to='{ROMEO}/web' type='{kind}' id='{id}'>{text}{more}</message>"
