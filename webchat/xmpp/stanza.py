"""This room holds what all readers of <message/> share: its children, its texts, its ids, its envelope."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from xml.etree.ElementTree import Element

from webchat.xmpp import namespaces as ns

LONGEST_ID = 255
"""An id beyond this is no id: it could not be kept in an index."""

BODY = f"{{{ns.CLIENT}}}body"

Children = dict[str, Element]


@dataclass(frozen=True, slots=True)
class Envelope:
    """Where a message stands, judged before anything in it is read; the fields are those of MessageReceived.

    stanza_id  given by whoever may give one here: our archive, or the room
    """

    conversation: str
    sender: str
    mine: bool
    kind: Literal["chat", "room", "whisper"] = "chat"
    stanza_id: str = ""
    stamp: datetime | None = None
    archived: bool = False
    carbon: bool = False
    occupant_id: str = ""


def children(xml: Element) -> Children:
    """The first child of each name."""
    return {child.tag: child for child in xml[::-1]}


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
