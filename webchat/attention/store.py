"""This room counts what waits for the reader."""

from sqlalchemy.ext.asyncio import AsyncSession

from webchat.contacts import store as contacts
from webchat.notifications import store as notifications


async def waiting_total(db: AsyncSession, account_id: int) -> int:
    """The number beside "Notifications": what was not seen yet, and people who wait for an answer."""
    asked = await contacts.requests(db, account_id)
    return await notifications.unseen_total(db, account_id) + len(asked)
