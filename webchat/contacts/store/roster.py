"""This room holds the queries about the roster and open requests; names come out of it safe to show."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Table, and_, bindparam, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from webchat.contacts.models import Contact, Face, RosterVersion, SubscriptionRequest
from webchat.db import once
from webchat.db.base import now
from webchat.db.insert import insert_or_ignore, upsert, upsert_all
from webchat.markup import names as safe
from webchat.xmpp import jid as jids
from webchat.xmpp.events import RosterItem

MOST_REQUESTS = 100
"""Open requests kept for an account: more are a flood, and the server repeats honest ones at every login."""

_AT_ONCE = 500
_CONTACT = "contact"

_TABLE = cast(Table, Contact.__table__)
_REQUESTS = cast(Table, SubscriptionRequest.__table__)
C = _TABLE.c
_FACE = cast(Table, Face.__table__)
F = _FACE.c
_ITEM = (C.jid, C.name, C.subscription, C.ask, C.groups, F.nick, F.name.label("called"), F.avatar)

_OF_ACCOUNT = (
    select(*_ITEM)
    .select_from(_TABLE.outerjoin(_FACE, and_(F.account_id == C.account_id, F.jid == C.jid)))
    .where(C.account_id == bindparam("account"))
)
_FIRST = _OF_ACCOUNT.order_by(C.name == "", func.lower(C.name), C.jid).limit(bindparam("most"))
_ONE = _OF_ACCOUNT.where(C.jid == bindparam("contact"))
_SOME = _OF_ACCOUNT.where(C.jid.in_(bindparam("some", expanding=True)))


@dataclass(frozen=True, slots=True)
class ContactRow:
    """A roster item as a value; `name` as the user wrote it, `shown` as pages show it.

    nick, called  how they call themselves by XEP-0172 and in their profile: foreign
    avatar        SHA-1 of their picture, "" for none
    """

    jid: str
    name: str
    subscription: str
    ask: str
    groups: tuple[str, ...]
    nick: str = ""
    called: str = ""
    avatar: str = ""

    @property
    def given(self) -> str:
        """The name that is shown, before it is made safe; "" where only the address is left."""
        return next((name for name in (self.name, self.nick, self.called) if safe.shown(name)), "")

    @property
    def shown(self) -> str:
        """The name given by the user, else the one they give themselves, else the start of the address."""
        return safe.shown(self.given) or safe.shown(jids.local(self.jid)) or jids.shown(self.jid)

    @property
    def self_named(self) -> bool:
        """True when the shown name is their own word, so that the address belongs beside it."""
        return bool(self.given) and not safe.shown(self.name)

    @property
    def sees_us(self) -> bool:
        """True when the contact may know when we are here."""
        return sees_us(self.subscription)

    @property
    def seen(self) -> bool:
        """True when we may know when the contact is here."""
        return self.subscription in ("to", "both")


def _row(values: Any) -> ContactRow:
    return ContactRow(
        values.jid,
        values.name,
        values.subscription,
        values.ask,
        tuple(values.groups),
        values.nick or "",
        values.called or "",
        values.avatar or "",
    )


async def contact(db: AsyncSession, account_id: int, jid: str) -> ContactRow | None:
    """The roster item with this bare JID, if there is one."""
    known = once.kept(db, _CONTACT)
    if (account_id, jid) not in known:
        found = (await db.execute(_ONE, {"account": account_id, "contact": jid})).first()
        known[account_id, jid] = _row(found) if found else None
    row: ContactRow | None = known[account_id, jid]
    return row


async def contacts(
    db: AsyncSession, account_id: int, only: Sequence[str] | None = None
) -> dict[str, ContactRow]:
    """The roster by bare JID, all of it or only these addresses."""
    known = once.kept(db, _CONTACT)
    if only is None:
        rows = [_row(values) for values in await db.execute(_OF_ACCOUNT, {"account": account_id})]
        known |= {(account_id, row.jid): row for row in rows}
        return {row.jid: row for row in rows}
    asked = [jid for jid in only if (account_id, jid) not in known]
    found = {jid: known[account_id, jid] for jid in only if (account_id, jid) in known}
    for start in range(0, len(asked), _AT_ONCE):
        some = asked[start : start + _AT_ONCE]
        rows = [_row(values) for values in await db.execute(_SOME, {"account": account_id, "some": some})]
        found |= dict.fromkeys(some) | {row.jid: row for row in rows}
        known |= {(account_id, jid): found[jid] for jid in some}
    return {jid: row for jid, row in found.items() if row is not None}


async def first_contacts(db: AsyncSession, account_id: int, most: int) -> list[ContactRow]:
    """So many of the roster: those with a name come first, in its order."""
    return [_row(values) for values in await db.execute(_FIRST, {"account": account_id, "most": most})]


async def is_contact(db: AsyncSession, account_id: int, jid: str) -> bool:
    """True when the bare JID is in the roster, whatever the subscription."""
    return await contact(db, account_id, jid) is not None


async def shares_presence(db: AsyncSession, account_id: int, jid: str) -> bool:
    """True when this contact may see that we are here: only they get receipts, markers and chat states."""
    found = await contact(db, account_id, jid)
    return found is not None and found.sees_us


def subscription_of(account_id: Any, jid: Any) -> Any:
    """The subscription of the contact with this bare JID in the enclosing statement, NULL for nobody's."""
    found = select(C.subscription).where(C.account_id == account_id, C.jid == jid)
    return found.correlate_except(_TABLE).scalar_subquery()


