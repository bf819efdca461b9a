"""This room knows whom one can mean by "@": the people of a conversation, and the names of them in a text."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncSession

from webchat.contacts import store as contacts
from webchat.messages import store
from webchat.messages.state.occupants import Occupant, Rooms
from webchat.session.session import Session
from webchat.web.language import N_
from webchat.xmpp import jid as jids
from webchat.xmpp.content import Mention
from webchat.xmpp.rooms.mentions import may_call_all

EVERYBODY = N_("Everybody in this room")
PRESENT = N_("Everybody who is here just now")

MOST = 8
"""People that the list under the box offers."""

MOST_MENTIONS = 20
"""People that one message names; more is shouting."""

RECENT = 200
"""Messages looked through for who spoke last."""


@dataclass(frozen=True, slots=True)
class Somebody:
    """One who can be meant: `name` is typed, `jid` is whom it names, `hint` tells two of one name apart.

    occupant  in a room, the id by which it knows them (XEP-0421)
    group     "room" and "here" are everybody there; the hint is a message id then
    """

    name: str
    jid: str
    hint: str = ""
    occupant: str = ""
    group: Literal["", "room", "here"] = ""


async def people(db: AsyncSession, session: Session, jid: str) -> list[Somebody]:
    """Everybody one can mean: in a room those inside, else one's contacts; who spoke last comes first."""
    room = session[Rooms].get(jid)
    if room is not None and room.phase == "in":
        found = await store.conversation_by_jid(db, session.account_id, jid)
        spoke = await store.recent_senders(db, found.id, RECENT) if found else []
        last = {jids.resource(sender): n for n, sender in enumerate(spoke)}
        nicks = sorted(
            (nick for nick in room.occupants if nick != room.nick),
            key=lambda nick: (last.get(nick, RECENT), nick.casefold()),
        )
        inside = [_occupant(jid, room.occupants[nick]) for nick in nicks]
        return inside + (_groups(jid) if may_call_all(room.role, room.affiliation) else [])
    roster = await contacts.contacts(db, session.account_id)
    talks = await store.conversations(db, session.account_id)
    order = {talk.jid: n for n, talk in enumerate(talks)}
    names = await contacts.names(db, session.account_id, {jid, *roster})
    others = sorted(roster.keys() - {jid}, key=lambda other: (order.get(other, len(order)), names[other]))
    return [Somebody(names[other], other, other) for other in (jid, *others)]


def _occupant(room: str, one: Occupant) -> Somebody:
    return Somebody(one.nick, f"{room}/{one.nick}", one.jid, one.occupant_id)


def _groups(room: str) -> list[Somebody]:
    """Everybody (XEP-0513 §3.2.1.1), for those whose call is heard."""
    return [Somebody("room", room, EVERYBODY, group="room"), Somebody("here", room, PRESENT, group="here")]


def matching(everybody: Iterable[Somebody], query: str) -> list[Somebody]:
    """The first ones whose name begins so, then those in whose name a word does."""
    wanted = query.casefold()
    begin, inside = list[Somebody](), list[Somebody]()
    for one in everybody:
        name = one.name.casefold()
        if name.startswith(wanted):
            begin.append(one)
        elif f" {wanted}" in name:
            inside.append(one)
    return (begin[:MOST] + inside)[:MOST]


def find(text: str, everybody: Iterable[Somebody]) -> tuple[Mention, ...]:
    """Who is named by "@name" in a text (XEP-0372 §3.2), in order; the longest name counts.

    In "mail@name", and where a name only begins an address ("@name.tld"), nobody is meant.
    """
    known = sorted(everybody, key=lambda one: -len(one.name))
    found: list[Mention] = []
    at = text.find("@")
    while at >= 0 and len(found) < MOST_MENTIONS:
        end = at + 1
        if not (at and _joins(text[at - 1])):
            named = next((one for one in known if one.name and _stands(text, at + 1, one.name)), None)
            if named is not None:
                end = at + 1 + len(named.name)
                found.append(Mention(at, end, named.jid, named.occupant, named.group))
        at = text.find("@", end)
    return tuple(found)


async def named(db: AsyncSession, session: Session, jid: str, text: str) -> tuple[Mention, ...]:
    """`find` among the people of a conversation, who are read only when there is an "@" to look for."""
    return find(text, await people(db, session, jid)) if "@" in text else ()


def _joins(char: str) -> bool:
    return char.isalnum() or char in "._-+"


def _stands(text: str, at: int, name: str) -> bool:
    end = at + len(name)
    if text[at:end].casefold() != name.casefold():
        return False
    after = text[end : end + 2]
    return not after or not (
        after[0].isalnum() or after[0] in "_@" or (after[0] in ".-" and after[1:].isalnum())
    )
