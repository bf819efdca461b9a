"""This room names what a page about rooms may have to redraw."""

from dataclasses import dataclass

from webchat.change import Change


@dataclass(frozen=True, slots=True)
class RoomChanged(Change):
    """Our place in a room, its subject, its name or its bookmark is different."""

    jid: str


@dataclass(frozen=True, slots=True)
class OccupantsChanged(Change):
    """Somebody came, went or changed in a room; said at most about once a second for each room."""

    jid: str


@dataclass(frozen=True, slots=True)
class InvitationsChanged(Change):
    """An invitation came or was answered."""
