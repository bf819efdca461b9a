"""This room holds the questions about posts; each of them names the server that the posts came through."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from webchat.posts.store import follows
from webchat.posts.store.rows import (
    JOINED,
    NODE,
    NODE_COLUMNS,
    POST,
    POST_COLUMNS,
    TAG,
    N,
    Node,
    P,
    Place,
    Post,
    T,
    Talk,
    as_node,
    as_post,
)
from webchat.xmpp import atom
from webchat.xmpp.entries import LIKE, Ref

MOST_COMMENTS = 500
"""Comments of one post that are looked at (W§4): the newest."""

MOST_LIKES = 5000
"""People who like one post that are counted."""

_POSTS = select(*POST_COLUMNS).select_from(JOINED)


@dataclass(frozen=True, slots=True)
class Sight:
    """What a reader may see of what is here: whatever is open to everybody, and for an account (its row and
    bare JID) its own posts, those of nodes that it follows and of contacts who let it. An account's server
    has cached more than each of its accounts may read."""

    account_id: int = 0
    jid: str = ""

    def covers(self, via: str) -> ColumnElement[bool]:
        """The condition on posts joined with their nodes."""
        opened = or_(P.web != "", N.access == "open") if self.jid else P.web != ""
        if not self.jid:
            return opened
        followed = N.id.in_(follows.followed_nodes(self.account_id))
        contacts = N.id.in_(follows.contact_nodes(self.account_id, via))
        return or_(opened, N.service == self.jid, followed, contacts)


EVERYBODY = Sight()
"""Readers without a login."""


async def node(db: AsyncSession, via: str, service: str, name: str) -> Node | None:
    """A node that is known to accounts of this server."""
    query = select(*NODE_COLUMNS).where(N.via == via, N.service == service, N.node == name)
    row = (await db.execute(query)).first()
    return as_node(row) if row else None


async def one(db: AsyncSession, via: str, ref: Ref, *, sight: Sight | None = None) -> Post | None:
    """The post, comment or like that stands there; with `sight` only if this reader may see it."""
    where = (N.via == via, N.service == ref.service, N.node == ref.node, P.item == ref.item)
    query = _POSTS.where(*where)
    row = (await db.execute(query.where(sight.covers(via)) if sight else query)).first()
    return as_post(row) if row else None


async def some(
    db: AsyncSession, via: str, refs: Collection[Ref], *, sight: Sight | None = None
) -> dict[Ref, Post]:
    """The same for several places at once."""
    if not refs:
        return {}
    nodes = tuple_(N.service, N.node).in_({(ref.service, ref.node) for ref in refs})
    query = _POSTS.where(N.via == via, nodes, P.item.in_({ref.item for ref in refs}))
    rows = await db.execute(query.where(sight.covers(via)) if sight else query)
    return {post.ref: post for post in map(as_post, rows) if post.ref in refs}


async def by_id(db: AsyncSession, via: str, id: int) -> Post | None:
    """The same by its row."""
    row = (await db.execute(_POSTS.where(P.id == id, P.via == via))).first()
    return as_post(row) if row else None


async def newest(
    db: AsyncSession,
    via: str,
    *,
    before: Place | None = None,
    most: int = 20,
    nodes: Select[Any] | Sequence[int] | None = None,
    kinds: str = "",
    author: str = "",
    tag: str = "",
    only_open: bool = False,
    sight: Sight | None = None,
) -> list[Post]:
    """Posts, the newest first, `most` of them.

    before     only what is older than this place
    nodes      only of these nodes: their ids, or a query for them
    kinds      "people" or "community": only of nodes of this kind; "" for both
    author     only by this person, where the service vouches for it
    tag        only with this tag, as webchat.markup.hashtags spells it
    only_open  only what its author made readable for everybody
    sight      only what this reader may see: needed wherever `nodes` or `only_open` do not say it already
    """
    # An author's index serves better than that of all posts: nothing but this tells SQLite so.
    query = _POSTS.where(P.via == via, (P.kind.concat("") if author else P.kind) == "post")
    moment, id = P.published, P.id
    if tag:
        query = query.select_from(JOINED.join(TAG, T.post_id == P.id)).where(T.via == via, T.tag == tag)
        moment, id = T.published, T.post_id
    if before is not None:
        query = query.where(tuple_(moment, id) < tuple_(before.published, before.id))
    if nodes is not None:
        query = query.where(P.node_id.in_(nodes))
    if kinds:
        query = query.where(N.kind == kinds)
    if author:
        query = query.where(P.author == author, P.verified.is_(True))
    if only_open:
        query = query.where(P.web != "")
    if sight is not None:
        query = query.where(sight.covers(via))
    rows = await db.execute(query.order_by(moment.desc(), id.desc()).limit(most))
    return [as_post(row) for row in rows]


async def talk(db: AsyncSession, post: Post) -> Talk:
    """What is said about a post. A person who likes it counts once; where a service tells who published an
    item, nobody can speak as somebody else (`record`)."""
    here = tuple_(N.service, N.node).in_((await _places(db, [post]))[post.id])
    found = _POSTS.where(N.via == post.via, here, P.kind == "comment")
    rows = await db.execute(found.order_by(P.published.desc(), P.id.desc()).limit(MOST_COMMENTS))
    said = [as_post(row) for row in rows][::-1]
    sure = func.max(case((P.verified.is_(True), 1), else_=0))
    hearts = select(P.author, sure.label("sure")).select_from(JOINED)
    hearts = hearts.where(N.via == post.via, here, P.kind == "like", P.author != "").group_by(P.author)
    first = func.min(P.published), func.min(P.id)
    likes = (await db.execute(hearts.order_by(*first).limit(MOST_LIKES))).all()
    return Talk(
        said, tuple(like.author for like in likes), frozenset(like.author for like in likes if like.sure)
    )


async def _places(db: AsyncSession, posts: Sequence[Post]) -> dict[int, list[tuple[str, str]]]:
    """Post id → where comments and hearts of it are: its node for comments, and what is attached to it."""
    strange = {(post.comments_service, post.comments_node) for post in posts if _is_strange(post)}
    opened = await _opened(db, posts[0].via, strange) if strange else set()
    found = {post.id: [(post.service, atom.attached(post.ref))] for post in posts}
    for post in posts:
        at = (post.comments_service, post.comments_node)
        if post.comments is not None and (at not in strange or at in opened):
            found[post.id].append(at)
    return found


def _is_strange(post: Post) -> bool:
    """Whether it names the node of another person as the place of its comments."""
    service = post.comments_service
    return "@" in service and service not in (post.service, post.author if post.verified else "")


async def _opened(db: AsyncSession, via: str, places: Collection[tuple[str, str]]) -> set[tuple[str, str]]:
    """Those of these nodes whose comments everybody may read: those about a post that everybody may read.
    What people say behind somebody's door is not shown below whatever names that door (W§4)."""
    about_node = NODE.alias()
    joined = NODE.join(POST, P.id == N.about_id).join(about_node, about_node.c.id == P.node_id)
    query = select(N.service, N.node).select_from(joined).where(N.via == via, P.via == via)
    readable = or_(P.web != "", about_node.c.access == "open")
    query = query.where(tuple_(N.service, N.node).in_(places), readable)
    return {(service, name) for service, name in await db.execute(query)}


