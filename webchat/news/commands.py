"""This room is what a user does by reading: looking at the news, asking what contacts follow."""

import asyncio
import logging
from datetime import datetime

from webchat.contacts import store as contacts
from webchat.errors import Offline, XmppError
from webchat.news import store
from webchat.news.changes import SuggestionsChanged
from webchat.news.state import Suggestions
from webchat.posts.changes import NewsRead
from webchat.posts.follows import LONGEST_TITLE, known_place
from webchat.session.session import Session
from webchat.xmpp.pubsub import following

log = logging.getLogger(__name__)

A_FEW = 8
"""Contacts who are asked for one visit: every one of them costs their server a question."""

AT_ONCE = 3
LONGEST_LIST = 100
"""Lines of one contact's list that are read."""


async def look(session: Session, moment: datetime) -> datetime | None:
    """The user looks at the news that were there at this moment; when they looked before, None for never."""
    async with session.read() as db:
        before = await store.seen_at(db, session.account_id)
        news = await store.unread(db, session.account_id)
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
