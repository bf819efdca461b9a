"""This room keeps what people report to those who run this site, and no longer than that needs.

Nothing of it leaves the site. Who told it is known while it is open, so that one can be asked and nobody
floods the list; when it is closed that is forgotten, and some weeks later the rest.
"""

import asyncio
import hashlib
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from webchat.db.base import now
from webchat.db.engine import Database
from webchat.db.insert import upsert
from webchat.errors import TooMany
from webchat.session.models import Account, Complaint

log = logging.getLogger(__name__)

About = Literal["person", "room", "message", "post", "comment"]

LONGEST_WORDS = 2000
LONGEST_EXCERPT = 2000
MOST_A_DAY = 20
"""Reports of one account that are open and of the last day."""

MOST_OPEN = 10_000
"""Open reports of everybody: who makes accounts by the thousand does not fill the disk."""

CLOSED_FOR = timedelta(days=30)
OPEN_FOR = timedelta(days=365)
EVERY = 3600.0


@dataclass(frozen=True, slots=True)
class Told:
    """One report as it comes in; `key` names the thing among those of its kind."""

    about: About
    key: str
    subject: str
    place: str = ""
    excerpt: str = ""
    reason: str = "spam"
    words: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """One line of the list; `by` is who told it, "" once it is closed. All of it is foreign text."""

    id: int
    about: str
    subject: str
    place: str
    excerpt: str
    reason: str
    words: str
    created_at: datetime
    closed_at: datetime | None
    by: str


async def add(db: AsyncSession, account_id: int, told: Told) -> None:
    """Note a report; of a thing that this account reported already the words are replaced. Raises TooMany."""
    thing = hashlib.sha256(f"{told.about}\0{told.key}".encode()).hexdigest()
    mine = Complaint.account_id == account_id
    lately = and_(mine, Complaint.thing != thing, Complaint.created_at > now() - timedelta(days=1))
    if await _count(db, lately) >= MOST_A_DAY or await _count(db, Complaint.closed_at.is_(None)) >= MOST_OPEN:
        raise TooMany(3600)
    values = {
        "account_id": account_id,
        "thing": thing,
        "about": told.about,
        "subject": told.subject,
        "place": told.place,
        "excerpt": told.excerpt[:LONGEST_EXCERPT],
        "reason": told.reason,
        "words": told.words[:LONGEST_WORDS],
        "created_at": now(),
        "closed_at": None,
    }
    await upsert(db, Complaint.__table__, values, ["account_id", "thing"])


async def _count(db: AsyncSession, which: ColumnElement[bool]) -> int:
    return int(await db.scalar(select(func.count(Complaint.id)).where(which)) or 0)


async def open_now(db: AsyncSession) -> int:
    """How many wait for somebody to look at them."""
    return await _count(db, Complaint.closed_at.is_(None))


async def listed(
    db: AsyncSession, *, closed: bool = False, most: int | None = None, oldest: bool = False
) -> list[Report]:
    """Those that are open (or closed), the newest first, or the `oldest`."""
    state = Complaint.closed_at.is_not(None) if closed else Complaint.closed_at.is_(None)
    return await _read(db, state, most, oldest=oldest)


async def one(db: AsyncSession, id: int) -> Report | None:
    """One of them, by its number."""
    return next(iter(await _read(db, Complaint.id == id, 1)), None)


async def _read(
    db: AsyncSession, which: ColumnElement[bool], most: int | None, *, oldest: bool = False
) -> list[Report]:
    order = (Complaint.created_at, Complaint.id)
    rows = (
        select(Complaint, Account.jid)
        .outerjoin(Account, Account.id == Complaint.account_id)
        .where(which)
        .order_by(*(order if oldest else (each.desc() for each in order)))
        .limit(most)
    )
    return [
        Report(
            row.id,
            row.about,
            row.subject,
            row.place,
            row.excerpt,
            row.reason,
            row.words,
            row.created_at,
            row.closed_at,
            jid or "",
        )
        for row, jid in await db.execute(rows)
    ]


async def close(db: AsyncSession, id: int) -> bool:
    """It was looked at: who told it is forgotten now; False when none of this number is open."""
    row = update(Complaint).where(Complaint.id == id, Complaint.closed_at.is_(None))
    closed = row.values(closed_at=now(), account_id=None).returning(Complaint.id)
    return await db.scalar(closed) is not None


async def sweep(db: AsyncSession) -> int:
    """Forget what was closed some weeks ago, and what nobody looked at for a year; how many that were."""
    old = or_(Complaint.closed_at < now() - CLOSED_FOR, Complaint.created_at < now() - OPEN_FOR)
    return len(list(await db.scalars(delete(Complaint).where(old).returning(Complaint.id))))


async def keep(database: Database) -> None:
    """Until cancelled: sweep, wait."""
    while True:
        try:
            async with database.write() as db:
                await sweep(db)
        except Exception as error:
            log.error("old reports could not be deleted", exc_info=error)
        await asyncio.sleep(EVERY)