async def talks(
    db: AsyncSession, posts: Sequence[Post], blocks: Callable[[str], bool] = lambda jid: False
) -> dict[int, tuple[int, tuple[str, ...]]]:
    """For cards: post id → how many comments there are, and who likes it.

    blocks  says of an address whether the reader wants to see nothing of theirs
    """
    if not posts:
        return {}
    via = posts[0].via
    places = await _places(db, posts)
    columns = (N.service, N.node, P.kind, P.author)
    counted = select(*columns, func.count().label("times")).select_from(JOINED).group_by(*columns)
    pairs = tuple_(N.service, N.node).in_({at for found in places.values() for at in found})
    # Only the few nodes of this page are walked: the unique key of nodes leads there.
    rows = await db.execute(counted.where(N.via == via, pairs, P.kind != "post").order_by(func.min(P.id)))
    comments: dict[tuple[str, str], int] = {}
    likes: dict[tuple[str, str], dict[str, None]] = {}
    for service, name, kind, author, times in rows:
        if kind == "comment":
            comments[service, name] = comments.get((service, name), 0) + (0 if blocks(author) else times)
        elif author:
            likes.setdefault((service, name), {})[author] = None
    return {
        id: (
            sum(comments.get(at, 0) for at in found),
            tuple(dict.fromkeys(jid for at in found for jid in likes.get(at, ()))),
        )
        for id, found in places.items()
    }


