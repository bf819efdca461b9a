"""This room names what may make somebody look up."""

from dataclasses import dataclass

from webchat.change import Change


@dataclass(frozen=True, slots=True)
class Notice(Change):
    """A message of `conversation` (a JID) that just came is worth telling."""

    conversation: str
    message_id: int


@dataclass(frozen=True, slots=True)
class Reminded(Change):
    """The hour has come at which the user wanted to hear of this message of `conversation` (a JID)."""

    conversation: str
    message_id: int


@dataclass(frozen=True, slots=True)
class ModeChanged(Change):
    """What is told of `conversation` is different now."""

    conversation: str


@dataclass(frozen=True, slots=True)
class NotificationsChanged(Change):
    """Something new to hear of, or no more."""


@dataclass(frozen=True, slots=True)
class Happened(Change):
    """Something to hear of has just happened: its kind, and what it is about, as it is kept."""

    kind: str
    about: str


@dataclass(frozen=True, slots=True)
class NotificationsSeen(Change):
    """The reader looked at what there is to hear of."""


@dataclass(frozen=True, slots=True)
class DevicesChanged(Change):
    """Other browsers than before are told by their push service."""
