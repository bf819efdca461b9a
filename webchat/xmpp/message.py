"""This room reads <message/>: text, ids, receipts, markers, chat states and failures.

`content` is one function for live messages, carbons and archive results; `webchat.xmpp.forward` has judged
the wrappers before.
"""

from datetime import datetime
from typing import Literal, get_args
from xml.etree.ElementTree import Element

from webchat.xmpp import dates, errors
from webchat.xmpp import jid as jids
from webchat.xmpp import namespaces as ns
from webchat.xmpp.context import Context
from webchat.xmpp.events import (
    ChatStateReceived,
    DisplayedReceived,
    Event,
    MessageFailed,
    MessageReceived,
    ReceiptReceived,
)

LONGEST_ID = 255
"""An id beyond this is no id: it could not be kept in an index."""

MESSAGE = f"{{{ns.CLIENT}}}message"
BODY = f"{{{ns.CLIENT}}}body"
_MUC_USER = f"{{{ns.MUC_USER}}}x"
_DELAY = f"{{{ns.DELAY}}}delay"
_STANZA_ID = f"{{{ns.SID}}}stanza-id"
_ORIGIN_ID = f"{{{ns.SID}}}origin-id"
_REQUEST = f"{{{ns.RECEIPTS}}}request"
_RECEIPT = f"{{{ns.RECEIPTS}}}received"
_MARKABLE = f"{{{ns.CHAT_MARKERS}}}markable"
# XEP-0333 once had three markers; clients of that age still send the other two.
_DISPLAYED = (f"{{{ns.CHAT_MARKERS}}}displayed", f"{{{ns.CHAT_MARKERS}}}acknowledged")
_RECEIVED = (_RECEIPT, f"{{{ns.CHAT_MARKERS}}}received")

State = Literal["active", "composing", "paused", "inactive", "gone"]
_STATES: dict[str, State] = {f"{{{ns.CHAT_STATES}}}{state}": state for state in get_args(State)}

Children = dict[str, Element]


def children(xml: Element) -> Children:
    """The first child of each name."""
    return {child.tag: child for child in xml[::-1]}


def content(
    xml: Element,
    found: Children,
    context: Context,
    *,
    carbon: bool = False,
    archive_id: str = "",
    archive_stamp: datetime | None = None,
) -> Event | None:
    """What a message says; None when it says nothing to us.

    xml, found     the message itself, no wrapper, and its `children`
    carbon         it came as a carbon from our own server
    archive_id     it came from our own archive under this id, and
    archive_stamp  the archive has it from this moment
    """
    kind = xml.get("type")
    if kind in ("groupchat", "headline") or _MUC_USER in found:
        # Rooms have a slice of their own one day; headlines are pubsub, read in parse.py.
        context.drop("groupchat" if kind == "groupchat" else "headline" if kind == "headline" else "muc")
        return None
    try:
        sender = jids.normalise(xml.get("from", context.jid))
        receiver = jids.normalise(xml.get("to", context.jid))
    except ValueError:
        context.drop("address")
        return None
    archived = bool(archive_id)
    if kind == "error":
        return _failure(xml, sender, context, archived)
    mine = jids.bare(sender) == context.jid
    conversation = jids.bare(receiver if mine else sender)
    if BODY in found and (body := text(xml, found[BODY])).strip():
        return MessageReceived(
            conversation=conversation,
            sender=sender,
            mine=mine,
            body=body,
            id=identifier(xml),
            origin_id=identifier(found.get(_ORIGIN_ID)),
            stanza_id=archive_id or (_stanza_id(xml, context) if _STANZA_ID in found else ""),
            stamp=archive_stamp or (_delayed(xml, context) if _DELAY in found else None),
            archived=archived,
            carbon=carbon,
            receipt_requested=_REQUEST in found,
            markable=_MARKABLE in found,
        )
    if marker := _first_id(found, _DISPLAYED):
        return DisplayedReceived(conversation, sender, mine, marker, archived)
    if receipt := _first_id(found, _RECEIVED):
        return ReceiptReceived(conversation, sender, mine, receipt, archived)
    if mine or archived or _DELAY in found:
        # What somebody did long ago, or we ourselves elsewhere, is no news.
        return None
    for tag in found:
        if tag in _STATES:
            return ChatStateReceived(conversation, sender, _STATES[tag])
    return None


def text(parent: Element, first: Element) -> str:
    """Text of `first`, or of its sibling of that name that names no language (RFC 6121 §5.2.3)."""
    if first.get(ns.XML_LANG) is not None:
        for other in parent.iterfind(first.tag):
            if other.get(ns.XML_LANG) is None:
                return other.text or ""
    return first.text or ""


def identifier(xml: Element | None) -> str:
    """The id attribute, "" when there is none that could be kept."""
    id = "" if xml is None else xml.get("id", "")
    return id if len(id) <= LONGEST_ID else ""


def _first_id(found: Children, tags: tuple[str, ...]) -> str:
    return next((id for tag in tags if (id := identifier(found.get(tag)))), "")


def _failure(xml: Element, sender: str, context: Context, archived: bool) -> MessageFailed | None:
    """RFC 6121 §8.5: an error carries the id of what we sent."""
    id = identifier(xml)
    if not id:
        return None
    error = errors.stanza_error(xml)
    conversation = "" if sender == context.domain else jids.bare(sender)
    return MessageFailed(conversation, id, error.condition, error.text, archived)


def _stanza_id(xml: Element, context: Context) -> str:
    """The id our own archive gave (XEP-0359 §6); none where forged ones may pass, or two stand."""
    if not context.sid_trusted:
        return ""
    ids = [identifier(child) for child in xml.iterfind(_STANZA_ID) if context.is_own(child.get("by"))]
    return ids[0] if len(ids) == 1 else ""


def _delayed(xml: Element, context: Context) -> datetime | None:
    """When our own server took a message in that waited for us (XEP-0203); what a sender claims is not heard.

    Of several our server's own comes last, because it was added last.
    """
    for delay in reversed(xml.findall(_DELAY)):
        by = delay.get("from")
        if by is None or by == context.domain or context.is_own(by):
            return dates.parse(delay.get("stamp"))
    return None
