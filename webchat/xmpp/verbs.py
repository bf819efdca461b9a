"""This room names what a session can say to the network: frozen values, made stanzas by the noun rooms.

Durable verbs travel through the outbox (webchat.session.outbox); the others are said at once or not at all.
"""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Verb:
    """Base of all verbs."""


@dataclass(frozen=True, slots=True)
class SendMessage(Verb):
    """Durable. A chat message; `id` is stanza id and origin-id at once: a repetition is recognised."""

    to: str
    body: str
    id: str


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


@dataclass(frozen=True, slots=True)
class SendPresence(Verb):
    """Said at once. Our own availability to everybody subscribed; `show` "" means online."""

    show: str = ""
    status: str = ""
