"""This room proves what our stanzas look like, and that nobody's text becomes anything but text.

XEP-0085, XEP-0184, XEP-0333, XEP-0334, XEP-0359.
"""

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.xmpp.cast import JULIET, context
from webchat.xmpp import disco, say
from webchat.xmpp.content import Mention, Reply
from webchat.xmpp.events import (
    ChatStateReceived,
    DisplayedReceived,
    MessageCorrected,
    MessageReceived,
    MessageRetracted,
    ReactionReceived,
    ReceiptReceived,
)
from webchat.xmpp.parse import event
from webchat.xmpp.verbs import (
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

HINTS = "{urn:xmpp:hints}"
BALCONY = "balcony@conference.verona.example"
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


# ---- about messages


def test_answer_with_its_quotation_for_old_clients() -> None:
    """XEP-0461 §3.1."""
    verb = SendMessage(
        JULIET, "It is 🌹", "u2", reply=Reply("m1", f"{JULIET}/b"), quoted="But soft!\nWhat <light>?"
    )
    xml = sent(verb)
    prefix = "> But soft!\n> What <light>?\n"
    assert xml.findtext("{jabber:client}body") == prefix + "It is 🌹"
    reply = xml.find("{urn:xmpp:reply:0}reply")
    assert reply is not None
    assert reply.attrib == {"id": "m1", "to": f"{JULIET}/b"}
    part = xml.find("{urn:xmpp:fallback:0}fallback/{urn:xmpp:fallback:0}body")
    assert part is not None
    assert part.attrib == {"start": "0", "end": str(len(prefix))}
    received = heard(verb)
    assert isinstance(received, MessageReceived)
    assert (received.body, received.reply) == ("It is 🌹", Reply("m1", f"{JULIET}/b"))


def test_a28_nobodys_words_are_anything_but_words() -> None:
    for text in HOSTILE:
        verb = SendMessage(
            JULIET, "x" + text, "u2", reply=Reply(text), quoted=text, spoiler=text, corrects=text
        )
        received = heard(verb)
        if isinstance(received, MessageCorrected):
            received = received.message
        assert isinstance(received, MessageReceived)
        assert received.body == "x" + xml_text(text)


def test_correction_reaction_and_retraction() -> None:
    corrected = heard(SendMessage(JULIET, "Hello", "u2", corrects="u1"))
    assert isinstance(corrected, MessageCorrected)
    assert (corrected.target, corrected.message.body) == ("u1", "Hello")
    reaction = sent(SendReaction(JULIET, "m1", ("👍", "🌹"), "u3"))
    assert reaction.attrib == {"to": JULIET, "type": "chat", "id": "u3"}
    assert reaction.find("{jabber:client}body") is None
    assert reaction.find(f"{HINTS}store") is not None
    reacted = heard(SendReaction(JULIET, "m1", ("👍", "🌹"), "u3"))
    assert isinstance(reacted, ReactionReceived)
    assert (reacted.target, reacted.emojis) == ("m1", ("👍", "🌹"))
    retraction = sent(SendRetraction(BALCONY, "stanza-1", "u4", "room"))
    assert retraction.attrib == {"to": BALCONY, "type": "groupchat", "id": "u4"}
    assert retraction.findtext("{jabber:client}body") == say.TAKEN_BACK
    retracted = heard(SendRetraction(JULIET, "u1", "u4"))
    assert isinstance(retracted, MessageRetracted)
    assert retracted.target == "u1"


def test_spoiler_and_mentions() -> None:
    verb = SendMessage(
        JULIET,
        "hi romeo",
        "u2",
        reply=Reply("m1"),
        quoted="x",
        spoiler="",
        mentions=(Mention(3, 8, "romeo@montague.example"),),
    )
    received = heard(verb)
    assert isinstance(received, MessageReceived)
    assert (received.spoiler, received.mentions) == ("", (Mention(3, 8, "romeo@montague.example"),))


def test_0513_who_is_named_is_named_in_both_ways() -> None:
    named = (
        Mention(0, 7, f"{BALCONY}/Juliet", "juliet-id"),
        Mention(12, 17, BALCONY, group="room"),
        Mention(20, 25, BALCONY, group="here"),
    )
    xml = sent(SendMessage(BALCONY, "@Juliet and @room, @here", "u5", kind="room", mentions=named))
    (reference,) = xml.findall("{urn:xmpp:reference:0}reference")
    assert reference.get("uri", "").endswith("%2FJuliet")
    one, everybody, present = xml.findall("{urn:xmpp:mentions:0}mention")
    assert one.attrib == {"begin": "0", "end": "7", "occupantid": "juliet-id"}
    assert everybody.attrib == {"begin": "12", "end": "17", "mentions": "urn:xmpp:mentions:0#channel"}
    assert [child.tag for child in everybody] == []
    assert [child.tag for child in present] == ["{urn:xmpp:mentions:0}active"]
