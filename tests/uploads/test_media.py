"""What others put on their servers, as our pages hand it out (cases P01, P02, P08, U01, U03, U05, U07)."""

import io

import pytest
from PIL import Image

from tests.lab.inside import Browser
from tests.lab.people import JULIET, MERCUTIO, Person
from tests.media import samples
from tests.media.host import Host
from webchat.contacts import store as contacts
from webchat.media import tokens
from webchat.media.tokens import Link
from webchat.uploads import show
from webchat.xmpp.content import SharedFile
from webchat.xmpp.events import MessageReceived, RosterItem, RosterReceived

FOREIGN = "default-src 'none'; sandbox"


def path(romeo: Person, kind: tokens.Kind, url: str, name: str = "a", media_type: str = "") -> str:
    return tokens.path(romeo.session.jid, Link(kind, url, name, media_type))


async def hears(romeo: Person, sender: str, *files: SharedFile, body: str = "") -> None:
    event = MessageReceived(sender, f"{sender}/phone", False, body, f"id-{len(files)}-{body}", files=files)
    await romeo.session.handled(event)


async def befriended(romeo: Person) -> None:
    await romeo.session.handled(RosterReceived((RosterItem(JULIET, "Juliet", "both"),)))
    async with romeo.session.read() as db:
        assert await contacts.is_contact(db, romeo.session.account_id, JULIET)


async def test_a_picture_is_written_anew(romeo: Person, web: Browser, host: Host) -> None:
    url = host.put(
        "/a", samples.photograph(), Content_Type="text/html", Set_Cookie="a=b", Link="<x>", Refresh="1"
    )
    answer = await web.client.get(path(romeo, "picture", url, 'a"b.jpg'))
    assert answer.status_code == 200
    assert b"Verona" not in answer.content
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["content-security-policy"] == FOREIGN
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert answer.headers["content-disposition"].startswith("inline")
    assert not {"set-cookie", "link", "refresh"} & set(answer.headers)
    again = await web.client.get(path(romeo, "picture", url))
    assert again.content == answer.content
    assert len(host.asked) == 1


async def test_p01_only_what_our_pages_signed(romeo: Person, web: Browser, host: Host) -> None:
    url = host.put("/a.png", samples.picture())
    good = path(romeo, "picture", url)
    others = tokens.path(JULIET, Link("picture", url))
    for bad in (others, good[:-3], f"{good}aa", "/media/x", f"/media/{url}"):
        assert (await web.client.get(bad)).status_code in (403, 404), bad
    assert (await web.client.head(good)).status_code == 403
    assert (await web.client.post(good)).status_code == 405
    web.client.cookies.clear()
    assert (await web.client.get(good)).status_code == 403
    assert not host.asked


@pytest.mark.parametrize(
    "body",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<!DOCTYPE html><script>alert(1)</script>",
        b"GIF89a/*" + b"<script>alert(1)</script>",
        b"\x89PNG\r\n\x1a\n" + b"\0" * 100,
        b"%!PS-Adobe-3.0 EPSF-3.0",
        b"II*\0" + b"\0" * 100,
        b"",
    ],
)
async def test_p02_what_is_no_picture_is_none(romeo: Person, web: Browser, host: Host, body: bytes) -> None:
    url = host.put("/a.png", body, Content_Type="image/png")
    answer = await web.client.get(path(romeo, "picture", url))
    assert answer.status_code == 404
    assert b"script" not in answer.content


async def test_p02_a_polyglot_leaves_only_its_pixels(romeo: Person, web: Browser, host: Host) -> None:
    url = host.put("/a.gif", samples.picture("GIF") + b"<script>alert(1)</script>")
    answer = await web.client.get(path(romeo, "picture", url))
    assert answer.status_code == 200
    assert b"script" not in answer.content


async def test_p08_u03_too_many_pixels_and_bytes(romeo: Person, web: Browser, host: Host) -> None:
    out = io.BytesIO()
    Image.new("1", (9000, 9000)).save(out, "PNG")
    bomb = path(romeo, "picture", host.put("/bomb", out.getvalue()))
    large = path(romeo, "picture", host.put("/large", samples.picture() + b"\0" * (10 * 1024 * 1024)))
    assert (await web.client.get(bomb)).status_code == 404
    assert (await web.client.get(large)).status_code == 404
    asked = len(host.asked)
    assert (await web.client.get(large)).status_code == 404
    assert len(host.asked) == asked


async def test_27_an_animation_moves_and_can_stand_still(romeo: Person, web: Browser, host: Host) -> None:
    shared = path(romeo, "picture", host.put("/a.gif", samples.animation()))
    moving = Image.open(io.BytesIO((await web.client.get(shared)).content))
    still = Image.open(io.BytesIO((await web.client.get(f"{shared}?still=1")).content))
    assert (getattr(moving, "n_frames", 1), getattr(still, "n_frames", 1)) == (4, 1)


async def test_sound_is_played_in_parts(romeo: Person, web: Browser, host: Host) -> None:
    sound = b"OggS" + bytes(range(256)) * 100
    play = path(romeo, "play", host.put("/a.ogg", sound, Content_Type="text/html"), "ä.ogg", "audio/ogg")
    whole = await web.client.get(play)
    assert (whole.content, whole.headers["content-type"]) == (sound, "audio/ogg")
    assert whole.headers["content-security-policy"] == FOREIGN
    part = await web.client.get(play, headers={"range": "bytes=100-199"})
    assert (part.status_code, part.content) == (206, sound[100:200])
    assert part.headers["content-range"] == f"bytes 100-199/{len(sound)}"
    many = await web.client.get(play, headers={"range": "bytes=0-1,5-6"})
    assert (many.status_code, many.content) == (200, sound)


