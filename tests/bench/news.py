"""This measures the queries of reading: News, Explore and a tag page with 100,000 posts in the database.

python -m tests.bench.news
"""

import asyncio
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import delete, insert
from sqlalchemy.ext.asyncio import AsyncSession

from webchat.app import SLICES
from webchat.contacts.models import Contact
from webchat.db.base import Base, now
from webchat.db.engine import Database
from webchat.db.words import moment_of
from webchat.markup.words import terms
from webchat.news import store
from webchat.posts.models import Follow, Node, Post, PostTag, PostWords
from webchat.posts.store import Place, Sight, search
from webchat.session.models import Account
from webchat.xmpp.entries import MICROBLOG

POSTS, PEOPLE, COMMUNITIES, TAGS = 100_000, 900, 100, 300
VIA = "montague.example"
ROMEO = f"romeo@{VIA}"
RUNS = 5


async def fill(database: Database) -> None:
    """A thousand nodes with a hundred posts each, and an account that follows `followed` of them."""
    moment = now()
    async with database.write() as db:
        account = {"jid": ROMEO, "resource": "x", "mechanism": "", "preferences": {}}
        await db.execute(insert(Account), [{**account, "created_at": moment, "last_seen_at": moment}])
        nodes = [(f"p{n}@x{n % 50}.example", MICROBLOG, "people") for n in range(PEOPLE)]
        nodes += [("pubsub.example", f"c{n}", "community") for n in range(COMMUNITIES)]
        columns = ("service", "node", "kind")
        await db.execute(
            insert(Node), [{"via": VIA, **dict(zip(columns, one, strict=True))} for one in nodes]
        )
        for start in range(0, POSTS, 10_000):
            await db.execute(insert(Post), [_post(n, nodes, moment) for n in range(start, start + 10_000)])
            tags = [_tag(n, moment) for n in range(start, start + 10_000)]
            await db.execute(insert(PostTag), tags)
            found = [_words(n, moment) for n in range(start, start + 10_000)]
            await db.execute(insert(PostWords), found)


def _post(n: int, nodes: list[tuple[str, str, str]], moment: Any) -> dict[str, Any]:
    at = moment - timedelta(seconds=60 * n)
    service = nodes[n % len(nodes)][0]
    return {
        "node_id": n % len(nodes) + 1,
        "via": VIA,
        "item": f"i{n}",
        "kind": "post",
        "author": service,
        "verified": True,
        "title": f"Post {n}",
        "body": "<p>But, soft! what light through yonder window breaks?</p>" * 20,
        "source": "x" * 1500,
        "web": "https://x.example/" if n % 10 else "",
        "links": [],
        "published": at,
        "updated": at,
        "received_at": at,
    }


def _tag(n: int, moment: Any) -> dict[str, Any]:
    return {
        "post_id": n + 1,
        "via": VIA,
        "tag": f"t{n % TAGS}",
        "published": moment - timedelta(seconds=60 * n),
    }


def _words(n: int, moment: Any) -> dict[str, Any]:
    """As the index keeps them; "secret" stands in what few may see alone."""
    post = _post(n, [("", "", "")], moment)
    title = post["title"] if n % 10 else f"secret {post['title']}"
    at = moment_of(moment - timedelta(seconds=60 * n), n + 1)
    return {"moment": at, "post_id": n + 1, "words": search.words_of(VIA, title, post["body"])}


async def look_for(db: AsyncSession, typed: str) -> None:
    """A page of posts with these words, and communities."""
    wanted, sight = terms(typed, 8), Sight(1, ROMEO)
    await search.find_posts(db, VIA, wanted, sight, most=21)
    await search.find_communities(db, VIA, wanted, sight)


async def follow(database: Database, many: int) -> None:
    """This many nodes are followed, and as many people are contacts."""
    async with database.write() as db:
        await db.execute(delete(Follow))
        await db.execute(delete(Contact))
        await db.execute(
            insert(Follow),
            [{"account_id": 1, "node_id": 1000 - n, "state": "subscribed"} for n in range(many)],
        )
        contact = {"account_id": 1, "name": "", "subscription": "both", "ask": "", "groups": []}
        people = [{**contact, "jid": f"p{n}@x{n % 50}.example"} for n in range(many)]
        await db.execute(insert(Contact), people)


async def timed(database: Database, what: Callable[[AsyncSession], Awaitable[Any]]) -> float:
    """The median of a few runs, in milliseconds."""
    taken = []
    for _ in range(RUNS):
        async with database.read() as db:
            begun = time.process_time()
            await what(db)
            taken.append((time.process_time() - begun) * 1000)
    return sorted(taken)[RUNS // 2]


async def news(db: AsyncSession, *, deep: bool = False) -> None:
    """A page of news."""
    nodes = await store.sources(db, 1, ROMEO)
    before = Place(now() - timedelta(days=40), 1) if deep else None
    assert len(await store.news(db, VIA, nodes, before=before, most=21)) == 21


async def main() -> int:
    """Fill, measure, say."""
    assert SLICES
    slow = False
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'bench.db'}")
        async with database.engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
        await fill(database)
        questions: dict[str, Callable[[AsyncSession], Awaitable[Any]]] = {
            "news": news,
            "news, far back": lambda db: news(db, deep=True),
            "the number beside it": lambda db: store.unread(db, 1, ROMEO, lambda jid: False),
            "explore": lambda db: store.open_posts(db, VIA, ROMEO, most=19),
            "popular tags": lambda db: store.popular_tags(db, VIA, since=now() - timedelta(days=30)),
            "a tag page": lambda db: store.tagged(db, 1, ROMEO, "t7", most=21),
            "whom to follow": lambda db: store.people_to_follow(db, 1, ROMEO),
            "others of this server": lambda db: store.around_here(db, ROMEO),
            "search, every post": lambda db: look_for(db, "light yonder"),
            "search, a beginning": lambda db: look_for(db, "po"),
            "search, one post": lambda db: look_for(db, "54321"),
            "search, what is hidden": lambda db: look_for(db, "secret"),
        }
        for many in (5, 150, 450):
            await follow(database, many)
            for name, question in questions.items():
                taken = await timed(database, question)
                slow = slow or taken > 100
                print(f"{name} ({many} followed and {many} contacts): {taken:.1f} ms")
        await database.close()
    return int(slow)


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
