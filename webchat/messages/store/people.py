"""This room reads who spoke in a conversation."""

from typing import cast

from sqlalchemy import Table, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from webchat.messages.models import Message

M = cast(Table, Message.__table__).c
_SENDERS = (
    select(M.sender)
    .where(M.conversation_id == bindparam("conversation"))
    .order_by(M.position.desc())
    .limit(bindparam("most"))
)


async def recent_senders(db: AsyncSession, conversation_id: int, most: int) -> list[str]:
    """Full JIDs of who said the newest messages, the last one first, each once."""
    found = await db.scalars(_SENDERS, {"conversation": conversation_id, "most": most})
    return list(dict.fromkeys(found))
