"""This room forgets an account, with every row that hangs on it."""

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from webchat.session.models import Account


async def erase(db: AsyncSession, account_id: int) -> None:
    """Delete the account, whose logins have ended; what belongs to it goes by ON DELETE CASCADE."""
    await db.execute(delete(Account).where(Account.id == account_id))
