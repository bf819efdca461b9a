"""This room counts who is here, for everybody to read where the operator wants that: numbers, an hour old."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, fields
from datetime import timedelta
from weakref import WeakKeyDictionary

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from webchat.db.base import now
from webchat.session.models import Account
from webchat.session.registry import Sessions

KEPT = 3600.0
"""Seconds that a number stays as it is: nobody sees from it who comes and goes."""

OFF, ROUNDED, EXACT = "off", "rounded", "exact"
"""What WEBCHAT_STATISTICS may be."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Numbers that name nobody.

    people     accounts that ever signed in
    half_year  of them, those who were here in the last 180 days
    month      likewise, 30 days
    connected  those whose session runs
    posts      what they wrote and everybody may read on pages of this site
    """

    people: int = 0
    half_year: int = 0
    month: int = 0
    connected: int = 0
    posts: int = 0


@dataclass(slots=True)
class _Kept:
    counted: Figures
    since: float


_kept: WeakKeyDictionary[Sessions, _Kept] = WeakKeyDictionary()
_counting: WeakKeyDictionary[Sessions, asyncio.Lock] = WeakKeyDictionary()
_posts: Callable[[AsyncSession], Awaitable[int]] | None = None


def install(posts: Callable[[AsyncSession], Awaitable[int]] | None) -> None:
    """How posts are counted: a floor above knows; None where there are none."""
    global _posts
    _posts = posts


async def figures(sessions: Sessions, how: str) -> Figures | None:
    """What everybody may know, as the operator wants it told; None for nothing.

    how  ROUNDED: each number down to its first digit, and 0 below ten, so that one person more is not seen
    """
    if how == OFF:
        return None
    async with _counting.setdefault(sessions, asyncio.Lock()):
        found = _kept.get(sessions)
        if found is None or time.monotonic() - found.since > KEPT:
            found = _kept[sessions] = _Kept(await _count(sessions), time.monotonic())
    return found.counted if how == EXACT else Figures(*map(rounded, _numbers(found.counted)))


def rounded(number: int) -> int:
    """Down to the first digit: 8 → 0, 37 → 30, 1204 → 1000."""
    unit = 10 ** (len(str(number)) - 1)
    return number // unit * unit if number >= 10 else 0


def _numbers(counted: Figures) -> list[int]:
    return [getattr(counted, field.name) for field in fields(counted)]


async def _count(sessions: Sessions) -> Figures:
    async with sessions.database.read() as db:
        people = await db.scalar(select(func.count(Account.id))) or 0
        half_year, month = [await _active(db, days) for days in (180, 30)]
        posts = await _posts(db) if _posts else 0
    return Figures(people, half_year, month, len(list(sessions.running)), posts)


async def _active(db: AsyncSession, days: int) -> int:
    since = Account.last_seen_at > now() - timedelta(days=days)
    return await db.scalar(select(func.count(Account.id)).where(since)) or 0
