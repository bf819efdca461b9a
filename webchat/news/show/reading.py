"""This room makes the pages of news and of what there is to find."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from webchat.contacts import store as contacts
from webchat.contacts.state import Blocklist
from webchat.db.base import now
from webchat.markup import names as safe
from webchat.news import store
from webchat.news.show.filters import FilterView, filters
from webchat.news.show.lists import TabView, address, older, tabs
from webchat.news.state import Home
from webchat.posts import show as posts
from webchat.posts.show.cards import reader
from webchat.posts.show.follow import FollowView, follow_views
from webchat.posts.state import Suggestion, Suggestions
from webchat.posts.store import Place, Post
from webchat.posts.store.public import public_people
from webchat.session.session import Session
from webchat.xmpp import jid as jids
from webchat.xmpp.entries import MICROBLOG, Ref

PAGE = 20
EXPLORE_PAGE = 18
AROUND = 6
TAGS_SINCE = timedelta(days=30)
MOST_SUGGESTED = 12
MOST_PUBLIC = 12
FEW_NAMES = 3


@dataclass(frozen=True, slots=True)
class PillView:
    """How many posts came while a page was open, and where they are; `many`: more than are counted."""

    path: str
    number: int
    many: bool


@dataclass(frozen=True, slots=True)
class PersonView:
    """Somebody who can be followed."""

    who: posts.Who
    follow: FollowView


@dataclass(frozen=True, slots=True)
class NewsView:
    """The page of news.

    older      where older posts are, "" for nowhere; `first`: this page begins with the newest
    until      id of the first card that was there when one looked before, 0 for none
    around     posts of others of this server, for wide screens: first what is no news
    posts      the rows of the cards
    suggested  whom one could follow, where there is nothing to read
    public     likewise those of this site who chose to be read by everybody
    """

    tab: str
    tabs: Sequence[TabView]
    cards: Sequence[posts.Card]
    older: str
    first: bool
    pill: PillView
    until: int = 0
    around: Sequence[posts.Card] = ()
    posts: Sequence[Post] = ()
    suggested: Sequence[PersonView] = ()
    public: Sequence[PersonView] = ()


@dataclass(frozen=True, slots=True)
class SuggestionView:
    """A community that contacts follow, with their names in `by`, or one that is known here."""

    title: str
    path: str
    service: str
    by: Sequence[str]
    follow: FollowView


@dataclass(frozen=True, slots=True)
class ExploreView:
    """The page of what there is to find.

    tags    (tag, path, number)
    posts   the rows of the cards
    people  contacts, where there is nothing to read
    public  those of this site who chose to be read by everybody
    filter  which posts are left out
    """

    tab: str
    tabs: Sequence[TabView]
    cards: Sequence[posts.Card]
    older: str
    first: bool
    filter: FilterView
    tags: Sequence[tuple[str, str, int]] = ()
    suggestions: Sequence[SuggestionView] = ()
    people: Sequence[PersonView] = ()
    public: Sequence[PersonView] = ()
    posts: Sequence[Post] = ()


async def news(
    db: AsyncSession,
    session: Session,
    tab: str,
    before: Place | None,
    *,
    looked: datetime | None = None,
) -> NewsView:
    """The page of news; `looked`: when the account looked before."""
    via = jids.domain(session.jid)
    nodes = await store.sources(db, session.account_id, session.jid, tab)
    found = await store.news(db, via, nodes, before=before, most=PAGE + 1)
    shown = await posts.cards(db, session, found[:PAGE])
    first = before is None
    empty = first and not shown and tab != "communities"
    suggested = await people(db, session) if empty else []
    return NewsView(
        tab,
        tabs("/news", tab),
        shown,
        older("/news", tab, found, PAGE),
        first,
        PillView(address("/news", tab), 0, many=False),
        _until(found[:PAGE], looked) if first else 0,
        await around(db, session, {post.id for post in found}) if first else (),
        found[:PAGE],
        suggested,
        await public(db, session, suggested, back="news") if empty else (),
    )


async def around(db: AsyncSession, session: Session, listed: set[int]) -> list[posts.Card]:
    """What others of this server wrote, nothing twice on one page; what the reader is told of anyhow comes
    last."""
    found = await store.around_here(db, session.jid, session[Home].service, AROUND + len(listed))
    told = set(await store.sources(db, session.account_id, session.jid))
    shown = [post for post in found if post.id not in listed and not post.nsfw]
    shown.sort(key=lambda post: post.node_id in told)
    return await posts.cards(db, session, shown[:AROUND]) if shown else []


async def around_page(db: AsyncSession, session: Session, tab: str) -> list[posts.Card]:
    """The same for the first page of a tab, as it is now."""
    nodes = await store.sources(db, session.account_id, session.jid, tab)
    found = await store.news(db, jids.domain(session.jid), nodes, most=PAGE + 1)
    return await around(db, session, {post.id for post in found})


def _until(found: Sequence[Post], looked: datetime | None) -> int:
    """The first post that is not new, when one above it is."""
    if looked is None or not found or not _is_new(found[0], looked):
        return 0
    return next((post.id for post in found if not _is_new(post, looked)), 0)


def _is_new(post: Post, looked: datetime) -> bool:
    return post.received_at > looked and post.published > looked - store.RECENT


async def pill(db: AsyncSession, session: Session, tab: str, since: datetime) -> PillView:
    """What came into this list since then."""
    number = await store.arrived(
        db, session.account_id, session.jid, since, session[Blocklist].blocks, kind=tab
    )
    return PillView(address("/news", tab), number, number >= store.MOST_NEW)


async def unread(db: AsyncSession, session: Session) -> int:
    """The number beside "News"."""
    return await store.unread(db, session.account_id, session.jid, session[Blocklist].blocks)


async def people(db: AsyncSession, session: Session) -> list[PersonView]:
    """Contacts whom one could follow."""
    wanted = await store.people_to_follow(db, session.account_id, session.jid)
    knows = await reader(db, session, wanted)
    places = [(jid, MICROBLOG, knows.who(jid).name) for jid in wanted]
    views = await follow_views(db, session, places, back="news")
    return [PersonView(knows.who(jid), views[jid, MICROBLOG]) for jid in wanted if not knows.blocks(jid)]


async def public(
    db: AsyncSession, session: Session, besides: Sequence[PersonView], *, back: str
) -> list[PersonView]:
    """People of this site who chose to be read by everybody, `besides` these; those who are followed already
    come last."""
    without = {session.jid, *(person.who.jid for person in besides)}
    rows = [row for row in await public_people(db, 4 * MOST_PUBLIC) if row.jid not in without]
    knows = await reader(db, session, [row.jid for row in rows])
    wanted = [row.jid for row in rows if not knows.blocks(row.jid)]
    views = await follow_views(
        db, session, [(jid, MICROBLOG, knows.who(jid).name) for jid in wanted], back=back
    )
    wanted.sort(key=lambda jid: bool(views[jid, MICROBLOG].state))
    return [PersonView(knows.who(jid), views[jid, MICROBLOG]) for jid in wanted[:MOST_PUBLIC]]


async def explore(db: AsyncSession, session: Session, tab: str, before: Place | None) -> ExploreView:
    """The page of what there is to find."""
    via, path = jids.domain(session.jid), "/explore"
    adult = session.preferences.get("adult") == "on"
    chosen = store.chosen_by(session.preferences)
    wanted: dict[str, Any] = {"kind": tab, "before": before, "most": EXPLORE_PAGE + 1, "adult": adult}
    wanted["wanted"] = chosen
    found = await store.open_posts(db, via, session.jid, **wanted)
    cards = await posts.cards(db, session, found[:EXPLORE_PAGE])
    popular = await store.popular_tags(db, via, since=now() - TAGS_SINCE)
    contacts_ = [] if cards or chosen != store.ALL else await people(db, session)
    return ExploreView(
        tab,
        tabs(path, tab),
        cards,
        older(path, tab, found, EXPLORE_PAGE),
        before is None,
        await filters(db, session, chosen, adult=adult),
        [(tag, posts.tag_path(tag), number) for tag, number in popular],
        await suggestions(db, session),
        contacts_,
        await public(db, session, contacts_, back="explore"),
        found[:EXPLORE_PAGE],
    )


async def suggestions(db: AsyncSession, session: Session) -> list[SuggestionView]:
    """Communities that the user does not follow: those of most contacts first, then what is known here."""
    told = session[Suggestions].found
    here = await store.communities(db, session.account_id, jids.domain(session.jid), 2 * MOST_SUGGESTED)
    known = list(told.values())
    known += [Suggestion(*one, ()) for one in here if one[:2] not in told]
    places = [(one.service, one.node, safe.shown(one.title)) for one in known]
    buttons = await follow_views(db, session, places, back="explore")
    free = [one for one in known if not buttons[one.service, one.node].state]
    # What is known here keeps its order: sorting is stable.
    free = sorted(free, key=lambda one: (-len(one.by), *((one.title, one.node) if one.by else ("", ""))))
    free = free[:MOST_SUGGESTED]
    names = await contacts.names(db, session.account_id, [jid for one in free for jid in one.by])
    return [
        SuggestionView(
            safe.shown(one.title) or safe.shown(one.node),
            posts.node_path(Ref(one.service, one.node)),
            jids.shown(one.service),
            [names[jid] for jid in one.by[:FEW_NAMES]],
            buttons[one.service, one.node],
        )
        for one in free
    ]
