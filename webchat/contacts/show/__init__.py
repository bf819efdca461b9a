"""This floor makes of people what templates draw: a line (people), their page (person)."""

from webchat.contacts.show.people import (
    PRESENCE_TEXTS,
    ContactView,
    RequestView,
    avatar_path,
    chat_path,
    contact_view,
    person_path,
    picture_path,
    presence_of,
    presence_text,
    request_views,
    seat_picture,
)
from webchat.contacts.show.person import (
    OwnPresence,
    PersonView,
    ReportView,
    banner_path,
    own_presence,
    person,
    report,
)

__all__ = [
    "PRESENCE_TEXTS",
    "ContactView",
    "OwnPresence",
    "PersonView",
    "ReportView",
    "RequestView",
    "avatar_path",
    "banner_path",
    "chat_path",
    "contact_view",
    "own_presence",
    "person",
    "person_path",
    "picture_path",
    "presence_of",
    "presence_text",
    "report",
    "request_views",
    "seat_picture",
]
