"""This room asks services for posts: what cannot be had changes nothing, no post goes because of silence."""

import asyncio
import logging
from datetime import datetime, timedelta
from typing import Any

from webchat.db.base import now
from webchat.errors import NotFound, Offline, TimedOut, XmppError
from webchat.markup.elsewhere import Clean
from webchat.posts import store
from webchat.posts.changes import PostChanged, TalkChanged
from webchat.posts.commands.gone import forget
from webchat.posts.state import Asked
from webchat.posts.store import Node, Post
from webchat.session.session import Session
from webchat.session.work import Work
from webchat.xmpp import atom
from webchat.xmpp import jid as jids
from webchat.xmpp.entries import LIKE, Entry, PostItem, PostPage, Ref
from webchat.xmpp.pubsub import attachments
from webchat.xmpp.pubsub import nodes as pubsub_nodes
from webchat.xmpp.pubsub import posts as pubsub_posts

log = logging.getLogger(__name__)

A_PAGE = 20
MOST_SAID = 500
FRESH = timedelta(hours=1)
"""What a node says of itself is asked again after this time."""

SILENT = frozenset((TimedOut().condition, "remote-server-not-found"))
"""What is no answer of a service."""

LONGEST = 1000

PERSON_FRESH = timedelta(minutes=5)
"""A blog is asked for again after this time; where one follows, what is published arrives by itself."""

Bodies = dict[str, Clean]
"""Item → what may be shown of it."""


async def fetch_node(session: Session, service: str, node: str, *, before: str = "", kind: str = "") -> str:
    """Ask a service for the newest posts of a node, or for those older than the item `before`.

    kind  "people", "community" or "comments" when that is known better than by the name

    It is no node of comments unless its name says so, whatever a stranger's post said before.
    Returns what to ask on with, "" when there are no more. A refusal is remembered as the node's `trouble`,
    and so is silence, but that is no look at the node: it is asked again soon. A lost stream changes nothing.
    """
    if not store.fits(service, node):
        return ""
    kind = kind or store.kind_of(service, node)
    try:
        page = await pubsub_posts.page(session.client, service, node, most=A_PAGE, before=before)
    except Offline:
        return ""
    except XmppError as error:
        await _trouble(session, service, node, kind, error)
        return ""
    async with session.read() as db:
        known = await store.node(db, via(session), service, node)
    told: dict[str, Any] = {}
    if known is None or known.fetched_at is None or now() - known.fetched_at > FRESH:
        told = await _said(session, service, node)
    bodies = await cleaned(session, service, node, page)
    async with session.work() as work:
        place = await store.node_row(work.db, via(session), service, node, kind=kind)
        await store.set_node(work.db, place.id, fetched_at=now(), trouble="", **told)
        await keep(work, place, page, bodies)
        work.after(lambda: session[Asked].let_in(place.id))
    return page.more


async def refresh_person(session: Session, jid: str) -> None:
    """Ask for the newest posts of a person where that was long ago. Nobody waits for silence twice."""
    for node in store.MICROBLOGS:
        async with session.read() as db:
            known = await store.node(db, via(session), jid, node)
        if known is None or known.fetched_at is None or now() - known.fetched_at > PERSON_FRESH:
            await fetch_node(session, jid, node, kind="people")


def via(session: Session) -> str:
    """The server whose accounts may see what this session hears (law 4)."""
    return jids.domain(session.jid)


async def _trouble(session: Session, service: str, node: str, kind: str, error: XmppError) -> None:
    told: dict[str, Any] = {"trouble": error.condition[:64]}
    refused = error.condition not in SILENT
    if refused:
        told["fetched_at"] = now()
    async with session.work() as work:
        place = await store.node_row(work.db, via(session), service, node, kind=kind)
        await store.set_node(work.db, place.id, **told)
        if refused:
            work.after(lambda: session[Asked].nodes.discard(place.id))


async def learn_node(session: Session, service: str, node: str) -> None:
    """Ask a node what it says of itself, and keep that."""
    told = await _said(session, service, node)
    if not told:
        return
    async with session.work() as work:
        place = await store.node_row(work.db, via(session), service, node)
        await store.set_node(work.db, place.id, **told)


async def _said(session: Session, service: str, node: str) -> dict[str, Any]:
    """What a node says of itself, as columns; nothing where it does not say."""
    try:
        info = await pubsub_nodes.info(session.client, service, node)
    except XmppError as error:
        log.info("a node says nothing of itself (%s)", error.condition)
        return {}
    told: dict[str, Any] = {
        "title": info.title[:LONGEST],
        "description": info.description[: 4 * LONGEST],
        "layout": info.kind,
        "access": info.access[:16],
        "publish_model": info.publish_model[:16],
        "creator": info.creator[:LONGEST],
        "created": info.created,
        "subscribers": info.subscribers,
    }
    return {name: value for name, value in told.items() if value not in ("", None)}


