"""This room reads <message/>: from whom it is, receipts, markers, chat states and failures.

`content` is one function for live messages, carbons and archive results; `webchat.xmpp.forward` has judged
the wrappers before.
"""

import dataclasses
from datetime import datetime
from typing import Literal, get_args
from xml.etree.ElementTree import Element

from webchat.xmpp import dates, errors, facts
from webchat.xmpp import jid as jids
from webchat.xmpp import namespaces as ns
from webchat.xmpp.context import Context
from webchat.xmpp.events import (
    ChatStateReceived,
    DisplayedReceived,
    Event,
    MessageFailed,
    ReceiptReceived,
)
from webchat.xmpp.rooms import challenge, mentions, notices
from webchat.xmpp.rooms.envelope import groupchat, room_of, whisper
from webchat.xmpp.stanza import Children, Envelope, identifier

MESSAGE = f"{{{ns.CLIENT}}}message"
_MUC_USER = f"{{{ns.MUC_USER}}}x"
_DELAY = f"{{{ns.DELAY}}}delay"
_STANZA_ID = f"{{{ns.SID}}}stanza-id"
_RECEIPT = f"{{{ns.RECEIPTS}}}received"
# XEP-0333 once had three markers; clients of that age still send the other two.
_DISPLAYED = (f"{{{ns.CHAT_MARKERS}}}displayed", f"{{{ns.CHAT_MARKERS}}}acknowledged")
_RECEIVED = (_RECEIPT, f"{{{ns.CHAT_MARKERS}}}received")

State = Literal["active", "composing", "paused", "inactive", "gone"]
_STATES: dict[str, State] = {f"{{{ns.CHAT_STATES}}}{state}": state for state in get_args(State)}


def content(
    xml: Element,
    found: Children,
    context: Context,
    *,
    carbon: bool = False,
    archive_id: str = "",
    archive_stamp: datetime | None = None,
    room: str = "",
) -> Event | None:
    """What a message says; None when it says nothing to us.

    xml, found     the message itself, no wrapper, and its `children`
    carbon         it came as a carbon from our own server
    archive_id     it came from an archive under this id, and
    archive_stamp  the archive has it from this moment
    room           the room whose archive that is, "" for our own
    """
    try:
        sender = jids.normalise(xml.get("from", context.jid))
        receiver = jids.normalise(xml.get("to", context.jid))
    except ValueError:
        context.drop("address")
        return None
    archived = bool(archive_id)
    if room and xml.get("type") != "groupchat":
        # A room speaks for what was said in it, not for what anybody sent to anybody (security case A06).
        context.drop("archive")
        return None
    if xml.get("type") == "error":
        return _failure(xml, sender, context, archived)
    envelope: Envelope | None
    if xml.get("type") == "groupchat":
        if carbon or (archived and not room):
            # Rooms speak for themselves; nobody copies what they say (XEP-0280 §6.1, security case A02).
            context.drop("groupchat")
            return None
        if not archived and (news := notices.from_room(found, sender, context)) is not None:
            return news
        envelope = groupchat(
            xml, sender, context, room=room, archive_id=archive_id, archive_stamp=archive_stamp
        )
    else:
        if (invited := notices.invitation(found, sender, context)) is not None:
            return invited
        if not (archived or carbon) and (asked := challenge.read(xml, found, sender, context)) is not None:
            return asked
        envelope = _private(xml, found, sender, receiver, context, carbon=carbon)
        if envelope is not None:
            envelope = dataclasses.replace(
                envelope,
                stanza_id=archive_id or (_stanza_id(xml, context) if _STANZA_ID in found else ""),
                stamp=archive_stamp or (_delayed(xml, context) if _DELAY in found else None),
                archived=archived,
            )
    if envelope is None:
        return None
    if (said := facts.read(xml, found, envelope, context)) is not None:
        return mentions.judged(said, context) if envelope.kind == "room" else said
    return _note(found, envelope)


def _private(
    xml: Element, found: Children, sender: str, receiver: str, context: Context, *, carbon: bool
) -> Envelope | None:
    """What one person says to another, also through a room; None, counted, where that is not so."""
    mine = jids.bare(sender) == context.jid
    other = receiver if mine else sender
    if xml.get("type") == "headline" or (_MUC_USER in found and not room_of(other, context)):
        # Headlines are pubsub, read in parse.py; rooms that are none of ours have nothing to say.
        context.drop("headline" if xml.get("type") == "headline" else "muc")
        return None
    if room_of(other, context):
        if not jids.resource(other):
            context.drop("muc")
            return None
        return whisper(xml, sender, receiver, context, carbon=carbon)
    return Envelope(conversation=jids.bare(other), sender=sender, mine=mine, carbon=carbon)


def _note(found: Children, envelope: Envelope) -> Event | None:
    """A message without text: a marker, a receipt, a chat state."""
    conversation, sender, mine = envelope.conversation, envelope.sender, envelope.mine
    archived = envelope.archived
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


def _first_id(found: Children, tags: tuple[str, ...]) -> str:
    return next((id for tag in tags if (id := identifier(found.get(tag)))), "")


def _failure(xml: Element, sender: str, context: Context, archived: bool) -> MessageFailed | None:
    """RFC 6121 §8.5: an error carries the id of what we sent."""
    id = identifier(xml)
    if not id:
        return None
    error = errors.stanza_error(xml)
    # An occupant's address stands for a private talk, the room's for what is said to all.
    conversation = sender if room_of(sender, context) else jids.bare(sender)
    conversation = "" if sender == context.domain else conversation
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
