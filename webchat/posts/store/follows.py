"""This room holds the queries about what an account follows; every one of them stays with its own server."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Select, Table, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from webchat.contacts.models import Contact
from webchat.db.insert import upsert
from webchat.posts.models import Follow, Node
from webchat.xmpp.entries import MICROBLOG, MICROBLOG_PRESENCE
from webchat.xmpp.pubsub.linked import room_in

MOST_FOLLOWS = 2000
"""Nodes an account may follow here: more are no reading any more, and every one costs at each login."""

BLOGS = (MICROBLOG, MICROBLOG_PRESENCE)
"""The two nodes of one person (W§5)."""

_FOLLOW = cast(Table, Follow.__table__)
_NODE = cast(Table, Node.__table__)
_CONTACT = cast(Table, Contact.__table__)
F, N, C = _FOLLOW.c, _NODE.c, _CONTACT.c


@dataclass(frozen=True, slots=True)
class FollowRow:
    """One node that an account follows; `title` is what the user calls it, `called` what it calls itself.

    state, shared, tells  see models.Follow
    source         the item as it stands in the lists, so that what we do not know in it is kept
    publish_model  who may write there, and `creator` who made it, as the node says
    """

    node_id: int
    via: str
    service: str
    node: str
    kind: str
    title: str
    called: str
    logo: str
    trouble: str
    fetched_at: datetime | None
    shared: bool
    tells: bool
    state: str
    source: str
    publish_model: str
    creator: str

    @property
    def blog(self) -> bool:
        """True for somebody's own posts."""
        return self.node in BLOGS and "@" in self.service


_ROWS = select(
    F.node_id,
    N.via,
    N.service,
    N.node,
    N.kind,
    F.title,
    N.title.label("called"),
    N.logo,
    N.trouble,
    N.fetched_at,
    F.shared,
    F.tells,
    F.state,
    F.source,
    N.publish_model,
    N.creator,
).select_from(_FOLLOW.join(_NODE, N.id == F.node_id))


def followed_nodes(account_id: int) -> Select[tuple[int]]:
    """The ids of the nodes that an account follows and whose owner agrees."""
    return select(F.node_id).where(F.account_id == account_id, F.state == "subscribed")


def contact_nodes(account_id: int, via: str) -> Select[tuple[int]]:
    """The ids of the blogs of contacts whose presence the account may see: their servers send it these posts
    (XEP-0163 §4). A node that is for fewer than all contacts is read by whoever follows it."""
    return (
        select(N.id)
        .join(_CONTACT, C.jid == N.service)
        .where(
            C.account_id == account_id,
            C.subscription.in_(("to", "both")),
            N.via == via,
            N.node.in_(BLOGS),
            N.access.in_(("", "open", "presence")),
        )
    )


def own_nodes(jid: str, via: str) -> Select[tuple[int]]:
    """The ids of the account's own blogs."""
    return select(N.id).where(N.via == via, N.service == jid, N.node.in_(BLOGS))


async def follows(db: AsyncSession, account_id: int, via: str) -> list[FollowRow]:
    """All that an account follows, by service and node."""
    query = _ROWS.where(F.account_id == account_id, N.via == via).order_by(N.service, N.node)
    return [_row(values) for values in await db.execute(query)]


async def follow_of(db: AsyncSession, account_id: int, via: str, service: str, node: str) -> FollowRow | None:
    """How an account follows this node, None when it does not."""
    query = _ROWS.where(F.account_id == account_id, N.via == via, N.service == service, N.node == node)
    found = (await db.execute(query)).first()
    return _row(found) if found else None


async def is_followed(db: AsyncSession, account_id: int, via: str, service: str, node: str) -> bool:
    """Whether an account follows this node, or has asked to."""
    return await follow_of(db, account_id, via, service, node) is not None


async def follows_total(db: AsyncSession, account_id: int) -> int:
    """How many nodes an account follows."""
    return await db.scalar(select(func.count()).where(F.account_id == account_id)) or 0


async def looked_at(db: AsyncSession, via: str, people: Sequence[str]) -> set[str]:
    """Which of these people's blogs were asked for at least once."""
    found: set[str] = set()
    for start in range(0, len(people), 500):
        some = N.service.in_(people[start : start + 500])
        query = select(N.service).where(N.via == via, N.node == MICROBLOG, N.fetched_at.is_not(None), some)
        found |= set(await db.scalars(query))
    return found


async def communities_of(db: AsyncSession, account_id: int, via: str, room: str) -> list[FollowRow]:
    """The communities that an account follows and that name this chat room as theirs."""
    here = (F.account_id == account_id, N.via == via, N.kind == "community")
    named = _ROWS.add_columns(N.description).where(*here, N.description.icontains("?join"))
    return [_row(row[:-1]) for row in await db.execute(named) if room_in(row[-1]) == room]


async def put_follow(db: AsyncSession, account_id: int, node_id: int, **values: Any) -> None:
    """Follow a node, or change how: state, title, shared, tells, source."""
    given = {"account_id": account_id, "node_id": node_id, **values}
    if "state" in values:
        await upsert(db, _FOLLOW, given, ["account_id", "node_id"])
        return
    await db.execute(update(_FOLLOW).where(F.account_id == account_id, F.node_id == node_id).values(**values))


async def drop_follows(db: AsyncSession, account_id: int, node_ids: Iterable[int]) -> int:
    """Follow these nodes no longer; how many it were."""
    wanted = list(node_ids)
    gone = delete(_FOLLOW).where(F.account_id == account_id, F.node_id.in_(wanted)).returning(F.id)
    return len((await db.execute(gone)).all())


def _row(values: Any) -> FollowRow:
    return FollowRow(*values)
