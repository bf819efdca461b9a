"""This room turns a message or presence stanza into the event it is, or into nothing."""

from xml.etree.ElementTree import Element

from webchat.xmpp import forward, message, presence, readmarks
from webchat.xmpp.context import Context
from webchat.xmpp.events import Event

__all__ = ["Context", "event"]


def event(xml: Element, context: Context) -> Event | None:
    """What a stanza means for us; None for what is of no interest, forged, or an archive result.

    Archive results go into their open query (`context.queries`). What is refused is counted in
    `context.dropped` by kind. Requests (<iq/>) are for `webchat.xmpp.iq`.
    """
    if xml.tag == message.MESSAGE:
        return _message(xml, context)
    if xml.tag == presence.PRESENCE:
        return presence.presence(xml, context)
    return None


def _message(xml: Element, context: Context) -> Event | None:
    found = message.children(xml)
    if not forward.WRAPPERS.isdisjoint(found):
        if forward.RESULT in found:
            forward.result(xml, context)
            return None
        return forward.carbon(xml, context)
    if readmarks.EVENT in found:
        return readmarks.notified(xml, found[readmarks.EVENT], context)
    return message.content(xml, found, context)
