"""This room asks the account's own server now and then who follows its posts: no server tells by itself."""

import asyncio
import logging

from webchat.contacts.state import Blocklist
from webchat.db.base import now
from webchat.errors import Offline, XmppError
from webchat.notifications import store
from webchat.notifications.changes import NotificationsChanged
from webchat.posts.store import MICROBLOGS
from webchat.session.session import Session
from webchat.xmpp import jid as jids
from webchat.xmpp.pubsub import nodes

log = logging.getLogger(__name__)

FIRST, AGAIN = 10.0, 900.0
"""Seconds after the beginning of a session, and between two questions."""

MOST_TOLD = 100
"""More who began to follow at once are known from now on, and not told of."""


async def watch_followers(session: Session) -> None:
    """As long as the session lasts."""
    await asyncio.sleep(FIRST)
    while True:
        if session.client.connected:
            await ask_followers(session)
        await asyncio.sleep(AGAIN)


async def ask_followers(session: Session) -> None:
    """Who began to follow since we asked last is told of; a server that does not say changes nothing."""
    try:
        found = {jid for node in MICROBLOGS for jid in await _followers(session, node)}
    except Offline:
        return
    except XmppError as error:
        log.info("who follows is not told (%s)", error.condition)
        return
    async with session.work() as work:
        new = await store.new_followers(work.db, work.account_id, found)
        told = [jid for jid in new[:MOST_TOLD] if not session[Blocklist].blocks(jid)]
        for jid in told:
            moment, path = now(), f"/people/{jids.escape_path(jid)}"
            # Those of one day are one line.
            about = moment.date().isoformat()
            await store.add(work.db, work.account_id, "follower", about, jid, moment, path=path)
        if told:
            work.changed(NotificationsChanged())


async def _followers(session: Session, node: str) -> tuple[str, ...]:
    try:
        return await nodes.followers(session.client, node)
    except XmppError as error:
        if error.condition != "item-not-found":
            raise
        return ()
