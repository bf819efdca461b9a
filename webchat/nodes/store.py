"""This room asks what is known of communities; every answer stays with the server that it came through."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import Table, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from webchat.contacts.models import Contact
from webchat.posts.models import Follow
from webchat.posts.store.rows import NODE, N, P
from webchat.session.models import Account

ACCOUNT, CONTACT = cast(Table, Account.__table__), cast(Table, Contact.__table__)
FOLLOW = cast(Table, Follow.__table__)

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


async def sharing(db: AsyncSession, account_id: int, via: str, service: str, node: str) -> list[str]:
    """Who of this site lets others see that they follow a node: the account itself, and contacts who let it
    see their presence, for their lists are for those (W§7)."""
    open_to = select(CONTACT.c.jid).where(
        CONTACT.c.account_id == account_id, CONTACT.c.subscription.in_(("to", "both"))
    )
    query = (
        select(ACCOUNT.c.jid)
        .select_from(ACCOUNT.join(FOLLOW, FOLLOW.c.account_id == ACCOUNT.c.id).join(NODE))
        .where(N.via == via, N.service == service, N.node == node, FOLLOW.c.shared.is_(True))
        .where(FOLLOW.c.state == "subscribed", or_(ACCOUNT.c.id == account_id, ACCOUNT.c.jid.in_(open_to)))
        .limit(MOST)
    )
    return list(await db.scalars(query))
