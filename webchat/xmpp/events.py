"""This room names what can arrive from the network: frozen values, grouped by noun.

Addresses are normalised strings (`webchat.xmpp.jid`), times are aware UTC datetimes.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from webchat.xmpp.content import Bookmark, Challenge, Emoji, Hat, Mention, Reply, SharedFile


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
    """A message with a body or files, live, as a carbon (XEP-0280) or from an archive (XEP-0313).

    conversation  bare JID of the other side or of the room; for a whisper the occupant's full room JID
    sender        full JID as the stanza had it (for own messages one of our resources; in a room room/nick)
    mine          sent by this account
    body          without the fallback text of what is understood otherwise (XEP-0428); may be "" beside files
    id            the stanza's own id ("" if none); origin_id by XEP-0359 ("" if none)
    stanza_id     given by our own archive or by the room, and only by it ("" if none)
    stamp         archive or delay time, else None: the receiver stamps it on arrival
    archived      came in a page of the archive: no alarms
    kind          "chat", "room" (type groupchat) or "whisper" (private message through a room)
    occupant_id   XEP-0421, only from a room that announces it
    spoiler       XEP-0382: the hint ("" for none) of a covered message, None for an open one
    encryption    XEP-0380 namespace when the text is only a stand-in for something encrypted, else ""
    mentions_me   in a room: it names us, by XEP-0372 or by our nick
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
    kind: Literal["chat", "room", "whisper"] = "chat"
    occupant_id: str = ""
    reply: Reply | None = None
    files: tuple[SharedFile, ...] = ()
    emoji: tuple[Emoji, ...] = ()
    mentions: tuple[Mention, ...] = ()
    spoiler: str | None = None
    unstyled: bool = False
    encryption: str = ""
    mentions_me: bool = False


@dataclass(frozen=True, slots=True)
class MessageCorrected(Event):
    """XEP-0308: `message` takes the place of the one its sender gave the stanza id `target`."""

    message: MessageReceived
    target: str

    @property
    def conversation(self) -> str:
        """The same as of the message."""
        return self.message.conversation


@dataclass(frozen=True, slots=True)
class MessageRetracted(Event):
    """XEP-0424 (both versions): the sender of `target` took it back. In a room `target` is the stanza-id."""

    conversation: str
    sender: str
    mine: bool
    target: str
    id: str = ""
    kind: Literal["chat", "room", "whisper"] = "chat"
    occupant_id: str = ""
    stamp: datetime | None = None
    archived: bool = False


@dataclass(frozen=True, slots=True)
class MessageModerated(Event):
    """XEP-0425 (both versions): the room itself took the message with the stanza-id `target` away.

    by  nick or bare JID of the moderator as far as the room tells, else ""
    """

    conversation: str
    target: str
    by: str = ""
    reason: str = ""
    stamp: datetime | None = None
    archived: bool = False


@dataclass(frozen=True, slots=True)
class ReactionReceived(Event):
    """XEP-0444: from now on `sender` reacts to `target` with exactly these (none: no longer)."""

    conversation: str
    sender: str
    mine: bool
    target: str
    emojis: tuple[str, ...]
    id: str = ""
    kind: Literal["chat", "room", "whisper"] = "chat"
    occupant_id: str = ""
    stamp: datetime | None = None
    archived: bool = False


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


@dataclass(frozen=True, slots=True)
class RoomInvited(Event):
    """An invitation, direct (XEP-0249) or through the room (§7.8.2); never followed by itself."""

    room: str
    inviter: str
    reason: str = ""
    password: str = ""
    direct: bool = False


ArchivedEvent = (
    MessageReceived
    | MessageCorrected
    | MessageRetracted
    | MessageModerated
    | ReactionReceived
    | ReceiptReceived
    | DisplayedReceived
    | MessageFailed
    | RoomInvited
)


@dataclass(frozen=True, slots=True)
class ArchivePage(Event):
    """One page of an archive in archive order (XEP-0313 + 0059).

    conversation  "" for the whole archive of the account, else the bare JID it was filtered by, or the room
    room          it is the room's own archive that was asked
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
    room: bool = False


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
    """Availability of one resource. `show` is "" (online), away, chat, dnd or xa.

    photo  hash of the picture in the sender's vCard (XEP-0153), "" for none, None where nothing is said
    idle   since when nobody has touched the device (XEP-0319)
    """

    jid: str  # full
    available: bool
    show: str = ""
    status: str = ""
    priority: int = 0
    mine: bool = False
    photo: str | None = None
    idle: datetime | None = None


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


# ---- rooms (XEP-0045)


@dataclass(frozen=True, slots=True)
class OccupantChanged(Event):
    """Presence of one occupant.

    available    False: left, by `statuses` renamed (303, see `new_nick`), kicked (307), banned (301), ...
    mine         status 110, or the nick that we asked for
    jid          real bare JID where the room shows it, else ""
    by, reason   who removed or changed somebody, and why
    alternate    room to go to instead, when this one was destroyed; `destroyed` says whether it was
    """

    room: str
    nick: str
    available: bool
    mine: bool = False
    affiliation: str = "none"
    role: str = "none"
    jid: str = ""
    occupant_id: str = ""
    show: str = ""
    status: str = ""
    hats: tuple[Hat, ...] = ()
    photo: str = ""
    statuses: frozenset[int] = frozenset()
    new_nick: str = ""
    by: str = ""
    reason: str = ""
    destroyed: bool = False
    alternate: str = ""


@dataclass(frozen=True, slots=True)
class RoomRefused(Event):
    """The room answered our presence with an error, or asks something first: we are not in with this nick."""

    room: str
    nick: str
    condition: str
    text: str = ""
    challenge: Challenge | None = None


@dataclass(frozen=True, slots=True)
class RoomSubjectReceived(Event):
    """§8.1: the subject, "" for none; the first one after joining ends the room's history."""

    room: str
    nick: str
    subject: str


@dataclass(frozen=True, slots=True)
class RoomConfigChanged(Event):
    """§10.2.1: what the room says of itself should be asked for again (status 104, 170, 172, ...)."""

    room: str
    statuses: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class BookmarksReceived(Event):
    """Rooms the user keeps. `whole`: these and no others; else news about these, and `removed` ones."""

    bookmarks: tuple[Bookmark, ...]
    whole: bool = False
    removed: tuple[str, ...] = ()


# ---- what people publish about themselves (XEP-0163)


@dataclass(frozen=True, slots=True)
class AvatarAnnounced(Event):
    """XEP-0084 metadata, or a photo hash in presence (XEP-0153): id is the SHA-1 in hex, "" for no avatar."""

    jid: str
    id: str
    media_type: str = ""
    size: int = 0
    source: Literal["pep", "vcard"] = "pep"


@dataclass(frozen=True, slots=True)
class NicknameReceived(Event):
    """XEP-0172: what somebody calls themselves; "" takes it back."""

    jid: str
    nick: str


@dataclass(frozen=True, slots=True)
class BlocklistReceived(Event):
    """XEP-0191. `whole`: exactly these are blocked; else these were blocked, or unblocked."""

    jids: tuple[str, ...]
    blocked: bool = True
    whole: bool = False
