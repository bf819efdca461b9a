"""This room unwraps carbons (XEP-0280) and archive results (XEP-0313) and refuses forged ones."""

from datetime import UTC, datetime
from xml.etree.ElementTree import Element

from webchat.xmpp import dates, message, stanza
from webchat.xmpp import jid as jids
from webchat.xmpp import namespaces as ns
from webchat.xmpp.context import Context, Query
from webchat.xmpp.events import ArchivedEvent, Event, RoomInvited

RECEIVED = f"{{{ns.CARBONS}}}received"
SENT = f"{{{ns.CARBONS}}}sent"
RESULT = f"{{{ns.MAM}}}result"
WRAPPERS = frozenset((RECEIVED, SENT, RESULT))
_FORWARDED = f"{{{ns.FORWARD}}}forwarded"
_DELAY = f"{{{ns.DELAY}}}delay"
SLACK = 4
"""A server may send more results than were asked for, but not this many times as many."""


def carbon(xml: Element, context: Context) -> Event | None:
    """A copy of what another client of ours received or sent; None, counted, for what is not exactly that.

    Only our own bare address may wrap, to the letter (XEP-0280 §11), one wrapper at a time, nothing nested.
    """
    wrapper, inner = _only_wrapper(xml), None
    believed = context.is_own(xml.get("from")) and xml.get("type") not in ("groupchat", "error")
    if believed and wrapper is not None:
        inner = _inner(wrapper)
    if wrapper is None or inner is None or (wrapper.tag == SENT and not _from_us(inner, context)):
        context.drop("carbon")
        return None
    return message.content(inner, stanza.children(inner), context, carbon=True)


def result(xml: Element, context: Context) -> None:
    """One result of an open query of ours, put into that query; anything else is counted and dropped.

    Only whoever was asked may answer, our own account or a room, and only a question that stands open
    (XEP-0313 §4.2, §8).
    """
    wrapper = _only_wrapper(xml)
    query = None if wrapper is None else context.queries.get(wrapper.get("queryid", ""))
    if wrapper is None or query is None or not _was_asked(xml.get("from"), query, context):
        context.drop("archive")
        return
    id = stanza.identifier(wrapper)
    if not id or len(query.results) >= query.limit * SLACK:
        context.drop("archive")
        return
    stamp = _stamp(wrapper, query)
    query.results.append((id, stamp, _archived(wrapper, query, context, id, stamp)))


def _archived(
    wrapper: Element, query: Query, context: Context, id: str, stamp: datetime
) -> ArchivedEvent | None:
    inner = _inner(wrapper)
    if inner is None or not (query.room or _from_us(inner, context) or _to_us(inner, context)):
        context.drop("archive")
        return None
    found = stanza.children(inner)
    event = message.content(inner, found, context, archive_id=id, archive_stamp=stamp, room=query.room)
    if not isinstance(event, ArchivedEvent):
        return None
    about = event.room if isinstance(event, RoomInvited) else event.conversation
    if query.with_jid and about != query.with_jid:
        context.drop("archive")
        return None
    return event


def _only_wrapper(xml: Element) -> Element | None:
    wrappers = [child for child in xml if child.tag in WRAPPERS]
    return wrappers[0] if len(wrappers) == 1 else None


def _inner(wrapper: Element) -> Element | None:
    """The one message in the one <forwarded/> (XEP-0297 §3), with a sender and no further wrapper."""
    forwarded = wrapper.findall(_FORWARDED)
    if len(forwarded) != 1:
        return None
    messages = forwarded[0].findall(message.MESSAGE)
    if len(messages) != 1 or not messages[0].get("from"):
        return None
    if any(child.tag in WRAPPERS for child in messages[0]):
        return None
    return messages[0]


def _was_asked(sender: str | None, query: Query, context: Context) -> bool:
    return sender == query.room if query.room else sender is None or context.is_own(sender)


def _from_us(inner: Element, context: Context) -> bool:
    return _is_us(inner.get("from", ""), context)


def _to_us(inner: Element, context: Context) -> bool:
    return _is_us(inner.get("to", context.jid), context)


def _is_us(address: str, context: Context) -> bool:
    try:
        return jids.bare(jids.normalise(address)) == context.jid
    except ValueError:
        return False


def _stamp(wrapper: Element, query: Query) -> datetime:
    """The archive's time; for a senseless one that of the result before, so that the order stays."""
    delay = wrapper.find(f"{_FORWARDED}/{_DELAY}")
    stamp = dates.parse(delay.get("stamp")) if delay is not None else None
    if stamp is None:
        stamp = query.results[-1][1] if query.results else datetime.now(UTC)
    return stamp
