"""This room reads what a message says, and what it says about an earlier one.

Text with all it carries, corrections (XEP-0308), retractions (XEP-0424), moderation (XEP-0425) and reactions
(XEP-0444). Who may say such a thing about whose message is for the room that keeps messages; here only that
moderation comes from a room itself.
"""

from xml.etree.ElementTree import Element

from webchat.xmpp import emoji, fallback, files, mentions, post_links
from webchat.xmpp import jid as jids
from webchat.xmpp import namespaces as ns
from webchat.xmpp.content import Reply
from webchat.xmpp.context import Context
from webchat.xmpp.events import (
    Event,
    MessageCorrected,
    MessageModerated,
    MessageReceived,
    MessageRetracted,
    ReactionReceived,
)
from webchat.xmpp.stanza import BODY, Children, Envelope, identifier, text

MOST_REACTIONS = 20
"""Reactions of one person to one message."""

LONGEST_REACTION = 64
LONGEST_HINT = 200
LONGEST_REASON = 1000
LONGEST_ADDRESS = 3071

_RETRACT = f"{{{ns.RETRACT}}}retract"
_RETRACTED = f"{{{ns.RETRACT}}}retracted"
_REASON = f"{{{ns.RETRACT}}}reason"
_RETRACT_0 = f"{{{ns.RETRACT_0}}}retract"
_RETRACTED_0 = f"{{{ns.RETRACT_0}}}retracted"
_MODERATED = f"{{{ns.MODERATE}}}moderated"
_MODERATED_0 = f"{{{ns.MODERATE_0}}}moderated"
_REASON_0 = f"{{{ns.MODERATE_0}}}reason"
_APPLY_TO = f"{{{ns.FASTEN}}}apply-to"
_REACTIONS = f"{{{ns.REACTIONS}}}reactions"
_REACTION = f"{{{ns.REACTIONS}}}reaction"
_REPLACE = f"{{{ns.CORRECT}}}replace"
_REPLY = f"{{{ns.REPLY}}}reply"
_SPOILER = f"{{{ns.SPOILER}}}spoiler"
_UNSTYLED = f"{{{ns.STYLING}}}unstyled"
_ENCRYPTION = f"{{{ns.ENCRYPTED_BY}}}encryption"
_REFERENCE = f"{{{ns.REFERENCE}}}reference"
_ORIGIN_ID = f"{{{ns.SID}}}origin-id"
_REQUEST = f"{{{ns.RECEIPTS}}}request"
_MARKABLE = f"{{{ns.CHAT_MARKERS}}}markable"
_ENCRYPTED = {
    "{eu.siacs.conversations.axolotl}encrypted": "eu.siacs.conversations.axolotl",
    "{urn:xmpp:omemo:2}encrypted": "urn:xmpp:omemo:2",
    "{urn:xmpp:openpgp:0}openpgp": "urn:xmpp:openpgp:0",
    "{jabber:x:encrypted}x": "jabber:x:encrypted",
}
"""What is encrypted when nobody says so by XEP-0380."""

_FILES = (f"{{{ns.SFS}}}file-sharing", f"{{{ns.OOB}}}x", _REFERENCE)
_ABOUT = (_RETRACT, _RETRACTED, _APPLY_TO, _MODERATED_0, _REACTIONS)
_PRESENT = frozenset((BODY, *_ABOUT, *_FILES, *_ENCRYPTED))


def read(xml: Element, found: Children, envelope: Envelope, context: Context) -> Event | None:
    """What a message says; None when it has no text and says nothing about another one."""
    if _PRESENT.isdisjoint(found):
        return None
    if (moderated := _moderated(found)) is not None:
        return _moderation(*moderated, envelope, context)
    if target := _retracted(found, envelope):
        return MessageRetracted(
            conversation=envelope.conversation,
            sender=envelope.sender,
            mine=envelope.mine,
            target=target,
            id=identifier(xml),
            kind=envelope.kind,
            occupant_id=envelope.occupant_id,
            stamp=envelope.stamp,
            archived=envelope.archived,
        )
    if _REACTIONS in found:
        return _reaction(xml, found[_REACTIONS], envelope)
    return _said(xml, found, envelope)


# ---- text


def _said(xml: Element, found: Children, envelope: Envelope) -> Event | None:
    encryption = _encryption(found)
    body = text(xml, found[BODY]) if BODY in found else ""
    reply = _reply(found)
    cut = fallback.cut(xml, body, (ns.REPLY,) if reply else ())
    shared, words = ((), cut.body) if encryption else files.read(xml, cut.body)
    if _REFERENCE in found and not encryption and not shared:
        words = post_links.read(xml, words)
    if not (body.strip() or words.strip()) and not encryption and not shared:
        return None
    spoiler = found.get(_SPOILER)
    message = MessageReceived(
        conversation=envelope.conversation,
        sender=envelope.sender,
        mine=envelope.mine,
        body=words,
        id=identifier(xml),
        origin_id=identifier(found.get(_ORIGIN_ID)),
        stanza_id=envelope.stanza_id,
        stamp=envelope.stamp,
        archived=envelope.archived,
        carbon=envelope.carbon,
        receipt_requested=_REQUEST in found,
        markable=_MARKABLE in found,
        kind=envelope.kind,
        occupant_id=envelope.occupant_id,
        reply=reply,
        files=shared,
        emoji=emoji.read(found, words) if emoji.HTML in found and not encryption else (),
        mentions=mentions.read(xml, cut) if not found.keys().isdisjoint(mentions.TAGS) else (),
        spoiler=None if spoiler is None else text(xml, spoiler).strip()[:LONGEST_HINT],
        unstyled=_UNSTYLED in found,
        encryption=encryption,
    )
    # XEP-0308 §3: one that names itself corrects nothing.
    target = identifier(found.get(_REPLACE))
    return MessageCorrected(message, target) if target and target != message.id else message


