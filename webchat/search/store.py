"""This room asks the rooms below: messages for what was said, posts for what was published, contacts for who
is meant."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from webchat.contacts import store as contacts
from webchat.markup import names as safe
from webchat.markup.words import Term, matches, terms
from webchat.messages.store import search as index
from webchat.posts.store import Node, Post, Sight
from webchat.posts.store import search as posts
from webchat.posts.store.public import public_people
from webchat.search.forms import SECTIONS, TERMS, Question
from webchat.xmpp import jid as jids

RESULTS = 20
PEOPLE = 8
COMMUNITIES = 5
POSTS = 5
MANY = 100
"""People or communities on a page of their own."""

MOST_PUBLIC = 500
"""People of this site with a public page among whom names are looked for."""

MEANT = 50
"""People or conversations that one filter may mean."""


@dataclass(frozen=True, slots=True)
class Place:
    """A person, a room or a whisper; `id` of the conversation is 0 where nothing was said yet. Of kind
    "person" is whom the reader may not know yet: their page says more."""

    id: int
    jid: str
    kind: str
    name: str
    unread: int = 0
    contact: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found: places and communities by their name, posts and messages by their words.

    posts    with the moment from which older ones go on
    known    everybody and every room that can be found by name
    inside   the one conversation that was asked for, if it is one
    more     the sections of which there is more
    """

    places: list[Place]
    hits: list[index.Hit]
    terms: list[Term]
    known: list[Place]
    communities: list[Node]
    posts: list[tuple[int, Post]]
    inside: Place | None = None
    more: frozenset[str] = frozenset()

    @property
    def names(self) -> dict[str, str]:
        """Of the places in which the messages were said."""
        return {place.jid: place.name for place in self.known}


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks: what they may see, when their days begin, whom they want to see nothing of.

    social  False on a site for chats only, which has no pages of posts and communities
    """

    account_id: int
    jid: str
    zone: tzinfo
    blocks: Callable[[str], bool] = lambda _: False
    social: bool = True


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


async def answer(db: AsyncSession, asker: Asker, asked: Question) -> Answer:
    """What somebody has of what they ask."""
    known = await places(db, asker.account_id)
    wanted = terms(asked.words, TERMS)
    via, sight = jids.domain(asker.jid), Sight(asker.account_id, asker.jid)
    most = {"people": PEOPLE, "communities": COMMUNITIES, "posts": POSTS, "messages": RESULTS}
    if asked.only:
        most |= {"people": MANY, "communities": MANY, "posts": RESULTS}
    found: dict[str, list[Any]] = {section: [] for section in SECTIONS}
    if wanted and asked.wants("people"):
        found["people"] = _called(known, wanted) + await _others(db, asker, known, asked, wanted)
    if wanted and asker.social and asked.wants("communities"):
        some = await posts.find_communities(db, via, wanted, sight, most=most["communities"] + 1)
        found["communities"] = some
    if wanted and asker.social and asked.wants("posts"):
        many, before = most["posts"] + 1, asked.older if asked.only else 0
        found["posts"] = await posts.find_posts(db, via, wanted, sight, before=before, most=many)
    if asked.wants("messages"):
        found["messages"] = await _messages(db, asker, asked, known, wanted)
    inside = [place for name in asked.in_ for place in known if place.jid == name]
    return Answer(
        places=found["people"][: most["people"]],
        hits=found["messages"][:RESULTS],
        terms=wanted,
        known=known,
        communities=found["communities"][: most["communities"]],
        posts=found["posts"][: most["posts"]],
        inside=inside[0] if len(asked.in_) == 1 and inside else None,
        more=frozenset(section for section in SECTIONS if len(found[section]) > most[section]),
    )


async def _others(
    db: AsyncSession, asker: Asker, known: Sequence[Place], asked: Question, wanted: list[Term]
) -> list[Place]:
    """People of this site who chose to be public, and whose address it is that was typed."""
    here = {place.jid for place in known} | {asker.jid}
    found = {
        row.jid: Place(0, row.jid, "person", row.nickname or jids.shown(row.jid))
        for row in await public_people(db, MOST_PUBLIC)
        if matches(f"{row.nickname} {row.jid}", wanted)
    }
    typed = _address(asked.typed)
    if typed:
        found.setdefault(typed, Place(0, typed, "person", jids.shown(typed)))
    return [place for jid, place in found.items() if jid not in here and not asker.blocks(jid)]


def _address(typed: str) -> str:
    """The whole address of a person that was typed, "" for anything else."""
    try:
        jid = jids.normalise(typed.removeprefix("xmpp:")) if "@" in typed and " " not in typed else ""
    except ValueError:
        return ""
    return jid if jids.local(jid) and "." in jids.domain(jid) and jid == jids.bare(jid) else ""


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
    db: AsyncSession, asker: Asker, asked: Question, known: list[Place], wanted: list[Term]
) -> list[index.Hit]:
    if not wanted and not asked.filtered:
        return []
    labels: list[set[str]] = [{f".{kind}"} for kind in asked.has]
    if asked.in_:
        labels.append({index.in_conversation(place.id) for place in _meant(known, asked.in_) if place.id})
    if asked.from_:
        labels.append(_by(asked.from_, known, asker.jid))
    since = _midnight(asked.after, asker.zone)
    if asked.unread:
        oldest = await index.unread_since(db, asker.account_id)
        unread = {index.in_conversation(place.id) for place in known if place.unread}
        labels += [{index.THEM}, set(sorted(unread)[:MEANT]) if oldest else set()]
        since = max(filter(None, (since, oldest)), default=None)
    if not wanted and not labels:
        # Only days: what anybody said in them.
        labels.append({index.ME, index.THEM})
    looked = index.Wanted(wanted, labels, since, _midnight(asked.before, asker.zone), asked.unread)
    return await index.search(db, asker.account_id, looked, before=asked.older or None, limit=RESULTS + 1)


def _by(names: Sequence[str], known: list[Place], own: str) -> set[str]:
    people = [place for place in known if place.kind == "chat"]
    others = [name for name in names if name.lower() not in ("me", own)]
    labels = {index.by(place.jid) for place in _meant(people, others)} | {index.by(name) for name in others}
    return labels if len(others) == len(names) else labels | {index.ME}


def _midnight(day: date | None, zone: tzinfo) -> datetime | None:
    return datetime.combine(day, time.min, zone) if day else None
