"""This room holds the queries about accounts and logins."""

from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from webchat.db.base import now
from webchat.db.insert import insert_or_ignore
from webchat.session.models import Account, Login

IDLE = timedelta(days=14)
ABSOLUTE = timedelta(days=30)


async def account_by_jid(db: AsyncSession, jid: str) -> Account | None:
    """The account of this bare JID, if it ever signed in here."""
    return cast("Account | None", await db.scalar(select(Account).where(Account.jid == jid)))


async def ensure_account(db: AsyncSession, jid: str, resource: str, mechanism: str) -> Account:
    """The account's row, made now if need be, with the mechanism it has just used."""
    moment = now()
    values = {"jid": jid, "resource": resource, "mechanism": mechanism, "preferences": {}}
    await insert_or_ignore(db, Account.__table__, values | {"created_at": moment, "last_seen_at": moment})
    changed = update(Account).where(Account.jid == jid).values(mechanism=mechanism, last_seen_at=moment)
    await db.execute(changed)
    return (await db.execute(select(Account).where(Account.jid == jid))).scalar_one()


async def login_with_account(db: AsyncSession, login_id: str) -> tuple[Login, Account] | None:
    """A login that is neither idle nor old beyond its time, with its account."""
    moment = now()
    found = await db.execute(
        select(Login, Account)
        .join(Account, Account.id == Login.account_id)
        .where(Login.id == login_id, Login.last_used_at > moment - IDLE, Login.created_at > moment - ABSOLUTE)
    )
    row = found.first()
    return (row[0], row[1]) if row else None


async def logins_of(db: AsyncSession, account_id: int) -> list[Login]:
    """All logins of an account, the last used first."""
    found = await db.scalars(
        select(Login).where(Login.account_id == account_id).order_by(Login.last_used_at.desc(), Login.id)
    )
    return list(found)


async def add_login(
    db: AsyncSession, login_id: str, account_id: int, *, device: str, keep: bool, sealed: bytes | None
) -> None:
    """Remember a new login."""
    moment = now()
    db.add(
        Login(
            id=login_id,
            account_id=account_id,
            device=device[:200],
            keep=keep,
            sealed=sealed,
            created_at=moment,
            last_used_at=moment,
        )
    )
    await db.flush()


async def touch(db: AsyncSession, login_id: str) -> None:
    """The login was used just now."""
    await db.execute(update(Login).where(Login.id == login_id).values(last_used_at=now()))


async def seal_again(db: AsyncSession, login_id: str, sealed: bytes | None) -> None:
    """Keep another credential for a login."""
    await db.execute(update(Login).where(Login.id == login_id).values(sealed=sealed))


async def delete_logins(db: AsyncSession, account_id: int, login_id: str | None = None, but: str = "") -> int:
    """Forget one login of an account, or all of them, `but` this one; how many there were."""
    statement = delete(Login).where(Login.account_id == account_id, Login.id != but)
    if login_id is not None:
        statement = statement.where(Login.id == login_id)
    return cast("CursorResult[Any]", await db.execute(statement)).rowcount


async def delete_expired(db: AsyncSession, moment: datetime) -> list[tuple[int, str]]:
    """Forget logins whose time is over: (account, login) of each."""
    over = or_(Login.last_used_at <= moment - IDLE, Login.created_at <= moment - ABSOLUTE)
    found = await db.execute(delete(Login).where(over).returning(Login.account_id, Login.id))
    return [(row[0], row[1]) for row in found]


async def set_preferences(db: AsyncSession, account_id: int, preferences: dict[str, str]) -> None:
    """Replace the account's preferences."""
    await db.execute(update(Account).where(Account.id == account_id).values(preferences=preferences))
