"""This room decides of which comments, likes and answers somebody should hear."""

import re

from webchat.db.base import now
from webchat.markup.excerpt import excerpt
from webchat.notifications import store as notifications
from webchat.notifications.changes import NotificationsChanged
from webchat.posts import store
from webchat.posts.commands.fetch import via
from webchat.posts.show.paths import path_of
from webchat.posts.store import Post
from webchat.session.work import Work
from webchat.xmpp import jid as jids


async def tell(work: Work, said: Post) -> None:
    """Somebody commented, liked, or answered with a post of their own: whom it concerns hears of it.

    Only what its service vouches for is told, and nobody of what they did themselves.
    """
    if not said.verified or said.author == work.jid:
        return
    if said.kind == "post":
        about = await store.one(work.db, via(work.session), said.reply_to) if said.reply_to else None
        if about is not None and _is_own(work, about):
            await _add(work, "answer", about, said, path_of(said.ref))
        return
    for about in await store.talked_about(work.db, via(work.session), said.service, said.node):
        if _is_own(work, about):
            await _add(work, "like" if said.kind == "like" else "comment", about, said, path_of(about.ref))
        elif said.kind == "comment" and mentions(said.title, work.jid):
            await _add(work, "mention", about, said, path_of(about.ref))


async def untell(work: Work, gone: Post) -> None:
    """A like was taken back: it is not told any more."""
    if gone.kind != "like":
        return
    for about in await store.talked_about(work.db, via(work.session), gone.service, gone.node):
        if await notifications.take_back(work.db, work.account_id, "like", path_of(about.ref), gone.author):
            work.changed(NotificationsChanged())


def mentions(text: str, jid: str) -> bool:
    """Whether a comment means this person: "@name" or the whole address."""
    local = re.escape(jids.local(jid))
    return (
        re.search(rf"(?<![\w@.]){re.escape(jid)}(?![\w@])|(?<![\w@])@{local}(?![\w@.-])", text, re.I)
        is not None
    )


def _is_own(work: Work, post: Post) -> bool:
    return post.kind == "post" and post.verified and post.author == work.jid


async def _add(work: Work, kind: notifications.Kind, about: Post, said: Post, path: str) -> None:
    new = await notifications.add(
        work.db,
        work.account_id,
        kind,
        path_of(about.ref),
        said.author,
        min(said.published, now()),
        path=path,
        title=excerpt(about.title),
        text="" if said.kind == "like" else excerpt(said.title or said.excerpt),
    )
    if new:
        work.changed(NotificationsChanged())
