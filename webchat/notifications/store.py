"""This room holds the queries about notifications."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from hashlib import sha256
from typing import Any, Literal, cast, get_args

from sqlalchemy import Table, delete, func, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession

from webchat.db.insert import insert_or_ignore, upsert
from webchat.notifications.models import Follower, Notification, PushSubscription
from webchat.session.models import Account, Login

MOST_ACTORS = 100
MOST = 1000
"""Rows of an account; the oldest go first."""

Kind = Literal[
    "comment",
    "like",
    "answer",
    "mention",
    "reply",
    "post",
    "follower",
    "accepted",
    "invitation",
    "reminder",
    "unsent",
]
"""What somebody did: six things about posts; they follow us, agreed to be a contact, invite into a room. And
what the clock did: the hour of a reminder came, and that of a message which did not go out."""

_FOLLOWERS = cast(Table, Follower.__table__)
_TABLE = cast(Table, Notification.__table__)
_PUSH = cast(Table, PushSubscription.__table__)
N = _TABLE.c
P = _PUSH.c


@dataclass(frozen=True, slots=True)
class NotificationRow:
    """A notification as a value; title and text are foreign."""

    id: int
    kind: str
    path: str
    title: str
    text: str
    actors: tuple[str, ...]
    seen: bool
    happened_at: datetime


async def add(
    db: AsyncSession,
    account_id: int,
    kind: Kind,
    about: str,
    actor: str,
    at: datetime,
    *,
    path: str,
    title: str = "",
    text: str = "",
) -> bool:
    """`actor` did this about `about`; False when that is known already (the same like, told again)."""
    values: dict[str, Any] = {"account_id": account_id, "kind": kind, "key": _key(kind, about), "path": path}
    values |= {"title": title[:200], "text": text[:500], "actors": [actor], "seen": False, "happened_at": at}
    if await insert_or_ignore(db, _TABLE, values) is not None:
        await _shorten(db, account_id)
        return True
    query = select(Notification).where(N.account_id == account_id, N.key == values["key"])
    row = (await db.scalars(query)).one()
    again = row.actors[:1] == [actor] and row.text == values["text"]
    if again or (kind in ("like", "post") and actor in row.actors):
        return False
    row.actors = [actor, *(each for each in row.actors if each != actor)][:MOST_ACTORS]
    row.text, row.path, row.seen, row.happened_at = values["text"], path, False, at
    await db.flush()
    return True


async def take_back(
    db: AsyncSession,
    account_id: int,
    kind: Kind,
    about: str,
    actor: str,
    *,
    text: str = "",
    stays: bool = False,
) -> bool:
    """`actor` undid it; whether anything is different now.

    text   the words that went with it: they are shown no longer
    stays  `actor` did the same once more, and that still stands
    """
    query = select(Notification).where(N.account_id == account_id, N.key == _key(kind, about))
    row = (await db.scalars(query)).one_or_none()
    if row is None or actor not in row.actors:
        return False
    if row.text == text[:500]:
        row.text = ""
    if not stays:
        row.actors = [each for each in row.actors if each != actor]
    if not row.actors:
        await db.delete(row)
    await db.flush()
    return True


async def forget(db: AsyncSession, account_id: int, about: Iterable[str]) -> bool:
    """What these were about is gone; whether there was anything."""
    keys = [_key(kind, each) for each in about for kind in get_args(Kind)]
    gone = await db.execute(delete(_TABLE).where(N.account_id == account_id, N.key.in_(keys)).returning(N.id))
    return bool(gone.all())


async def hush(db: AsyncSession, account_id: int, place: str) -> None:
    """What a reminder was about was taken back: its line stays, without the words. `place` ends its path."""
    mine = (N.account_id == account_id, N.kind == "reminder", N.path.endswith(place, autoescape=True))
    await db.execute(update(_TABLE).where(*mine).values(text=""))


async def new_followers(db: AsyncSession, account_id: int, now: Iterable[str]) -> list[str]:
    """Exactly these follow the account now; which of them did not before. Nobody is new at the first time."""
    query = select(_FOLLOWERS.c.jid).where(_FOLLOWERS.c.account_id == account_id)
    before, after = set(await db.scalars(query)), {"", *now}
    gone = sorted(before - after)
    if gone:
        some = _FOLLOWERS.c.jid.in_(gone)
        await db.execute(delete(_FOLLOWERS).where(_FOLLOWERS.c.account_id == account_id, some))
    new = sorted(after - before)
    for jid in new:
        await insert_or_ignore(db, _FOLLOWERS, {"account_id": account_id, "jid": jid})
    return new if before else []


async def newest(
    db: AsyncSession, account_id: int, *, before: tuple[datetime, int] | None = None, most: int = 30
) -> list[NotificationRow]:
    """The newest ones, or those before a place."""
    query = select(*_TABLE.c).where(N.account_id == account_id)
    if before is not None:
        query = query.where(tuple_(N.happened_at, N.id) < before)
    found = await db.execute(query.order_by(N.happened_at.desc(), N.id.desc()).limit(most))
    return [_row(values) for values in found]


async def about(db: AsyncSession, account_id: int, what: Iterable[tuple[str, str]]) -> list[NotificationRow]:
    """Those of these (kind, about) that the reader has not seen, the newest first."""
    keys = [_key(kind, each) for kind, each in what]
    query = select(*_TABLE.c).where(N.account_id == account_id, N.key.in_(keys), N.seen.is_(False))
    return [_row(values) for values in await db.execute(query.order_by(N.happened_at.desc(), N.id.desc()))]


async def unseen_total(db: AsyncSession, account_id: int) -> int:
    """How many the reader has not seen."""
    query = select(func.count()).where(N.account_id == account_id, N.seen.is_(False))
    return await db.scalar(query) or 0


async def last(db: AsyncSession, account_id: int) -> int:
    """The row that was made last, 0 for none."""
    return await db.scalar(select(func.max(N.id)).where(N.account_id == account_id)) or 0


async def see_all(db: AsyncSession, account_id: int, until: datetime, last: int) -> bool:
    """What happened up to this moment was on the page; whether anything is different now.

    last  the newest row when the page was read: what came later may have happened before
    """
    where = (N.account_id == account_id, N.seen.is_(False), N.happened_at <= until, N.id <= last)
    return bool((await db.execute(update(_TABLE).where(*where).values(seen=True).returning(N.id))).all())


# ---- browsers that are told by their push service


@dataclass(frozen=True, slots=True)
class Subscription:
    """A browser as a value; see webchat.notifications.models.PushSubscription. The endpoint is foreign."""

    id: int
    login_id: str
    endpoint: str
    shared: bytes
    secret: bytes
    device: str
    language: str
    active: bool
    created_at: datetime
    reached_at: datetime | None
    failed_at: datetime | None


_SUBSCRIPTION = select(*[P[field.name] for field in fields(Subscription)])


async def subscriptions(db: AsyncSession, account_id: int, *, active: bool = False) -> list[Subscription]:
    """Those of an account, the newest first; only `active` ones."""
    query = _SUBSCRIPTION.where(P.account_id == account_id).order_by(P.created_at.desc(), P.id.desc())
    found = await db.execute(query.where(P.active.is_(True)) if active else query)
    return [Subscription(*row) for row in found]


async def asleep(db: AsyncSession) -> dict[int, tuple[str, list[Subscription]]]:
    """Every account with browsers that are told and whose logins can open its session by themselves: its
    address, and those, the last reached first."""
    columns = (Account.id, Account.jid, *_SUBSCRIPTION.selected_columns)
    able = (P.active.is_(True), Login.keep.is_(True), Login.sealed.is_not(None))
    query = select(*columns).join(Account, Account.id == P.account_id).join(Login, Login.id == P.login_id)
    found: dict[int, tuple[str, list[Subscription]]] = {}
    for account_id, jid, *row in await db.execute(query.where(*able)):
        found.setdefault(account_id, (jid, []))[1].append(Subscription(*row))
    for _, browsers in found.values():
        browsers.sort(key=lambda one: one.reached_at or one.created_at, reverse=True)
    return found


async def subscribe(
    db: AsyncSession, account_id: int, login_id: str, values: Mapping[str, Any], *, renewed: bool = False
) -> bool:
    """This browser is told from now on, and in place of what it was told by before; it is one row.

    An endpoint that another login had is this browser's only if it has the same keys: who merely knows the
    address of somebody else's gets nothing. False then.

    values   endpoint, shared, secret, language, created_at
    renewed  the browser only took another address: one that was told nothing stays so, one that was
             forgotten too (False)
    """
    digest = sha256(values["endpoint"].encode()).hexdigest()
    known = (await db.execute(select(P.shared, P.secret).where(P.digest == digest))).first()
    if known is not None and tuple(known) != (values["shared"], values["secret"]):
        return False
    former = (await db.execute(select(P.active, P.device).where(P.login_id == login_id))).first()
    if renewed and former is None:
        return False
    await db.execute(delete(_PUSH).where(P.login_id == login_id, P.digest != digest))
    device = await db.scalar(select(Login.device).where(Login.id == login_id)) or "?"
    row = {"account_id": account_id, "login_id": login_id, "digest": digest, "device": device, **values}
    row |= {"active": former.active if renewed and former else True, "reached_at": None, "failed_at": None}
    await upsert(db, _PUSH, row, ["digest"])
    return True


async def change_subscription(db: AsyncSession, account_id: int, id: int, **values: Any) -> bool:
    """Other values for one; False when the account has no such."""
    where = (P.account_id == account_id, P.id == id)
    return bool((await db.execute(update(_PUSH).where(*where).values(**values).returning(P.id))).all())


async def unsubscribe(db: AsyncSession, account_id: int, id: int) -> bool:
    """Forget one; False when the account has no such."""
    where = (P.account_id == account_id, P.id == id)
    return bool((await db.execute(delete(_PUSH).where(*where).returning(P.id))).all())


def _key(kind: str, about: str) -> str:
    return sha256(f"{kind}\0{about}".encode()).hexdigest()


async def _shorten(db: AsyncSession, account_id: int) -> None:
    rest = select(N.id).where(N.account_id == account_id).order_by(N.happened_at.desc(), N.id.desc())
    oldest = (await db.scalars(rest.offset(MOST).limit(MOST))).all()
    if oldest:
        await db.execute(delete(_TABLE).where(N.id.in_(oldest)))


def _row(values: Any) -> NotificationRow:
    return NotificationRow(
        values.id,
        values.kind,
        values.path,
        values.title,
        values.text,
        tuple(values.actors),
        values.seen,
        values.happened_at,
    )
