"""This room turns a message or presence stanza into the event it is, or into nothing."""

from collections.abc import Callable, Mapping
from xml.etree.ElementTree import Element

from webchat.xmpp import bookmarks, forward, geoloc, message, people, presence, pubsub, readmarks, stanza
from webchat.xmpp import namespaces as ns
from webchat.xmpp.context import Context
from webchat.xmpp.events import Event
from webchat.xmpp.pubsub import following, notices
from webchat.xmpp.rooms import presence as seats

__all__ = ["Context", "event", "events"]

Reader = Callable[[Element, Element, Context], Event | None]
"""(message, its <event/>, context) → what it says; the reader judges who may say it."""

NODES: Mapping[str, Reader] = {
    ns.MDS: readmarks.notified,
    ns.AVATAR_METADATA: people.avatar_notified,
    ns.NICK: people.nick_notified,
    ns.GEOLOC: geoloc.notified,
    ns.BOOKMARKS: bookmarks.notified,
    following.PUBLIC: following.notified,
    following.PRIVATE: following.notified,
}
"""Node → who reads the news of it (XEP-0163 §4.3); news of other nodes are about posts, or none to us."""


def events(xml: Element, context: Context) -> tuple[Event, ...]:
    """What a stanza means for us: mostly one event, several for a notice about several posts, or nothing."""
    if xml.tag == message.MESSAGE and (notice := xml.find(pubsub.EVENT)) is not None:
        found = stanza.children(xml)
        if forward.WRAPPERS.isdisjoint(found) and pubsub.node_of(notice) not in NODES:
            return notices.read(xml, notice, context)
    single = event(xml, context)
    return () if single is None else (single,)


def event(xml: Element, context: Context) -> Event | None:
    """What a stanza means for us; None for what is of no interest, forged, or an archive result.

    Archive results go into their open query (`context.queries`). What is refused is counted in
    `context.dropped` by kind. Requests (<iq/>) are for `webchat.xmpp.iq`.
    """
    if xml.tag == message.MESSAGE:
        return _message(xml, context)
    if xml.tag == presence.PRESENCE:
        return (seats.read if seats.concerns(xml, context) else presence.presence)(xml, context)
    return None


def _message(xml: Element, context: Context) -> Event | None:
    found = stanza.children(xml)
    if not forward.WRAPPERS.isdisjoint(found):
        if forward.RESULT in found:
            forward.result(xml, context)
            return None
        return forward.carbon(xml, context)
    if pubsub.EVENT in found:
        notice = found[pubsub.EVENT]
        reader = NODES.get(pubsub.node_of(notice))
        if reader is None:
            return next(iter(notices.read(xml, notice, context)), None)
        return reader(xml, notice, context)
    return message.content(xml, found, context)
