"""This room keeps what services say of communities, for whoever looks for some."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from webchat.posts.store.record import node_row, set_node
from webchat.posts.store.rows import N
from webchat.xmpp.entries import NodeInfo

LONGEST_TITLE, LONGEST_DESCRIPTION, LONGEST_WORD = 500, 4000, 16


async def described(db: AsyncSession, via: str, service: str) -> set[str]:
    """The nodes of a service of which it is known what they are."""
    told = (N.access != "") | (N.title != "")
    return set(await db.scalars(select(N.node).where(N.via == via, N.service == service, told)))


async def describe(db: AsyncSession, via: str, info: NodeInfo, *, logo: str | None = None) -> int:
    """Remember what a service says of a node (XEP-0060 §5.4), bounded; the id of its row.

    logo  where its logo lies, "" for none, None where nobody said
    """
    row = await node_row(db, via, info.service, info.node)
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
    await set_node(db, row.id, **values)
    return row.id
