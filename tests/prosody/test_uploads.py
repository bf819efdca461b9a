"""This room holds dialogues about files: brought to the server's own upload service, fetched through us."""

import io
from xml.etree import ElementTree as ET

from PIL import Image

from tests.lab.fixtures import OpenPeer, OpenVisitor
from tests.lab.prosody import OLDER, Lab
from tests.lab.visitor import Visitor, eventually, one
from tests.media import samples

CLIENT = "{jabber:client}"
SFS = "{urn:xmpp:sfs:0}file-sharing"
METADATA = "{urn:xmpp:file:metadata:0}file"


async def send(his: Visitor, path: str, file: tuple[str, bytes, str], **fields: str) -> int:
    """Send a file with the form that works without scripts; the status of the answer."""
    address = f"/conversations/{path.rpartition('/')[2]}/files"
    form = one(await his.page(address), "form[enctype]")
    hidden = {field.get("name", ""): field.get("value", "") for field in form.cssselect("input[type=hidden]")}
    answer = await his.http.post(address, data=hidden | fields, files=[("file", file)])
    return answer.status_code


async def test_a_picture_reaches_a_client_that_is_not_ours(
    prosody: Lab, peer: OpenPeer, visitor: OpenVisitor
) -> None:
    romeo, juliet = prosody.add("romeo", "juliet")
    hers = await peer(juliet)
    his = await visitor(romeo)
    photograph = ("balcony.jpg", samples.photograph(), "image/jpeg")
    told = {"description": "A balcony", "caption": "What light?"}
    assert await send(his, juliet.path, photograph, **told) == 303
    heard = await hers.hears(lambda one: one.body.startswith("http"))
    facts = heard.xml.find(f"{SFS}/{METADATA}")
    assert facts is not None
    said = {child.tag.partition("}")[2]: child.text for child in facts}
    assert (said["width"], said["height"], said["desc"]) == ("960", "1920", "A balcony")
    assert heard.xml.findtext("{jabber:x:oob}x/{jabber:x:oob}url") == heard.body
    await hers.hears_body("What light?")
    fetched = await his.http.get(heard.body)
    assert b"Verona" not in fetched.content
    assert Image.open(io.BytesIO(fetched.content)).size == (960, 1920)


async def test_a_file_of_others_is_shown_and_had_through_us(
    prosody: Lab, peer: OpenPeer, visitor: OpenVisitor
) -> None:
    romeo, juliet = prosody.add("romeo", "juliet")
    his, hers = await visitor(romeo), await visitor(juliet)
    assert await send(hers, romeo.path, ("rose.txt", b"a rose", "text/plain")) == 303

    async def shown() -> str:
        links = (await his.page(juliet.path)).cssselect(".files a[download]")
        return links[0].get("href", "") if links else ""

    answer = await his.http.get(await eventually(shown))
    assert (answer.status_code, answer.content) == (200, b"a rose")
    assert answer.headers["content-disposition"].startswith("attachment")
    # From the archive, after everything here was forgotten by a second login elsewhere, it is the same.
    phone = await peer(romeo, "phone")
    assert [
        ET.tostring(heard.xml).count(b"file-sharing") > 0 for heard in await phone.archive(juliet.jid)
    ] == [True]


async def test_too_large_for_the_server_is_said_before(prosody: Lab, visitor: OpenVisitor) -> None:
    romeo, juliet = prosody.add("romeo", "juliet")
    his = await visitor(romeo)
    limits = (await his.http.get("/uploads")).json()
    assert limits["most"] == 16 * 1024 * 1024
    assert "17 MB" in limits["sentence"]
    assert await send(his, juliet.path, ("a.bin", b"x" * (17 * 1024 * 1024), "application/zip")) == 422


async def test_a_server_without_uploads(prosody: Lab, visitor: OpenVisitor) -> None:
    romeo, juliet = prosody.add("romeo", "juliet", domain=OLDER)
    his = await visitor(romeo)
    assert (await his.http.get("/uploads")).json()["most"] == 0
    assert await send(his, juliet.path, ("a.txt", b"text", "text/plain")) == 422
