"""This room reads what rooms ask at their doors, and who may ask at all (XEP-0158, XEP-0221, XEP-0231)."""

import base64

import pytest

from tests.xmpp.balcony import OTHER, ROOM, seated
from tests.xmpp.cast import FULL, FakeStream, failing, read
from webchat.errors import XmppError
from webchat.xmpp.content import Challenge, ChallengeMedia
from webchat.xmpp.events import MessageReceived, RoomRefused
from webchat.xmpp.rooms import challenge

CID = "sha1+8f35fef110ffc5df08d579a50083ff9308fb6242@bob.xmpp.org"
PIXELS = b"\x89PNG not really"
HIDDEN = (
    "<field var='FORM_TYPE' type='hidden'><value>urn:xmpp:captcha</value></field>"
    "<field var='challenge' type='hidden'><value>F3A6292C</value></field>"
)


def asked(media: str, *, room: str = ROOM, form: str = HIDDEN, more: str = "") -> str:
    """A room asks for what stands on a picture."""
    return (
        f"<message from='{room}' to='{FULL}' id='c1'><body>You have been blocked. Visit us.</body>"
        "<x xmlns='jabber:x:oob'><url>https://rooms.montague.example/captcha/1</url></x>"
        "<captcha xmlns='urn:xmpp:captcha'><x xmlns='jabber:x:data' type='form'>"
        f"<instructions>Who are you?</instructions>{form}"
        "<field var='ocr' type='text-single' label='What do you see?'>"
        f"<media xmlns='urn:xmpp:media-element'>{media}</media><required/></field></x></captcha>"
        f"{more}</message>"
    )


def uri(address: str, kind: str = "image/png") -> str:
    return f"<uri type='{kind}'>{address}</uri>"


def bits(data: bytes, cid: str = CID) -> str:
    return f"<data xmlns='urn:xmpp:bob' cid='{cid}' type='image/png'>{base64.b64encode(data).decode()}</data>"


def refused(xml: str) -> Challenge:
    event = read(xml, seated(inside=False))
    assert isinstance(event, RoomRefused)
    assert (event.room, event.nick, event.condition) == (ROOM, "Romeo", "captcha")
    assert event.text == "Who are you?"
    assert event.challenge is not None
    return event.challenge


def test_a_picture_that_comes_along() -> None:
    found = refused(asked(uri(f"cid:{CID}"), more=bits(PIXELS)))
    assert found.media == (ChallengeMedia("ocr", "image/png", CID, PIXELS),)
    assert found.url == "https://rooms.montague.example/captcha/1"
    assert [field.var for field in found.form.fields] == ["FORM_TYPE", "challenge", "ocr"]


def test_a_picture_on_the_web_and_sounds() -> None:
    web = "https://rooms.montague.example/1.png"
    found = refused(asked(uri(web) + uri("http://a.example/1.wav", "Audio/X-WAV") + uri("javascript:1")))
    assert found.media == (
        ChallengeMedia("ocr", "image/png", url=web),
        ChallengeMedia("ocr", "audio/x-wav", url="http://a.example/1.wav"),
    )


@pytest.mark.parametrize(
    "data",
    [
        "",
        bits(b"x", "sha1+other@bob.xmpp.org"),
        bits(b"x" * (challenge.MOST_BYTES + 10)),
        f"<data xmlns='urn:xmpp:bob' cid='{CID}'>???</data>",
    ],
)
def test_a_picture_that_cannot_be_used_is_asked_for(data: str) -> None:
    found = refused(asked(uri(f"cid:{CID}"), more=data))
    assert found.media == (ChallengeMedia("ocr", "image/png", CID),)


def test_only_a_room_at_whose_door_we_stand_asks() -> None:
    question = asked(uri(f"cid:{CID}"), more=bits(PIXELS))
    assert not isinstance(read(question, seated()), RoomRefused)
    assert isinstance(read(asked(uri("cid:a"), room=OTHER), seated(inside=False)), MessageReceived)
    occupant = question.replace(f"from='{ROOM}'", f"from='{ROOM}/Mercutio'")
    assert not isinstance(read(occupant, seated(inside=False)), RoomRefused)
    other = asked(uri("cid:a"), form=HIDDEN.replace("urn:xmpp:captcha", "urn:other"))
    assert not isinstance(read(other, seated(inside=False)), RoomRefused)


async def test_bits_are_fetched_by_their_id() -> None:
    stream = FakeStream(lambda *_: bits(PIXELS))
    assert await challenge.fetch(stream, ROOM, CID) == PIXELS
    kind, payload, to = stream.asked[0]
    assert (kind, payload.get("cid"), to) == ("get", CID, ROOM)
    assert await challenge.fetch(FakeStream(lambda *_: bits(PIXELS, "sha1+other")), ROOM, CID) == b""


async def test_the_answer_goes_back_with_what_was_hidden() -> None:
    found = refused(asked(uri(f"cid:{CID}")))
    stream = FakeStream(lambda *_: "")
    await challenge.submit(stream, ROOM, found, {"ocr": ("7nHL3",), "challenge": ("forged",)})
    kind, payload, to = stream.asked[0]
    assert (kind, payload.tag, to) == ("set", challenge.CAPTCHA, ROOM)
    data = "{jabber:x:data}"
    values = {one.get("var"): one.findtext(f"{data}value") for one in payload.iter(f"{data}field")}
    assert values == {"FORM_TYPE": "urn:xmpp:captcha", "challenge": "F3A6292C", "ocr": "7nHL3"}
    with pytest.raises(XmppError):
        await challenge.submit(FakeStream(lambda *_: failing("not-acceptable")), ROOM, found, {})
