"""This room makes of rooms the values that the templates draw."""

from webchat.rooms.show.about import MODES, AboutView, about
from webchat.rooms.show.found import FoundView, InvitationView, found, invitation_views, listed
from webchat.rooms.show.people import PeopleView, PersonView, people, person, to_invite
from webchat.rooms.show.room import (
    NOT_THERE,
    TROUBLES,
    DoorView,
    InfoView,
    RoomView,
    door,
    info_view,
    path_of,
    room_view,
)

__all__ = [
    "MODES",
    "NOT_THERE",
    "TROUBLES",
    "AboutView",
    "DoorView",
    "FoundView",
    "InfoView",
    "InvitationView",
    "PeopleView",
    "PersonView",
    "RoomView",
    "about",
    "door",
    "found",
    "info_view",
    "invitation_views",
    "listed",
    "path_of",
    "people",
    "person",
    "room_view",
    "to_invite",
]
