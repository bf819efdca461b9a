"""This room keeps posts that services tell of: short ones at once, long ones when they are cleaned."""

from functools import partial

from webchat.posts import store
from webchat.posts.changes import PostChanged
from webchat.posts.commands import notices
from webchat.posts.commands.fetch import say_talk, via
from webchat.posts.state import Waiting
from webchat.session.session import Session
from webchat.session.work import Work
from webchat.xmpp.entries import PostReceived


async def keep_received(work: Work, event: PostReceived, body: store.Clean | None = None) -> None:
    """Record a post, a comment or a like; `body`: what may be shown of it, where that is known."""
    kept, _ = await store.record(work.db, via(work.session), event.service, event.node, event.post, body=body)
    if kept is None:
        return
    if kept.kind == "post":
        work.changed(PostChanged(kept.service, kept.node, kept.id))
    else:
        await say_talk(work, event.service, event.node)
    if event.live:
        await notices.tell(work, kept)


def keep_waiting(session: Session) -> None:
    """Clean the long posts that wait and record them: one after the other, outside of any transaction."""
    waiting = session[Waiting]
    if waiting.task is None or waiting.task.done():
        waiting.task = session.spawn(_keep_waiting(session), "long posts")


async def _keep_waiting(session: Session) -> None:
    waiting = session[Waiting]
    while waiting.posts:
        key, event = next(iter(waiting.posts.items()))
        body = await store.body_of(event.post.entry) if event.post.entry is not None else None
        async with session.work() as work:
            # It may have been taken back or written anew meanwhile.
            if waiting.posts.get(key) is event:
                await keep_received(work, event, body)
                work.after(partial(waiting.drop, event.service, event.node, [event.post.item]))
