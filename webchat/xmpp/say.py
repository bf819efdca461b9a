"""This room makes stanzas of verbs."""

import uuid
from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement

from webchat.xmpp import disco
from webchat.xmpp import namespaces as ns
from webchat.xmpp.verbs import SendChatState, SendDisplayed, SendMessage, SendPresence, SendReceipt, Verb
from webchat.xmpp.xml_text import xml_text

_MESSAGE = f"{{{ns.CLIENT}}}message"
_PRESENCE = f"{{{ns.CLIENT}}}presence"


def element(verb: Verb, features: Sequence[str] = ()) -> Element:
    """The stanza for a verb. `features` are those of the slices, announced with our presence (XEP-0115).

    Raises TypeError for a verb nobody wrote a stanza for.
    """
    match verb:
        case SendMessage():
            return _message(verb)
        case SendDisplayed():
            return _note(verb.to, f"{{{ns.CHAT_MARKERS}}}displayed", verb.id, "store")
        case SendReceipt():
            return _note(verb.to, f"{{{ns.RECEIPTS}}}received", verb.id, "no-store")
        case SendChatState():
            return _note(verb.to, f"{{{ns.CHAT_STATES}}}{verb.state}", "", "no-store")
        case SendPresence():
            return _presence(verb, features)
    raise TypeError(type(verb).__name__)


def _message(verb: SendMessage) -> Element:
    """Text with what its receiver needs to answer (XEP-0085 §4.2, XEP-0184 §5, XEP-0333 §4, XEP-0359 §4)."""
    xml = Element(_MESSAGE, {"to": verb.to, "type": "chat", "id": verb.id})
    SubElement(xml, f"{{{ns.CLIENT}}}body").text = xml_text(verb.body)
    SubElement(xml, f"{{{ns.CHAT_STATES}}}active")
    SubElement(xml, f"{{{ns.RECEIPTS}}}request")
    SubElement(xml, f"{{{ns.CHAT_MARKERS}}}markable")
    SubElement(xml, f"{{{ns.SID}}}origin-id", {"id": verb.id})
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
    xml.append(disco.caps(features))
    return xml
