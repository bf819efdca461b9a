"""This room proves which pictures are believed, and whose they are (XEP-0084, XEP-0153)."""

import base64
import hashlib

import pytest

from tests.xmpp.cast import JULIET, MERCUTIO, ROMEO, FakeStream, context, failing, read
from webchat.errors import XmppError
from webchat.xmpp import people
from webchat.xmpp.events import AvatarAnnounced, PresenceReceived

DATA = b"\x89PNG but not much of one"
SHA1 = hashlib.sha1(DATA, usedforsecurity=False).hexdigest()
INFO = f"<info xmlns='urn:xmpp:avatar:metadata' id='{SHA1}' bytes='23' type='image/png'/>"


def event(
    inside: str, sender: str = JULIET, kind: str = "headline", node: str = "urn:xmpp:avatar:metadata"
) -> str:
    return (
        f"<message from='{sender}' type='{kind}'><event xmlns='http://jabber.org/protocol/pubsub#event'>"
        f"<items node='{node}'>{inside}</items></event></message>"
    )


def metadata(*infos: str, id: str = SHA1) -> str:
    return f"<item id='{id}'><metadata xmlns='urn:xmpp:avatar:metadata'>{''.join(infos)}</metadata></item>"


def test_a_picture_is_announced() -> None:
    assert read(event(metadata(INFO))) == AvatarAnnounced(JULIET, SHA1, "image/png", 23)
    assert read(event(metadata(INFO), sender=ROMEO)) == AvatarAnnounced(ROMEO, SHA1, "image/png", 23)


def test_the_png_of_several_and_never_one_at_an_address() -> None:
    elsewhere = INFO.replace("/>", " url='https://evil.example/a.png'/>").replace(SHA1, "a" * 40)
    jpeg = INFO.replace("image/png", "image/jpeg").replace(SHA1, "b" * 40)
    assert read(event(metadata(elsewhere, jpeg, INFO))) == AvatarAnnounced(JULIET, SHA1, "image/png", 23)
    assert read(event(metadata(elsewhere))) is None


@pytest.mark.parametrize("inside", [metadata(), f"<retract id='{SHA1}'/>"], ids=["no info", "retracted"])
def test_a_picture_is_taken_back(inside: str) -> None:
    assert read(event(inside)) == AvatarAnnounced(JULIET, "")


@pytest.mark.parametrize("word", ["purge", "delete"])
def test_the_node_is_emptied(word: str) -> None:
    gone = read(
        f"<message from='{JULIET}'><event xmlns='http://jabber.org/protocol/pubsub#event'>"
        f"<{word} node='urn:xmpp:avatar:metadata'/></event></message>"
    )
    assert gone == AvatarAnnounced(JULIET, "")


@pytest.mark.parametrize(
    "info",
    [
        INFO.replace(SHA1, "../../etc/passwd"),
        INFO.replace(SHA1, SHA1[:-1]),
        INFO.replace("image/png", "image/svg+xml"),
        INFO.replace("bytes='23'", "bytes='99999999'"),
        INFO.replace("bytes='23'", "bytes='-1'"),
        INFO.replace("bytes='23'", ""),
    ],
)
def test_what_is_no_picture_for_us_is_not_announced(info: str) -> None:
    assert read(event(metadata(info))) is None


@pytest.mark.parametrize(
    ("sender", "kind"),
    [(f"{JULIET}/x", "headline"), (JULIET, "groupchat"), (JULIET, "error"), ("@", "headline")],
)
def test_A10_only_an_account_speaks_for_its_node(sender: str, kind: str) -> None:
    judge = context()
    assert read(event(metadata(INFO), sender, kind), judge) is None
    assert judge.dropped == {"pubsub": 1}


def test_A10_a_publisher_named_inside_is_nobody() -> None:
    inside = metadata(INFO).replace("<item ", f"<item publisher='{JULIET}' ")
    assert read(event(inside, sender=MERCUTIO)) == AvatarAnnounced(MERCUTIO, SHA1, "image/png", 23)


@pytest.mark.parametrize("node", ["urn:xmpp:avatar:data", "urn:xmpp:bookmarks:none", ""])
def test_A08_news_of_other_nodes_are_none(node: str) -> None:
    assert read(event(metadata(INFO), node=node)) is None


def photo(inside: str) -> str | None:
    seen = read(f"<presence from='{JULIET}/b'><x xmlns='vcard-temp:x:update'>{inside}</x></presence>")
    assert isinstance(seen, PresenceReceived)
    return seen.photo


def test_the_hash_in_presence() -> None:
    assert photo(f"<photo>{SHA1}</photo>") == SHA1
    assert photo(f"<photo> {SHA1.upper()} </photo>") == SHA1
    assert photo("<photo/>") == ""
    assert photo("") is None
    assert photo("<photo>../x</photo>") is None


def data_item(data: bytes, id: str = SHA1) -> str:
    packed = base64.b64encode(data).decode()
    return (
        "<pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='urn:xmpp:avatar:data'>"
        f"<item id='{id}'><data xmlns='urn:xmpp:avatar:data'>{packed[:7]}\n {packed[7:]}</data></item>"
        "</items></pubsub>"
    )


async def test_the_bytes_of_a_picture() -> None:
    stream = FakeStream(lambda *_: data_item(DATA))
    assert await people.avatar_data(stream, JULIET, SHA1) == DATA
    kind, asked, to = stream.asked[0]
    assert (kind, to) == ("get", JULIET)
    assert asked[0][0].get("id") == SHA1


@pytest.mark.parametrize(
    "answer",
    [
        data_item(DATA + b"!"),
        data_item(DATA, "b" * 40),
        data_item(b""),
        data_item(DATA).replace("\n ", "%"),
        data_item(b"x" * 700_000),
        "",
        failing("forbidden"),
    ],
    ids=["other bytes", "other id", "none", "no base64", "too large", "nothing", "refused"],
)
async def test_bytes_with_another_hash_are_not_believed(answer: str) -> None:
    with pytest.raises(XmppError):
        await people.avatar_data(FakeStream(lambda *_: answer), JULIET, SHA1)


async def test_the_photo_of_a_vcard() -> None:
    packed = base64.b64encode(DATA).decode()
    vcard = (
        f"<vCard xmlns='vcard-temp'><PHOTO><TYPE>image/png</TYPE><BINVAL>{packed}</BINVAL></PHOTO></vCard>"
    )
    stream = FakeStream(lambda *_: vcard)
    assert await people.vcard_photo(stream, f"balcony@muc.example/{'x'}", SHA1) == DATA
    with pytest.raises(people.BadData):
        await people.vcard_photo(stream, JULIET, "b" * 40)
    with pytest.raises(XmppError, match="item-not-found"):
        await people.vcard_photo(FakeStream(lambda *_: "<vCard xmlns='vcard-temp'/>"), JULIET, SHA1)
