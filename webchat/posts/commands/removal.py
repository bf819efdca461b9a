"""This room takes posts and comments back a few seconds after the button was pressed: till then nobody was
asked to forget anything, and it can be undone."""

import asyncio
import logging
from contextlib import suppress
from datetime import timedelta

from webchat.db.base import now
from webchat.errors import Forbidden, Offline, TimedOut, TooMany, WebchatError
from webchat.posts import store
from webchat.posts.changes import PostChanged, RemovalFailed, TalkChanged
from webchat.posts.commands.fetch import via
from webchat.posts.commands.publish import retract_post
from webchat.posts.commands.talk import delete_comment
from webchat.posts.show.article import may_delete_comment, may_retract
from webchat.posts.state import Removing
from webchat.posts.store import Post, removals
from webchat.session.session import Session
from webchat.session.work import Work

log = logging.getLogger(__name__)

HOLD = timedelta(seconds=5)
"""How long it can be undone."""

AGAIN = timedelta(seconds=20)
"""When what met no connection is tried again."""

LAST_WORDS = 4.0
"""Seconds that a login which ends waits for what is still to be taken back."""


async def remove_soon(session: Session, post: Post) -> None:
    """Take a post or a comment back in a few seconds, also when every tab is closed till then.

    Raises Forbidden, TooMany.
    """
    async with session.work() as work:
        about = await store.talked_about(work.db, via(session), post.service, post.node)
        if post.kind == "post":
            allowed = may_retract(session, post)
        else:
            allowed = any(may_delete_comment(session.jid, one, post) for one in (None, *about))
        if not allowed:
            raise Forbidden
        due = now() + HOLD
        if not await removals.put(work.db, work.account_id, post.id, due):
            raise TooMany(int(HOLD.total_seconds()))
        _say(work, post, about)
        work.after(lambda: session[Removing].put(post.id, due))
    session.last_words["removals"] = lambda: remove_now(session)


def _say(work: Work, post: Post, about: list[Post]) -> None:
    if post.kind == "post":
        work.changed(PostChanged(post.service, post.node, post.id))
    else:
        work.changed(*(TalkChanged(one.id) for one in about))


async def undo(session: Session, post: Post) -> bool:
    """It stays; False when it is too late."""
    # At once: its hour may come while others work.
    due = session[Removing].due.pop(post.id, None)
    if due is None:
        return False
    try:
        async with session.work() as work:
            await removals.end(work.db, work.account_id, post.id)
            about = await store.talked_about(work.db, via(session), post.service, post.node)
            _say(work, post, about)
    except BaseException:
        session[Removing].put(post.id, due)
        raise
    return True


async def load(session: Session) -> None:
    """What waited when the program stopped."""
    async with session.read() as db:
        for id, due in (await removals.waiting(db, session.account_id)).items():
            session[Removing].put(id, due)


async def remove_due(session: Session) -> float | None:
    """Take back whose time has come; seconds until the next one, None for never."""
    removing = session[Removing]
    for id, due in list(removing.due.items()):
        if due <= now() and removing.begin(id):
            await _remove(session, id)
    waiting = list(removing.due.values())
    return max(0.0, (min(waiting) - now()).total_seconds()) if waiting else None


async def remove_now(session: Session) -> None:
    """The account leaves: what waits goes at once where its server listens, the rest at its next login."""
    removing = session[Removing]
    with suppress(TimeoutError):
        async with asyncio.timeout(LAST_WORDS):
            for id in [id for id in list(removing.due) if removing.begin(id)]:
                await _remove(session, id)


async def _remove(session: Session, id: int) -> None:
    removing = session[Removing]
    async with session.read() as db:
        # What went elsewhere took its line along; the number may be somebody else's row by now.
        wanted = id in await removals.waiting(db, session.account_id)
        post = await store.by_id(db, via(session), id) if wanted else None
    try:
        if post is not None and post.kind == "post":
            await retract_post(session, post.ref)
        elif post is not None:
            await delete_comment(session, post)
    except (Offline, TimedOut):
        removing.put(id, now() + AGAIN)
        return
    except WebchatError as error:
        log.info("something could not be taken back (%s)", type(error).__name__)
        await _stays(session, id, post)
        return
    async with session.work() as work:
        await removals.end(work.db, work.account_id, id)
    removing.drop(id)


async def _stays(session: Session, id: int, post: Post | None) -> None:
    """Its service did not let us: it is drawn again, and a sentence says why."""
    async with session.work() as work:
        await removals.end(work.db, work.account_id, id)
        session[Removing].drop(id)
        if post is not None:
            _say(work, post, await store.talked_about(work.db, via(session), post.service, post.node))
        work.changed(RemovalFailed())
