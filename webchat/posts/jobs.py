"""This room catches up with what is followed after a login, a page of each node, hears what is said on open
pages, and takes back what was deleted: in the background."""

import asyncio
import logging
from datetime import timedelta

from webchat.contacts import store as contacts
from webchat.db.base import now
from webchat.errors import XmppError
from webchat.posts import follows, store
from webchat.posts.commands import removal
from webchat.posts.commands.fetch import fetch_node
from webchat.posts.commands.hear import TICK, give_back_all, hear
from webchat.posts.follows import Lists
from webchat.posts.state import Removing
from webchat.posts.store import follows as kept
from webchat.session.bells import called
from webchat.session.session import Session
from webchat.xmpp import jid as jids
from webchat.xmpp.entries import MICROBLOG

log = logging.getLogger(__name__)

STALE = timedelta(hours=12)
"""Posts that came while nobody was signed in are fetched where the last look is longer ago than this."""

MOST_FOLLOWED = 100
MOST_CONTACTS = 30
"""Nodes that are asked for at one login: the longest not looked at come first, the others next time."""

AT_ONCE = 2

Place = tuple[str, str]


async def sync_follows(session: Session) -> None:
    """After a login: our lists, what the services say, what was written meanwhile. Nobody waits for it."""
    lists = session[Lists]
    if lists.task is not None:
        lists.task.cancel()
    lists.task = session.spawn(_catch_up(session), "follows")


async def _catch_up(session: Session) -> None:
    try:
        await follows.catch_up(session)
    except XmppError as error:
        log.info("the lists of what is followed cannot be read (%s)", error.condition)
    await give_back_all(session)
    await refresh(session)


async def refresh(session: Session) -> None:
    """Fetch what was never fetched or long ago: followed nodes, blogs of contacts, our own."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def fetch(service: str, node: str) -> None:
        async with gate:
            if session.client.connected:
                await fetch_node(session, service, node)

    await asyncio.gather(*(fetch(*place) for place in await due(session)))


async def due(session: Session) -> list[Place]:
    """Which nodes to ask for now, the most important first."""
    via, moment = jids.domain(session.jid), now()
    async with session.read() as db:
        own = await store.node(db, via, session.jid, MICROBLOG)
        rows = [row for row in await kept.follows(db, session.account_id, via) if row.state == "subscribed"]
        seen = await contacts.seen(db, session.account_id)
        known = await kept.looked_at(db, via, sorted(seen))
    found = [] if own and own.fetched_at and moment - own.fetched_at < STALE else [(session.jid, MICROBLOG)]
    old = [row for row in rows if row.fetched_at is None or moment - row.fetched_at > STALE]
    old.sort(key=lambda row: (row.fetched_at is not None, row.fetched_at or moment, row.service))
    found += [(row.service, row.node) for row in old[:MOST_FOLLOWED]]
    new = sorted(jid for jid in seen - known if "@" in jid and jid != session.jid)
    found += [(jid, MICROBLOG) for jid in new[:MOST_CONTACTS]]
    return list(dict.fromkeys(found))


async def listen(session: Session) -> None:
    """As long as the session lasts: what is said about posts whose pages are open."""
    while True:
        bell = session.pages.bell
        hear(session)
        await called(bell, TICK)


async def remove_in_time(session: Session) -> None:
    """As long as the session lasts: what was taken back goes when it can be undone no longer."""
    await removal.load(session)
    while True:
        wait = await removal.remove_due(session)
        await called(session[Removing].rang, wait)
