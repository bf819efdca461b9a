"""This room names what a session can say to the network: frozen values, made stanzas by the noun rooms.

Durable verbs travel through the outbox (webchat.session.outbox); the others are said at once or not at all.
"""

from dataclasses import dataclass
from typing import Literal

from webchat.xmpp.content import Emoji, Mention, Reply, SharedFile


@dataclass(frozen=True, slots=True)
class Verb:
    """Base of all verbs."""


@dataclass(frozen=True, slots=True)
class SendMessage(Verb):
    """Durable. A message; `id` is stanza id and origin-id at once: a repetition is recognised.

    to        bare JID of a person or a room; the occupant's full room JID for a whisper
    kind      "chat", "room" or "whisper"
    body      what its author wrote; fallbacks for old clients are added when the stanza is made
    quoted    body of the message that `reply` answers, for the fallback (XEP-0461 §3.1)
    corrects  stanza id of the own message whose place this one takes (XEP-0308), "" for a new one
    """

    to: str
    body: str
    id: str
    kind: str = "chat"
    reply: Reply | None = None
    quoted: str = ""
    files: tuple[SharedFile, ...] = ()
    emoji: tuple[Emoji, ...] = ()
    mentions: tuple[Mention, ...] = ()
    spoiler: str | None = None
    corrects: str = ""


@dataclass(frozen=True, slots=True)
class SendReaction(Verb):
    """Durable. XEP-0444: all our reactions to `target` from now on."""

    to: str
    target: str
    emojis: tuple[str, ...]
    id: str
    kind: str = "chat"


@dataclass(frozen=True, slots=True)
class SendRetraction(Verb):
    """Durable. XEP-0424: take our message `target` back (in a room its stanza-id)."""

    to: str
    target: str
    id: str
    kind: str = "chat"


@dataclass(frozen=True, slots=True)
class SendDisplayed(Verb):
    """Durable. XEP-0333 marker for a contact who may know that we read (`to` bare, `id` of their message)."""

    to: str
    id: str


@dataclass(frozen=True, slots=True)
class SendReceipt(Verb):
    """Durable. XEP-0184 receipt for `id`."""

    to: str
    id: str


@dataclass(frozen=True, slots=True)
class SendChatState(Verb):
    """Said at once. XEP-0085."""

    to: str
    state: Literal["active", "composing", "paused", "inactive", "gone"]
    kind: str = "chat"


@dataclass(frozen=True, slots=True)
class SendPresence(Verb):
    """Said at once. Our own availability to everybody subscribed; `show` "" means online.

    photo  SHA-1 of our picture, "" for none; None where the server says it by itself (XEP-0153, XEP-0398)
    idle   since when nobody has looked, as XEP-0082 writes it; "" says nothing of that (XEP-0319)
    """

    show: str = ""
    status: str = ""
    photo: str | None = None
    idle: str = ""


@dataclass(frozen=True, slots=True)
class EnterRoom(Verb):
    """Said at once. XEP-0045 §7.2; `history` is how many seconds of discussion to ask for, 0 for none."""

    room: str
    nick: str
    password: str = ""
    history: int = 0
    show: str = ""
    status: str = ""


@dataclass(frozen=True, slots=True)
class LeaveRoom(Verb):
    """Said at once. §7.14."""

    room: str
    nick: str
    status: str = ""