def sees_us(subscription: str | None) -> bool:
    """True when a contact with this subscription may know when we are here; None is no contact."""
    return subscription in ("from", "both")


async def seen(db: AsyncSession, account_id: int) -> set[str]:
    """Bare JIDs of the contacts whose presence we may know."""
    return {jid for jid, row in (await contacts(db, account_id)).items() if row.seen}


async def watching(db: AsyncSession, account_id: int) -> set[str]:
    """Bare JIDs of the contacts who may know when we are here."""
    query = select(C.jid).where(C.account_id == account_id, C.subscription.in_(("from", "both")))
    return set(await db.scalars(query))


async def display_name(db: AsyncSession, account_id: int, jid: str) -> str:
    """What a page calls this bare JID: contacts by name, others by address; never what a stranger says."""
    found = await contact(db, account_id, jid)
    return found.shown if found else jids.shown(jid)


async def names(db: AsyncSession, account_id: int, only: Iterable[str]) -> dict[str, str]:
    """`display_name` for many addresses at once; each of them is a key of the result."""
    wanted = list(dict.fromkeys(only))
    found = await contacts(db, account_id, wanted)
    return {jid: found[jid].shown if jid in found else jids.shown(jid) for jid in wanted}


# ---- what the server says about the roster


async def roster_version(db: AsyncSession, account_id: int) -> str:
    """The version our copy has; "" when there is none."""
    query = select(RosterVersion.version).where(RosterVersion.account_id == account_id)
    return await db.scalar(query) or ""


async def set_roster_version(db: AsyncSession, account_id: int, version: str) -> None:
    """Remember the version together with what it brought, in the same transaction."""
    values = {"account_id": account_id, "version": version}
    await upsert(db, cast(Table, RosterVersion.__table__), values, ["account_id"])


async def replace_roster(db: AsyncSession, account_id: int, items: Iterable[RosterItem]) -> set[str]:
    """Make the roster what `items` says; the addresses whose item is different now."""
    before = await contacts(db, account_id)
    after = {item.jid: item for item in items}
    gone = sorted(before.keys() - after.keys())
    for start in range(0, len(gone), _AT_ONCE):
        some = C.jid.in_(gone[start : start + _AT_ONCE])
        await db.execute(delete(_TABLE).where(C.account_id == account_id, some))
    news = [item for item in after.values() if _is_news(item, before.get(item.jid))]
    await upsert_all(db, _TABLE, [_values(account_id, item) for item in news], ["account_id", "jid"])
    return {*gone, *(item.jid for item in news)}


def _is_news(item: RosterItem, known: ContactRow | None) -> bool:
    now_is = item.name, item.subscription, item.ask, item.groups
    return known is None or (known.name, known.subscription, known.ask, known.groups) != now_is


async def put_item(db: AsyncSession, account_id: int, item: RosterItem) -> None:
    """Add or change one roster item."""
    await upsert(db, _TABLE, _values(account_id, item), ["account_id", "jid"])


def _values(account_id: int, item: RosterItem) -> dict[str, Any]:
    return {
        "account_id": account_id,
        "jid": item.jid,
        "name": item.name,
        "subscription": item.subscription,
        "ask": item.ask,
        "groups": list(item.groups),
    }


async def remove_item(db: AsyncSession, account_id: int, jid: str) -> None:
    """Forget one roster item."""
    await db.execute(delete(_TABLE).where(C.account_id == account_id, C.jid == jid))


# ---- who asks to see us


async def requests(db: AsyncSession, account_id: int) -> list[str]:
    """Addresses that wait for an answer, the oldest first."""
    query = select(_REQUESTS.c.jid).where(_REQUESTS.c.account_id == account_id).order_by(_REQUESTS.c.id)
    return list(await db.scalars(query))


async def add_request(db: AsyncSession, account_id: int, jid: str) -> bool:
    """Remember a request; False when it is known already. When too many wait, the oldest goes."""
    values = {"account_id": account_id, "jid": jid, "created_at": now()}
    if await insert_or_ignore(db, _REQUESTS, values) is None:
        return False
    waiting = select(func.count()).where(_REQUESTS.c.account_id == account_id)
    if (await db.scalar(waiting) or 0) > MOST_REQUESTS:
        oldest = select(func.min(_REQUESTS.c.id)).where(_REQUESTS.c.account_id == account_id)
        await db.execute(delete(_REQUESTS).where(_REQUESTS.c.id == oldest.scalar_subquery()))
    return True


async def drop_request(db: AsyncSession, account_id: int, jid: str) -> bool:
    """Forget a request; False when there was none."""
    gone = delete(_REQUESTS).where(_REQUESTS.c.account_id == account_id, _REQUESTS.c.jid == jid)
    return (await db.execute(gone.returning(_REQUESTS.c.id))).first() is not None
