"""This room is what a user can do about following: begin, end, call it otherwise, share it or not."""

import logging
from contextlib import suppress

from webchat.errors import Invalid, NotFound, Offline, XmppError
from webchat.posts import store
from webchat.posts.changes import FollowsChanged
from webchat.posts.commands.fetch import fetch_node
from webchat.posts.follows import LONGEST_TITLE, Lists, known_place
from webchat.posts.store import follows as kept
from webchat.session.session import Session
from webchat.web.language import N_
from webchat.xmpp import jid as jids
from webchat.xmpp.entries import MICROBLOG, MICROBLOG_PRESENCE, Followed
from webchat.xmpp.pubsub import following

log = logging.getLogger(__name__)

TOO_MANY = N_("You follow as many places as can be kept here. Unfollow some first.")


async def follow(session: Session, service: str, node: str, *, title: str = "", shared: bool = False) -> str:
    """Follow a node and note it in our lists (W§7); somebody's blog means both of their nodes (W§5).

    title   what the user calls it, "" for its own name
    shared  others may see that we follow it

    "subscribed", or "pending" while its owner has to agree. What is followed already is only noted anew, its
    service is not asked; what is broken is tried once more.
    Raises NotFound for our own blog and for what is no address, Invalid, XmppError
    ("presence-subscription-required": they show their posts to contacts only), TimedOut, Offline.
    """
    place = known_place(service, node)
    if place is None or place[0] == session.jid:
        raise NotFound
    service, node = place
    async with session[Lists].lock:
        async with session.read() as db:
            row = await kept.follow_of(db, session.account_id, jids.domain(session.jid), service, node)
            total = await kept.follows_total(db, session.account_id)
        if row is not None and row.state != "broken":
            await _note(session, service, node, title, shared=shared)
            return row.state
        if row is None and total >= kept.MOST_FOLLOWS:
            raise Invalid({"title": TOO_MANY})
        state = await following.subscribe(session.client, service, node)
        await _keep(session, service, node, state=state)
        if node == MICROBLOG and "@" in service:
            with suppress(XmppError):
                second = await following.subscribe(session.client, service, MICROBLOG_PRESENCE)
                await _keep(session, service, MICROBLOG_PRESENCE, state=second)
        await _note(session, service, node, title, shared=shared)
    if state == "subscribed":
        session.spawn(_fetch(session, service, node), "first look")
    return state


async def _fetch(session: Session, service: str, node: str) -> None:
    await fetch_node(session, service, node)


async def unfollow(session: Session, service: str, node: str) -> None:
    """Follow a node no longer; a service that is gone or knows nothing of us cannot hold us back.

    Raises NotFound when it is not followed, XmppError when our lists cannot be written, TimedOut, Offline.
    """
    via = jids.domain(session.jid)
    async with session[Lists].lock:
        async with session.read() as db:
            rows = [await kept.follow_of(db, session.account_id, via, service, node)]
            if node == MICROBLOG:
                rows.append(await kept.follow_of(db, session.account_id, via, service, MICROBLOG_PRESENCE))
        if rows[0] is None:
            raise NotFound
        gone = [row for row in rows if row is not None]
        for row in gone:
            await _unsubscribe(session, row.service, row.node)
        for public in (True, False):
            await _take(session, service, node, public=public)
        async with session.work() as work:
            await kept.drop_follows(work.db, work.account_id, [row.node_id for row in gone])
            work.changed(FollowsChanged())


async def tell(session: Session, service: str, node: str, *, tells: bool) -> None:
    """Be told of each new post of a node that is followed, or no more; of a person both of their nodes.

    Raises NotFound when it is not followed.
    """
    via = jids.domain(session.jid)
    nodes = [node, MICROBLOG_PRESENCE] if node == MICROBLOG else [node]
    async with session.work() as work:
        found = [await kept.follow_of(work.db, work.account_id, via, service, each) for each in nodes]
        if found[0] is None:
            raise NotFound
        for row in found:
            if row is not None:
                await kept.put_follow(work.db, work.account_id, row.node_id, tells=tells)
        work.changed(FollowsChanged())


async def _keep(session: Session, service: str, node: str, *, state: str) -> None:
    async with session.work() as work:
        row = await store.node_row(work.db, jids.domain(session.jid), service, node)
        await kept.put_follow(work.db, work.account_id, row.id, state=state)
        work.changed(FollowsChanged())


async def _note(session: Session, service: str, node: str, title: str, *, shared: bool) -> None:
    """The lists first: what the page says of sharing is what others can see."""
    via = jids.domain(session.jid)
    async with session.read() as db:
        row = await kept.follow_of(db, session.account_id, via, service, node)
    if row is None:
        raise NotFound
    line = Followed(service, node, title[:LONGEST_TITLE], row.source)
    if not shared:
        await _take(session, service, node, public=True)
    await following.put(session.client, line, public=False)
    if shared:
        await following.put(session.client, line, public=True)
    async with session.work() as work:
        await kept.put_follow(
            work.db, work.account_id, row.node_id, title=title[:LONGEST_TITLE], shared=shared
        )
        work.changed(FollowsChanged())


async def _take(session: Session, service: str, node: str, *, public: bool) -> None:
    try:
        await following.take(session.client, service, node, public=public)
    except XmppError as error:
        if error.condition != "item-not-found":
            raise


async def _unsubscribe(session: Session, service: str, node: str) -> None:
    try:
        await following.unsubscribe(session.client, service, node)
    except Offline:
        raise
    except XmppError as error:
        log.info("a service does not take that we follow no longer (%s)", error.condition)
