"""This room turns what services tell of posts into rows and changes.

A service speaks of its own nodes only: the address that sent a notice is the service of everything in it.
Posts that nobody here asked for are not kept.
"""

import logging
from collections.abc import Sequence

from webchat.contacts import store as contacts
from webchat.errors import NotFound, Offline, XmppError
from webchat.posts import commands, store
from webchat.posts.changes import PostChanged
from webchat.posts.commands import say_talk, via
from webchat.posts.commands.gone import MOST_TOLD, forget, forget_node
from webchat.posts.commands.received import keep_received, keep_waiting
from webchat.posts.state import Waiting
from webchat.posts.store import Post, follows
from webchat.session.session import Session
from webchat.session.work import Work
from webchat.xmpp.entries import NodeChanged, PostAnnounced, PostReceived, PostsRetracted, Ref

log = logging.getLogger(__name__)


async def on_post(work: Work, event: PostReceived) -> None:
    """A post, a comment or a like was published or edited (XEP-0277 §2, XEP-0060 §12.2)."""
    if not await _wanted(work, event.service, event.node):
        return
    if not event.live and await _is_here(work, event):
        return
    waiting, entry = work.session[Waiting], event.post.entry
    waiting.drop(event.service, event.node, [event.post.item])
    if entry is None or store.is_light(entry):
        await keep_received(work, event)
    elif waiting.put(event):
        work.after(lambda: keep_waiting(work.session))
    else:
        # Too many long ones at once: the node is asked for them when somebody looks, or at the next login.
        place = await store.node_row(work.db, via(work.session), event.service, event.node)
        await store.set_node(work.db, place.id, fetched_at=None)


async def _is_here(work: Work, event: PostReceived) -> bool:
    """Whether a server only repeats what is kept to the letter."""
    place = await store.node(work.db, via(work.session), event.service, event.node)
    if place is None or not event.post.xml:
        return False
    return (await store.sources(work.db, place.id, [event.post.item])).get(event.post.item) == event.post.xml


async def _wanted(work: Work, service: str, node: str) -> bool:
    """Whether this account asked for what stands in this node: its own, one it follows, a contact's blog,
    or the comments of a post that is here."""
    if not store.fits(service, node):
        return False
    if service == work.jid:
        return True
    if await follows.is_followed(work.db, work.account_id, via(work.session), service, node):
        return True
    if node in store.MICROBLOGS:
        contact = await contacts.contact(work.db, work.account_id, service)
        return contact is not None and contact.seen
    return bool(await store.talked_about(work.db, via(work.session), service, node))


async def on_announced(work: Work, event: PostAnnounced) -> None:
    """An item is there, its content is not (deliver_payloads is off): ask for it in the background."""
    if not await _wanted(work, event.service, event.node):
        return
    session, ref = work.session, Ref(event.service, event.node, event.item)
    work.after(lambda: _ask(session, ref))


def _ask(session: Session, ref: Ref) -> None:
    session.spawn(_fetch(session, ref), "fetch a post")


async def _fetch(session: Session, ref: Ref) -> None:
    try:
        await commands.fetch_post(session, ref)
    except (NotFound, Offline):
        return
    except XmppError as error:
        log.info("an announced post could not be had (%s)", error.condition)


async def on_retracted(work: Work, event: PostsRetracted) -> None:
    """A service took items of its own nodes away (XEP-0060 §12.4)."""
    work.session[Waiting].drop(event.service, event.node, event.items)
    gone = await forget(work, event.service, event.node, event.items)
    await _say_gone(work, event.service, event.node, gone)


async def on_node(work: Work, event: NodeChanged) -> None:
    """A node was deleted or emptied: so is our copy; or it is configured anew: then it is asked again."""
    if event.what != "configured":
        work.session[Waiting].drop(event.service, event.node)
        gone = await forget_node(work, event.service, event.node)
        await _say_gone(work, event.service, event.node, gone)
    elif await _wanted(work, event.service, event.node):
        session = work.session
        work.after(lambda: _ask_node(session, event.service, event.node))


def _ask_node(session: Session, service: str, node: str) -> None:
    session.spawn(commands.learn_node(session, service, node), "ask a node")


async def _say_gone(work: Work, service: str, node: str, gone: Sequence[Post]) -> None:
    work.changed(*(PostChanged(post.service, post.node, post.id) for post in gone[:MOST_TOLD]))
    if gone:
        await say_talk(work, service, node)
