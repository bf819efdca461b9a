"""This room keeps which nodes of comments an account is subscribed to only while a page shows them."""

from typing import cast

from sqlalchemy import Table, delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from webchat.db.insert import insert_or_ignore
from webchat.posts.models import Listening
from webchat.posts.store.rows import NODE, NODE_COLUMNS, N, Node, as_node

_TABLE = cast(Table, Listening.__table__)
L = _TABLE.c


async def lent(db: AsyncSession, account_id: int) -> list[Node]:
    """Nodes whose subscription is given back when nobody looks any more."""
    joined = NODE.join(_TABLE, L.node_id == N.id)
    query = select(*NODE_COLUMNS).select_from(joined).where(L.account_id == account_id).order_by(N.id)
    return [as_node(row) for row in await db.execute(query)]


async def lend(db: AsyncSession, account_id: int, node_id: int) -> None:
    """From now on that is so of this node."""
    await insert_or_ignore(db, _TABLE, {"account_id": account_id, "node_id": node_id})


async def end(db: AsyncSession, account_id: int, node_id: int) -> bool:
    """It is not so any more; whether it was."""
    gone = delete(_TABLE).where(L.account_id == account_id, L.node_id == node_id).returning(L.node_id)
    return bool((await db.execute(gone)).all())
