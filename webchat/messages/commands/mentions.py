"""This room knows whom one can mean by "@": the people of a conversation, and the names of them in a text."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from webchat.contacts import store as contacts
from webchat.messages import store
from webchat.messages.state.occupants import Rooms
from webchat.session.session import Session
from webchat.xmpp import jid as jids
from webchat.xmpp.content import Mention

MOST = 8
"""People that the list under the box offers."""

MOST_MENTIONS = 20
"""People that one message names; more is shouting."""

RECENT = 200
"""Messages looked through for who spoke last."""


@dataclass(frozen=True, slots=True)
class Somebody:
    """One who can be meant: `name` is typed, `jid` is whom it names, `hint` tells two of one name apart."""

    name: str
    jid: str
    hint: str = ""


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
        return [Somebody(nick, f"{jid}/{nick}", room.occupants[nick].jid) for nick in nicks]
    roster = await contacts.contacts(db, session.account_id)
    talks = await store.conversations(db, session.account_id)
    order = {talk.jid: n for n, talk in enumerate(talks)}
    names = await contacts.names(db, session.account_id, {jid, *roster})
    others = sorted(roster.keys() - {jid}, key=lambda other: (order.get(other, len(order)), names[other]))
    return [Somebody(names[other], other, other) for other in (jid, *others)]


def matching(everybody: Iterable[Somebody], query: str) -> list[Somebody]:
    """The first ones whose name begins so, then those in whose name a word does."""
    wanted = query.casefold()
    known = list(everybody)
    begin = [one for one in known if one.name.casefold().startswith(wanted)]
    inside = [one for one in known if one not in begin and f" {wanted}" in one.name.casefold()]
    return (begin + inside)[:MOST]


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
                found.append(Mention(at, end, named.jid))
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
