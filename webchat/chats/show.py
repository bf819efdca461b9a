"""This room makes the head of a chat: a person, or somebody in a room whom one writes to privately."""

import dataclasses

from webchat.contacts.show import ContactView, contact_view
from webchat.contacts.store import ContactRow
from webchat.markup import names as safe
from webchat.markup.colour import colour
from webchat.messages.show import room_name
from webchat.messages.state.occupants import Rooms
from webchat.session.session import Session
from webchat.web.language import N_, translate
from webchat.web.templates import installed
from webchat.xmpp import jid as jids

PRIVATE = N_("Private, in the room %(room)s")


def other_side(session: Session, jid: str, contact: ContactRow | None, language: str) -> ContactView:
    """Whom the page is about; `contact` is their roster item."""
    view = contact_view(session, jid, contact, language)
    return _whispered(session, view, language) if jids.resource(jid) else view


def _whispered(session: Session, view: ContactView, language: str) -> ContactView:
    """Somebody in a room: what the room says of them, and nothing that only a person has."""
    room, nick = jids.bare(view.jid), jids.resource(view.jid)
    state = session[Rooms].get(room)
    name = safe.shown(nick) or room_name(room, "")
    title = room_name(room, state.name if state is not None else "")
    return dataclasses.replace(
        view,
        name=name,
        presence="",
        presence_text=translate(PRIVATE, language) % {"room": title},
        status="",
        colour=colour(nick),
        initial=safe.initial(name),
        add="",
        remove="",
        profile=installed().url(f"/rooms/{jids.escape_path(room)}/people/{jids.escape_path(nick)}"),
        can_block=False,
        blocked=False,
        stranger=False,
    )
