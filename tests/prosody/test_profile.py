"""This room holds dialogues about what one tells about oneself, with a client that is not ours."""

import base64
import hashlib
import io
from xml.etree import ElementTree as ET

from PIL import Image

from tests.lab.fixtures import OpenPeer, OpenVisitor
from tests.lab.peer import Peer
from tests.lab.prosody import Lab
from tests.lab.visitor import eventually, one

VCARD4 = "{urn:ietf:params:xml:ns:vcard-4.0}"
TEMP = "{vcard-temp}"
PUBSUB = "http://jabber.org/protocol/pubsub"
GEOLOC = "http://jabber.org/protocol/geoloc"
PAGE = "/configuration/profile"
CARD = (
    "<vcard xmlns='urn:ietf:params:xml:ns:vcard-4.0'><fn><text>Romeo</text></fn>"
    "<x-house xmlns='urn:verona:houses' rank='1'><of>Montague</of></x-house>"
    "<tel><parameters><type><text>home</text></type></parameters><uri>tel:+39045</uri></tel></vcard>"
)


async def inside(peer: Peer, node: str, of: str) -> ET.Element:
    """What stands in a node of somebody, as this client reads it."""
    answer = await peer.ask("get", f"<pubsub xmlns='{PUBSUB}'><items node='{node}'/></pubsub>", of)
    item = answer.find(f"{{{PUBSUB}}}pubsub/{{{PUBSUB}}}items/{{{PUBSUB}}}item")
    return ET.Element("nothing") if item is None or not len(item) else item[0]


def drawn() -> bytes:
    """A photograph that says where it was made."""
    exif = Image.Exif()
    exif[0x8825] = {1: "N"}
    out = io.BytesIO()
    Image.effect_mandelbrot((1600, 900), (-2, -1.5, 1, 1.5), 60).convert("RGB").save(out, "JPEG", exif=exif)
    return out.getvalue()


async def publish(peer: Peer, node: str, item: str, content: str) -> None:
    """Put something into a node of one's own."""
    publish = f"<publish node='{node}'><item id='{item}'>{content}</item></publish>"
    answer = await peer.ask("set", f"<pubsub xmlns='{PUBSUB}'>{publish}</pubsub>")
    assert answer.get("type") == "result"


async def test_a_card_is_changed_and_nothing_in_it_is_lost(
    prosody: Lab, peer: OpenPeer, visitor: OpenVisitor
) -> None:
    romeo, juliet = prosody.add("romeo", "juliet")
    (tybalt,) = prosody.add("tybalt")
    phone, hers, theirs = await peer(romeo, "phone"), await peer(juliet), await peer(tybalt)
    await publish(phone, "urn:xmpp:vcard4", "current", CARD)
    his = await visitor(romeo)
    page = await his.page(PAGE)
    assert one(page, "#card-name").get("value") == "Romeo"
    hidden = {
        field.get("name", ""): field.get("value", "") for field in page.cssselect("#card [type=hidden]")
    }
    later = CARD.replace("</vcard>", "<bday><date>1580-02-14</date></bday></vcard>")
    await publish(phone, "urn:xmpp:vcard4", "current", later)
    typed = {
        "name": "Romeo",
        "nickname": "Romy <3",
        "locality": "Verona",
        "website": "https://verona.example/",
    }
    await his.post(PAGE, **{**hidden, **typed, "note": "In fair Verona\r\nwhere", "access": "open"})
    card = await inside(hers, "urn:xmpp:vcard4", romeo.jid)
    said = {
        path: card.findtext("/".join(f"{VCARD4}{part}" for part in path.split("/")))
        for path in (
            "fn/text",
            "nickname/text",
            "adr/locality",
            "url/uri",
            "note/text",
            "bday/date",
            "tel/uri",
        )
    }
    assert list(said.values()) == [
        "Romeo",
        "Romy <3",
        "Verona",
        "https://verona.example/",
        "In fair Verona\nwhere",
        "1580-02-14",
        "tel:+39045",
    ]
    before = ET.fromstring(CARD)[1]  # noqa: S314
    kept = card.find(before.tag)
    assert kept is not None
    assert ET.canonicalize(ET.tostring(kept)) == ET.canonicalize(ET.tostring(before))
    nick = await inside(hers, "http://jabber.org/protocol/nick", romeo.jid)
    assert nick.text == "Romy <3"
    assert (await inside(theirs, "urn:xmpp:vcard4", romeo.jid)).tag == card.tag
    older = await theirs.ask("get", "<vCard xmlns='vcard-temp'/>", romeo.jid)
    assert older.findtext(f"{TEMP}vCard/{TEMP}NICKNAME") == "Romy <3"
    await his.post(PAGE, access="presence", was_name="Romeo", name="Romeo")
    assert (await inside(theirs, "urn:xmpp:vcard4", romeo.jid)).tag == "nothing"
    assert (await inside(hers, "urn:xmpp:vcard4", romeo.jid)).find(before.tag) is not None
    assert one(await his.page(PAGE), "#access-presence").get("checked") is not None


