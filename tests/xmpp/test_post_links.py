"""Posts in messages as Movim writes them and as we do (XEP-0372, W§12)."""

import pytest

from tests.xmpp.cast import JULIET, context, read
from tests.xmpp.test_say import sent
from webchat.xmpp import post_links
from webchat.xmpp.entries import MICROBLOG, Ref
from webchat.xmpp.events import MessageReceived
from webchat.xmpp.parse import event
from webchat.xmpp.verbs import SendMessage

URI = f"xmpp:{JULIET}?;node={MICROBLOG};item=rose"
PAGE = "https://web.example/blog/juliet/rose"
REFERENCE = "{urn:xmpp:reference:0}reference"
ENCODED = URI.replace("urn:xmpp:microblog:0", "urn%3Axmpp%3Amicroblog%3A0")


def heard(inside: str, body: str = PAGE) -> str | None:
    """The text of a message of Juliet's."""
    words = f"<body>{body}</body>" if body else ""
    found = read(f"<message from='{JULIET}/m' type='chat' id='m1'>{words}{inside}</message>")
    return found.body if isinstance(found, MessageReceived) else None


def test_what_movim_sends() -> None:
    """The reference becomes the last line, however it is encoded."""
    oob = f"<x xmlns='jabber:x:oob'><url>{ENCODED}</url></x>"
    inside = f"<reference xmlns='urn:xmpp:reference:0' type='data' uri='{ENCODED}'/>{oob}"
    assert heard(inside) == f"{PAGE}\n{URI}"
    assert heard(inside, "") == URI
    assert heard(inside, f"Look\n{ENCODED}") == f"Look\n{ENCODED}"


@pytest.mark.parametrize(
    "uri",
    ["https://a.example", "xmpp:a@b.example", f"xmpp:{JULIET}?;node=x", "xmpp:?;node=a;item=b", "x" * 9000],
)
def test_other_references_are_none(uri: str) -> None:
    """Only an item in a node is a post."""
    assert heard(f"<reference xmlns='urn:xmpp:reference:0' type='data' uri='{uri}'/>") == PAGE
    assert post_links.split(f"Look\n{uri}") == (f"Look\n{uri}", None)


@pytest.mark.parametrize(
    ("body", "words"),
    [(f"Look\n{PAGE}\n{URI}", f"Look\n{PAGE}"), (URI, URI), (f"Look\n{URI}", f"Look\n{URI}")],
)
def test_what_we_send_comes_back_as_it_was(body: str, words: str) -> None:
    """Others see the public page, or the address itself; another client of ours has all of it again."""
    xml = sent(SendMessage(JULIET, body, "m1"))
    assert xml.findtext("{jabber:client}body") == words
    assert xml.find(REFERENCE) is not None
    assert xml.find(REFERENCE).get("uri") == URI  # type: ignore[union-attr]
    assert xml.findtext("{jabber:x:oob}x/{jabber:x:oob}url") == URI
    xml.set("from", f"{JULIET}/m")
    found = event(xml, context())
    assert isinstance(found, MessageReceived)
    assert found.body == body
    assert not found.files
    assert post_links.split(found.body)[1] == Ref(JULIET, MICROBLOG, "rose")


def test_a_message_without_a_post_has_no_reference() -> None:
    """Whatever stands in the middle of a text is text."""
    for body in ("Hello", f"{URI}\nLook", f"Look {URI}"):
        xml = sent(SendMessage(JULIET, body, "m1"))
        assert xml.findtext("{jabber:client}body") == body
        assert xml.find(REFERENCE) is None