async def talked_about(db: AsyncSession, via: str, service: str, name: str) -> list[Post]:
    """The posts that have their comments in this node: one, or also those that repeat it."""
    where = (P.via == via, P.comments_service == service, P.comments_node == name, P.kind == "post")
    found = [as_post(row) for row in await db.execute(_POSTS.where(*where).limit(50))]
    return sorted(found, key=lambda post: post.id)


async def speaks(db: AsyncSession, comment: Post) -> bool:
    """Whether something else that this person said still stands beside a comment."""
    same = (P.node_id == comment.node_id, P.kind == comment.kind, P.author == comment.author)
    other = select(P.id).where(*same, P.id != comment.id).limit(1)
    return await db.scalar(other) is not None


async def own_like(db: AsyncSession, post: Post, jid: str) -> list[Post]:
    """The hearts that this person put to a post."""
    where = post.comments
    if where is None:
        return []
    found = _POSTS.where(N.via == post.via, N.service == where.service, N.node == where.node)
    return [as_post(row) for row in await db.execute(found.where(P.kind == "like", P.author == jid))]


async def tags(db: AsyncSession, via: str, *, since: datetime, most: int = 20) -> list[tuple[str, int]]:
    """The tags of posts since then and how often, the most frequent first."""
    count = func.count()
    query = select(T.tag, count).where(T.via == via, T.published >= since).group_by(T.tag)
    rows = await db.execute(query.order_by(count.desc(), T.tag).limit(most))
    return [(tag, number) for tag, number in rows]


async def tags_of(db: AsyncSession, ids: Sequence[int]) -> dict[int, list[str]]:
    """Post id → its tags, in the order they were given."""
    found: dict[int, list[str]] = {id: [] for id in ids}
    if not ids:
        return found
    rows = await db.execute(select(T.post_id, T.tag).where(T.post_id.in_(ids)).order_by(T.id))
    for id, tag in rows:
        found[id].append(tag)
    return found


async def neighbours(
    db: AsyncSession, post: Post, *, sight: Sight | None = None
) -> tuple[Post | None, Post | None]:
    """The next newer and the next older post of the same node that this reader may see."""
    here = tuple_(P.published, P.id)
    there = tuple_(post.published, post.id)
    same = _POSTS.where(P.node_id == post.node_id, P.kind == "post")
    if sight is not None:
        same = same.where(sight.covers(post.via))
    newer = same.where(here > there).order_by(P.published, P.id).limit(1)
    older = same.where(here < there).order_by(P.published.desc(), P.id.desc()).limit(1)
    first, second = (await db.execute(newer)).first(), (await db.execute(older)).first()
    return (as_post(first) if first else None, as_post(second) if second else None)


async def shares(db: AsyncSession, post: Post, *, sight: Sight, most: int = 20) -> list[Post]:
    """The posts that answer or share this one and that this reader may see, the newest first."""
    where = (P.via == post.via, P.reply_service == post.service, P.reply_node == post.node)
    query = _POSTS.where(*where, P.reply_item == post.item, P.kind == "post", sight.covers(post.via))
    # Sorted here: asked to do it, SQLite walks all posts by time instead of these few by their index.
    found = [as_post(row) for row in await db.execute(query.limit(10 * most))]
    return sorted(found, key=lambda post: (post.published, post.id), reverse=True)[:most]


def is_like(title: str) -> bool:
    """Whether a comment with this title is a heart (W§4)."""
    return title.strip() == LIKE


async def items(db: AsyncSession, node_id: int) -> set[str]:
    """The items of a node that are here."""
    return set(await db.scalars(select(P.item).where(P.node_id == node_id)))


async def sources(db: AsyncSession, node_id: int, items: Sequence[str]) -> dict[str, str]:
    """Which of these items of a node are here, and the payload of each as it last came."""
    query = select(P.item, P.source).where(P.node_id == node_id, P.item.in_(items))
    return {item: source for item, source in await db.execute(query)} if items else {}
