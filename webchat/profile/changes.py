"""This room names what pages about people and places may have to redraw."""

from dataclasses import dataclass

from webchat.change import Change


@dataclass(frozen=True, slots=True)
class PlaceChanged(Change):
    """Somebody (bare JID) says otherwise where they are."""

    jid: str


@dataclass(frozen=True, slots=True)
class OwnPlaceChanged(Change):
    """The user shares where they are, or does no longer."""


@dataclass(frozen=True, slots=True)
class OwnCardChanged(Change):
    """The user tells something else about themselves: card, picture, banner or who may see them."""
