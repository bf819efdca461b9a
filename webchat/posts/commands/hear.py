"""This room hears what is said about a post while a page shows it, and stops when nobody looks any more.

Where the account is subscribed to the comments anyhow (it said something, the post is its own, another
program of its wants them) that stays as it is; else the subscription is lent, and a row says so until it is
given back. Where a service lets nobody subscribe, or does not say what we are subscribed to, it is asked now
and then.
"""

import asyncio
import logging
from contextlib import suppress
from time import monotonic

from webchat.errors import Offline, TimedOut, XmppError
from webchat.posts import store
from webchat.posts.commands.fetch import fetch_talk, via
from webchat.posts.show.cards import readable
from webchat.posts.show.paths import ref_of
from webchat.posts.state import Hearing
from webchat.posts.store import Post, listening
from webchat.session.session import Session
from webchat.xmpp.entries import Ref
from webchat.xmpp.pubsub import following

log = logging.getLogger(__name__)

MOST = 8
"""Posts that are listened to at once."""

TICK = 10.0
"""Seconds between two looks whether the page is there and the stream stands."""

LINGER = 20.0
"""Seconds after which a page that went is gone: a reload takes less."""

ASK_AGAIN, LATER, PATIENT = 60.0, 300.0, 1800.0
"""Seconds between two questions where nothing is told by itself; fewer for a page that is open so long."""

NEWEST = 50
"""Comments that are asked for again: what came between the page and the subscription."""

TOLD, LENT, ASKED = "told", "lent", "asked"


def hear(session: Session) -> None:
    """Listen for every open page of a post that nobody listens for yet."""
    tasks = session[Hearing].tasks
    for key in session.pages.keys("post"):
        if key not in tasks and len(tasks) < MOST:
            tasks[key] = session.spawn(_hear(session, key), "comments of an open page")


async def _hear(session: Session, key: str) -> None:
    try:
        post = await _post(session, key)
        if post is not None and post.comments is not None:
            await _as_long_as_shown(session, key, post, post.comments)
    finally:
        del session[Hearing].tasks[key]


async def _post(session: Session, key: str) -> Post | None:
    ref = ref_of(key)
    if ref is None:
        return None
    async with session.read() as db:
        return await readable(db, session, ref)


async def _as_long_as_shown(session: Session, key: str, post: Post, where: Ref) -> None:
    way, since, last = "", monotonic(), 0.0
    while await _still(session, key):
        moment = monotonic()
        if not session.client.connected:
            way = ""
        elif not way:
            way, last = await _begin(session, post, where), moment
            await _ask(session, post)
        elif way == ASKED and moment - last >= (ASK_AGAIN if moment - since < PATIENT else LATER):
            last = moment
            await _ask(session, post)
        await asyncio.sleep(TICK)
    if way in (LENT, ASKED):
        async with session[Hearing].lock:
            await _give_back(session, where)


async def _still(session: Session, key: str) -> bool:
    if session.pages.shown("post", key):
        return True
    await asyncio.sleep(LINGER)
    return session.pages.shown("post", key)


async def _begin(session: Session, post: Post, where: Ref) -> str:
    """Be told from now on; how that came about."""
    try:
        async with session[Hearing].lock:
            return await _subscribe(session, post, where)
    except Offline:
        return ""
    except XmppError as error:
        log.info("comments of an open page are asked for now and then (%s)", error.condition)
        return ASKED


async def _subscribe(session: Session, post: Post, where: Ref) -> str:
    if await _concerned(session, post):
        await following.subscribe(session.client, where.service, where.node)
        await keep_hearing(session, where)
        return TOLD
    async with session.read() as db:
        mine = {node.ref for node in await listening.lent(db, session.account_id)}
    ours = Ref(where.service, where.node) in mine
    if not ours and await following.subscriptions(session.client, where.service, where.node):
        return TOLD
    await _note(session, where)
    try:
        state = await following.subscribe(session.client, where.service, where.node)
    except (TimedOut, Offline):
        # It may have been heard all the same: the row stays until that is given back.
        raise
    except XmppError:
        await _give_back(session, where, asked=False)
        raise
    if state != "subscribed":
        await _give_back(session, where)
    return LENT if state == "subscribed" else ASKED


async def _concerned(session: Session, post: Post) -> bool:
    """Whether the account wants to hear what is said there also later: its own post, or it said something."""
    if post.verified and post.author == session.jid:
        return True
    async with session.read() as db:
        said = await store.talk(db, post)
    return any(one.verified and one.author == session.jid for one in said.comments)


async def _note(session: Session, where: Ref) -> None:
    async with session.work() as work:
        row = await store.node_row(work.db, via(session), where.service, where.node, kind="comments")
        await listening.lend(work.db, work.account_id, row.id)


async def keep_hearing(session: Session, where: Ref) -> bool:
    """A lent subscription is wanted for good now; whether it was a lent one."""
    async with session.work() as work:
        row = await store.node(work.db, via(session), where.service, where.node)
        return row is not None and await listening.end(work.db, work.account_id, row.id)


async def _give_back(session: Session, where: Ref, *, asked: bool = True) -> None:
    """Be told no longer, unless that is wanted for good meanwhile.

    What cannot be said now is said at the next login.
    """
    async with session.read() as db:
        lent = {node.ref for node in await listening.lent(db, session.account_id)}
    if Ref(where.service, where.node) not in lent:
        return
    try:
        if asked:
            await following.unsubscribe(session.client, where.service, where.node)
    except Offline:
        return
    except XmppError as error:
        log.info("a service does not take a subscription back (%s)", error.condition)
    await keep_hearing(session, where)


async def _ask(session: Session, post: Post) -> None:
    with suppress(XmppError):
        await fetch_talk(session, post, most=NEWEST)


async def give_back_all(session: Session) -> None:
    """After a login: what a restart left, as far as no page shows it now."""
    shown = {post.comments for key in session[Hearing].tasks if (post := await _post(session, key))}
    async with session.read() as db:
        rows = await listening.lent(db, session.account_id)
    for row in rows:
        if row.ref not in shown:
            async with session[Hearing].lock:
                await _give_back(session, row.ref)
