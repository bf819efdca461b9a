"""This room puts posts of the user out and takes them back; writing them is the matter of another slice."""

import dataclasses
import logging
from xml.etree.ElementTree import tostring

from webchat.errors import Forbidden, Offline, XmppError
from webchat.posts import store
from webchat.posts.changes import PostChanged
from webchat.posts.commands.fetch import say_talk, via
from webchat.posts.commands.gone import forget
from webchat.posts.show.article import may_retract
from webchat.posts.store import Post
from webchat.session.session import Session
from webchat.xmpp import atom
from webchat.xmpp import jid as jids
from webchat.xmpp.entries import COMMENTS, Entry, PostItem, Ref
from webchat.xmpp.pubsub import following
from webchat.xmpp.pubsub import nodes as pubsub_nodes
from webchat.xmpp.pubsub import posts as pubsub_posts
from webchat.xmpp.pubsub.services import pubsub_services

log = logging.getLogger(__name__)


class WrongAudience(XmppError):
    """The node is not for whom the post was meant, and cannot be made so; `text` is who may read it."""


async def publish_post(session: Session, ref: Ref, entry: Entry, *, access: str, comments: bool) -> Ref:
    """Publish or edit a post; where it stands then.

    access    "open" or "presence" for a node of one's own: it is made or checked, and what reads back counts;
              "" leaves a node (a community's) as it is
    comments  they are wanted: their node is made and followed; one that the entry names is kept, and so is
              that of somebody else's post, which stays as it is

    Raises WrongAudience before anything is published, XmppError, TimedOut, Offline.
    """
    if access and ref.service == session.jid:
        real = await pubsub_nodes.ensure(session.client, ref.node, access)
        if real != access:
            raise WrongAudience("not-acceptable", real)
    async with session.read() as db:
        former = await store.one(db, via(session), ref)
    foreign = former is not None and entry.author not in ("", session.jid)
    where = await _where(session, ref, former, access) if comments else None
    if foreign and former is not None and former.comments is None:
        where = None
    entry = dataclasses.replace(entry, comments=_places(entry, where) if comments else ())
    source = former.source if former else ""
    await pubsub_posts.publish(
        session.client, ref.service, ref.node, ref.item, entry, former=source, access=access
    )
    await _recorded(session, ref, entry, source, access)
    if where is not None and not foreign:
        await _open_comments(session, where, access or "open")
    return ref


def _places(entry: Entry, where: Ref | None) -> tuple[Ref, ...]:
    return entry.comments or ((where,) if where is not None else ())


async def _where(session: Session, ref: Ref, former: Post | None, access: str) -> Ref:
    """Where comments are kept: where they were; for a post that not everybody may read with ourselves, behind
    the same door (W§4); else at the service for them."""
    if former is not None and former.comments is not None:
        return former.comments
    service = session.jid
    if access != "presence":
        communities, own = await pubsub_services(session.client, jids.domain(session.jid))
        service = own or communities or session.jid
    return Ref(service, f"{COMMENTS}{ref.item}")


async def _recorded(session: Session, ref: Ref, entry: Entry, former: str, access: str) -> None:
    item = PostItem(ref.item, session.jid, entry, tostring(atom.write(entry, former), "unicode"))
    body = await store.body_of(entry)
    async with session.work() as work:
        kept, _ = await store.record(
            work.db,
            via(session),
            ref.service,
            ref.node,
            item,
            known_author=session.jid,
            cares=True,
            body=body,
        )
        if kept is not None:
            work.changed(PostChanged(ref.service, ref.node, kept.id))
            if access and ref.service == session.jid:
                await store.set_node(work.db, kept.node_id, access=access)


async def _open_comments(session: Session, where: Ref, access: str) -> None:
    """The post stands already: where its comments cannot be kept now, the first comment tries again."""
    try:
        await pubsub_nodes.create_comments(session.client, where.service, where.node, access)
        await following.subscribe(session.client, where.service, where.node)
    except Offline:
        log.info("the stream was lost before a node for comments was made")
    except XmppError as error:
        log.info("a node for comments could not be made (%s)", error.condition)


async def retract_post(session: Session, ref: Ref) -> None:
    """Take a post back, and the node of its comments when that is ours (M106).

    Raises Forbidden for posts of others in nodes of others, XmppError, TimedOut, Offline: then it stays.
    """
    async with session.read() as db:
        post = await store.one(db, via(session), ref)
    if post is not None and not may_retract(session, post):
        raise Forbidden
    try:
        await pubsub_posts.retract(session.client, ref.service, ref.node, ref.item)
    except XmppError as error:
        if error.condition != "item-not-found":
            raise
    if post is not None and post.comments is not None and post.author == session.jid:
        await _close_comments(session, post.comments)
    async with session.work() as work:
        for gone in await forget(work, ref.service, ref.node, [ref.item]):
            work.changed(PostChanged(gone.service, gone.node, gone.id))
            await say_talk(work, gone.service, gone.node)


async def _close_comments(session: Session, where: Ref) -> None:
    if not where.node.startswith(COMMENTS):
        return
    try:
        await pubsub_nodes.delete(session.client, where.service, where.node)
    except XmppError as error:
        # The post is gone already, and no comments are shown without it.
        log.info("a node of comments stays (%s)", error.condition)
