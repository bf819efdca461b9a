"""This room draws what changed for pages of reading: nothing moves, what is new waits behind a pill."""

from collections.abc import Sequence
from datetime import datetime

from webchat.change import Change
from webchat.news import show, store
from webchat.posts import show as posts
from webchat.posts import store as kept
from webchat.posts.changes import FollowsChanged, NewsRead, PostChanged, TalkChanged
from webchat.session.changes import PreferenceChanged
from webchat.web import dom
from webchat.web.page import Page
from webchat.web.partial import Partial, Ping
from webchat.xmpp import jid as jids

MOST = 20
"""More changed posts at once than this are not drawn anew: the reader fetches the page when they want to."""


def scope_key(tab: str, moment: datetime) -> str:
    """What a page of news follows: its tab, and since when posts are new to it."""
    return f"{tab}-{show.micros(moment)}"


def _since(key: str) -> tuple[str, datetime]:
    tab, _, number = key.rpartition("-")
    known = number.isascii() and number.isdecimal() and len(number) <= 17
    return show.tab_of(tab), show.moment_of(int(number) if known else 0)


async def arrived(page: Page, changes: Sequence[PostChanged]) -> Sequence[Partial]:
    """The pill, and the cards of posts that are different or gone."""
    tab, since = _since(page.scope.key)
    pill = await show.pill(page.db, page.session, tab, since)
    aim = Partial(f"#{dom.news_pill}", "outerMorph", "news/_pill.html", {"pill": pill})
    return [aim, *await redrawn(page, changes)]


async def redrawn(page: Page, changes: Sequence[PostChanged | TalkChanged]) -> Sequence[Partial]:
    """Cards as they are now, where the page has them and its reader may see them."""
    ids = list(dict.fromkeys(change.id for change in changes))
    if len(ids) > MOST:
        return []
    via = jids.domain(page.session.jid)
    mine = set(await store.sources(page.db, page.session.account_id, page.session.jid))
    found = [post for id in ids if (post := await kept.by_id(page.db, via, id)) is not None]
    shown = [post for post in found if post.open or post.node_id in mine]
    cards = await posts.cards(page.db, page.session, shown)
    gone = [id for id in ids if id not in {card.id for card in cards}]
    drawn = [
        Partial(f"#{dom.post(card.id)}", "outerMorph", "posts/_card.html", {"card": card}) for card in cards
    ]
    return drawn + [Partial(f"#{dom.post(id)}", "delete", "") for id in gone]


async def numbers(page: Page, changes: Sequence[PostChanged | NewsRead | FollowsChanged]) -> Sequence[Ping]:
    """The number beside "News"."""
    return [Ping("counters")]


async def subscriptions(page: Page, changes: Sequence[Change]) -> Sequence[Partial]:
    """What is followed, all of it."""
    values = {"subscriptions": await show.subscriptions(page.db, page.session)}
    return [Partial(f"#{dom.subscriptions}", "outerMorph", "news/_subscriptions.html", values)]


async def beside(page: Page, changes: Sequence[Change]) -> Sequence[Partial]:
    """The column beside the news: more of what others of this server wrote is here."""
    tab, _ = _since(page.scope.key)
    values = {"cards": await show.around_page(page.db, page.session, tab)}
    return [Partial(f"#{dom.around}", "outerMorph", "news/_around.html", values)]


async def chosen(page: Page, changes: Sequence[PreferenceChanged]) -> Sequence[Ping]:
    """In which language and of which server posts are wanted."""
    return [Ping("resync")] if any(change.key.startswith("explore_") for change in changes) else []


async def suggestions(page: Page, changes: Sequence[Change]) -> Sequence[Partial]:
    """Communities that contacts follow."""
    values = {"suggestions": await show.suggestions(page.db, page.session)}
    return [Partial(f"#{dom.suggestions}", "outerMorph", "news/_suggestions.html", values)]
