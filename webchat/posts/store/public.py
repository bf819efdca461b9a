"""This room holds the queries about who may be read without a login, and under which name."""

from dataclasses import dataclass
from typing import cast

from sqlalchemy import Table, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from webchat.db.insert import upsert
from webchat.posts.models import Node, Post, PublicName
from webchat.posts.store.record import MICROBLOGS
from webchat.session import blocks
from webchat.session.models import Account
from webchat.xmpp import jid as jids

_NAMES = cast(Table, PublicName.__table__)
_NODE = cast(Table, Node.__table__)
_POST = cast(Table, Post.__table__)
N = _NAMES.c


@dataclass(frozen=True, slots=True)
class PublicRow:
    """An account as the world may know it; see models.PublicName. nickname: "" for none."""

    account_id: int
    jid: str
    nickname: str = ""
    public: bool = False


async def public_row(db: AsyncSession, account_id: int) -> PublicRow:
    """What this account chose; private under no name if it chose nothing."""
    query = select(N.nickname, N.public).where(N.account_id == account_id)
    jid = await db.scalar(select(Account.jid).where(Account.id == account_id)) or ""
    found = (await db.execute(query)).first()
    return PublicRow(account_id, jid, found[0] or "", found[1]) if found else PublicRow(account_id, jid)


async def find_public(db: AsyncSession, name: str) -> PublicRow | None:
    """The account of ours with this bare JID or nickname, public or not; None for none, and for whom the
    operator has hidden."""
    query = select(Account.id, Account.jid, N.nickname, N.public).outerjoin(
        _NAMES, N.account_id == Account.id
    )
    query = query.where(Account.jid == name if "@" in name else N.nickname == name.lower())
    found = (await db.execute(query)).first()
    if found is None or await blocks.hidden(db, {found[1]}):
        return None
    return PublicRow(found[0], found[1], found[2] or "", bool(found[3]))


async def set_public(db: AsyncSession, account_id: int, nickname: str, *, public: bool) -> bool:
    """Remember a choice; False, and nothing else, when the nickname is somebody else's already."""
    taken = select(N.account_id).where(N.nickname == nickname, N.account_id != account_id)
    if nickname and await db.scalar(taken) is not None:
        return False
    values = {"account_id": account_id, "nickname": nickname or None, "public": public}
    await upsert(db, _NAMES, values, ["account_id"])
    return True


async def public_people(db: AsyncSession, most: int = 20) -> list[PublicRow]:
    """Those who may be read without a login, the ones seen here last first."""
    query = (
        select(Account.id, Account.jid, N.nickname, N.public)
        .join(_NAMES, N.account_id == Account.id)
        .where(N.public)
        .order_by(Account.last_seen_at.desc(), Account.id)
        .limit(most)
    )
    hidden = await blocks.all_hidden(db)
    rows = [row for row in await db.execute(query) if not {row[1], jids.domain(row[1])} & hidden]
    return [PublicRow(row[0], row[1], row[2] or "", row[3]) for row in rows]


async def count_public(db: AsyncSession) -> int:
    """How many posts of people here everybody may read on pages of this site."""
    p, n = _POST.c, _NODE.c
    query = (
        select(func.count(p.id))
        .join(_NODE, n.id == p.node_id)
        .join(Account, Account.jid == n.service)
        .join(_NAMES, N.account_id == Account.id)
        .where(N.public, p.kind == "post", p.web != "", p.verified, p.author == n.service)
        # Law 4: only what the author's own server said.
        .where(n.node.in_(MICROBLOGS), Account.jid.endswith(literal("@").concat(p.via)))
    )
    return await db.scalar(query) or 0
