"""This room lets items go that are no more: their rows, what was told of them, who has yet to hear of it."""

from collections import OrderedDict
from collections.abc import Sequence
from functools import partial

from webchat.posts import store
from webchat.posts.commands import notices
from webchat.posts.state import Removing
from webchat.posts.store import Post
from webchat.session.work import Work
from webchat.xmpp import jid as jids
from webchat.xmpp.entries import Ref

MOST_TOLD = 50
"""More posts that went at once are not told of one by one."""

REMEMBERED = 1000
_gone: OrderedDict[tuple[str, Ref], Post] = OrderedDict()
"""What was taken away last: accounts of one server share rows, and each of them hears of it by itself."""


async def forget(work: Work, service: str, node: str, items: Sequence[str]) -> list[Post]:
    """These items of a node are gone; what they were, also when another account of this server heard of it
    first."""
    via = jids.domain(work.jid)
    gone = await store.forget(work.db, via, service, node, items)
    known = {post.item for post in gone}
    before = (_gone.get((via, Ref(service, node, item))) for item in items if item not in known)
    return await _over(work, gone, [*gone, *(post for post in before if post is not None)])


async def forget_node(work: Work, service: str, node: str) -> list[Post]:
    """All items of a node are gone; what they were."""
    gone = await store.forget_node(work.db, jids.domain(work.jid), service, node)
    return await _over(work, gone, gone)


async def _over(work: Work, gone: Sequence[Post], told: list[Post]) -> list[Post]:
    # At once, not after the commit: works of several accounts may be committed together.
    _remember(gone)
    work.after(partial(work.session[Removing].went, [post.id for post in gone]))
    for post in told[:MOST_TOLD]:
        await notices.untell(work, post)
    return told


def _remember(gone: Sequence[Post]) -> None:
    for post in gone:
        _gone[post.via, post.ref] = post
        _gone.move_to_end((post.via, post.ref))
    while len(_gone) > REMEMBERED:
        _gone.popitem(last=False)
