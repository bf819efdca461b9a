"""This room reads the news of nodes with posts: what was put there, edited, taken away (XEP-0060 §7)."""

from typing import Literal
from xml.etree.ElementTree import Element

from webchat.xmpp import jid as jids
from webchat.xmpp import namespaces as ns
from webchat.xmpp.context import Context
from webchat.xmpp.entries import (
    LONGEST_ID,
    MICROBLOG,
    NodeChanged,
    PostAnnounced,
    PostReceived,
    PostsRetracted,
)
from webchat.xmpp.events import Event
from webchat.xmpp.pubsub import posts

MOST = 50
"""Items of one notice that are read."""

_EVENT = f"{{{ns.PUBSUB_EVENT}}}"
_ITEMS = f"{_EVENT}items"
_ITEM = f"{_EVENT}item"
_RETRACT = f"{_EVENT}retract"
_DELAY = f"{{{ns.DELAY}}}delay"
_CHANGES: dict[str, Literal["deleted", "purged", "configured"]] = {
    f"{_EVENT}delete": "deleted",
    f"{_EVENT}purge": "purged",
    f"{_EVENT}configuration": "configured",
}
_STORIES = "urn:xmpp:pubsub-social-feed:stories:0"
_LOGO = ns.AVATAR_METADATA
"""The item of a community that is its picture (W§2)."""


def read(xml: Element, event: Element, context: Context) -> tuple[Event, ...]:
    """What a notice about a node says, which is one that no other reader owns; nothing where it says nothing.

    Only a service or a person speaks of their own nodes, so only a bare address is heard (XEP-0163 §4.3);
    whether anybody wanted to know is for who keeps the posts.
    """
    service = _service(xml, context)
    child = next(iter(event), None)
    node = "" if child is None else child.get("node", "")
    if not service or child is None or not 0 < len(node) <= LONGEST_ID or node in ("test_node", _STORIES):
        return ()
    if child.tag in _CHANGES:
        return (NodeChanged(service, node, _CHANGES[child.tag]),)
    if child.tag != _ITEMS:
        return ()
    live = xml.find(_DELAY) is None
    found: list[Event] = []
    for item in child.findall(_ITEM)[:MOST]:
        if (news := _item(service, node, item, live=live)) is not None:
            found.append(news)
    gone = [id for each in child.findall(_RETRACT)[:MOST] if 0 < len(id := each.get("id", "")) <= LONGEST_ID]
    if gone:
        found.append(PostsRetracted(service, node, tuple(gone)))
    return tuple(found)


def _service(xml: Element, context: Context) -> str:
    """Who speaks: without a sender it is our own account, as our server says it (RFC 6120 §8.1.2.1)."""
    try:
        sender = jids.normalise(xml.get("from", context.jid))
    except ValueError:
        sender = "/"
    if "/" in sender or len(sender) > LONGEST_ID or xml.get("type") in ("groupchat", "error"):
        context.drop("pubsub")
        return ""
    return sender


def _item(service: str, node: str, item: Element, *, live: bool) -> Event | None:
    post = posts.read_item(item)
    if post is None or post.item in (posts.PROBE, _LOGO):
        return None
    if post.entry is not None:
        return PostReceived(service, node, post, live)
    # Without content (deliver_payloads is off) it may be anything, except where only posts are.
    if not len(item) and (not jids.local(service) or node.startswith(MICROBLOG)):
        return PostAnnounced(service, node, post.item)
    return None
