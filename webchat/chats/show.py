"""This room makes the head of a chat (a person, or somebody in a room), and finds what an address means."""

import dataclasses
from urllib.parse import unquote

from webchat.contacts import store as contacts
from webchat.contacts.show import ContactView, contact_view
from webchat.contacts.store import ContactRow
from webchat.errors import NotFound
from webchat.markup import names as safe
from webchat.markup.colour import colour
from webchat.messages import store as messages
from webchat.messages.show import path_of, room_name
from webchat.messages.state.occupants import Rooms
from webchat.posts.show import paths as posts
from webchat.session.session import Session
from webchat.web.language import N_, translate
from webchat.web.templates import installed
from webchat.xmpp import atom
from webchat.xmpp import jid as jids

PRIVATE = N_("Private, in the room %(room)s")


def place_of(uri: str) -> str:
    """Where an xmpp: address leads: to a post, a community or blog, a room (?join), else to the chat.

    Raises NotFound for what is no such address.
    """
    if (ref := atom.ref(uri)) is not None:
        return posts.path_of(ref) if ref.item else posts.node_path(ref)
    path, _, query = uri.strip()[5:].lstrip("/").partition("?")
    try:
        jid = jids.bare(jids.normalise(unquote(path)))
    except ValueError:
        raise NotFound from None
    if uri.strip()[:5].lower() != "xmpp:":
        raise NotFound
    return f"/{'rooms' if query.partition(';')[0] == 'join' else 'chats'}/{jids.escape_path(jid)}"


async def place_beside(session: Session, jid: str) -> str:
    """The page of a conversation; that of the list alone for what is no address, or no conversation yet."""
    async with session.read() as db:
        talk = await messages.conversation_by_jid(db, session.account_id, jid) if jid else None
        known = talk is not None or await contacts.is_contact(db, session.account_id, jid)
    return path_of(jid, talk.kind if talk else "chat") if known else "/chats"


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
