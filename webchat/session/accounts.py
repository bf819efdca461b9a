"""This room is the list of everybody who ever signed in here, and what is kept for each."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from webchat.db.base import Base, now
from webchat.session import complaints, store
from webchat.session.ending import end_all
from webchat.session.models import Account, BlockedLogin, Login, OutboxRow
from webchat.xmpp import jid as jids

if TYPE_CHECKING:
    from webchat.session.registry import Sessions


@dataclass(frozen=True, slots=True)
class User:
    """One account; `logins` is how many browsers are signed in to it."""

    jid: str
    created_at: datetime
    last_seen_at: datetime
    logins: int


async def users(db: AsyncSession, *, domain: str = "", most: int | None = None) -> list[User]:
    """Everybody, or those of one domain; the last seen first."""
    used = func.max(Login.last_used_at)
    rows = (
        select(Account.jid, Account.created_at, Account.last_seen_at, func.count(Login.id), used)
        .outerjoin(Login, Login.account_id == Account.id)
        .group_by(Account.id, Account.jid, Account.created_at, Account.last_seen_at)
    )
    if domain:
        rows = rows.where(Account.jid.endswith(f"@{domain}", autoescape=True))
    found = [
        User(jid, created, max(seen, last or seen), logins)
        for jid, created, seen, logins, last in await db.execute(rows)
    ]
    return sorted(found, key=lambda user: (user.last_seen_at, user.jid), reverse=True)[:most]


async def statistics(db: AsyncSession) -> dict[str, int]:
    """Numbers about everybody: accounts, who came lately, browsers, what is to be sent, rows of tables."""
    moment, told = now(), {}
    told["accounts"] = await _count(db, select(func.count(Account.id)))
    for name, days in (("seen_in_a_day", 1), ("seen_in_a_week", 7), ("seen_in_a_month", 30)):
        since = Account.last_seen_at > moment - timedelta(days=days)
        told[name] = await _count(db, select(func.count(Account.id)).where(since))
    told["signed_in_browsers"] = await _count(db, select(func.count(Login.id)))
    told["waiting_to_be_sent"] = await _count(db, select(func.count(OutboxRow.id)))
    told["open_reports"] = await complaints.open_now(db)
    told["blocked"] = await _count(db, select(func.count(BlockedLogin.id)))
    for name in ("conversation", "message", "contact", "room", "node", "post"):
        if name in Base.metadata.tables:
            told[f"rows_{name}"] = await _count(
                db, select(func.count()).select_from(Base.metadata.tables[name])
            )
    return told


async def _count(db: AsyncSession, statement: object) -> int:
    return int((await db.execute(statement)).scalar_one())  # type: ignore[call-overload]


async def kept(db: AsyncSession, account_id: int) -> dict[str, int]:
    """What hangs on an account: table → rows."""
    found = {"account": 1}
    for name, table in Base.metadata.tables.items():
        if "account_id" in table.c:
            rows = select(func.count()).select_from(table).where(table.c.account_id == account_id)
            found[name] = await _count(db, rows)
    return {name: count for name, count in found.items() if count}


async def end_others(sessions: "Sessions", domains: Collection[str]) -> int:
    """Sign out everybody whose address is of none of these domains: how many accounts that were."""
    async with sessions.database.read() as db:
        has_login = select(Login.id).where(Login.account_id == Account.id).exists()
        signed_in = (await db.execute(select(Account.id, Account.jid).where(has_login))).all()
    others = [id for id, jid in signed_in if jids.domain(jid) not in domains]
    await end_all(sessions, others)
    return len(others)


async def end(sessions: "Sessions", jid: str = "") -> int:
    """Sign out one account, or everybody: how many browsers that were."""
    async with sessions.database.read() as db:
        account = await store.account_by_jid(db, jid) if jid else None
        counted = select(Login.account_id, func.count(Login.id)).group_by(Login.account_id)
        logins = {id: count for id, count in await db.execute(counted)}
    meant = {account.id} if account else set() if jid else set(logins)
    if not jid:
        meant |= {session.account_id for session in sessions.running}
    await end_all(sessions, meant)
    return sum(logins.get(account_id, 0) for account_id in meant)
