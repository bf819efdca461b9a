"""This room makes lists of rooms that one could join: found ones, and those somebody invites to."""

from collections.abc import Iterable
from dataclasses import dataclass

from webchat.contacts.show import chat_path
from webchat.markup import names as safe
from webchat.markup.colour import colour
from webchat.messages.show import room_name
from webchat.rooms.show.room import path_of
from webchat.rooms.state import Invited
from webchat.rooms.store import InvitationRow
from webchat.session.session import Session
from webchat.xmpp import jid as jids
from webchat.xmpp.rooms.directory import FoundRoom
from webchat.xmpp.rooms.info import ListedRoom

MOST = 200
"""Rooms shown at once; whoever looks for another one types a word of it."""


@dataclass(frozen=True, slots=True)
class FoundView:
    """One room in a list; texts are foreign and safe to show."""

    jid: str
    name: str
    address: str
    path: str
    description: str
    people: int | None
    colour: int
    initial: str


@dataclass(frozen=True, slots=True)
class InvitationView:
    """Somebody invites into a room; nothing of the room is asked before the user looks."""

    room: str
    name: str
    address: str
    path: str
    decline: str
    inviter: str
    inviter_path: str
    reason: str
    colour: int
    initial: str


def listed(rooms: Iterable[ListedRoom], words: str = "") -> list[FoundView]:
    """The rooms of a service whose name or address has all these words."""
    needles = words.casefold().split()
    found = [
        room for room in rooms if all(needle in f"{room.name} {room.jid}".casefold() for needle in needles)
    ]
    return [_view(room.jid, room.name, "", None) for room in found[:MOST]]


def found(rooms: Iterable[FoundRoom]) -> list[FoundView]:
    """What the directory knows."""
    return [_view(room.jid, room.name, room.description, room.people) for room in rooms]


def _view(jid: str, name: str, description: str, people: int | None) -> FoundView:
    shown = room_name(jid, name)
    return FoundView(
        jid=jid,
        name=shown,
        address=jids.shown(jid),
        path=path_of(jid),
        description=safe.shown(description, 300),
        people=people,
        colour=colour(jid),
        initial=safe.initial(shown),
    )


def invitation_views(session: Session, rows: Iterable[InvitationRow]) -> list[InvitationView]:
    """Open invitations; what a stranger writes about a room is shown as their words."""
    return [_invitation(row, session[Invited].names.get(row.room, "")) for row in rows]


def _invitation(row: InvitationRow, title: str) -> InvitationView:
    name = room_name(row.room, title)
    return InvitationView(
        room=row.room,
        name=name,
        address=jids.shown(row.room),
        path=path_of(row.room),
        decline=path_of(row.room, "/invitation/delete"),
        inviter=jids.shown(row.inviter) if row.inviter else "",
        inviter_path=chat_path(jids.bare(row.inviter)) if row.inviter else "",
        reason=safe.shown(row.reason, 300),
        colour=colour(row.room),
        initial=safe.initial(name),
    )
