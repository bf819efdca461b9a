"""This room says what the nouns know of the stream they read: who we are, what we asked, what we dropped."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol
from xml.etree.ElementTree import Element

from webchat.xmpp import jid as jids
from webchat.xmpp.events import ArchivedEvent


@dataclass(slots=True)
class Seat:
    """Our place in a room, from the moment we ask for it: only such rooms are listened to.

    nick         what we are called there, or ask to be called
    inside       the room has let us in
    features     what it announces; only with them stanza ids and occupant ids are believed
    occupant_id  our own (XEP-0421)
    callers      nick → occupant id ("" in a room that gives none) of who may call everybody
    """

    nick: str
    inside: bool = False
    features: frozenset[str] = frozenset()
    occupant_id: str = ""
    callers: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Query:
    """An open question to an archive; its results are collected here while they arrive (XEP-0313 §4).

    with_jid  bare address the question was limited to, "" for everything
    room      the room whose archive was asked, "" for our own
    limit     results asked for; a server that sends many more is not listened to any longer
    """

    id: str
    with_jid: str = ""
    limit: int = 100
    results: list[tuple[str, datetime, ArchivedEvent | None]] = field(default_factory=list)
    room: str = ""


@dataclass(slots=True)
class Tally:
    """What was counted: stanzas that came, and those of them that were refused, by kind."""

    stanzas: int = 0
    dropped: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class Context:
    """What a stanza is judged by.

    jid          our bare address, normalised
    full         our full address as the server bound it
    domain       our server
    queries      open archive questions by their id
    rooms        rooms we are in or ask to enter, by bare JID
    known_rooms  bare JIDs of rooms the user has: private messages through them are told from others
    features     what the installed slices honour, announced beside `namespaces.OURS`
    sid_trusted  our account announces urn:xmpp:sid:0, so it removes forged stanza ids (XEP-0359 §6)
    acquainted   who knows that we are here and is answered when they ask what we are, group by group
    tally        what is counted, for all streams that share it
    """

    jid: str
    full: str
    domain: str
    queries: dict[str, Query] = field(default_factory=dict)
    rooms: dict[str, Seat] = field(default_factory=dict)
    known_rooms: set[str] = field(default_factory=set)
    features: tuple[str, ...] = ()
    sid_trusted: bool = False
    acquainted: dict[str, frozenset[str]] = field(default_factory=dict)
    tally: Tally = field(default_factory=Tally)

    @property
    def dropped(self) -> Counter[str]:
        """How many stanzas were refused, by kind."""
        return self.tally.dropped

    def is_own(self, spelled: str | None) -> bool:
        """Our bare address to the letter, as our server writes it: wrappers are believed from nobody else."""
        return spelled == self.jid or (spelled is not None and spelled == jids.bare(self.full))

    def knows(self, sender: str | None) -> bool:
        """Whether they may learn that this address of ours is there (RFC 6120 §13.10.2, security case A31).

        Ourselves and our server know it, the bare addresses in `acquainted`, and who is in a room with us:
        they see our presence, and the room brings us our own question whether we are inside (XEP-0410 §3).
        """
        if sender is None or self.is_own(sender):
            return True
        try:
            bare = jids.bare(jids.normalise(sender))
        except ValueError:
            return False
        if bare in self.rooms:
            return self.rooms[bare].inside
        return bare in (self.jid, self.domain) or any(bare in group for group in self.acquainted.values())

    def drop(self, kind: str) -> None:
        """Count a stanza that is not for us or not from whom it says."""
        self.dropped[kind] += 1


class Stream(Protocol):
    """What the nouns need of `webchat.xmpp.client.Client`."""

    @property
    def jid(self) -> str:
        """Our bare address."""

    @property
    def queries(self) -> dict[str, Query]:
        """Open archive questions, the same object as in the client's Context."""

    async def request(
        self, kind: Literal["get", "set"], payload: Element, /, to: str = "", timeout: float = 20
    ) -> Element:
        """The result stanza; raises XmppError, TimedOut or Offline."""

    def send_xml(self, xml: Element, /) -> object:
        """Say it now or not at all."""
