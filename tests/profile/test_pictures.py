"""One's own picture and banner, and what older programs see of them."""

import base64
import hashlib
import io

from PIL import Image

from tests.lab.inside import Browser
from tests.lab.people import Person
from tests.profile.server import Server
from webchat.profile import jobs
from webchat.xmpp import namespaces as ns
from webchat.xmpp.verbs import SendPresence

PATH = "/configuration/profile"
BINVAL = f"{{{ns.VCARD_TEMP}}}PHOTO/{{{ns.VCARD_TEMP}}}BINVAL"


def drawn(format: str = "JPEG", size: tuple[int, int] = (300, 200)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "red").save(out, format)
    return out.getvalue()


async def sent(web: Browser, which: str, data: bytes) -> int:
    files = [("picture", ("me.jpg", data, "image/jpeg"))]
    return (await web.client.post(f"{PATH}/{which}/files", files=files)).status_code


async def test_where_the_server_does_not_convert(romeo: Person, server: Server, web: Browser) -> None:
    await web.post(PATH, {"access": "open"})
    assert await sent(web, "picture", drawn()) == 303
    data = base64.b64decode(server.one(ns.AVATAR_DATA).text or "")
    assert Image.open(io.BytesIO(data)).size == (200, 200)
    sha1 = hashlib.sha1(data, usedforsecurity=False).hexdigest()
    assert server.temp is not None
    assert base64.b64decode(server.temp.findtext(BINVAL) or "") == data
    assert romeo.session.presence().photo == sha1
    assert (await web.get(PATH)).cssselect(f"#portrait img[src='/avatars/{sha1}']")
    romeo.session.photo = None
    await jobs.sync_photo(romeo.session)
    romeo.session.appear()
    assert romeo.client.said[-1] == SendPresence("away", "", sha1)
    await web.post(PATH, {"access": "presence"})
    assert server.temp.find(BINVAL) is None
    assert romeo.session.photo == ""
    await web.post(PATH, {"access": "open"})
    assert romeo.session.photo == sha1
    await web.post(f"{PATH}/picture/files", {"remove": "1"})
    assert server.items[ns.AVATAR_DATA] == {}
    assert server.temp.find(BINVAL) is None
    assert romeo.session.photo == ""
    assert not (await web.get(PATH)).cssselect("#portrait img")


async def test_where_it_does_nothing_is_said_twice(romeo: Person, server: Server, web: Browser) -> None:
    server.converts = True
    assert await sent(web, "picture", drawn("PNG")) == 303
    await jobs.sync_photo(romeo.session)
    assert server.temp is None
    assert romeo.session.photo is None


async def test_what_is_no_picture(server: Server, web: Browser) -> None:
    for which, data, sentence in (
        ("picture", b"", "Choose a picture first."),
        ("picture", b"<svg onload=alert(1)>", "This is no picture that can be used, or it is too large."),
        ("banner", b"", "Choose a picture first."),
    ):
        files = [("picture", ("me.jpg", data, "image/jpeg"))]
        answer = await web.client.post(f"{PATH}/{which}/files", files=files)
        assert (answer.status_code, sentence in answer.text) == (422, True), (which, sentence)
    assert server.sets == []
