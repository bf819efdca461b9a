"""Files in messages as several clients write them (XEP-0447 with XEP-0446, XEP-0385, XEP-0066),
and as we do; their hashes are those of XEP-0300."""

from xml.etree.ElementTree import Element, fromstring

import pytest

from webchat.xmpp import files
from webchat.xmpp.content import SharedFile

URL = "https://upload.capulet.example/f/balcony.jpg"


def message(inner: str, body: str = "") -> Element:
    return fromstring(f"<message xmlns='jabber:client'><body>{body}</body>{inner}</message>")  # noqa: S314


def read(inner: str, body: str = "") -> tuple[tuple[SharedFile, ...], str]:
    return files.read(message(inner, body), body)


SFS = f"""<file-sharing xmlns='urn:xmpp:sfs:0' disposition='inline'>
  <file xmlns='urn:xmpp:file:metadata:0'>
    <media-type>image/jpeg</media-type><name>balcony.jpg</name><size>54321</size><width>800</width>
    <height>600</height><desc>A balcony</desc>
    <hash xmlns='urn:xmpp:hashes:2' algo='sha-256'>2XarmwTlNxDAMkvymloX3S5+VbylNrJt/l5QyPa+YoU=</hash>
  </file>
  <sources><url-data xmlns='http://jabber.org/protocol/url-data' target='{URL}'/></sources>
</file-sharing>"""
OOB = f"<x xmlns='jabber:x:oob'><url>{URL}</url></x>"
MOVIM = f"""<reference xmlns='urn:xmpp:reference:0' type='data'><media-sharing xmlns='urn:xmpp:sims:1'>
  <file xmlns='urn:xmpp:jingle:apps:file-transfer:4'>
    <media-type>image/jpeg</media-type><name>view.jpg</name><size>54321</size></file>
  <sources><reference xmlns='urn:xmpp:reference:0' type='data' uri='{URL}'/></sources>
</media-sharing></reference>"""


def test_dino_shares_by_0447() -> None:
    (file,), body = read(SFS + OOB + "<fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:sfs:0'/>", URL)
    assert body == ""
    assert (file.url, file.name, file.media_type, file.size) == (URL, "balcony.jpg", "image/jpeg", 54321)
    assert (file.width, file.height, file.description) == (800, 600, "A balcony")
    assert file.hashes == (("sha-256", "2XarmwTlNxDAMkvymloX3S5+VbylNrJt/l5QyPa+YoU="),)


def test_a_caption_stays() -> None:
    found, body = read(SFS, "He jests at scars")
    assert (len(found), body) == (1, "He jests at scars")
    fallback = "<fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:sfs:0'/>"
    found, body = read(SFS + fallback, f"He jests at scars\n{URL}")
    assert (len(found), body) == (1, "He jests at scars")


def test_conversations_shares_by_0066() -> None:
    found, body = read(OOB, URL)
    assert found == (SharedFile(URL, "balcony.jpg"),)
    assert body == ""


def test_movim_shares_by_0385() -> None:
    (file,), body = read(MOVIM + OOB, URL)
    assert (file.name, file.size, body) == ("view.jpg", 54321, "")


def test_a_post_card_is_no_file() -> None:
    card = "<x xmlns='jabber:x:oob'><url>xmpp:romeo@montague.example?;node=urn:xmpp:microblog:0</url></x>"
    assert read(card, "is sharing a post") == ((), "is sharing a post")


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "file:///etc/passwd",
        "ftp://a.example/b",
        "https://a@b.example/",
        "https://",
        "//a/b",
    ],
)
def test_u09_only_addresses_of_the_web(url: str) -> None:
    found, _ = read(f"<x xmlns='jabber:x:oob'><url>{url}</url></x>", "text")
    assert found == ()
    found, _ = read(SFS.replace(URL, url), "text")
    assert [file.url for file in found] == [""]


def test_what_is_encrypted_is_named_and_not_fetched() -> None:
    body = "aesgcm://upload.capulet.example/f/secret.jpg#00ff"
    assert read("", body) == ((SharedFile("", "secret.jpg"),), "")


@pytest.mark.parametrize("number", ["-1", "9" * 30, "1.5", "٣", "", "0", "1e9"])
def test_numbers_that_are_none(number: str) -> None:
    (file,), _ = read(SFS.replace("54321", number).replace("800", number))
    assert (file.size, file.width) == (None, None)


def test_voice_messages_are_known_by_their_names() -> None:
    sound = SFS.replace("image/jpeg", "audio/ogg")
    assert not read(sound)[0][0].voice
    assert read(sound.replace("balcony.jpg", "voice-message.ogg"))[0][0].voice
    assert read(sound.replace("balcony.jpg", "RECORDING_20250301.m4a"))[0][0].voice


def test_so_many_files_and_no_more() -> None:
    inner = "".join(f"<x xmlns='jabber:x:oob'><url>{URL}?{n}</url></x>" for n in range(100))
    assert len(read(inner)[0]) == files.MOST


def test_what_we_write_we_read() -> None:
    file = SharedFile(
        URL,
        "balcony.jpg",
        "image/jpeg",
        54321,
        800,
        600,
        1.5,
        (("sha-256", "abc="),),
        "A <balcony>",
        voice=False,
    )
    xml = Element("{jabber:client}message")
    files.write(xml, [file])
    body = xml.findtext("{jabber:client}body") or ""
    assert body == URL
    assert files.read(xml, body) == ((file,), "")
    assert xml.findtext("{jabber:x:oob}x/{jabber:x:oob}url") == URL
    for tag in ("{urn:xmpp:sfs:0}file-sharing", "{urn:xmpp:fallback:0}fallback"):
        for child in xml.findall(tag):
            xml.remove(child)
    assert files.read(xml, body)[0][0].width == 800
