"""This room holds the queries of the operator's page: who is signed in."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from webchat.session.models import Account, Login


@dataclass(frozen=True, slots=True)
class Present:
    """An account with a login: in how many browsers, since when, last used when."""

    jid: str
    browsers: int
    since: datetime
    last_used_at: datetime


async def present(db: AsyncSession, find: str, most: int) -> list[Present]:
    """Accounts that are signed in and whose address contains `find`, the last used first."""
    last = func.max(Login.last_used_at)
    rows = (
        select(Account.jid, func.count(Login.id), func.min(Login.created_at), last)
        .join(Login, Login.account_id == Account.id)
        .group_by(Account.id, Account.jid)
        .order_by(last.desc(), Account.jid)
        .limit(most)
    )
    if find:
        rows = rows.where(Account.jid.contains(find, autoescape=True))
    return [Present(*row) for row in await db.execute(rows)]


async def signed_in(db: AsyncSession) -> tuple[int, int]:
    """How many accounts are signed in, in how many browsers."""
    rows = select(func.count(func.distinct(Login.account_id)), func.count(Login.id))
    accounts, browsers = (await db.execute(rows)).one()
    return int(accounts), int(browsers)
