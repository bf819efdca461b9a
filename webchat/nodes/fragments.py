"""This room redraws the page of a community when something in it changed."""

from collections.abc import Sequence
from datetime import timedelta

from webchat.db.base import now
from webchat.nodes.show import paths
from webchat.posts import show as drawn
from webchat.posts import store as posts
from webchat.posts.changes import PostChanged, TalkChanged
from webchat.posts.store import Post
from webchat.web import dom
from webchat.web.page import Page
from webchat.web.partial import Partial, Ping
from webchat.xmpp import jid as jids

MOST = 40
"""Changed posts that are drawn one by one; for more there is the pill."""

JUST_NOW = timedelta(minutes=5)
"""A post is new to a page when it was published and came no longer ago; older ones are found further back."""


async def post(page: Page, changes: Sequence[PostChanged]) -> Sequence[Partial | Ping]:
    """Posts that are different or gone, in their place; new ones are announced, so that nothing jumps.

    What one wrote oneself is wanted at once.
    """
    ids = [one.id for one in changes if paths.key(one.service, one.node) == page.scope.key]
    found = {id: await posts.by_id(page.db, jids.domain(page.session.jid), id) for id in ids[:MOST]}
    here = [one for one in found.values() if one is not None and one.kind == "post"]
    cards = {card.id: card for card in await drawn.cards(page.db, page.session, here)}
    parts = [Partial(f"#{dom.post(id)}", "delete", "") for id in found if id not in cards]
    news = len(ids) > MOST
    for one in here:
        if one.id not in cards:
            continue
        values = {"card": cards[one.id]}
        if _new(one) and one.author == page.session.jid:
            swap = "upsert key:data-key sort:desc"
            parts.append(Partial(f"#{dom.node_posts}", swap, "posts/_card.html", values))
        else:
            parts.append(Partial(f"#{dom.post(one.id)}", "outerMorph", "posts/_card.html", values))
            news = news or _new(one)
    return [*parts, _pill(page)] if news else parts


def _new(one: Post) -> bool:
    moment = now()
    return not one.edited and moment - one.published < JUST_NOW and moment - one.received_at < JUST_NOW


def _pill(page: Page) -> Partial:
    service, _, node = page.scope.key.partition("/")
    values = {"shown": True, "path": paths.path_of(service, node)}
    return Partial(f"#{dom.node_pill}", "outerMorph", "nodes/_pill.html", values)


async def talk(page: Page, changes: Sequence[TalkChanged]) -> Sequence[Partial | Ping]:
    """Hearts and comments of posts that stand on the page."""
    via = jids.domain(page.session.jid)
    found = [await posts.by_id(page.db, via, one.id) for one in changes[:MOST]]
    here = [one for one in found if one is not None and paths.key(one.service, one.node) == page.scope.key]
    return [
        Partial(f"#{dom.post(card.id)}", "outerMorph", "posts/_card.html", {"card": card})
        for card in await drawn.cards(page.db, page.session, here)
    ]
