"""This room names what a page about people may have to redraw."""

from dataclasses import dataclass

from webchat.change import Change


@dataclass(frozen=True, slots=True)
class ContactChanged(Change):
    """Name, subscription or visible presence of one person (bare JID) is different."""

    jid: str


@dataclass(frozen=True, slots=True)
class RosterChanged(Change):
    """Who is in the roster, or the names by which people are sorted, is different."""


@dataclass(frozen=True, slots=True)
class RequestsChanged(Change):
    """Somebody asks to see our presence, or a request was answered."""


@dataclass(frozen=True, slots=True)
class ProfileChanged(Change):
    """What somebody (bare JID) tells about themselves was asked for."""

    jid: str


@dataclass(frozen=True, slots=True)
class OwnPresenceChanged(Change):
    """The user shows themselves otherwise: another presence, status or picture."""
