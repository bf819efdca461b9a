"""This room says who speaks in a room: name, colour, marks and hats of one seat."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from webchat.markup import names as safe
from webchat.markup.colour import colour
from webchat.messages.state.occupants import Occupant, Rooms, RoomState
from webchat.messages.store import Line
from webchat.session.session import Session
from webchat.web.language import N_
from webchat.xmpp import jid as jids

MARKS = {"owner": N_("Owner"), "admin": N_("Admin"), "moderator": N_("Moderator")}
"""Affiliation or role → the word beside a name; who is nothing of these has none."""

MOST_HATS = 3
NOBODY = N_("Somebody")


class Seated(Protocol):
    """Whatever was said from a seat in a room."""

    @property
    def mine(self) -> bool:
        """Said by the user."""

    @property
    def occupant_id(self) -> str:
        """XEP-0421, "" where the room gives none."""


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who said something in a room.

    nick   as the room has it: what a mention is made of; `name` is safe to show
    mark   message id of what they are in the room, "" for nothing special
    hats     XEP-0317: titles that the room gave, safe to show
    picture  where it is, "" to draw the initial
    odd      the name is not what it looks like
    """

    nick: str
    name: str
    jid: str
    colour: int
    initial: str
    mark: str = ""
    hats: tuple[str, ...] = ()
    picture: str = ""
    odd: bool = False


def speaker(
    line: Line,
    jid: str,
    own_nick: str,
    room: RoomState | None,
    picture: Callable[[str, str], str] = lambda jid, sha1: "",
    face: Callable[[str], str] = lambda jid: "",
    own: str = "",
) -> Speaker:
    """Whose message this is; marks, hats and picture are those of now, and only of the very same person.

    Where the room shows who somebody is, colour and picture are those of the person (`face`), as everywhere.

    A nick can be taken by anybody who comes later, so nothing is said of a seat that no occupant id
    (XEP-0421) ties to the message.
    """
    sat = jids.bare(line.sender) == jid
    nick = jids.resource(line.sender) if sat else own_nick if line.mine else ""
    seat = room.occupants.get(nick) if room is not None else None
    same = seat is not None and bool(seat.occupant_id) and seat.occupant_id == line.occupant_id
    name = safe.shown(nick) or NOBODY
    person = real(line, room, own)
    seen = picture(f"{jid}/{nick}", seat.photo) if seat is not None and same else ""
    return Speaker(
        nick=nick,
        name=name,
        jid=f"{jid}/{nick}" if nick else jid,
        colour=colour(person or nick),
        initial=safe.initial(name),
        mark=mark(seat) if seat is not None and same else "",
        hats=hats(seat) if seat is not None and same else (),
        picture=(face(person) if person else "") or seen,
        odd=odd(nick, room),
    )


def real(said: Seated, room: RoomState | None, own: str) -> str:
    """The bare JID of who said something in a room, "" where the room keeps it to itself."""
    if said.mine:
        return own
    return room.people.get(said.occupant_id, "") if room is not None and said.occupant_id else ""


def odd(nick: str, room: RoomState | None) -> bool:
    """Whether a nick can be taken for another: by what is unseen in it, or one of its room (case A18)."""
    return safe.is_odd(nick) or (
        room is not None and (twin := safe.twin(nick)) != nick and twin in room.occupants
    )


def mark(seat: Occupant) -> str:
    """What somebody is in the room, as a message id."""
    return MARKS.get(seat.affiliation, "") or MARKS.get(seat.role, "")


def hats(seat: Occupant) -> tuple[str, ...]:
    """The titles that somebody wears, the first ones."""
    shown = (safe.shown(hat.title, 40) for hat in seat.hats[: 4 * MOST_HATS])
    return tuple(filter(None, shown))[:MOST_HATS]


MOST_CAME = 3
"""People of one line about who came that are named; of the others the number is told."""


@dataclass(frozen=True, slots=True)
class Crowd:
    """Some people: the names of the first ones, safe to show, and how many there are beside them."""

    names: tuple[str, ...]
    others: int

    @property
    def count(self) -> int:
        """How many they are."""
        return len(self.names) + self.others


@dataclass(frozen=True, slots=True)
class ComingsView:
    """Who came into a room and left it since something was said; see templates/messages/_comings.html."""

    jid: str
    came: Crowd
    left: Crowd


def comings(session: Session, jid: str) -> ComingsView:
    """Who came and left, the last ones by name."""
    room = session[Rooms].get(jid) or RoomState(jid)
    return ComingsView(jid, _crowd(room.comings.came), _crowd(room.comings.left))


def _crowd(nicks: Iterable[str]) -> Crowd:
    known = list(nicks)[::-1]
    named = tuple(safe.shown(nick, 40) or NOBODY for nick in known[:MOST_CAME])
    return Crowd(named, len(known) - len(named))


def together(before: Line, line: Line) -> bool:
    """Whether two messages of a room have the same author."""
    if before.mine or line.mine:
        return before.mine and line.mine
    return (before.sender, before.occupant_id) == (line.sender, line.occupant_id)
