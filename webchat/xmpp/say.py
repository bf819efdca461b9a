"""This room makes stanzas of verbs."""

import uuid
from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement

from webchat.xmpp import disco, fallback, files, post_links
from webchat.xmpp import jid as jids
from webchat.xmpp import namespaces as ns
from webchat.xmpp.content import Mention
from webchat.xmpp.emoji import write as dress
from webchat.xmpp.rooms import presence as seats
from webchat.xmpp.verbs import (
    EnterRoom,
    LeaveRoom,
    SendChatState,
    SendDisplayed,
    SendMessage,
    SendPresence,
    SendReaction,
    SendReceipt,
    SendRetraction,
    Verb,
)
from webchat.xmpp.xml_text import xml_text

_MESSAGE = f"{{{ns.CLIENT}}}message"
_PRESENCE = f"{{{ns.CLIENT}}}presence"
TAKEN_BACK = "This person tried to take a message back, which your program does not know."
"""What clients without XEP-0424 show; on the wire there is no reader's language."""


def element(verb: Verb, features: Sequence[str] = ()) -> Element:
    """The stanza for a verb. `features` are those of the slices, announced with our presence (XEP-0115).

    Raises TypeError for a verb nobody wrote a stanza for.
    """
    match verb:
        case SendMessage():
            return _message(verb)
        case SendReaction():
            return _reaction(verb)
        case SendRetraction():
            return _retraction(verb)
        case SendDisplayed():
            return _note(verb.to, f"{{{ns.CHAT_MARKERS}}}displayed", verb.id, "store")
        case SendReceipt():
            return _note(verb.to, f"{{{ns.RECEIPTS}}}received", verb.id, "no-store")
        case SendChatState():
            xml = _note(verb.to, f"{{{ns.CHAT_STATES}}}{verb.state}", "", "no-store")
            if verb.kind == "room":
                xml.set("type", "groupchat")
            return xml
        case SendPresence():
            return _presence(verb, features)
        case EnterRoom():
            xml = seats.enter(verb)
            xml.append(disco.caps(features))
            return xml
        case LeaveRoom():
            return seats.leave(verb)
    raise TypeError(type(verb).__name__)


def _message(verb: SendMessage) -> Element:
    """Text with what its receiver needs to answer (XEP-0085 §4.2, XEP-0184 §5, XEP-0333 §4, XEP-0359 §4)."""
    xml = _head(verb)
    prefix = xml_text(fallback.quotation(verb.quoted)) if verb.reply and not verb.files else ""
    body = SubElement(xml, f"{{{ns.CLIENT}}}body")
    words = xml_text(verb.body)
    body.text = prefix + (words if verb.files else post_links.write(xml, words))
    SubElement(xml, f"{{{ns.CHAT_STATES}}}active")
    if verb.kind != "room":
        SubElement(xml, f"{{{ns.RECEIPTS}}}request")
    SubElement(xml, f"{{{ns.CHAT_MARKERS}}}markable")
    SubElement(xml, f"{{{ns.SID}}}origin-id", {"id": verb.id})
    if verb.reply:
        fallback.answer(xml, verb.reply, prefix)
    if verb.spoiler is not None:
        SubElement(xml, f"{{{ns.SPOILER}}}spoiler").text = xml_text(verb.spoiler) or None
    if verb.corrects:
        SubElement(xml, f"{{{ns.CORRECT}}}replace", {"id": xml_text(verb.corrects)})
    _mentions(xml, verb.mentions, len(prefix))
    if verb.files:
        files.write(xml, verb.files)
    elif verb.emoji:
        dress(xml, words, verb.emoji)
    return xml


def _head(verb: SendMessage | SendReaction | SendRetraction) -> Element:
    kind = "groupchat" if verb.kind == "room" else "chat"
    xml = Element(_MESSAGE, {"to": verb.to, "type": kind, "id": verb.id})
    if verb.kind == "whisper":
        # XEP-0045 §7.5: so that our server copies it to our other clients as what it is.
        SubElement(xml, f"{{{ns.MUC_USER}}}x")
    return xml


def _mentions(xml: Element, mentions: Sequence[Mention], offset: int) -> None:
    """XEP-0372 §3 for one person; beside it XEP-0513 §3, which also knows groups and the ids of rooms."""
    for mention in mentions:
        place = {"begin": str(mention.begin + offset), "end": str(mention.end + offset)}
        if not mention.group:
            uri = f"xmpp:{jids.escape_path(mention.jid)}"
            SubElement(xml, f"{{{ns.REFERENCE}}}reference", {"type": "mention", "uri": uri} | place)
            who = {"occupantid": mention.occupant} if mention.occupant else {"jid": mention.jid}
        else:
            who = {"mentions": ns.MENTIONS_CHANNEL}
        who = {name: xml_text(value) for name, value in who.items()}
        named = SubElement(xml, f"{{{ns.MENTIONS}}}mention", place | who)
        if mention.group == "here":
            SubElement(named, f"{{{ns.MENTIONS}}}active")


def _reaction(verb: SendReaction) -> Element:
    """XEP-0444 §3.1, §3.2: the whole of what we think, worth keeping."""
    xml = _head(verb)
    reactions = SubElement(xml, f"{{{ns.REACTIONS}}}reactions", {"id": xml_text(verb.target)})
    for emoji in verb.emojis:
        SubElement(reactions, f"{{{ns.REACTIONS}}}reaction").text = xml_text(emoji)
    SubElement(xml, f"{{{ns.SID}}}origin-id", {"id": verb.id})
    SubElement(xml, f"{{{ns.HINTS}}}store")
    return xml


def _retraction(verb: SendRetraction) -> Element:
    """XEP-0424 §3.1, with words for clients that do not know it."""
    xml = _head(verb)
    SubElement(xml, f"{{{ns.RETRACT}}}retract", {"id": xml_text(verb.target)})
    SubElement(xml, f"{{{ns.CLIENT}}}body").text = TAKEN_BACK
    fallback.mark(xml, ns.RETRACT)
    SubElement(xml, f"{{{ns.SID}}}origin-id", {"id": verb.id})
    SubElement(xml, f"{{{ns.HINTS}}}store")
    return xml


def _note(to: str, tag: str, id: str, hint: str) -> Element:
    """A message without text. Markers are worth keeping for our other clients, the rest is not (XEP-0334)."""
    xml = Element(_MESSAGE, {"to": to, "type": "chat", "id": uuid.uuid4().hex})
    SubElement(xml, tag, {"id": xml_text(id)} if id else {})
    SubElement(xml, f"{{{ns.HINTS}}}{hint}")
    return xml


def _presence(verb: SendPresence, features: Sequence[str]) -> Element:
    xml = Element(_PRESENCE)
    if verb.show:
        SubElement(xml, f"{{{ns.CLIENT}}}show").text = verb.show
    if status := xml_text(verb.status).strip():
        SubElement(xml, f"{{{ns.CLIENT}}}status").text = status
    if verb.photo is not None:
        update = SubElement(xml, f"{{{ns.VCARD_UPDATE}}}x")
        SubElement(update, f"{{{ns.VCARD_UPDATE}}}photo").text = verb.photo or None
    if verb.idle:
        SubElement(xml, f"{{{ns.IDLE}}}idle", {"since": verb.idle})
    xml.append(disco.caps(features))
    return xml
