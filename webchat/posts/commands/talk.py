"""This room is what a user can do about a post of anybody: like it, say something, take that back."""

import dataclasses
import logging
from uuid import uuid4

from webchat.db.base import now
from webchat.errors import Forbidden, NotFound, Offline, XmppError
from webchat.posts import store
from webchat.posts.changes import TalkChanged
from webchat.posts.commands.fetch import record_heart, say_talk, via
from webchat.posts.commands.gone import forget
from webchat.posts.commands.hear import keep_hearing
from webchat.posts.show.article import may_delete_comment
from webchat.posts.state import Hearing
from webchat.posts.store import Post
from webchat.session.session import Session
from webchat.xmpp import atom
from webchat.xmpp.entries import LIKE, Entry, PostItem, Ref
from webchat.xmpp.pubsub import attachments, following
from webchat.xmpp.pubsub import nodes as pubsub_nodes
from webchat.xmpp.pubsub import posts as pubsub_posts

log = logging.getLogger(__name__)

CLOSED = frozenset(("forbidden", "not-authorized", "not-allowed"))
"""What a service says to whoever may not write into a node (XEP-0060 §7.1.3)."""


async def answered(session: Session, post: Post, id: int) -> Post | None:
    """The comment with this row that stands below a post; None where there is none."""
    async with session.read() as db:
        found = await store.by_id(db, via(session), id) if id else None
    here = found is not None and post.comments == Ref(found.service, found.node)
    return found if found is not None and here and found.kind == "comment" else None


async def comment(session: Session, post: Post, text: str, to: Post | None = None) -> Post:
    """Say something about a post (W§4), and hear from now on what others say about it.

    to  the comment that this is an answer to (RFC 4685 §3): other programs show it as a comment

    Raises NotFound where no comments are wanted, XmppError, TimedOut, Offline: nothing was said then.
    """
    made = await _say(session, post, text, to)
    session.spawn(_listen(session, post), "follow comments")
    return made


async def like(session: Session, post: Post) -> None:
    """Put a heart to a post, once (W§4). Raises as `comment` does."""
    async with session.read() as db:
        mine = await store.own_like(db, post, session.jid)
    if not mine:
        await _say(session, post, LIKE)
    session.spawn(_attach(session, post), "attach a heart")


async def unlike(session: Session, post: Post) -> None:
    """Take one's heart back, also where there are several of it. Raises XmppError, TimedOut, Offline."""
    async with session.read() as db:
        mine = await store.own_like(db, post, session.jid)
    for heart in mine:
        await _take_back(session, heart)
    where = Ref(post.service, atom.attached(post.ref))
    async with session.read() as db:
        attached = await store.one(db, via(session), Ref(where.service, where.node, session.jid))
    if attached is None:
        return
    await attachments.put_heart(session.client, post.ref, liked=False)
    async with session.work() as work:
        await forget(work, where.service, where.node, [session.jid])
        work.changed(TalkChanged(post.id))


async def _attach(session: Session, post: Post) -> None:
    """The same heart where other programs look for it (XEP-0470), as far as there is such a place (W§4)."""
    where = Ref(post.service, atom.attached(post.ref))
    if not store.fits(where.service, where.node, session.jid):
        return
    try:
        await attachments.put_heart(session.client, post.ref, liked=True)
        async with session.read() as db:
            still = await store.own_like(db, post, session.jid)
        if not still:
            # It was taken back while we asked.
            await attachments.put_heart(session.client, post.ref, liked=False)
            return
    except XmppError as error:
        log.info("a heart cannot be attached (%s)", error.condition)
        return
    async with session.work() as work:
        place = await store.node_row(work.db, via(session), where.service, where.node, kind="comments")
        await record_heart(work, place, session.jid, session.jid, now())


async def delete_comment(session: Session, comment: Post) -> None:
    """Take away a comment of one's own, or any about a post of one's own (M100).

    Raises Forbidden, XmppError, TimedOut, Offline.
    """
    async with session.read() as db:
        about = await store.talked_about(db, via(session), comment.service, comment.node)
    if not any(may_delete_comment(session.jid, post, comment) for post in (None, *about)):
        raise Forbidden
    await _take_back(session, comment)


async def _say(session: Session, post: Post, text: str, to: Post | None = None) -> Post:
    where = post.comments
    if where is None:
        raise NotFound
    item, moment = str(uuid4()), now()
    entry = Entry(
        title=text,
        id=f"urn:uuid:{item}",
        author=session.jid,
        published=moment,
        updated=moment,
        reply_to=to.ref if to is not None else None,
        reply_id=to.atom_id if to is not None else "",
    )
    try:
        await pubsub_posts.publish(session.client, where.service, where.node, item, entry)
    except XmppError as error:
        if error.condition in CLOSED and where.service != session.jid:
            await _say_as_member(session, where, item, entry)
            return await _record(session, post, where, PostItem(item, session.jid, entry))
        if error.condition != "item-not-found" or not post.verified or post.author != session.jid:
            raise
        # The node of our own post is missing (its service lost it, or was away when the post was made).
        await pubsub_nodes.create_comments(
            session.client, where.service, where.node, post.node_access or "open"
        )
        await pubsub_posts.publish(session.client, where.service, where.node, item, entry)
    return await _record(session, post, where, PostItem(item, session.jid, entry))


async def _say_as_member(session: Session, where: Ref, item: str, entry: Entry) -> None:
    """Only those who follow the node may write there: follow it, and say it then.

    Raises XmppError: they do not let us.
    """
    await following.subscribe(session.client, where.service, where.node)
    try:
        await pubsub_posts.publish(session.client, where.service, where.node, item, entry)
        return
    except XmppError as error:
        if error.condition not in CLOSED:
            raise
    # COMPAT(Prosody, 2026): it asks whether the very device that writes follows.
    device = session.client.full_jid
    await following.subscribe(session.client, where.service, where.node, jid=device)
    try:
        await pubsub_posts.publish(session.client, where.service, where.node, item, entry)
    finally:
        session.spawn(_let_go(session, where, device), "unfollow as a device")


async def _let_go(session: Session, where: Ref, device: str) -> None:
    try:
        await following.unsubscribe(session.client, where.service, where.node, jid=device)
    except XmppError as error:
        log.info("a device cannot unfollow (%s)", error.condition)


async def _record(session: Session, post: Post, where: Ref, said: PostItem) -> Post:
    async with session.work() as work:
        await store.node_row(work.db, via(session), where.service, where.node, kind="comments")
        kept, _ = await store.record(
            work.db, via(session), where.service, where.node, said, known_author=session.jid
        )
        work.changed(TalkChanged(post.id))
        await say_talk(work, where.service, where.node)
    if kept is None:
        raise NotFound
    return dataclasses.replace(kept)


async def _listen(session: Session, post: Post) -> None:
    where = post.comments
    if where is None:
        return
    try:
        async with session[Hearing].lock:
            await following.subscribe(session.client, where.service, where.node)
            await keep_hearing(session, where)
    except Offline:
        return
    except XmppError as error:
        # Then answers are seen when the page is opened again.
        log.info("comments cannot be followed (%s)", error.condition)


async def _take_back(session: Session, said: Post) -> None:
    try:
        await pubsub_posts.retract(session.client, said.service, said.node, said.item)
    except XmppError as error:
        # What is gone there is to go here as well.
        if error.condition != "item-not-found":
            raise
    async with session.work() as work:
        await forget(work, said.service, said.node, [said.item])
        await say_talk(work, said.service, said.node)
