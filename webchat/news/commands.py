"""This room is what a user does by reading: looking at the news, asking what contacts follow."""

import asyncio
import dataclasses
import logging
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from time import monotonic

from webchat.contacts import store as contacts
from webchat.errors import Offline, XmppError
from webchat.news import store
from webchat.news.changes import SuggestionsChanged
from webchat.news.show.reading import unread
from webchat.news.state import MOST_REMEMBERED, Counted, Home
from webchat.posts.changes import NewsRead
from webchat.posts.commands import fetch_node, fetch_talk
from webchat.posts.follows import LONGEST_TITLE, known_place
from webchat.posts.state import Suggestions
from webchat.posts.store import Post, fits, kind_of
from webchat.posts.store.places import describe, described
from webchat.session.session import Session
from webchat.xmpp import jid as jids
from webchat.xmpp.entries import NodeInfo
from webchat.xmpp.pubsub import following, nodes
from webchat.xmpp.pubsub.services import pubsub_services

log = logging.getLogger(__name__)

A_FEW = 8
"""Contacts who are asked for one visit: every one of them costs their server a question."""

A_FEW_NODES = 24
SERVER_HAS = 30.0
"""Communities of the own server that are asked what they are at one visit, and seconds for all of them."""

A_FEW_PAGES = 8
"""Communities of the own server whose newest posts are fetched at one visit: a newcomer finds some."""

MOST_COUNTED = 10
COUNT_AGAIN = 900.0
"""Posts of a page whose comments and likes are asked for, and seconds before that is done again."""

AT_ONCE = 3
LONGEST_LIST = 100
"""Lines of one contact's list that are read."""


async def look(session: Session, moment: datetime) -> datetime | None:
    """The user looks at the news that were there at this moment; when they looked before, None for never."""
    async with session.read() as db:
        before = await store.seen_at(db, session.account_id)
        news = await unread(db, session)
    if news or before is None:
        async with session.work() as work:
            await store.set_seen(work.db, work.account_id, moment)
            work.changed(NewsRead())
    return before


def ask_contacts(session: Session) -> None:
    """Learn in the background what a few contacts follow, where they let others see it (W§7)."""
    known = session[Suggestions]
    if not known.running and session.client.connected:
        known.running = True
        session.spawn(_ask_contacts(session), "suggestions")


def ask_server(session: Session) -> None:
    """Learn in the background which communities the account's own server has: once a day, a few new ones at a
    time, for each is one question more (XEP-0060 §5.2)."""
    known, domain = session[Suggestions], jids.domain(session.jid)
    if known.wants(domain) and session.client.connected:
        known.ask(domain)
        session.spawn(_ask_server(session, domain), "communities of the server")


async def _ask_server(session: Session, domain: str) -> None:
    try:
        async with asyncio.timeout(SERVER_HAS):
            service, _ = await pubsub_services(session.client, domain)
            session[Home].service = service
            found = await nodes.listing(session.client, service) if service else ()
            async with session.read() as db:
                told = await described(db, domain, service)
            new = [one for one in found if one.node not in told and _is_community(one)][:A_FEW_NODES]
            gate = asyncio.Semaphore(AT_ONCE)
            infos = await asyncio.gather(*(_describe(session, one, gate) for one in new))
    except Offline:
        session[Suggestions].asked.pop(domain, None)
        return
    except (XmppError, TimeoutError) as error:
        log.info("the server does not tell its communities (%s)", type(error).__name__)
        return
    async with session.work() as work:
        for info in infos:
            if info is not None:
                await describe(work.db, domain, info)
    await _read_communities(session, domain, service)
    if service:
        session.feed.publish([SuggestionsChanged()])


async def _read_communities(session: Session, domain: str, service: str) -> None:
    """Fetch the newest posts of communities that nobody here has read yet."""
    async with session.read() as db:
        found = await store.unread_communities(db, domain, service, A_FEW_PAGES)
    gate = asyncio.Semaphore(AT_ONCE)

    async def fetch(service: str, node: str) -> None:
        async with gate:
            await fetch_node(session, service, node, kind="community")

    await asyncio.gather(*(fetch(*place) for place in found))


def count_talks(session: Session, shown: Sequence[Post]) -> None:
    """Learn in the background what is said about the first posts of a page: cards show how much that is, and
    nobody tells it before one asks."""
    known, moment = session[Counted].at, monotonic()
    due = [post for post in shown[:MOST_COUNTED] if moment - known.get(post.id, -COUNT_AGAIN) >= COUNT_AGAIN]
    due = [post for post in due if post.comments is not None]
    if due and session.client.connected:
        known.update({post.id: moment for post in due})
        while len(known) > MOST_REMEMBERED:
            del known[next(iter(known))]
        session.spawn(_count(session, due), "count comments")


async def _count(session: Session, due: Sequence[Post]) -> None:
    gate = asyncio.Semaphore(AT_ONCE)

    async def ask(post: Post) -> None:
        async with gate:
            with suppress(XmppError):
                await fetch_talk(session, post)

    await asyncio.gather(*(ask(post) for post in due))


def _is_community(one: NodeInfo) -> bool:
    return kind_of(one.service, one.node) == "community" and fits(one.service, one.node)


async def _describe(session: Session, one: NodeInfo, gate: asyncio.Semaphore) -> NodeInfo | None:
    async with gate:
        try:
            info = await nodes.info(session.client, one.service, one.node)
        except Offline:
            raise
        except XmppError:
            return None
    return dataclasses.replace(info, title=info.title or one.title)


async def _ask_contacts(session: Session) -> None:
    known = session[Suggestions]
    try:
        async with session.read() as db:
            seen = await contacts.seen(db, session.account_id)
        people = [jid for jid in sorted(seen) if "@" in jid and known.wants(jid)]
        gate = asyncio.Semaphore(AT_ONCE)
        found = await asyncio.gather(*(_ask(session, jid, gate) for jid in people[:A_FEW]))
    except Offline:
        return
    finally:
        known.running = False
    if any(found):
        session.feed.publish([SuggestionsChanged()])


async def _ask(session: Session, jid: str, gate: asyncio.Semaphore) -> bool:
    known = session[Suggestions]
    async with gate:
        known.ask(jid)
        try:
            lines = await following.lists(session.client, jid, public=True)
        except Offline:
            known.asked.pop(jid, None)
            raise
        except XmppError as error:
            log.info("a contact's list cannot be read (%s)", error.condition)
            return False
    news = False
    for line in lines[:LONGEST_LIST]:
        place = known_place(line.service, line.node)
        # Only communities: whom somebody reads besides is between those two.
        if place is not None and "@" not in place[0]:
            news = known.learn(jid, *place, line.title[:LONGEST_TITLE]) or news
    return news
