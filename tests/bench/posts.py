"""This measures one post's page with 100,000 posts in the database: the article, its talk, cards, an author.

python -m tests.bench.posts
"""

import asyncio
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from tests.bench.news import VIA, fill
from webchat.app import SLICES
from webchat.db.base import Base
from webchat.db.engine import Database
from webchat.posts import show, store

RUNS = 5
MOST = 0.1
"""Seconds that a page may take."""


async def measured(database: Database, ask: Callable[[AsyncSession], Awaitable[Any]]) -> float:
    """The median of some runs, in seconds."""
    times = []
    for _ in range(RUNS):
        async with database.read() as db:
            start = time.perf_counter()
            await ask(db)
            times.append(time.perf_counter() - start)
    return sorted(times)[RUNS // 2]


async def _page(db: AsyncSession, **how: Any) -> None:
    await show.cards(db, None, await store.newest(db, VIA, **how))


async def _article(db: AsyncSession) -> None:
    post = await store.by_id(db, VIA, 50_000)
    assert post is not None
    await show.article(db, None, post)


ASKED: dict[str, Callable[[AsyncSession], Awaitable[Any]]] = {
    "one post": _article,
    "newest as cards": _page,
    "what one reader may see": lambda db: _page(db, sight=store.Sight(1, f"romeo@{VIA}")),
    "one author": lambda db: _page(db, author="p7@x7.example"),
    "one node": lambda db: _page(db, nodes=[7]),
}


async def main() -> int:
    """Fill a database, ask, print; 1 when something took too long."""
    assert SLICES
    slow = 0
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'posts.db'}")
        async with database.engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
        await fill(database)
        for name, ask in ASKED.items():
            seconds = await measured(database, ask)
            slow += seconds > MOST
            print(f"{name}: {seconds * 1000:.1f} ms")
        await database.close()
    return int(slow > 0)


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