async def test_u01_what_is_played_is_sound(romeo: Person, web: Browser, host: Host) -> None:
    url = host.put("/a.ogg", b"<html><script>alert(1)</script>", Content_Type="audio/ogg")
    assert (await web.client.get(path(romeo, "play", url, "a.ogg", "audio/ogg"))).status_code == 404
    page = await web.client.get(path(romeo, "play", host.put("/b", b"OggS" * 10), "a", "text/html"))
    assert page.status_code == 404


async def test_u05_everything_else_is_a_download(romeo: Person, web: Browser, host: Host) -> None:
    url = host.put("/a.svg", b"<svg onload='alert(1)'/>", Content_Type="image/svg+xml")
    answer = await web.client.get(path(romeo, "download", url, 'a".svg\r\nX: y'))
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith('attachment; filename="a_.svg__X_ y"')
    assert answer.headers["content-security-policy"] == FOREIGN
    assert answer.content == b"<svg onload='alert(1)'/>"


async def test_a_file_that_is_gone(romeo: Person, web: Browser, host: Host) -> None:
    for kind in ("picture", "play", "download"):
        answer = await web.client.get(path(romeo, kind, f"{host.url}/gone", "a.ogg", "audio/ogg"))
        assert answer.status_code == 404
    assert (await web.client.get(path(romeo, "download", "http://10.0.0.1/"))).status_code == 404


async def test_27_pictures_reserve_their_place(romeo: Person, web: Browser) -> None:
    await befriended(romeo)
    file = SharedFile(
        "https://a.example/b.png", "b.png", "image/png", 5000, 1600, 1200, description='A "wall"'
    )
    await hears(romeo, JULIET, file, body="<b>caption</b>")
    page = await web.get(f"/chats/{JULIET}")
    (shown,) = page.cssselect(".files a[data-lightbox] img")
    assert (shown.get("width"), shown.get("height"), shown.get("alt")) == ("320", "240", 'A "wall"')
    assert shown.get("src", "").startswith("/media/")
    assert "a.example" not in "".join(page.xpath("//@src | //@href | //@srcset"))
    assert page.cssselect(".message .body")[0].text_content() == "<b>caption</b>"
    assert page.cssselect(".files picture source[media='(prefers-reduced-motion: reduce)']")


async def test_p14_nothing_of_a_stranger_before_a_click(romeo: Person, web: Browser) -> None:
    picture = SharedFile("https://a.example/b.png", "b.png", "image/png")
    sound = SharedFile("https://a.example/c.ogg", "voice-message.ogg", "audio/ogg", duration=65.0, voice=True)
    await hears(romeo, MERCUTIO, picture, sound)
    page = await web.get(f"/chats/{MERCUTIO}")
    assert not page.cssselect(".files img")
    (link,) = page.cssselect(".files a[data-lightbox]")
    assert link.text_content() == "Show picture"
    (played,) = page.cssselect(".files audio")
    assert played.get("preload") == "none"
    assert "Voice message" in page.cssselect(".sound")[0].text_content()
    assert "1:05" in page.cssselect(".sound")[0].text_content()


async def test_what_is_encrypted_has_words_and_no_address(romeo: Person, web: Browser) -> None:
    await befriended(romeo)
    await hears(romeo, JULIET, SharedFile("", "secret.jpg"))
    page = await web.get(f"/chats/{JULIET}")
    (row,) = page.cssselect(".files .file")
    assert "encrypted" in row.text_content()
    assert not row.cssselect("a, img")


NAMES = {
    "../../x": "x",
    "..\\..\\x.exe": "x.exe",
    "/etc/passwd": "passwd",
    "a\0b\r\n.txt": "ab.txt",
    "CON": "_CON",
    "nul.txt": "_nul.txt",
    "COM1.log": "_COM1.log",
    "photo\u202egpj.exe": "photogpj.exe",
    "\u2066a\u2069.txt": "a.txt",
    'a<b>:"|?*.txt': "a_b______.txt",
    "  . a . ": "a",
    "...": "",
    "": "",
    "a/": "",
    "\ufeffa\u200bb.png": "ab.png",
    "x" * 4096 + ".tar": "x" * 116 + ".tar",
    "ροδον.png": "ροδον.png",
}


@pytest.mark.parametrize(("given", "shown"), NAMES.items())
def test_u07_names_of_strangers(given: str, shown: str) -> None:
    assert show.shown_name(given) == shown
    assert show.shown_name(shown) == shown


async def test_the_list_says_what_came(romeo: Person, web: Browser) -> None:
    await befriended(romeo)
    await hears(
        romeo, JULIET, SharedFile("https://a.example/b", "voice-message.ogg", "audio/ogg", voice=True)
    )
    await hears(
        romeo, MERCUTIO, SharedFile("https://a.example/b.JPG", "b.JPG"), SharedFile("https://a.example/c")
    )
    page = await web.get("/chats")
    said = {" ".join(row.text_content().split()) for row in page.cssselect("li.conversation .excerpt")}
    assert said == {"Voice message", "Not a contact Picture"}
