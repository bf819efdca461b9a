"""This room makes the page about one person: what they say of themselves, what they write, where they are."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from webchat.contacts import show
from webchat.contacts.show import PersonView, person_path
from webchat.posts import store as posts
from webchat.posts.show import Card, cards
from webchat.posts.show.cards import sight_of
from webchat.posts.show.follow import FollowView, follow_view
from webchat.posts.store.follows import own_nodes
from webchat.profile.show.place import PlaceView, of_person
from webchat.session.session import Session
from webchat.web.templates import installed
from webchat.xmpp import jid as jids
from webchat.xmpp.entries import MICROBLOG

NEWEST = 3
"""Posts that stand on the page about somebody; the rest has a page of its own."""

CLOSED = frozenset(("forbidden", "not-authorized", "presence-subscription-required", "subscription-required"))
"""Conditions by which a server says that a blog is for contacts."""


@dataclass(frozen=True, slots=True)
class PersonPage:
    """What templates/profile/_person.html draws; `follow` is None for ourselves and for what is no person."""

    person: PersonView
    follow: FollowView | None
    place: PlaceView | None


@dataclass(frozen=True, slots=True)
class PostsOf:
    """The newest of what somebody wrote; `path` leads to all of it, `closed`: it is for their contacts."""

    path: str
    cards: Sequence[Card]
    own: bool
    closed: bool


async def posts_of(db: AsyncSession, session: Session, jid: str) -> PostsOf | None:
    """What a person wrote that this reader may see; None of servers, and on a site for chats only."""
    if installed().chat_only or not jids.local(jid):
        return None
    via = jids.domain(session.jid)
    found = await posts.newest(
        db, via, most=NEWEST, nodes=own_nodes(jid, via), author=jid, sight=sight_of(session)
    )
    place = await posts.node(db, via, jid, MICROBLOG)
    return PostsOf(
        path=f"{person_path(jid)}/posts",
        cards=await cards(db, session, found),
        own=jid == session.jid,
        closed=place is not None and place.trouble in CLOSED,
    )


async def person_page(db: AsyncSession, session: Session, jid: str, language: str) -> PersonPage:
    """Everything that is known of a bare JID."""
    view = await show.person(db, session, jid, language)
    follow = None
    if jids.local(jid):
        follow = await follow_view(
            db,
            session,
            jid,
            MICROBLOG,
            label=view.contact.name,
            ways=True,
            back=f"/people/{jids.escape_path(jid)}",
        )
    return PersonPage(view, follow, of_person(session, jid))
