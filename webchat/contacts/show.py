"""This room makes of people what templates draw: frozen values, names safe to show, paths ready to follow."""

from collections.abc import Iterable
from dataclasses import dataclass

from webchat.contacts.state import OFFLINE, Presence, Presences
from webchat.contacts.store import ContactRow
from webchat.markup import names as safe
from webchat.markup.colour import colour
from webchat.session.session import Session
from webchat.web.language import N_, translate
from webchat.web.templates import installed
from webchat.xmpp import jid as jids

PRESENCE_TEXTS = {
    "online": N_("Online"),
    "chat": N_("Free to chat"),
    "away": N_("Away"),
    "xa": N_("Away for longer"),
    "dnd": N_("Do not disturb"),
    "offline": N_("Offline"),
}
STRANGER = N_("Not in your contacts")
WAITING = N_("Waiting for their answer")
NOT_SHARED = N_("Does not share when they are online")


@dataclass(frozen=True, slots=True)
class ContactView:
    """The other side of a conversation.

    presence       online, chat, away, xa, dnd or offline; `presence_text` says it in the reader's language
    status         what the contact says about it: foreign, one plain line
    stranger       not in the roster, so only the address is shown
    odd            the name is not what it looks like: the address belongs beside it
    waiting        we asked to see their presence and wait
    add, remove    where the forms lead that make them a contact or end that; "" where there is nothing to do
    """

    jid: str
    name: str
    path: str
    presence: str
    presence_text: str
    status: str
    colour: int
    initial: str
    stranger: bool
    odd: bool
    waiting: bool
    add: str = ""
    remove: str = ""


@dataclass(frozen=True, slots=True)
class RequestView:
    """Somebody who asks to see our presence; `accept` and `decline` are where its two forms lead."""

    jid: str
    name: str
    path: str
    accept: str
    decline: str
    colour: int
    initial: str


def chat_path(jid: str) -> str:
    """The page of the conversation with a bare JID, as browsers write it."""
    return installed().url(f"/chats/{jids.escape_path(jid)}")


def presence_of(session: Session, jid: str) -> Presence:
    """What is visible of a bare JID now; nothing while our own stream is away, because we would not know."""
    return session[Presences].best(jid) if session.state == "online" else OFFLINE


def contact_view(session: Session, jid: str, row: ContactRow | None, language: str) -> ContactView:
    """A person with their presence; `row` is their roster item, None for a stranger."""
    presence = presence_of(session, jid)
    name = row.shown if row else jids.shown(jid)
    contact = installed().url(f"/contacts/{jids.escape_path(jid)}")
    return ContactView(
        jid=jid,
        name=name,
        path=chat_path(jid),
        presence=presence.kind,
        presence_text=translate(presence_text(presence, row), language),
        status=safe.shown(presence.status, 200),
        colour=colour(jid),
        initial=safe.initial(name),
        stranger=row is None,
        odd=row is not None and bool(row.name) and safe.is_odd(row.name),
        waiting=row is not None and row.ask == "subscribe",
        add=contact if row is None and jid != session.jid else "",
        remove=f"{contact}/delete" if row is not None else "",
    )


def presence_text(presence: Presence, row: ContactRow | None) -> str:
    """What a page says of somebody's presence, as a message id; also why nothing is known."""
    if presence.kind != "offline":
        return PRESENCE_TEXTS[presence.kind]
    if row is None:
        return STRANGER
    if row.ask:
        return WAITING
    return PRESENCE_TEXTS["offline"] if row.seen else NOT_SHARED


def request_views(requests: Iterable[str]) -> list[RequestView]:
    """Open requests; what a stranger calls himself is not shown, only the address (security case A24)."""
    return [_request_view(jid) for jid in requests]


def _request_view(jid: str) -> RequestView:
    own = installed().url(f"/requests/{jids.escape_path(jid)}")
    name = jids.shown(jid)
    return RequestView(jid, name, chat_path(jid), own, f"{own}/delete", colour(jid), safe.initial(name))
