"""This room names what may make somebody look up."""

from dataclasses import dataclass

from webchat.change import Change


@dataclass(frozen=True, slots=True)
class Notice(Change):
    """A message of `conversation` (a JID) that just came is worth telling."""

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
class NotificationsSeen(Change):
    """The reader looked at what there is to hear of."""
