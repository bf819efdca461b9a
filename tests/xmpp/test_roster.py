"""This room proves reading and changing the roster and the words of subscription."""

from collections.abc import Callable
from xml.etree import ElementTree as ET

import pytest

from tests.xmpp.cast import JULIET, MERCUTIO, FakeStream, failing
from webchat.errors import XmppError
from webchat.xmpp import roster
from webchat.xmpp.context import Stream
from webchat.xmpp.events import RosterItem, RosterReceived


def answering(inside: str) -> FakeStream:
    return FakeStream(lambda kind, payload, to: inside)


async def test_fetch() -> None:
    stream = answering(
        "<query xmlns='jabber:iq:roster' ver='7'>"
        "<item jid='Juliet@capulet.example/balcony' name=' Juliet ' subscription='both'>"
        "<group>Verona</group><group/><group>Verona</group></item>"
        "<item jid='mercutio@verona.example' subscription='sideways' ask='maybe'/>"
        "<item jid='gone@verona.example' subscription='remove'/>"
        "<item jid='@'/><item/>"
        "<item jid='mercutio@verona.example' name='M' ask='subscribe'/></query>"
    )
    received = await roster.fetch(stream)
    assert received is not None
    assert received.version == "7"
    assert received.items == (
        RosterItem(JULIET, "Juliet", "both", "", ("Verona",)),
        RosterItem(MERCUTIO, "M", "none", "subscribe"),
    )
    assert stream.asked[0][0] == "get"


async def test_fetch_of_nothing() -> None:
    assert await roster.fetch(answering("")) == RosterReceived(())


async def test_fetch_of_what_we_have_already() -> None:
    stream = answering("")
    assert await roster.fetch(stream, "7") is None
    assert stream.asked[0][1].attrib == {"ver": "7"}


async def test_set_item_says_exactly_what_was_typed() -> None:
    stream = answering("")
    typed = "</name><iq type='set'/>]]>&x;\x00\ud800 \"'"
    await roster.set_item(stream, JULIET, typed, ["Verona", " Verona", "", "<g>"])
    kind, payload, to = stream.asked[0]
    assert (kind, to) == ("set", "")
    (item,) = payload
    assert item.attrib == {"jid": JULIET, "name": "</name><iq type='set'/>]]>&x; \"'"}
    assert [group.text for group in item] == ["Verona", "<g>"]


async def test_remove_item() -> None:
    stream = answering("")
    await roster.remove_item(stream, JULIET)
    assert stream.asked[0][1][0].attrib == {"jid": JULIET, "subscription": "remove"}


async def test_refusal_is_raised() -> None:
    with pytest.raises(XmppError, match="not-allowed"):
        await roster.set_item(answering(failing("not-allowed")), JULIET)


@pytest.mark.parametrize(
    ("say", "type"),
    [
        (roster.subscribe, "subscribe"),
        (roster.unsubscribe, "unsubscribe"),
        (roster.subscribed, "subscribed"),
        (roster.unsubscribed, "unsubscribed"),
    ],
)
def test_words_of_subscription_go_to_the_bare_address(say: Callable[[Stream, str], None], type: str) -> None:
    stream = answering("")
    say(stream, f"{JULIET}/balcony")
    (presence,) = stream.said
    assert presence.attrib == {"to": JULIET, "type": type}
    assert list(presence) == []


def test_request_may_carry_a_word() -> None:
    stream = answering("")
    roster.subscribe(stream, JULIET, "It is I\x0b")
    status: ET.Element = stream.said[0][0]
    assert status.text == "It is I"
