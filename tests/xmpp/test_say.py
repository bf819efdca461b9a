"""This room proves what our stanzas look like, and that nobody's text becomes anything but text.

XEP-0085, XEP-0184, XEP-0333, XEP-0334, XEP-0359.
"""

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.xmpp.cast import JULIET, context
from webchat.xmpp import disco, say
from webchat.xmpp.events import ChatStateReceived, DisplayedReceived, MessageReceived, ReceiptReceived
from webchat.xmpp.parse import event
from webchat.xmpp.verbs import SendChatState, SendDisplayed, SendMessage, SendPresence, SendReceipt, Verb
from webchat.xmpp.xml_text import xml_text

HINTS = "{urn:xmpp:hints}"
HOSTILE = [
    "</body></message><iq type='set' id='1'><query xmlns='jabber:iq:roster'/></iq>",
    "]]>",
    "<![CDATA[x]]>",
    "&x;",
    "&lt;&#0;",
    "\"'`",
    "<?xml version='1.0'?>",
    "<!--",
    "\u2028\u2029\u0085",
    "a\nb\tc",
]


def wire(xml: ET.Element) -> ET.Element:
    """Through serialisation and back, as the receiver sees it."""
    return ET.fromstring(ET.tostring(xml))  # noqa: S314


def sent(verb: Verb) -> ET.Element:
    return wire(say.element(verb))


def heard(verb: Verb) -> object:
    """What the same parser makes of it at the other side."""
    xml = sent(verb)
    xml.set("from", f"{JULIET}/b")
    return event(xml, context())


def test_message() -> None:
    xml = sent(SendMessage(JULIET, "Hello", "u1"))
    assert xml.attrib == {"to": JULIET, "type": "chat", "id": "u1"}
    assert [child.tag for child in xml] == [
        "{jabber:client}body",
        "{http://jabber.org/protocol/chatstates}active",
        "{urn:xmpp:receipts}request",
        "{urn:xmpp:chat-markers:0}markable",
        "{urn:xmpp:sid:0}origin-id",
    ]
    received = heard(SendMessage(JULIET, "Hello", "u1"))
    assert isinstance(received, MessageReceived)
    assert (received.id, received.origin_id, received.body) == ("u1", "u1", "Hello")
    assert received.receipt_requested
    assert received.markable


@pytest.mark.parametrize("text", HOSTILE)
def test_A28_text_arrives_as_it_was_typed(text: str) -> None:
    xml = sent(SendMessage(JULIET, text, "u1"))
    assert (len(xml), len(xml[0]), xml[0].text) == (5, 0, text)
    presence = sent(SendPresence(status=f"x{text}x"))
    assert presence.findtext("{jabber:client}status") == f"x{text}x"
    assert len(presence) == 2


@given(st.text())
def test_A28_whatever_is_typed_the_stream_survives(text: str) -> None:
    assert (sent(SendMessage(JULIET, text, "u1"))[0].text or "") == xml_text(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\x00\x01\x08\x0b\x0c\x1f\ufffe\uffffb", "ab"),
        ("\ud800\udc00x\udfff", "x"),
        ("a\r\nb\rc\n", "a\nb\nc\n"),
        (
            "\t\n \u0085\ud7ff\ue000\ufffd\U00010000\U0010ffff",
            "\t\n \u0085\ud7ff\ue000\ufffd\U00010000\U0010ffff",
        ),
    ],
)
def test_text_fit_for_xml(text: str, expected: str) -> None:
    assert xml_text(text) == expected


def test_receipt_is_not_worth_keeping() -> None:
    xml = sent(SendReceipt(JULIET, "m1"))
    assert (xml.get("to"), xml.get("type")) == (JULIET, "chat")
    assert xml.find(f"{HINTS}no-store") is not None
    received = heard(SendReceipt(JULIET, "m1"))
    assert isinstance(received, ReceiptReceived)
    assert received.id == "m1"


def test_marker_is_worth_keeping() -> None:
    xml = sent(SendDisplayed(JULIET, "m1"))
    assert xml.find(f"{HINTS}store") is not None
    assert xml.get("id")
    received = heard(SendDisplayed(JULIET, "m1"))
    assert isinstance(received, DisplayedReceived)
    assert received.id == "m1"


def test_chat_state_is_not_worth_keeping() -> None:
    assert sent(SendChatState(JULIET, "composing")).find(f"{HINTS}no-store") is not None
    received = heard(SendChatState(JULIET, "composing"))
    assert isinstance(received, ChatStateReceived)
    assert received.state == "composing"


def test_presence() -> None:
    features = ("urn:xmpp:receipts",)
    xml = wire(say.element(SendPresence("away", " at lunch\x00 "), features))
    assert xml.attrib == {}
    assert xml.findtext("{jabber:client}show") == "away"
    assert xml.findtext("{jabber:client}status") == "at lunch"
    caps = xml.find("{http://jabber.org/protocol/caps}c")
    assert caps is not None
    assert caps.attrib == {"hash": "sha-1", "node": disco.CAPS_NODE, "ver": disco.verification(features)}
    online = sent(SendPresence())
    assert [child.tag for child in online] == ["{http://jabber.org/protocol/caps}c"]


def test_a_verb_nobody_knows() -> None:
    with pytest.raises(TypeError, match="Verb"):
        say.element(Verb())
