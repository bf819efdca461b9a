"""This room redraws the page of one post: scope "post", whose key is the path of the page."""

from collections.abc import Sequence

from webchat.posts import show
from webchat.posts.changes import PostChanged, TalkChanged
from webchat.posts.store import Post
from webchat.web import dom
from webchat.web.page import Page
from webchat.web.partial import Partial, Ping

Parts = Sequence[Partial | Ping]


async def _shown(page: Page) -> Post | None:
    ref = show.ref_of(page.scope.key)
    if ref is None:
        return None
    return await show.readable(page.db, page.session, ref)


async def post(page: Page, changes: Sequence[PostChanged]) -> Parts:
    """The post was edited, or is gone."""
    ref = show.ref_of(page.scope.key)
    if ref is None:
        return []
    about = [each for each in changes if (each.service, each.node) == (ref.service, ref.node)]
    if not about:
        return []
    found = await _shown(page)
    if found is None:
        # Which of them stood here only the browser knows: of the others it has no element.
        return [Partial(f"#{dom.article(each.id)}", "innerHTML", "posts/_gone.html") for each in about]
    if all(each.id != found.id for each in about):
        return []
    drawn = await show.article(page.db, page.session, found)
    return [Partial(f"#{dom.article(found.id)}", "outerMorph", "posts/_article.html", {"article": drawn})]


async def talk(page: Page, changes: Sequence[TalkChanged]) -> Parts:
    """Somebody said or liked something, or took it back."""
    found = await _shown(page)
    if found is None or all(each.id != found.id for each in changes):
        return []
    drawn = await show.talk(page.db, page.session, found)
    return [Partial(f"#{dom.post_talk(found.id)}", "outerMorph", "posts/_talk.html", {"talk": drawn})]
