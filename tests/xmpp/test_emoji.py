"""This room proves how pictures that stand for words are read and written (XEP-0071, XEP-0231)."""

import base64

import pytest

from tests.xmpp.cast import FULL, JULIET, context, read, xml
from webchat.xmpp import bits, iq, say, verbs_json
from webchat.xmpp import namespaces as ns
from webchat.xmpp.content import Emoji
from webchat.xmpp.events import MessageReceived
from webchat.xmpp.verbs import SendMessage

DATA = b"\x89PNG a picture"
CID = bits.cid(DATA)


def said(body: str, html: str) -> MessageReceived:
    """What is read of a message like Movim's."""
    event = read(
        f"<message type='chat' from='{JULIET}/x' to='{FULL}' id='a'><body>{body}</body>"
        f"<html xmlns='http://jabber.org/protocol/xhtml-im'><body xmlns='http://www.w3.org/1999/xhtml'>"
        f"<p>{html}</p></body></html></message>"
    )
    assert isinstance(event, MessageReceived)
    return event


def image(alt: str, source: str = f"cid:{CID}") -> str:
    """One picture of the formatted text."""
    return f"<img xmlns='http://www.w3.org/1999/xhtml' alt='{alt}' src='{source}'/>"


def test_pictures_of_movim_are_read() -> None:
    event = said("Hi :owl: :owl:", f"Hi {image(':owl:')} {image(':owl:')}")
    assert event.emoji == (Emoji(":owl:", CID),)
    assert said("Lovely owl", image("Lovely owl")).emoji == (Emoji("Lovely owl", CID),), "a sticker"


@pytest.mark.parametrize(
    ("alt", "source"),
    [
        (":owl:", "https://evil.example/x.png"),
        (":owl:", "cid:owl@bob.xmpp.org"),
        (":owl:", "cid:md5+d41d8cd98f00b204e9800998ecf8427e@bob.xmpp.org"),
        (":other:", f"cid:{CID}"),
        ("words", f"cid:{CID}"),
        ("", f"cid:{CID}"),
    ],
)
def test_what_has_no_hash_or_no_words_is_left_alone(alt: str, source: str) -> None:
    assert said("some words :owl:", image(alt, source)).emoji == ()


def test_a_content_id_and_its_hash_lead_to_each_other() -> None:
    assert bits.cid_of(bits.sha1_of(CID)) == CID
    assert bits.sha1_of(CID.replace("sha1+", "sha256+")) == bits.sha1_of("owl@bob.xmpp.org") == ""


def test_many_pictures_are_few() -> None:
    names = [f":owl{n}:" for n in range(200)]
    assert len(said(" ".join(names), "".join(image(name) for name in names)).emoji) == 32


def test_what_is_written_is_read_again() -> None:
    words = "A :owl:, <b>\n:owl: & :two:"
    verb = SendMessage(JULIET, words, "id-of-it", emoji=(Emoji(":owl:", CID), Emoji(":two:", CID)))
    assert verbs_json.unpack(verbs_json.pack(verb)) == verb
    made = say.element(verb)
    body = made.find(f".//{{{ns.XHTML}}}body")
    assert body is not None
    assert [each.get("alt") for each in body.iter(f"{{{ns.XHTML}}}img")] == [":owl:", ":owl:", ":two:"]
    assert "".join(body.itertext()) == "A , <b> & "
    made.set("from", f"{JULIET}/x")
    assert made.findtext(f"{{{ns.CLIENT}}}body") == words


@pytest.mark.parametrize("kind", ["get", "set"])
def test_ours_are_told_to_those_who_see_us(kind: str) -> None:
    bits.install(lambda cid: ("image/png", DATA) if cid == CID else None)
    ask = f"<iq type='{kind}' id='1' from='{JULIET}/x'><data xmlns='urn:xmpp:bob' cid='%s'/></iq>"
    try:
        judge = context()
        reply, _ = iq.answer(xml(ask % CID), judge)
        assert reply is not None
        assert reply.get("type") == "error", "a stranger learns nothing"
        judge.acquainted["people"] = frozenset({JULIET})
        reply, _ = iq.answer(xml(ask % CID), judge)
        assert reply is not None
        data = reply.find(bits.DATA)
        assert data is not None
        assert (data.get("type"), base64.b64decode(data.text or "")) == ("image/png", DATA)
        reply, _ = iq.answer(xml(ask % bits.cid(b"x")), judge)
        assert reply is not None
        assert reply.get("type") == "error"
    finally:
        bits.install(None)
