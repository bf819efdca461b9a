"""This room asks what is known of communities; every answer stays with the server that it came through."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from webchat.posts import store as posts
from webchat.posts.store.rows import N, P
from webchat.xmpp.entries import NodeInfo

LONGEST_TITLE, LONGEST_DESCRIPTION, LONGEST_WORD = 500, 4000, 16
MOST = 500
MOST_SERVERS = 30


@dataclass(frozen=True, slots=True)
class CommunityRow:
    """A community as we know it; `posted`: when somebody last wrote there, as far as we saw."""

    node: str
    title: str
    description: str
    layout: str
    logo: str
    posted: datetime | None


async def communities(db: AsyncSession, via: str, service: str) -> dict[str, CommunityRow]:
    """What we know of the communities of a server, by node."""
    # One step along an index for each node, not a walk over all posts.
    posted = (
        select(P.published)
        .where(P.node_id == N.id, P.kind == "post")
        .order_by(P.published.desc())
        .limit(1)
        .scalar_subquery()
    )
    query = (
        select(N.node, N.title, N.description, N.layout, N.logo, posted)
        .where(N.via == via, N.service == service, N.kind == "community")
        .order_by(N.id.desc())
        .limit(MOST)
    )
    return {row.node: CommunityRow(*row) for row in await db.execute(query)}


async def servers(db: AsyncSession, via: str) -> list[tuple[str, int]]:
    """Servers on which we know communities, and how many, the largest first."""
    number = func.count().label("number")
    query = (
        select(N.service, number)
        .where(N.via == via, N.kind == "community", N.service.not_like("%@%"))
        .group_by(N.service)
        .order_by(number.desc(), N.service)
        .limit(MOST_SERVERS)
    )
    return [(service, count) for service, count in await db.execute(query)]


async def describe(db: AsyncSession, via: str, info: NodeInfo, *, logo: str | None = None) -> int:
    """Remember what a service says of a node (XEP-0060 §5.4), bounded; the id of its row.

    logo  where its logo lies, "" for none, None where nobody said
    """
    row = await posts.node_row(db, via, info.service, info.node)
    values: dict[str, Any] = {
        "title": info.title[:LONGEST_TITLE],
        "description": info.description[:LONGEST_DESCRIPTION],
        "layout": info.kind,
        "access": info.access[:LONGEST_WORD],
        "publish_model": info.publish_model[:LONGEST_WORD],
        "creator": info.creator[:LONGEST_TITLE],
        "created": info.created,
        "subscribers": info.subscribers,
        **({} if logo is None else {"logo": logo}),
    }
    await posts.set_node(db, row.id, **values)
    return row.id
