"""This room decides of which comments, likes and answers somebody should hear."""

import re

from webchat.contacts.state import Blocklist
from webchat.db.base import now
from webchat.markup.excerpt import excerpt
from webchat.notifications import store as notifications
from webchat.notifications.changes import NotificationsChanged
from webchat.posts import store
from webchat.posts.show.paths import path_of
from webchat.posts.store import Post
from webchat.session.work import Work
from webchat.xmpp import jid as jids
from webchat.xmpp.entries import Ref

_SAID: dict[str, tuple[notifications.Kind, ...]] = {"like": ("like",), "comment": ("comment", "mention")}


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
        return
    for about in await store.talked_about(work.db, _via(work), said.service, said.node):
        if _is_own(work, about):
            await _add(work, "like" if said.kind == "like" else "comment", about, said, path_of(about.ref))
        elif said.kind == "comment" and mentions(said.title, work.jid):
            await _add(work, "mention", about, said, path_of(about.ref))


async def untell(work: Work, gone: Post) -> None:
    """What was said was taken back, or the post that it was about: it is not told any more."""
    if gone.kind == "post":
        if _is_own(work, gone) and await notifications.forget(work.db, work.account_id, [path_of(gone.ref)]):
            work.changed(NotificationsChanged())
        if gone.reply_to is not None:
            await _take_back(work, "answer", gone.reply_to, gone)
        return
    for about in await store.talked_about(work.db, _via(work), gone.service, gone.node):
        for kind in _SAID[gone.kind]:
            await _take_back(work, kind, about.ref, gone)


async def _take_back(work: Work, kind: notifications.Kind, about: Ref, gone: Post) -> None:
    stays = gone.kind == "comment" and await store.speaks(work.db, gone)
    done = await notifications.take_back(
        work.db, work.account_id, kind, path_of(about), gone.author, text=_words(gone), stays=stays
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
        text=_words(said),
    )
    if new:
        work.changed(NotificationsChanged())
