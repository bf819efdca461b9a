"""This room makes of people one line each: frozen values, names safe to show, paths ready to follow."""

from collections.abc import Iterable
from dataclasses import dataclass

from webchat.contacts.state import OFFLINE, Blocklist, Faces, Presence, Presences
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
BLOCKED = N_("Blocked")


@dataclass(frozen=True, slots=True)
class ContactView:
    """The other side of a conversation.

    presence       online, chat, away, xa, dnd or offline; `presence_text` says it in the reader's language
    status         what the contact says about it: foreign, one plain line
    stranger       not in the roster, so only the address is shown
    odd            the name is not what it looks like: the address belongs beside it
    waiting        we asked to see their presence and wait
    add, remove    where the forms lead that make them a contact or end that; "" where there is nothing to do
    avatar         where their picture is, "" to draw the initial
    profile        the page about them; forms about them lead below it
    blocked        nothing of theirs arrives
    can_block      the server keeps a list of blocked addresses
    self_named     the name is their own word: the address belongs beside it
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
    avatar: str = ""
    profile: str = ""
    blocked: bool = False
    can_block: bool = False
    self_named: bool = False


@dataclass(frozen=True, slots=True)
class RequestView:
    """Somebody who asks to see our presence; `accept`, `decline` and `block` are where its forms lead."""

    jid: str
    name: str
    path: str
    accept: str
    decline: str
    colour: int
    initial: str
    block: str = ""


def avatar_path(session: Session, jid: str) -> str:
    """Where the picture of an address is (bare, or an occupant's), "" to draw the coloured initial."""
    sha1 = session[Faces].avatars.get(jid, "")
    return picture_path(sha1)


def seat_picture(session: Session, jid: str, sha1: str) -> str:
    """Where the picture is that somebody in a room, or the room itself, announces; "" while it is not here.

    Drawn for the first time it is fetched, so that of a crowd only those cost something who are looked at.
    """
    if not sha1:
        return ""
    faces = session[Faces]
    if faces.avatars.get(jid) == sha1:
        return picture_path(sha1)
    faces.want(jid, sha1, "vcard")
    return ""


def picture_path(sha1: str) -> str:
    """Where a kept picture is, "" for none."""
    return installed().url(f"/avatars/{sha1}") if sha1 else ""


def person_path(jid: str) -> str:
    """The page about a bare JID, as browsers write it."""
    return installed().url(f"/people/{jids.escape_path(jid)}")


def chat_path(jid: str) -> str:
    """The page of the conversation with a bare JID, as browsers write it."""
    return installed().url(f"/chats/{jids.escape_path(jid)}")


def presence_of(session: Session, jid: str) -> Presence:
    """What is visible of a bare JID now; nothing while our own stream is away, because we would not know."""
    return session[Presences].best(jid) if session.state == "online" else OFFLINE


def contact_view(
    session: Session, jid: str, row: ContactRow | None, language: str, *, picture: str = ""
) -> ContactView:
    """A person with their presence; `row` is their roster item, None for a stranger.

    picture  SHA-1 of a picture to draw a stranger with, on a page that the user opened about them
    """
    presence = presence_of(session, jid)
    name = row.shown if row else jids.shown(jid)
    contact = installed().url(f"/contacts/{jids.escape_path(jid)}")
    blocklist = session[Blocklist]
    blocked = blocklist.blocks(jid)
    return ContactView(
        jid=jid,
        name=name,
        path=chat_path(jid),
        presence=presence.kind,
        presence_text=translate(BLOCKED if blocked else presence_text(presence, row), language),
        status=safe.shown(presence.status, 200),
        colour=colour(jid),
        initial=safe.initial(name),
        stranger=row is None,
        odd=row is not None and bool(row.given) and safe.is_odd(row.given),
        waiting=row is not None and row.ask == "subscribe",
        add=contact if row is None and jid != session.jid else "",
        remove=f"{contact}/delete" if row is not None else "",
        avatar=picture_path(row.avatar if row is not None else picture),
        profile=person_path(jid),
        blocked=blocked,
        can_block=blocklist.offered and jid != session.jid,
        self_named=row is not None and row.self_named,
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


def request_views(session: Session, requests: Iterable[str]) -> list[RequestView]:
    """Open requests; what a stranger calls himself is not shown, only the address (security case A24)."""
    can_block = session[Blocklist].offered
    return [_request_view(jid, can_block=can_block) for jid in requests]


def _request_view(jid: str, *, can_block: bool) -> RequestView:
    own = installed().url(f"/requests/{jids.escape_path(jid)}")
    name = jids.shown(jid)
    return RequestView(
        jid,
        name,
        person_path(jid),
        own,
        f"{own}/delete",
        colour(jid),
        safe.initial(name),
        f"{person_path(jid)}/block" if can_block else "",
    )
