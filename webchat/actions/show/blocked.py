"""This room makes the list of the blocked."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from webchat.contacts import store as contacts
from webchat.contacts.show import avatar_path, person_path
from webchat.contacts.state import Blocklist
from webchat.markup import names as safe
from webchat.markup.colour import colour
from webchat.session.session import Session
from webchat.xmpp import jid as jids

MOST = 200
"""Lines of one page; whoever has more looks for words."""


@dataclass(frozen=True, slots=True)
class Line:
    """One of the blocked.

    kind   "person", "server" (everybody there) or "seat": one place of an address, somebody in a room
    name   of a contact, "" for others
    path   the page about them, "" for what is no person
    """

    jid: str
    shown: str
    kind: str
    name: str
    path: str
    picture: str
    initial: str
    colour: int


@dataclass(frozen=True, slots=True)
class BlockedView:
    """See templates/actions/_blocked.html.

    state  "list", "none" (the server keeps no such list), "unknown" (it was not asked yet) or "offline"
    total  how many are blocked, `found` how many of them have the words
    """

    state: str
    lines: Sequence[Line]
    total: int
    found: int
    words: str


async def blocked(db: AsyncSession, session: Session, words: str = "") -> BlockedView:
    """Who is blocked, servers first, then by name; only those that have the words, if there are any."""
    blocklist = session[Blocklist]
    state = "list" if blocklist.offered else "offline" if session.state != "online" else "none"
    people = [jid for jid in blocklist.jids if jids.local(jid) and not jids.resource(jid)]
    known = await contacts.contacts(db, session.account_id, people)
    names = {jid: row.shown for jid, row in known.items()}
    wanted = words.casefold()
    found = [jid for jid in blocklist.jids if wanted in f"{jid} {names.get(jid, '')}".casefold()]
    found.sort(key=lambda jid: (bool(jids.local(jid)), (names.get(jid) or jid).casefold(), jid))
    lines = [_line(session, jid, names.get(jid, "")) for jid in found[:MOST]]
    return BlockedView(state, lines, len(blocklist.jids), len(found), words)


def _line(session: Session, jid: str, name: str) -> Line:
    seat = bool(jids.resource(jid))
    person = bool(jids.local(jid)) and not seat
    return Line(
        jid=jid,
        shown=jids.shown(jid),
        kind="person" if person else "seat" if seat else "server",
        name=name,
        path=person_path(jid) if person else "",
        picture=avatar_path(session, jid) if person else "",
        initial=safe.initial(name or jid),
        colour=colour(jid),
    )
