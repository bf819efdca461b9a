"""This room makes the list of who is in a room, and the page of one of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from heapq import nsmallest
from urllib.parse import quote, urlencode

from webchat.contacts.show import PRESENCE_TEXTS, avatar_path, chat_path, seat_picture
from webchat.contacts.store import ContactRow
from webchat.markup import names as safe
from webchat.markup.colour import colour
from webchat.messages.show.speakers import hats, mark, odd
from webchat.messages.state.occupants import Occupant, Rooms, RoomState
from webchat.rooms.show.room import path_of
from webchat.session.session import Session
from webchat.web.language import N_
from webchat.xmpp import jid as jids

PAGE = 100
"""People on one page of the list."""

MOST_CONTACTS = 200
"""Contacts to tick; whoever has more types an address."""

GROUPS = {
    "owner": N_("Owners"),
    "admin": N_("Admins"),
    "moderator": N_("Moderators"),
    "member": N_("Members"),
    "participant": N_("Participants"),
    "visitor": N_("Visitors"),
}
"""What people are in a room, the most powerful first."""

_ORDER = {group: place for place, group in enumerate(GROUPS)}


@dataclass(frozen=True, slots=True)
class PersonView:
    """One occupant; `group` is a key of GROUPS, `words` and `mark` are message ids, the rest is foreign.

    whisper  the page of private messages with them, "" for ourselves
    address  who they really are, where the room tells; `contact` is the page of the chat with them
    odd      the nick is not what it looks like
    """

    nick: str
    name: str
    path: str
    colour: int
    initial: str
    presence: str
    words: str
    status: str
    group: str
    mark: str
    hats: tuple[str, ...]
    mine: bool
    whisper: str
    address: str
    contact: str
    picture: str
    odd: bool


@dataclass(frozen=True, slots=True)
class PeopleView:
    """One page of the list: groups in order, each with its heading (message id)."""

    groups: tuple[tuple[str, tuple[PersonView, ...]], ...]
    total: int
    found: int
    wanted: str
    page: int
    earlier: str
    later: str


def people(
    session: Session, state: RoomState, wanted: str = "", page: int = 1, below: str = "/about"
) -> PeopleView:
    """Who is inside, by what they are and then by name; `wanted` is part of a nick.

    below  the page under the room's own that shows the list, for the links to further pages
    """
    needle = wanted.strip()[:80].casefold()
    named = [(seat.nick.casefold(), seat) for seat in state.occupants.values()]
    found = [(_ORDER[group(seat)], name, seat.nick, seat) for name, seat in named if needle in name]
    page = max(1, min(page, (len(found) + PAGE - 1) // PAGE))
    # Of ten thousand only the first pages are put in order. No nick is there twice: seats are never compared.
    first = nsmallest(page * PAGE, found)
    shown = [person(session, state, seat) for *_, seat in first[(page - 1) * PAGE :]]

    def link(number: int) -> str:
        if number < 1 or (number - 1) * PAGE >= len(found):
            return ""
        query = urlencode({"who": needle, "page": number} if needle else {"page": number})
        return f"{path_of(state.jid, below)}?{query}"

    return PeopleView(
        groups=_grouped(shown),
        total=len(state.occupants),
        found=len(found),
        wanted=wanted.strip()[:80],
        page=page,
        earlier=link(page - 1),
        later=link(page + 1),
    )


def _grouped(found: Iterable[PersonView]) -> tuple[tuple[str, tuple[PersonView, ...]], ...]:
    groups: dict[str, list[PersonView]] = {}
    for view in found:
        groups.setdefault(view.group, []).append(view)
    return tuple((GROUPS[name], tuple(views)) for name, views in groups.items())


def group(seat: Occupant) -> str:
    """What somebody is first of all: a key of GROUPS."""
    if seat.affiliation in ("owner", "admin"):
        return seat.affiliation
    if seat.role in ("moderator", "visitor"):
        return seat.role
    return "member" if seat.affiliation == "member" else "participant"


def person(session: Session, state: RoomState, seat: Occupant) -> PersonView:
    """One occupant as pages show them."""
    mine = seat.nick == state.nick
    presence = seat.show or "online"
    person_ = session.jid if mine else seat.jid
    name = safe.shown(seat.nick) or jids.shown(state.jid)
    return PersonView(
        nick=seat.nick,
        name=name,
        path=path_of(state.jid, f"/people/{quote(seat.nick, safe='')}"),
        colour=colour(person_ or seat.nick),
        initial=safe.initial(name),
        presence=presence,
        words=PRESENCE_TEXTS.get(presence, PRESENCE_TEXTS["online"]),
        status=safe.shown(seat.status, 200),
        group=group(seat),
        mark=mark(seat),
        hats=hats(seat),
        mine=mine,
        whisper="" if mine else chat_path(f"{state.jid}/{seat.nick}"),
        address=jids.shown(seat.jid) if seat.jid else "",
        contact=chat_path(seat.jid) if seat.jid and not mine else "",
        picture=(avatar_path(session, person_) if person_ else "")
        or seat_picture(session, f"{state.jid}/{seat.nick}", seat.photo),
        odd=odd(seat.nick, state),
    )


@dataclass(frozen=True, slots=True)
class ToInvite:
    """A contact who can be invited; `name` is safe to show."""

    jid: str
    name: str
    colour: int
    initial: str
    picture: str


def to_invite(session: Session, room: str, contacts: Mapping[str, ContactRow]) -> list[ToInvite]:
    """The contacts who are not seen inside, by their names."""
    state = session[Rooms].get(room) or RoomState(room)
    inside = {jids.bare(seat.jid) for seat in state.occupants.values() if seat.jid}
    found = [
        ToInvite(jid, contact.shown, colour(jid), safe.initial(contact.shown), avatar_path(session, jid))
        for jid, contact in contacts.items()
        if jid not in inside and jids.local(jid)
    ]
    return sorted(found, key=lambda one: one.name.casefold())[:MOST_CONTACTS]
