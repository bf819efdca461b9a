"""This room decides of which comments, likes and answers somebody should hear."""

import re
from datetime import timedelta

from webchat.contacts.state import Blocklist
from webchat.db.base import now
from webchat.markup.excerpt import excerpt
from webchat.notifications import store as notifications
from webchat.notifications.changes import Happened, NotificationsChanged
from webchat.posts import store
from webchat.posts.show.paths import path_of
from webchat.posts.store import Post
from webchat.posts.store.follows import follow_of
from webchat.session.work import Work
from webchat.xmpp import jid as jids
from webchat.xmpp.entries import Ref

_SAID: dict[str, tuple[notifications.Kind, ...]] = {
    "like": ("like",),
    "comment": ("comment", "reply", "mention"),
}

RECENT = timedelta(days=1)
"""What was published longer ago is no news when a server tells of it."""


async def tell(work: Work, said: Post) -> None:
    """Somebody commented, liked, or answered with a post of their own: whom it concerns hears of it.

    Only what its service vouches for is told, and nobody of what they did themselves, or of people whom they
    have blocked.
    """
    if not said.verified or said.author == work.jid or work.session[Blocklist].blocks(said.author):
        return
    if said.kind == "post":
        about = await store.one(work.db, _via(work), said.reply_to) if said.reply_to else None
        if about is not None and _is_own(work, about):
            await _add(work, "answer", about, said, path_of(said.ref))
        elif await _asked_for(work, said):
            await _add(work, "post", said, said, path_of(said.ref))
        return
    for about in await store.talked_about(work.db, _via(work), said.service, said.node):
        if _is_own(work, about):
            await _add(work, "like" if said.kind == "like" else "comment", about, said, path_of(about.ref))
        elif said.kind == "comment" and await _answers_own(work, said):
            await _add(work, "reply", about, said, path_of(about.ref))
        elif said.kind == "comment" and mentions(said.title, work.jid):
            await _add(work, "mention", about, said, path_of(about.ref))


async def _asked_for(work: Work, post: Post) -> bool:
    """Whether the account asked to be told of new posts of this place, and this is one: edits and old ones
    that a server sends again are none (M53)."""
    if post.edited or post.published < now() - RECENT:
        return False
    row = await follow_of(work.db, work.account_id, _via(work), post.service, post.node)
    return row is not None and row.tells and row.state == "subscribed"


async def _answers_own(work: Work, said: Post) -> bool:
    """Whether a comment answers one of the account's (RFC 4685 §3)."""
    over = await store.one(work.db, _via(work), said.reply_to) if said.reply_to else None
    return over is not None and over.kind == "comment" and over.verified and over.author == work.jid


async def untell(work: Work, gone: Post) -> None:
    """What was said was taken back, or the post that it was about: it is not told any more."""
    if gone.kind == "post":
        if _is_own(work, gone) and await notifications.forget(work.db, work.account_id, [path_of(gone.ref)]):
            work.changed(NotificationsChanged())
        await _take_back(work, "post", gone.ref, gone)
        if gone.reply_to is not None:
            await _take_back(work, "answer", gone.reply_to, gone)
        return
    for about in await store.talked_about(work.db, _via(work), gone.service, gone.node):
        for kind in _SAID[gone.kind]:
            await _take_back(work, kind, about.ref, gone)


async def _take_back(work: Work, kind: notifications.Kind, about: Ref, gone: Post) -> None:
    stays = gone.kind == "comment" and await store.speaks(work.db, gone)
    words = _beside(kind, gone)
    done = await notifications.take_back(
        work.db, work.account_id, kind, path_of(about), gone.author, text=words, stays=stays
    )
    if done:
        work.changed(NotificationsChanged())


def mentions(text: str, jid: str) -> bool:
    """Whether a comment means this person: "@name" or the whole address."""
    local = re.escape(jids.local(jid))
    return (
        re.search(rf"(?<![\w@.]){re.escape(jid)}(?![\w@])|(?<![\w@])@{local}(?![\w@.-])", text, re.I)
        is not None
    )


def _words(said: Post) -> str:
    return "" if said.kind == "like" else excerpt(said.title or said.excerpt)


def _beside(kind: notifications.Kind, said: Post) -> str:
    """The words beside the title: a post that is told of brings its title itself."""
    return excerpt(said.excerpt) if kind == "post" else _words(said)


def _via(work: Work) -> str:
    return jids.domain(work.jid)


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
        text=_beside(kind, said),
    )
    if new:
        work.changed(NotificationsChanged())
        if kind != "like":
            work.changed(Happened(kind, path_of(about.ref)))