async def cleaned(session: Session, service: str, node: str, page: PostPage) -> Bodies:
    """What may be shown of the items of a page that are not kept to the letter yet.

    It is made before the transaction, for which others wait, and which takes all of them at once.
    """
    async with session.read() as db:
        place = await store.node(db, via(session), service, node)
        items = [post.item for post in page.items]
        before = {} if place is None else await store.sources(db, place.id, items)
    made: Bodies = {}
    for post in page.items:
        if post.entry is not None and not (post.xml and before.get(post.item) == post.xml):
            made[post.item] = await store.body_of(post.entry)
            await asyncio.sleep(0)
    return made


async def keep(work: Work, place: Node, page: PostPage, bodies: Bodies) -> None:
    """Record what a page of items holds; a change for everything that is different now."""
    before = await store.sources(work.db, place.id, [post.item for post in page.items])
    different = False
    for post in page.items:
        if before.get(post.item) == post.xml and post.xml:
            continue
        body = bodies.get(post.item)
        kept, _ = await store.record(work.db, place.via, place.service, place.node, post, body=body)
        different = different or kept is not None
        if kept is not None and kept.kind == "post":
            work.changed(PostChanged(place.service, place.node, kept.id))
    if different:
        await say_talk(work, place.service, place.node)


async def say_talk(work: Work, service: str, node: str) -> None:
    """Say that comments or likes of whatever is discussed in this node are different."""
    for post in await store.talked_about(work.db, via(work.session), service, node):
        work.changed(TalkChanged(post.id))


async def fetch_post(session: Session, ref: Ref) -> Post | None:
    """Ask a service for one item; None when it has none there.

    Raises NotFound for an address that can be none, XmppError, TimedOut, Offline.
    """
    if not store.fits(ref.service, ref.node, ref.item) or not ref.item:
        raise NotFound
    found = await pubsub_posts.some(session.client, ref.service, ref.node, [ref.item])
    post = next((each for each in found if each.item == ref.item), None)
    return await _kept(session, ref, post) if post is not None else None


async def _kept(session: Session, ref: Ref, post: PostItem) -> Post | None:
    body = await store.body_of(post.entry) if post.entry is not None else None
    async with session.work() as work:
        kept, _ = await store.record(work.db, via(session), ref.service, ref.node, post, body=body)
        if kept is None:
            return None
        if kept.kind == "post":
            work.changed(PostChanged(ref.service, ref.node, kept.id))
        await say_talk(work, ref.service, ref.node)
        node_id = kept.node_id
        work.after(lambda: session[Asked].let_in(node_id))
    return kept


async def fetch_talk(session: Session, post: Post, *, most: int = MOST_SAID) -> None:
    """Ask for the newest comments and likes of a post; what is here stays when that cannot be had.

    Raises XmppError, TimedOut, Offline.
    """
    where = post.comments
    if where is not None:
        # What is said while we ask is not in the answer, and must not go because of that.
        before = await _here(session, where)
        page = await pubsub_posts.page(session.client, where.service, where.node, most=most)
        bodies = await cleaned(session, where.service, where.node, page)
        async with session.work() as work:
            place = await store.node_row(work.db, via(session), where.service, where.node, kind="comments")
            await keep(work, place, page, bodies)
            if page.whole:
                await _forget(work, place, before - {item.item for item in page.items}, post)
    await _fetch_attached(session, post)


async def _here(session: Session, where: Ref) -> set[str]:
    """The items of a node that are kept."""
    async with session.read() as db:
        place = await store.node(db, via(session), where.service, where.node)
        return set() if place is None else await store.items(db, place.id)


async def _forget(work: Work, place: Node, gone: set[str], post: Post) -> None:
    """A complete answer lacks these: they were taken back while nobody listened."""
    if gone and await forget(work, place.service, place.node, sorted(gone)):
        work.changed(TalkChanged(post.id))
        await say_talk(work, place.service, place.node)


async def _fetch_attached(session: Session, post: Post) -> None:
    """Hearts that other programs attach to a post (XEP-0470); most services know nothing of them."""
    where = Ref(post.service, atom.attached(post.ref))
    if not store.fits(where.service, where.node):
        return
    before = await _here(session, where)
    try:
        hearts, whole = await attachments.hearts(session.client, post.ref)
    except Offline:
        raise
    except XmppError as error:
        log.info("nothing attached can be had (%s)", error.condition)
        return
    new = [heart for heart in hearts if heart.jid not in before]
    gone = before - {heart.jid for heart in hearts} if whole else set()
    if not new and not gone:
        return
    async with session.work() as work:
        place = await store.node_row(work.db, via(session), where.service, where.node, kind="comments")
        for heart in new:
            await record_heart(work, place, heart.jid, heart.publisher, heart.moment)
        await _forget(work, place, gone, post)
        work.changed(TalkChanged(post.id))


async def record_heart(work: Work, place: Node, jid: str, publisher: str, moment: datetime | None) -> None:
    """Keep that somebody attached a heart to a post: it counts as the one that is said in comments."""
    entry = Entry(title=LIKE, author=jid, published=moment, updated=moment)
    await store.record(work.db, place.via, place.service, place.node, PostItem(jid, publisher, entry))
