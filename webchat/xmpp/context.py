"""This room says what the nouns know of the stream they read: who we are, what we asked, what we dropped."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol
from xml.etree.ElementTree import Element

from webchat.xmpp import jid as jids
from webchat.xmpp.events import ArchivedEvent


@dataclass(slots=True)
class Query:
    """An open question to our archive; its results are collected here while they arrive (XEP-0313 §4).

    with_jid  bare address the question was limited to, "" for everything
    limit     results asked for; a server that sends many more is not listened to any longer
    """

    id: str
    with_jid: str = ""
    limit: int = 100
    results: list[tuple[str, datetime, ArchivedEvent | None]] = field(default_factory=list)


@dataclass(slots=True)
class Context:
    """What a stanza is judged by.

    jid          our bare address, normalised
    full         our full address as the server bound it
    domain       our server
    queries      open archive questions by their id
    features     what the installed slices honour, announced beside `namespaces.OURS`
    sid_trusted  our account announces urn:xmpp:sid:0, so it removes forged stanza ids (XEP-0359 §6)
    dropped      how many stanzas were refused, by kind
    """

    jid: str
    full: str
    domain: str
    queries: dict[str, Query] = field(default_factory=dict)
    features: tuple[str, ...] = ()
    sid_trusted: bool = False
    dropped: Counter[str] = field(default_factory=Counter)

    def is_own(self, spelled: str | None) -> bool:
        """Our bare address to the letter, as our server writes it: wrappers are believed from nobody else."""
        return spelled == self.jid or (spelled is not None and spelled == jids.bare(self.full))

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
