"""This room names what can arrive from the network: frozen values, grouped by noun.

Addresses are normalised strings (`webchat.xmpp.jid`), times are aware UTC datetimes.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, slots=True)
class Event:
    """Base of all events."""


# ---- the stream


@dataclass(frozen=True, slots=True)
class ConnectionStateChanged(Event):
    """`state` as a person would say it; `reason` is a condition of errors.LoginFailed or a stream error."""

    state: Literal["connecting", "online", "offline", "failed"]
    reason: str = ""
    resumed: bool = False


@dataclass(frozen=True, slots=True)
class StanzaAcked(Event):
    """The server took responsibility for our message (XEP-0198 §4)."""

    id: str


# ---- messages


@dataclass(frozen=True, slots=True)
class MessageReceived(Event):
    """A message with a body, live, as a carbon (XEP-0280) or from an archive (XEP-0313).

    conversation  bare JID of the other side
    sender        full JID as the stanza had it (for own messages one of our resources)
    mine          sent by this account
    id            the stanza's own id ("" if none); origin_id by XEP-0359 ("" if none)
    stanza_id     given by our own archive, and only by it ("" if none)
    stamp         archive or delay time, else None: the receiver stamps it on arrival
    archived      came in a page of the archive: no alarms
    """

    conversation: str
    sender: str
    mine: bool
    body: str
    id: str = ""
    origin_id: str = ""
    stanza_id: str = ""
    stamp: datetime | None = None
    archived: bool = False
    carbon: bool = False
    receipt_requested: bool = False
    markable: bool = False


@dataclass(frozen=True, slots=True)
class ReceiptReceived(Event):
    """XEP-0184: `sender` got the message with `id`. `mine`: one of our own clients said so."""

    conversation: str
    sender: str
    mine: bool
    id: str
    archived: bool = False


@dataclass(frozen=True, slots=True)
class DisplayedReceived(Event):
    """XEP-0333: all up to the message with `id` was displayed by `sender`; `mine`: by our other client."""

    conversation: str
    sender: str
    mine: bool
    id: str
    archived: bool = False


@dataclass(frozen=True, slots=True)
class MessageFailed(Event):
    """Our message `id` came back as an error from `conversation` ("": from our own server, about anybody)."""

    conversation: str
    id: str
    condition: str
    text: str = ""
    archived: bool = False


@dataclass(frozen=True, slots=True)
class ChatStateReceived(Event):
    """XEP-0085, live only."""

    conversation: str
    sender: str
    state: Literal["active", "composing", "paused", "inactive", "gone"]


ArchivedEvent = MessageReceived | ReceiptReceived | DisplayedReceived | MessageFailed


@dataclass(frozen=True, slots=True)
class ArchivePage(Event):
    """One page of our own archive in archive order (XEP-0313 + 0059).

    conversation  "" for the whole archive, else the bare JID it was filtered by
    query         what was asked for: "forward" (after `after`), "backward" (before `before`; "" = newest)
    first, last   archive ids of the first and last result, "" for an empty page
    complete      the archive has nothing further in that direction
    results       (archive id, stamp, what it was); None where the result was of no interest
    """

    conversation: str
    query: Literal["forward", "backward"]
    after: str
    before: str
    first: str
    last: str
    complete: bool
    results: tuple[tuple[str, datetime, ArchivedEvent | None], ...] = ()


# ---- people


@dataclass(frozen=True, slots=True)
class RosterItem:
    """RFC 6121 §2.1: `subscription` none/to/from/both/remove; `ask` is "subscribe" while we wait."""

    jid: str
    name: str = ""
    subscription: str = "none"
    ask: str = ""
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RosterReceived(Event):
    """The whole roster, as answered; replaces what we had."""

    items: tuple[RosterItem, ...]
    version: str = ""


@dataclass(frozen=True, slots=True)
class RosterPushed(Event):
    """One item changed, removed when subscription is "remove" (RFC 6121 §2.1.6)."""

    item: RosterItem
    version: str = ""


@dataclass(frozen=True, slots=True)
class PresenceReceived(Event):
    """Availability of one resource. `show` is "" (online), away, chat, dnd or xa."""

    jid: str  # full
    available: bool
    show: str = ""
    status: str = ""
    priority: int = 0
    mine: bool = False


@dataclass(frozen=True, slots=True)
class SubscriptionRequested(Event):
    """Somebody asks to see our presence (RFC 6121 §3.1); answered only by the user's click."""

    jid: str
    status: str = ""


# ---- read marks


@dataclass(frozen=True, slots=True)
class ReadMarksReceived(Event):
    """XEP-0490: per conversation the archive id up to which another client of ours displayed it."""

    marks: tuple[tuple[str, str], ...] = field(default=())
