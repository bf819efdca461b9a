"""This room asks for what the page of somebody's posts shows: their nodes, and what they say they follow."""

import logging
from datetime import timedelta

from webchat.blog.state import SharedLists
from webchat.db.base import now
from webchat.errors import Offline, XmppError
from webchat.posts import commands as posts
from webchat.posts import store
from webchat.session.session import Session
from webchat.xmpp.pubsub import following

log = logging.getLogger(__name__)

FRESH = timedelta(minutes=5)
"""A blog is asked for again after this time; where one follows, what is published arrives by itself."""

MOST_SHARED = 100


async def refresh(session: Session, jid: str) -> None:
    """Ask for the newest posts of a person where that was long ago. Nobody waits for silence twice."""
    via = posts.via(session)
    for node in store.MICROBLOGS:
        async with session.read() as db:
            known = await store.node(db, via, jid, node)
        if known is None or known.fetched_at is None or now() - known.fetched_at > FRESH:
            await posts.fetch_node(session, jid, node, kind="people")


async def load_shared(session: Session, jid: str) -> None:
    """Ask what a person shows that they follow (W§7); nothing where they show nothing."""
    if session[SharedLists].find(jid) is not None:
        return
    try:
        told = await following.lists(session.client, jid, public=True)
    except Offline:
        return
    except XmppError as error:
        log.info("what somebody follows is not told (%s)", error.condition)
        told = ()
    session[SharedLists].put(jid, told[:MOST_SHARED])
