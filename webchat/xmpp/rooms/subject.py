"""This room reads and changes what is talked about in a room (XEP-0045 §8.1)."""

import uuid
from xml.etree.ElementTree import Element, SubElement

from webchat.xmpp import jid as jids
from webchat.xmpp import namespaces as ns
from webchat.xmpp.context import Stream
from webchat.xmpp.events import RoomSubjectReceived
from webchat.xmpp.xml_text import xml_text

LONGEST = 4096

SUBJECT = f"{{{ns.CLIENT}}}subject"
_BODY = f"{{{ns.CLIENT}}}body"
_THREAD = f"{{{ns.CLIENT}}}thread"
_MESSAGE = f"{{{ns.CLIENT}}}message"


def read(found: dict[str, Element], sender: str) -> RoomSubjectReceived | None:
    """A message with a subject and neither body nor thread; None for any other."""
    subject = found.get(SUBJECT)
    if subject is None or _BODY in found or _THREAD in found:
        return None
    text = (subject.text or "").strip()[:LONGEST]
    return RoomSubjectReceived(jids.bare(sender), jids.resource(sender), text)


def set_subject(stream: Stream, room: str, subject: str) -> None:
    """Say what is talked about from now on, "" for nothing; the room tells everybody, or answers an error."""
    xml = Element(_MESSAGE, {"to": room, "type": "groupchat", "id": uuid.uuid4().hex})
    SubElement(xml, SUBJECT).text = xml_text(subject)[:LONGEST]
    stream.send_xml(xml)