async def test_a_picture_and_a_banner(prosody: Lab, peer: OpenPeer, visitor: OpenVisitor) -> None:
    romeo, juliet = prosody.add("romeo", "juliet")
    hers = await peer(juliet)
    his, she = await visitor(romeo), await visitor(juliet)
    for which in ("picture", "banner"):
        files = [("picture", ("balcony.jpg", drawn(), "image/jpeg"))]
        answer = await his.http.post(f"{PAGE}/{which}/files", files=files)
        assert (which, answer.status_code) == (which, 303)
    data = base64.b64decode((await inside(hers, "urn:xmpp:avatar:data", romeo.jid)).text or "")
    picture = Image.open(io.BytesIO(data))
    assert (picture.size, picture.format) == ((512, 512), "JPEG")
    assert len(data) <= 100_000
    assert b"Exif" not in data
    info = (await inside(hers, "urn:xmpp:avatar:metadata", romeo.jid))[0]
    sha1 = hashlib.sha1(data, usedforsecurity=False).hexdigest()
    assert (info.get("id"), info.get("bytes"), info.get("width")) == (sha1, str(len(data)), "512")
    older = await hers.ask("get", "<vCard xmlns='vcard-temp'/>", romeo.jid)
    binval = older.findtext(f"{TEMP}vCard/{TEMP}PHOTO/{TEMP}BINVAL") or ""
    assert base64.b64decode("".join(binval.split())) == data
    assert one(await his.page(PAGE), f"#portrait img[src='/avatars/{sha1}']") is not None
    banner = (await inside(hers, "urn:xmpp:movim-banner:0", romeo.jid))[0]
    lies = (await his.http.get(banner.get("url", ""))).content
    assert hashlib.sha1(lies, usedforsecurity=False).hexdigest() == banner.get("id")
    assert Image.open(io.BytesIO(lies)).size == (1280, 320)
    page = await she.page(f"/people/{romeo.jid}")
    shown = await she.http.get(one(page, ".who-card img.banner").get("src", ""))
    assert Image.open(io.BytesIO(shown.content)).size == (1280, 320)
    await his.post(f"{PAGE}/picture/files", remove="1")
    await his.post(f"{PAGE}/banner/files", remove="1")
    assert not len(await inside(hers, "urn:xmpp:avatar:metadata", romeo.jid))
    assert not len(await inside(hers, "urn:xmpp:movim-banner:0", romeo.jid))
    assert not (await his.page(PAGE)).cssselect("#portrait img, #banner img")


async def test_where_one_is(prosody: Lab, peer: OpenPeer, visitor: OpenVisitor) -> None:
    romeo, juliet = prosody.add("romeo", "juliet")
    (tybalt,) = prosody.add("tybalt")
    hers, theirs = await peer(juliet), await peer(tybalt)
    his = await visitor(romeo)
    await his.post("/location", latitude="45,4408", longitude="10.9983", words="Arena")
    place = await inside(hers, GEOLOC, romeo.jid)
    assert [place.findtext(f"{{{GEOLOC}}}{name}") for name in ("lat", "lon", "text")] == [
        "45.4408",
        "10.9983",
        "Arena",
    ]
    assert (await inside(theirs, GEOLOC, romeo.jid)).tag == "nothing"
    assert "Shared with contacts" in one(await his.page("/chats"), "#own-sharing").text_content()
    await his.post("/location/delete")
    assert not len(await inside(hers, GEOLOC, romeo.jid))
    assert not one(await his.page("/chats"), "#own-sharing").text_content().strip()
    words = f"<geoloc xmlns='{GEOLOC}'><lat>45.43</lat><lon>11.0</lon><text>Balcony</text></geoloc>"
    await publish(hers, GEOLOC, "current", words)

    async def seen() -> bool:
        links = (await his.page(f"/people/{juliet.jid}")).cssselect("#place a")
        return bool(links) and "mlat=45.43000" in links[0].get("href", "")

    assert await eventually(seen)
