"""This room keeps who may not log in here, or also not be read, by word of the operator: domains, addresses.

The command line and the pages of the admin slice both decide through it; logging in and the sweep obey it.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import and_, delete, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from webchat.db.base import now
from webchat.db.insert import upsert
from webchat.session.ending import end_all
from webchat.session.models import Account, BlockedLogin, Login
from webchat.xmpp import jid as jids

if TYPE_CHECKING:
    from webchat.session.registry import Sessions

ADDRESS, DOMAIN = "address", "domain"
LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class Block:
    """One line of the list; `reason` is for the operators only, `hides`: what they publish is not shown."""

    kind: str
    value: str
    reason: str
    created_at: datetime
    hides: bool = False


def meant(text: str) -> tuple[str, str]:
    """(kind, value) of what somebody typed: an address of a person, or a domain.

    Raises ValueError when it is neither.
    """
    address = jids.bare(jids.normalise(text.strip().lower().removeprefix("xmpp:")))
    return (ADDRESS if jids.local(address) else DOMAIN), address


async def listed(db: AsyncSession) -> list[Block]:
    """All blocks, the newest first."""
    newest = select(BlockedLogin).order_by(BlockedLogin.created_at.desc(), BlockedLogin.id.desc())
    rows = await db.scalars(newest)
    return [Block(row.kind, row.value, row.reason, row.created_at, row.hides) for row in rows]


async def is_blocked(db: AsyncSession, jid: str) -> bool:
    """Whether this bare address, or its domain, may not log in."""
    by_address = and_(BlockedLogin.kind == ADDRESS, BlockedLogin.value == jid)
    by_domain = and_(BlockedLogin.kind == DOMAIN, BlockedLogin.value == jids.domain(jid))
    return bool(await db.scalar(select(exists().where(or_(by_address, by_domain)))))


async def hidden(db: AsyncSession, addresses: Collection[str]) -> bool:
    """Whether what any of these bare addresses publishes is not shown here: by itself or by its domain."""
    named = BlockedLogin.value.in_({*addresses, *(jids.domain(jid) for jid in addresses)})
    return bool(await db.scalar(select(exists().where(BlockedLogin.hides, named))))


async def all_hidden(db: AsyncSession) -> set[str]:
    """The addresses and domains of which nothing is shown here."""
    return set(await db.scalars(select(BlockedLogin.value).where(BlockedLogin.hides)))


async def add(db: AsyncSession, kind: str, value: str, reason: str = "", *, hides: bool = False) -> None:
    """Note a block; of one that is there reason and reach are replaced."""
    values = {
        "kind": kind,
        "value": value,
        "reason": reason.strip()[:LONGEST_REASON],
        "created_at": now(),
        "hides": hides,
    }
    await upsert(db, BlockedLogin.__table__, values, ["kind", "value"])


async def remove(db: AsyncSession, kind: str, value: str) -> bool:
    """Forget a block; False when there was none."""
    row = delete(BlockedLogin).where(BlockedLogin.kind == kind, BlockedLogin.value == value)
    return await db.scalar(row.returning(BlockedLogin.id)) is not None


async def signed_in(db: AsyncSession, kind: str, value: str) -> list[int]:
    """The accounts that a block means and that have a login."""
    named = Account.jid == value if kind == ADDRESS else Account.jid.endswith(f"@{value}", autoescape=True)
    has_login = exists().where(Login.account_id == Account.id)
    return list(await db.scalars(select(Account.id).where(named, has_login)))


async def block(sessions: "Sessions", kind: str, value: str, reason: str = "", *, hides: bool = False) -> int:
    """Nobody logs in under it any more; who is signed in is signed out: how many accounts that were.

    hides  what it publishes is not kept here from now on; what is here already is the caller's to forget
    """
    async with sessions.database.write() as db:
        await add(db, kind, value, reason, hides=hides)
        accounts = await signed_in(db, kind, value)
    await end_all(sessions, accounts)
    return len(accounts)


async def enforce(sessions: "Sessions") -> None:
    """End the sessions of whoever was blocked by another process, which only wrote it down."""
    async with sessions.database.read() as db:
        blocked = {(each.kind, each.value) for each in await listed(db)}
    if not blocked:
        return
    meant = [
        session.account_id
        for session in sessions.running
        if blocked & {(ADDRESS, session.jid), (DOMAIN, jids.domain(session.jid))}
    ]
    await end_all(sessions, meant)