def _encryption(found: Children) -> str:
    """The scheme of a text that we cannot read; those that only carry keys have none."""
    named = found.get(_ENCRYPTION)
    for tag, namespace in _ENCRYPTED.items():
        if tag in found:
            omemo = tag.endswith("}encrypted")
            carries = not omemo or any(child.tag.endswith("}payload") for child in found[tag])
            return namespace if carries else ""
    if named is None or BODY not in found:
        return ""
    return named.get("namespace", "")[:64] or "unknown"


def _reply(found: Children) -> Reply | None:
    """XEP-0461 §3."""
    xml = found.get(_REPLY)
    if xml is None or not (id := identifier(xml)):
        return None
    to = xml.get("to", "")
    try:
        return Reply(id, jids.normalise(to) if 0 < len(to) <= LONGEST_ADDRESS else "")
    except ValueError:
        return Reply(id)


# ---- about another message


def _reaction(xml: Element, reactions: Element, envelope: Envelope) -> ReactionReceived | None:
    """XEP-0444 §3.1: the whole of what its sender thinks of a message."""
    target = identifier(reactions)
    if not target:
        return None
    said = [(each.text or "").strip() for each in reactions.findall(_REACTION)[: 4 * MOST_REACTIONS]]
    emojis = dict.fromkeys(emoji for emoji in said if 0 < len(emoji) <= LONGEST_REACTION)
    return ReactionReceived(
        conversation=envelope.conversation,
        sender=envelope.sender,
        mine=envelope.mine,
        target=target,
        emojis=tuple(emojis)[:MOST_REACTIONS],
        id=identifier(xml),
        kind=envelope.kind,
        occupant_id=envelope.occupant_id,
        stamp=envelope.stamp,
        archived=envelope.archived,
    )


def _retracted(found: Children, envelope: Envelope) -> str:
    """The id of the message that is taken back: by either version, or in the place of it (tombstone)."""
    if _RETRACT in found:
        return identifier(found[_RETRACT])
    if _APPLY_TO in found and found[_APPLY_TO].find(_RETRACT_0) is not None:
        return identifier(found[_APPLY_TO])
    # XEP-0424 §5: the archive keeps this instead of what was said.
    return envelope.stanza_id if envelope.archived and _RETRACTED in found and BODY not in found else ""


def _moderated(found: Children) -> tuple[str, Element, str] | None:
    """XEP-0425, both versions: target ("" in a tombstone), the element that names the moderator, why."""
    for tag in (_RETRACT, _RETRACTED):
        outer = found.get(tag)
        inner = None if outer is None else outer.find(_MODERATED)
        if outer is not None and inner is not None:
            return identifier(outer) if tag == _RETRACT else "", inner, _words(outer, _REASON)
    outer = found.get(_APPLY_TO)
    if outer is not None and (inner := outer.find(_MODERATED_0)) is not None:
        return identifier(outer), inner, _words(inner, _REASON_0)
    inner = found.get(_MODERATED_0)
    if inner is not None and inner.find(_RETRACTED_0) is not None:
        return "", inner, _words(inner, _REASON_0)
    return None


def _moderation(
    target: str, moderated: Element, reason: str, envelope: Envelope, context: Context
) -> MessageModerated | None:
    """Only a room itself moderates, and nobody in it (XEP-0425 §5; security case A14)."""
    from_room = envelope.kind == "room" and envelope.sender == envelope.conversation
    if not target and envelope.archived and envelope.kind == "room":
        # A tombstone keeps the sender of what stood there; the archive itself is the room's word.
        target, from_room = envelope.stanza_id, True
    if not from_room or not target:
        context.drop("moderation")
        return None
    return MessageModerated(
        conversation=envelope.conversation,
        target=target,
        by=_moderator(moderated, envelope.conversation),
        reason=reason,
        stamp=envelope.stamp,
        archived=envelope.archived,
    )


def _moderator(moderated: Element, room: str) -> str:
    """The nick of an occupant, or a bare address."""
    try:
        by = jids.normalise(moderated.get("by", "")[:LONGEST_ADDRESS])
    except ValueError:
        return ""
    return jids.resource(by) if jids.bare(by) == room else jids.bare(by)


def _words(parent: Element, tag: str) -> str:
    found = parent.find(tag)
    return "" if found is None else (found.text or "").strip()[:LONGEST_REASON]
