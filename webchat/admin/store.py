"""This room holds the queries of the operator's page: who is signed in, and whether anything is different."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from webchat.session.models import Account, BlockedLogin, Complaint, Login


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


async def signature(db: AsyncSession) -> tuple[object, ...]:
    """Differs when a login, a block or a report came, went or was changed."""
    logins = select(func.count(Login.id), func.max(Login.created_at))
    blocks = select(func.count(BlockedLogin.id), func.max(BlockedLogin.created_at))
    reports = select(func.count(Complaint.id), func.max(Complaint.created_at), func.max(Complaint.closed_at))
    return tuple([tuple((await db.execute(rows)).one()) for rows in (logins, blocks, reports)])
