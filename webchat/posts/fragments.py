"""This room redraws the page of one post: scope "post", whose key is the path of the page."""

from collections.abc import Sequence

from webchat.posts import show
from webchat.posts.changes import PostChanged, RemovalFailed, TalkChanged
from webchat.posts.state import Removing
from webchat.posts.store import Post
from webchat.web import dom
from webchat.web.answer import toast_partial
from webchat.web.language import N_
from webchat.web.page import Page
from webchat.web.partial import Partial, Ping

STAYS = N_("This could not be deleted: its service did not allow it, so it stays.")

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
    if page.session[Removing].hides(found.id):
        going = {"going": show.going(page.session, found)}
        return [Partial(f"#{dom.article(found.id)}", "innerHTML", "posts/_going.html", going)]
    drawn = await show.article(page.db, page.session, found)
    return [Partial(f"#{dom.article(found.id)}", "outerMorph", "posts/_article.html", {"article": drawn})]


async def talk(page: Page, changes: Sequence[TalkChanged]) -> Parts:
    """Somebody said or liked something, or took it back."""
    found = await _shown(page)
    if found is None or all(each.id != found.id for each in changes):
        return []
    drawn = await show.talk(page.db, page.session, found)
    return [Partial(f"#{dom.post_talk(found.id)}", "outerMorph", "posts/_talk.html", {"talk": drawn})]


async def stays(page: Page, changes: Sequence[RemovalFailed]) -> Parts:
    """What was taken back is still there."""
    return [toast_partial(STAYS, "error")]
