"""This room decides what may be read without a login, and finds it.

A blog is shown from what its author's own server told us, a community from what the server it belongs to
told us (law 4), and of both only what its author gave a web address (W§5).
"""

from collections.abc import Iterable, Sequence
from typing import cast

from sqlalchemy import Table, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from webchat.contacts.models import Face
from webchat.contacts.store import FaceRow, ProfileRow, face, profile
from webchat.posts import store as posts
from webchat.posts.models import Node as NodeTable
from webchat.posts.models import Post as PostTable
from webchat.posts.models import PublicName
from webchat.posts.store import Node, Place, Post, Talk
from webchat.posts.store.follows import own_nodes
from webchat.posts.store.public import PublicRow, find_public
from webchat.session.models import Account
from webchat.xmpp import jid as jids
from webchat.xmpp.entries import Ref

MOST_LABELS = 20
"""Labels of a domain that are looked at."""

_NODE = cast(Table, NodeTable.__table__)
_POST = cast(Table, PostTable.__table__)
_FACE = cast(Table, Face.__table__)
_NAME = cast(Table, PublicName.__table__)


def homes(service: str) -> list[str]:
    """The servers that may speak for a service: itself, and every domain that it is a part of."""
    labels = service.split(".")[-MOST_LABELS:]
    return [".".join(labels[start:]) for start in range(len(labels))]


def is_home(via: str, service: str) -> bool:
    """Whether what came through this server about that service is the service's own word."""
    return via in homes(jids.domain(service))


def is_own(post: Post) -> bool:
    """Whether a post stands in its author's own blog, and their own server said so."""
    return (
        post.kind == "post"
        and "@" in post.service
        and post.node in posts.MICROBLOGS
        and post.via == jids.domain(post.service)
        and post.author == post.service
        and post.verified
    )


def is_open(post: Post, owner: PublicRow | None, site: str) -> bool:
    """Whether anybody may read a post (W§5): it has a web address, and

    in a blog, its author has a public page here or that address is one of ours (of this `site`);
    in a community, everybody may read that on the network too.
    """
    if not post.open or post.kind != "post":
        return False
    if "@" in post.service:
        ours = post.web.startswith(f"{site}/@")
        return owner is not None and owner.jid == post.service and is_own(post) and (owner.public or ours)
    return post.node_kind == "community" and post.node_access == "open" and is_home(post.via, post.service)


async def blog_posts(db: AsyncSession, jid: str, *, before: int = 0, most: int) -> list[Post]:
    """The posts of somebody's blog that have a web address, the newest first; `before` is a post's id."""
    via = jids.domain(jid)
    place = await _place(db, via, before)
    nodes = own_nodes(jid, via)
    return await posts.newest(db, via, before=place, most=most, nodes=nodes, author=jid, only_open=True)


async def blog_post(db: AsyncSession, jid: str, item: str) -> Post | None:
    """One post of a blog, whichever of the author's two nodes it stands in."""
    for node in posts.MICROBLOGS:
        found = await posts.one(db, jids.domain(jid), Ref(jid, node, item))
        if found is not None:
            return found
    return None


async def community(db: AsyncSession, service: str, node: str) -> Node | None:
    """A community that everybody may read, as the server it belongs to knows it."""
    if "@" in service:
        return None
    query = select(_NODE.c.via).where(
        _NODE.c.service == service,
        _NODE.c.node == node,
        _NODE.c.via.in_(homes(service)),
        _NODE.c.kind == "community",
        _NODE.c.access == "open",
    )
    via = await db.scalar(query.order_by(func.length(_NODE.c.via).desc()).limit(1))
    return await posts.node(db, via, service, node) if via else None


async def community_posts(db: AsyncSession, node: Node, *, before: int = 0, most: int) -> list[Post]:
    """The posts of a community that have a web address, the newest first."""
    place = await _place(db, node.via, before)
    return await posts.newest(db, node.via, before=place, most=most, nodes=[node.id], only_open=True)


async def newer_page(db: AsyncSession, first: Post, most: int, *, author: str = "") -> int | None:
    """Where the page begins that comes before the one that `first` begins: the id of the post that it stands
    after, 0 for the newest page, None when there is nothing newer. author: only of this person, in all their
    nodes; else of the node of `first`."""
    p, n = _POST.c, _NODE.c
    query = (
        select(p.id).join(_NODE, n.id == p.node_id).where(p.via == first.via, p.kind == "post", p.web != "")
    )
    if author:
        query = query.where(n.id.in_(own_nodes(author, first.via)), p.author == author, p.verified.is_(True))
    else:
        query = query.where(n.id == first.node_id)
    query = query.where(tuple_(p.published, p.id) > tuple_(first.published, first.id))
    found = list(await db.scalars(query.order_by(p.published, p.id).limit(most + 1)))
    return None if not found else found[most] if len(found) > most else 0


async def _place(db: AsyncSession, via: str, id: int) -> Place | None:
    found = await posts.by_id(db, via, id) if id else None
    return found.place if found else None


async def talk(db: AsyncSession, post: Post) -> Talk:
    """What is said about a post, where the server that keeps it is the one that told us."""
    where = post.comments
    return await posts.talk(db, post) if where and is_home(post.via, where.service) else Talk()


async def talks(db: AsyncSession, shown: Sequence[Post]) -> dict[int, tuple[int, int]]:
    """Post id → comments and likes, likewise."""
    wanted = [post for post in shown if post.comments and is_home(post.via, post.comments.service)]
    found = await posts.talks(db, wanted)
    return {id: (comments, len(likes)) for id, (comments, likes) in found.items()}


async def readable(db: AsyncSession, id: int, site: str) -> Post | None:
    """The post of this row if anybody may read it."""
    via = await db.scalar(select(_POST.c.via).where(_POST.c.id == id))
    post = await posts.by_id(db, via, id) if via else None
    if post is None:
        return None
    owner = await find_public(db, post.service) if "@" in post.service else None
    return post if is_open(post, owner, site) else None


async def about(db: AsyncSession, row: PublicRow) -> tuple[FaceRow, ProfileRow | None]:
    """What an account shows of itself."""
    return await face(db, row.account_id, row.jid), await profile(db, row.account_id, row.jid)


async def is_public_face(db: AsyncSession, sha1: str) -> bool:
    """Whether somebody with a public page shows this picture of themselves there."""
    query = (
        select(_FACE.c.id)
        .join(_NAME, _NAME.c.account_id == _FACE.c.account_id)
        .join(Account, Account.id == _FACE.c.account_id)
        .where(_FACE.c.avatar == sha1, _FACE.c.jid == Account.jid, _NAME.c.public)
        .limit(1)
    )
    return await db.scalar(query) is not None


async def public_among(db: AsyncSession, addresses: Iterable[str]) -> set[str]:
    """Which of these people have a public page here."""
    wanted = set(addresses)
    query = select(Account.jid).join(_NAME, _NAME.c.account_id == Account.id)
    found = await db.scalars(query.where(_NAME.c.public, Account.jid.in_(wanted)))
    return set(found) if wanted else set()
