"""This room names what a page about messages may have to redraw."""

from dataclasses import dataclass

from webchat.change import Change


@dataclass(frozen=True, slots=True)
class MessageChanged(Change):
    """A message is new at the end of `conversation` (a JID), or its state is different; its place is not."""

    conversation: str
    id: int


@dataclass(frozen=True, slots=True)
class TimelineChanged(Change):
    """Messages came between others, or changed places: the page fetches its timeline again."""

    conversation: str


@dataclass(frozen=True, slots=True)
class TypingChanged(Change):
    """The other side began or stopped typing."""

    conversation: str


@dataclass(frozen=True, slots=True)
class DraftChanged(Change):
    """The draft of `conversation` is different, on this device or another."""

    conversation: str


@dataclass(frozen=True, slots=True)
class UnreadChanged(Change):
    """Some number of unread messages is different."""


@dataclass(frozen=True, slots=True)
class ConversationChanged(Change):
    """One row of the list of conversations is different: excerpt, unread, place."""

    jid: str


@dataclass(frozen=True, slots=True)
class ConversationClosed(Change):
    """One conversation does not stand in the list any more."""

    jid: str


@dataclass(frozen=True, slots=True)
class ComingsChanged(Change):
    """Who came into a room and left it since something was said there."""

    conversation: str


@dataclass(frozen=True, slots=True)
class LaterChanged(Change):
    """What waits to be sent later in `conversation` is different; "" for reminders."""

    conversation: str
