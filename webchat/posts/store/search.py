"""This room keeps what posts and communities are found by, and asks for it.

Words begin with a sign of the server that a post came through (law 4), and of what they find only that is
given which the reader may see (`Sight`).
"""

from collections.abc import Sequence
from functools import cache
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, and_, bindparam, delete, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from webchat.db import words as index
from webchat.markup.html import text_of
from webchat.markup.words import Term, matches, words
from webchat.posts.models import PostWords
from webchat.posts.store.follows import followed_nodes
from webchat.posts.store.read import Sight
from webchat.posts.store.rows import (
    JOINED,
    NODE_COLUMNS,
    POST_COLUMNS,
    N,
    Node,
    P,
    Post,
    as_node,
    as_post,
)
from webchat.web.dom import key

_WORDS = cast(Table, PostWords.__table__)
W = _WORDS.c

LOOKED_THROUGH = (200, 1800)
"""Posts that are looked at first, and then, where the reader may see too few of those."""

MOST_SPELLED = 50
"""Words that a beginning may stand for and that are looked for one by one."""

MOST_COMMUNITIES = 2000
"""Communities whose names are looked at, those with the most subscribers first."""


def sign(via: str) -> str:
    """What the words of posts begin with that came through this server."""
    return key(via)[:10]


def words_of(via: str, title: str, body: str) -> str:
    """The words of a post with this cleaned HTML, as they are kept."""
    return _signed(via, f"{title}\n{text_of(body)}")


def _signed(via: str, text: str) -> str:
    prefix = sign(via)
    return " ".join(f"{prefix}_{word}" for word in words(text))


async def index_post(db: AsyncSession, post: Post, text: str) -> None:
    """Make a post findable by its present words, of title and text; comments and likes are not found."""
    if post.kind != "post":
        return
    said = _signed(post.via, f"{post.title}\n{text}")
    if await db.scalar(select(W.words).where(W.post_id == post.id)) == said:
        return
    await db.execute(delete(_WORDS).where(W.post_id == post.id))
    row = {"moment": index.moment_of(post.published, post.id), "post_id": post.id, "words": said}
    await index.write(db, _WORDS, "post_id", [row])


@cache
def _statement(dialect: str) -> Any:
    found = index.found(dialect, "post_words", "post_fts")
    return (
        select(found.c.moment, W.post_id)
        .select_from(found)
        .join(PostWords, W.moment == found.c.moment)
        .order_by(found.c.moment.desc())
    )


async def _query(db: AsyncSession, dialect: str, via: str, terms: Sequence[Term]) -> str:
    """What is asked of the index: whole words instead of beginnings, where these are few; "" for nothing."""
    prefix, left, spelled = f"{sign(via)}_", list[Term](), list[list[str]]()
    for term in terms:
        beginning = f"{prefix}{term.text}"
        found = await index.completions(db, "post_fts", beginning, MOST_SPELLED) if term.open else None
        if found is None:
            left.append(term)
        elif found:
            spelled.append([word.removeprefix(prefix) for word in found])
        else:
            return ""
    return index.query(dialect, sign(via), left, spelled)


async def find_posts(
    db: AsyncSession,
    via: str,
    terms: Sequence[Term],
    sight: Sight,
    *,
    before: int = 0,
    most: int = 20,
) -> list[tuple[int, Post]]:
    """Posts with all these words that the reader may see, the newest first, each with its moment; `before` is
    the moment of a former one."""
    dialect = db.get_bind().dialect.name
    asked = await _query(db, dialect, via, terms)
    if not asked:
        return []
    keys = {"query": asked, "first": 0}
    last, hits = before or index.ANYTIME, list[tuple[int, int]]()
    for many in LOOKED_THROUGH:
        rows = (await db.execute(_statement(dialect), keys | {"last": last, "most": many})).all()
        seen = select(P.id).select_from(JOINED).where(P.id.in_([row.post_id for row in rows]))
        seen = seen.where(P.via == via, P.kind == "post", sight.covers(via))
        shown = set(await db.scalars(seen))
        hits += [(row.moment, row.post_id) for row in rows if row.post_id in shown]
        if len(hits) >= most or len(rows) < many:
            break
        last = rows[-1].moment
    hits = hits[:most]
    query = select(*POST_COLUMNS).select_from(JOINED).where(P.id.in_([id for _, id in hits]), P.via == via)
    found = {post.id: post for post in map(as_post, await db.execute(query))}
    return [(moment, found[id]) for moment, id in hits if id in found]


def _known(sight: Sight) -> ColumnElement[bool]:
    """Communities that tell of themselves to everybody, or that this reader follows: what others of the same
    server follow is theirs to know."""
    told = or_(N.access.in_(("open", "authorize", "presence")), and_(N.access == "", N.title != ""))
    return or_(told, N.id.in_(followed_nodes(sight.account_id)))


_NAMES = (
    select(N.id, N.title, N.node, N.service)
    .where(N.via == bindparam("via"), N.kind == "community")
    .order_by(func.coalesce(N.subscribers, 0).desc(), N.id)
    .limit(MOST_COMMUNITIES)
)


async def find_communities(
    db: AsyncSession, via: str, terms: Sequence[Term], sight: Sight, *, most: int = 8
) -> list[Node]:
    """Communities whose name or address has all these words, those with the most subscribers first."""
    if not terms:
        return []
    names = await db.execute(_NAMES.where(_known(sight)), {"via": via})
    ids = [row.id for row in names if matches(f"{row.title} {row.node} {row.service}", terms)][:most]
    rows = await db.execute(select(*NODE_COLUMNS).where(N.id.in_(ids), N.via == via))
    found = {node.id: node for node in map(as_node, rows)}
    return [found[id] for id in ids]
