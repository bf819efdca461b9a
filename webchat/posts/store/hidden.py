"""This room keeps out what the operator blocked: nothing that those addresses publish is kept here."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, delete, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from webchat.posts.store.rows import NODE, POST, TAG, N, P, T
from webchat.session import blocks
from webchat.session.blocks import ADDRESS


@dataclass(frozen=True, slots=True)
class Gone:
    """One item that went: about_id is the post that a comment is about."""

    service: str
    node: str
    id: int
    about_id: int | None


async def is_hidden(db: AsyncSession, service: str, author: str) -> bool:
    """Whether nothing of this author, or of this service, is shown here."""
    return await blocks.hidden(db, {service, author} - {""})


async def forget_hidden(db: AsyncSession, kind: str, value: str) -> list[Gone]:
    """Everything that an address, or a domain, published is gone from here, for everybody; what that was."""
    meant = or_(_means(P.author, kind, value), _means(N.service, kind, value))
    rows = select(N.service, N.node, P.id, N.about_id).join(NODE, N.id == P.node_id).where(meant)
    gone = [Gone(*row) for row in await db.execute(rows)]
    for start in range(0, len(gone), 500):
        ids = [each.id for each in gone[start : start + 500]]
        await db.execute(delete(TAG).where(T.post_id.in_(ids)))
        await db.execute(delete(POST).where(P.id.in_(ids)))
    return gone


def _means(column: ColumnElement[str], kind: str, value: str) -> ColumnElement[bool]:
    if kind == ADDRESS:
        return column == value
    return or_(column == value, column.endswith(f"@{value}", autoescape=True))
