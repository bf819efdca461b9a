"""This room asks the rooms below: messages for what was said, contacts for who is meant."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo

from sqlalchemy.ext.asyncio import AsyncSession

from webchat.contacts import store as contacts
from webchat.markup import names as safe
from webchat.markup.words import Term, matches, terms
from webchat.messages.store import search as index
from webchat.search.forms import TERMS, Question
from webchat.xmpp import jid as jids

RESULTS = 20
PEOPLE = 8
MEANT = 50
"""People or conversations that one filter may mean."""


@dataclass(frozen=True, slots=True)
class Place:
    """A person, a room or a whisper; `id` of the conversation is 0 where nothing was said yet."""

    id: int
    jid: str
    kind: str
    name: str
    unread: int = 0
    contact: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found: places by their name, messages by their words.

    names    of the places in which the messages were said
    inside   the one conversation that was asked for, if it is one
    more     there are older ones
    """

    places: list[Place]
    hits: list[index.Hit]
    terms: list[Term]
    names: dict[str, str]
    inside: Place | None = None
    more: bool = False


async def places(db: AsyncSession, account_id: int) -> list[Place]:
    """Everybody and every room that can be found by name: what was used last comes first."""
    roster = await contacts.contacts(db, account_id)
    begun = await index.named(db, account_id)
    found = []
    for one in begun:
        if one.kind == "room":
            name = safe.shown(one.title, 80) or safe.shown(jids.local(one.jid))
        elif one.kind == "whisper":
            name = safe.shown(jids.resource(one.jid))
        else:
            name = roster[one.jid].shown if one.jid in roster else ""
        name = name or jids.shown(one.jid)
        found.append(Place(one.id, one.jid, one.kind, name, one.unread, one.jid in roster))
    here = {place.jid for place in found}
    rest = [Place(0, jid, "chat", row.shown, contact=True) for jid, row in roster.items() if jid not in here]
    return found + sorted(rest, key=lambda place: place.name.casefold())


async def answer(db: AsyncSession, account_id: int, jid: str, asked: Question, zone: tzinfo) -> Answer:
    """What an account (with this bare JID) has of what is asked; days begin when the zone says."""
    known = await places(db, account_id)
    wanted = terms(asked.words, TERMS)
    found = await _messages(db, account_id, jid, asked, known, wanted, zone)
    by_name = [] if asked.filtered or asked.older or not wanted else _called(known, wanted)[:PEOPLE]
    inside = [place for name in asked.in_ for place in known if place.jid == name]
    return Answer(
        places=by_name,
        hits=found[:RESULTS],
        terms=wanted,
        names={place.jid: place.name for place in known},
        inside=inside[0] if len(asked.in_) == 1 and inside else None,
        more=len(found) > RESULTS,
    )


def _called(known: Iterable[Place], wanted: list[Term]) -> list[Place]:
    return [place for place in known if matches(f"{place.name} {place.jid}", wanted)]


def _meant(known: list[Place], names: Iterable[str]) -> list[Place]:
    """Whom these names mean: an address one, a name everybody who is called so."""
    found: list[Place] = []
    for name in names:
        exact = [place for place in known if place.jid == name.lower()]
        found += exact or (_called(known, wanted) if (wanted := terms(name, TERMS)) else [])
    return found[:MEANT]


async def _messages(
    db: AsyncSession,
    account_id: int,
    jid: str,
    asked: Question,
    known: list[Place],
    wanted: list[Term],
    zone: tzinfo,
) -> list[index.Hit]:
    if not wanted and not asked.filtered:
        return []
    labels: list[set[str]] = [{f".{kind}"} for kind in asked.has]
    if asked.in_:
        labels.append({index.in_conversation(place.id) for place in _meant(known, asked.in_) if place.id})
    if asked.from_:
        labels.append(_by(asked.from_, known, jid))
    since = _midnight(asked.after, zone)
    if asked.unread:
        oldest = await index.unread_since(db, account_id)
        unread = {index.in_conversation(place.id) for place in known if place.unread}
        labels += [{index.THEM}, set(sorted(unread)[:MEANT]) if oldest else set()]
        since = max(filter(None, (since, oldest)), default=None)
    if not wanted and not labels:
        # Only days: what anybody said in them.
        labels.append({index.ME, index.THEM})
    looked = index.Wanted(wanted, labels, since, _midnight(asked.before, zone), asked.unread)
    return await index.search(db, account_id, looked, before=asked.older or None, limit=RESULTS + 1)


def _by(names: Sequence[str], known: list[Place], own: str) -> set[str]:
    people = [place for place in known if place.kind == "chat"]
    others = [name for name in names if name.lower() not in ("me", own)]
    labels = {index.by(place.jid) for place in _meant(people, others)} | {index.by(name) for name in others}
    return labels if len(others) == len(names) else labels | {index.ME}


def _midnight(day: date | None, zone: tzinfo) -> datetime | None:
    return datetime.combine(day, time.min, zone) if day else None
