"""This room is who sits in the rooms of a session: our seat in each, and everybody else's.

It lives in memory only: the room tells all of it again whenever we enter (XEP-0045 §7.2).
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from webchat.xmpp.content import Hat
from webchat.xmpp.events import OccupantChanged

MOST_OCCUPANTS = 20_000
"""Seats remembered of one room; beyond that a room is a flood, and who sits there cannot be read anyway."""

MOST_COMINGS = 100
"""People in a room beyond which nobody is told who comes and goes, and the most who are remembered of it."""

Phase = Literal["out", "entering", "in"]


@dataclass(frozen=True, slots=True)
class Occupant:
    """One person as the room shows them; every text is foreign.

    jid          real bare JID where the room shows it, else ""
    occupant_id  XEP-0421, "" in a room that gives none
    show         "" (there), away, chat, dnd or xa
    photo        SHA-1 of their picture (XEP-0153), "" for none
    """

    nick: str
    jid: str = ""
    affiliation: str = "none"
    role: str = "none"
    occupant_id: str = ""
    show: str = ""
    status: str = ""
    hats: tuple[Hat, ...] = ()
    photo: str = ""


class Comings:
    """Who came into a room and who left it since something was said there; the last ones.

    Who comes and goes again cancels out: only what is different is worth a line.
    """

    def __init__(self) -> None:
        self.came: dict[str, None] = {}
        self.left: dict[str, None] = {}
        self._renamed: set[str] = set()

    def __bool__(self) -> bool:
        return bool(self.came or self.left)

    def come(self, nick: str) -> bool:
        """Somebody came; False when that is no news."""
        if nick in self._renamed:
            self._renamed.discard(nick)
            return False
        if nick not in self.left:
            self._note(self.came, nick)
        self.left.pop(nick, None)
        return True

    def leave(self, nick: str) -> None:
        """Somebody left."""
        if nick not in self.came:
            self._note(self.left, nick)
        self.came.pop(nick, None)

    def rename(self, nick: str, new: str) -> None:
        """Somebody is called something else: the seat that comes next is no new person."""
        if len(self._renamed) < MOST_COMINGS:
            self._renamed.add(new)
        for known in (self.came, self.left):
            if known.pop(nick, self) is None:
                known[new] = None

    def clear(self) -> bool:
        """Begin anew; False when there was nothing."""
        there = bool(self)
        self.came.clear()
        self.left.clear()
        return there

    def _note(self, known: dict[str, None], nick: str) -> None:
        known[nick] = None
        if len(known) > MOST_COMINGS:
            del known[next(iter(known))]


@dataclass(slots=True)
class RoomState:
    """Our place in one room.

    phase        "out", "entering" or "in"
    trouble      why we are not in, or not as we wished: "" or a condition.
                 Of stanzas: not-authorized (a password is needed, or wrong), registration-required (members
                 only), forbidden (banned), conflict (nick taken), service-unavailable (room is full),
                 item-not-found (no such room), gone (destroyed; `alternate` may name another), not-allowed,
                 not-acceptable, jid-malformed, remote-server-not-found, remote-server-timeout, ...
                 Of ours: kicked, banned, removed (members only now), shutdown, lost (not heard any more)
    text         what the room said beside it, or its reason (foreign)
    by           nick of who kicked or banned us, where the room tells
    alternate    room to go to instead of a destroyed one
    occupants    everybody inside by nick, ourselves included
    subject      what is talked about; `subject_by` the nick of who set it
    features     what the room announces (XEP-0030)
    name         what the room calls itself
    occupant_id  our own (XEP-0421)
    heard        monotonic time of the last stanza from the room
    comings      who came and left since something was said
    attempts     entries that failed in a row, for the back-off
    community    service and node of the community that it says it belongs to, None for none
    people       occupant id → real bare JID of whoever the room has named, also after they left
    """

    jid: str
    nick: str = ""
    phase: Phase = "out"
    trouble: str = ""
    occupants: dict[str, Occupant] = field(default_factory=dict)
    subject: str = ""
    features: frozenset[str] = frozenset()
    affiliation: str = "none"
    role: str = "none"
    text: str = ""
    by: str = ""
    alternate: str = ""
    subject_by: str = ""
    name: str = ""
    occupant_id: str = ""
    heard: float = 0.0
    attempts: int = 0
    comings: Comings = field(default_factory=Comings)
    community: tuple[str, str] | None = None
    people: dict[str, str] = field(default_factory=dict)

    @property
    def private_group(self) -> bool:
        """Members only, and everybody sees who the others are."""
        return {"muc_membersonly", "muc_nonanonymous"} <= self.features

    @property
    def may_speak(self) -> bool:
        """We are in and have a voice."""
        return self.phase == "in" and self.role in ("participant", "moderator")

    @property
    def may_moderate(self) -> bool:
        """We are in as a moderator."""
        return self.phase == "in" and self.role == "moderator"

    def seat(self, event: OccupantChanged) -> None:
        """Somebody sits down, or sits differently."""
        if event.nick not in self.occupants and len(self.occupants) >= MOST_OCCUPANTS:
            return
        self.occupants[event.nick] = Occupant(
            nick=event.nick,
            jid=event.jid,
            affiliation=event.affiliation,
            role=event.role,
            occupant_id=event.occupant_id,
            show=event.show,
            status=event.status,
            hats=event.hats,
            photo=event.photo,
        )
        if event.jid and event.occupant_id and len(self.people) < MOST_OCCUPANTS:
            self.people[event.occupant_id] = event.jid
        if event.mine:
            self.nick, self.affiliation, self.role = event.nick, event.affiliation, event.role
            self.occupant_id = event.occupant_id

    def leave(self, trouble: str = "", text: str = "", by: str = "", alternate: str = "") -> None:
        """We are out; why, unless we wanted it."""
        self.phase = "out"
        self.trouble, self.text, self.by, self.alternate = trouble, text, by, alternate
        self.role = "none"
        self.occupants.clear()
        self.comings = Comings()

    def hear(self) -> None:
        """The room has said something."""
        self.heard = time.monotonic()


class Rooms:
    """The rooms of a session by bare JID; `marked` are those among the user's bookmarks."""

    def __init__(self) -> None:
        self._rooms: dict[str, RoomState] = {}
        self.marked: set[str] = set()

    def __iter__(self) -> Iterator[RoomState]:
        return iter(list(self._rooms.values()))

    def __contains__(self, jid: object) -> bool:
        return jid in self._rooms

    def get(self, jid: str) -> RoomState | None:
        """The state of a room we are in, enter, or were in; None for any other."""
        return self._rooms.get(jid)

    def ensure(self, jid: str) -> RoomState:
        """The state of a room, made now if need be."""
        return self._rooms.setdefault(jid, RoomState(jid))

    def drop(self, jid: str) -> None:
        """Forget a room."""
        self._rooms.pop(jid, None)
