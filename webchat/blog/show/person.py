"""This room makes the page of what one person writes and shows that they follow, for who is signed in."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from webchat.blog.state import SharedLists
from webchat.contacts.show import ContactView, contact_view
from webchat.contacts.store import contact, face
from webchat.markup import names as safe
from webchat.posts import show, store
from webchat.posts.show import Card
from webchat.posts.show.cards import sight_of
from webchat.posts.show.follow import FollowView, follow_view, follow_views
from webchat.posts.store.follows import own_nodes
from webchat.posts.store.public import find_public
from webchat.session.session import Session
from webchat.web.reader import reader
from webchat.xmpp import jid as jids
from webchat.xmpp.entries import MICROBLOG, Followed, Ref

PAGE = 20


@dataclass(frozen=True, slots=True)
class SharedView:
    """One thing that a person shows that they follow."""

    title: str
    address: str
    path: str
    follow: FollowView | None


@dataclass(frozen=True, slots=True)
class PersonPosts:
    """The page; see templates/blog/person.html.

    follow    the button, None for our own blog
    public    their page for readers without a login, "" for none
    trouble   condition of the last failed question to their server, "" for none
    older     where older posts are, "" for nowhere; `first`: this page begins with the newest
    """

    contact: ContactView
    own: bool
    cards: Sequence[Card]
    follow: FollowView | None
    shared: Sequence[SharedView]
    public: str
    trouble: str
    older: str
    first: bool


async def person(db: AsyncSession, session: Session, jid: str, before: int) -> PersonPosts:
    """What is here of a person's posts that this reader may see."""
    via = jids.domain(session.jid)
    over = await store.by_id(db, via, before) if before else None
    shown = await store.newest(
        db,
        via,
        before=over.place if over else None,
        most=PAGE,
        nodes=own_nodes(jid, via),
        author=jid,
        sight=sight_of(session),
    )
    place = await store.node(db, via, jid, MICROBLOG)
    row, looks = await contact(db, session.account_id, jid), await face(db, session.account_id, jid)
    open_to_all = await find_public(db, jid)
    path = f"/people/{jids.escape_path(jid)}/posts"
    # Their server may have older ones, so long as a page is full.
    more = len(shown) == PAGE
    return PersonPosts(
        contact=contact_view(session, jid, row, reader.get().language, picture=looks.avatar),
        own=jid == session.jid,
        cards=await show.cards(db, session, shown),
        follow=await follow_view(db, session, jid, MICROBLOG, back=path),
        shared=await _shared(db, session, session[SharedLists].find(jid) or (), path),
        public=show.public_path(Ref(jid, MICROBLOG)) if open_to_all and open_to_all.public else "",
        trouble=place.trouble if place else "",
        older=f"{path}?before={shown[-1].id}" if more else "",
        first=not before,
    )


async def _shared(
    db: AsyncSession, session: Session, told: Sequence[Followed], back: str
) -> list[SharedView]:
    kept = [each for each in told if store.fits(each.service, each.node)]
    places = [(each.service, each.node, safe.shown(each.title)) for each in kept]
    buttons = await follow_views(db, session, places, back=back)
    return [
        SharedView(
            title=safe.shown(each.title) or _called(each),
            address=jids.shown(each.service),
            path=show.node_path(Ref(each.service, each.node)),
            follow=buttons.get((each.service, each.node)),
        )
        for each in kept
    ]


def _called(each: Followed) -> str:
    people = each.node in store.MICROBLOGS and "@" in each.service
    return (jids.shown(each.service) if people else safe.shown(each.node)) or jids.shown(each.service)
