"""This room tries what strangers say of files and what becomes of their bytes (A30, U01, U05-U12)."""

import re
import stat
from pathlib import Path

import pytest
from lxml import html

from tests.lab.inside import Browser
from tests.lab.people import JULIET, Person
from tests.media import samples
from tests.media.host import Host
from tests.uploads import conftest as uploads
from webchat.media import tokens
from webchat.media.tokens import Link
from webchat.uploads import show
from webchat.uploads.state import PER_DAY, Quota
from webchat.xmpp.content import SharedFile
from webchat.xmpp.events import MessageReceived, RosterItem, RosterReceived

fetcher, host, media = uploads.fetcher, uploads.host, uploads.media
database, romeo, web = uploads.database, uploads.romeo, uploads.web

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
FOREIGN = "default-src 'none'; sandbox"
SCRIPTS = Path("static/js")

POLYGLOTS = {
    "html": b"<!DOCTYPE html><script>x</script>",
    "svg": b"<svg xmlns='http://www.w3.org/2000/svg' onload='x'/>",
    "xml": b"<?xml version='1.0'?><?xml-stylesheet href='x'?><a/>",
    "pdf": b"%PDF-1.7\n<script>x</script>",
    "gif-js": b"GIF89a/*\x00\x00*/=1;x()",
    "bmp-js": b"BM/*" + b"\0" * 60 + b"*/=1;x()",
    "zip": b"PK\x03\x04" + b"\0" * 60,
    "swf": b"FWS\x09" + b"\0" * 60,
    "mhtml": b"MIME-Version: 1.0\nContent-Type: multipart/related\n\n<script>x</script>",
    "utf-7": b"+ADw-script+AD4-x+ADw-/script+AD4-",
    "bom": b"\xef\xbb\xbf<script>x</script>",
    "hta": b"<hta:application/><script>x</script>",
}


def path(romeo: Person, kind: tokens.Kind, url: str, name: str = "a", media_type: str = "") -> str:
    """The address under which a page of Romeo's hands this out."""
    return tokens.path(romeo.session.jid, Link(kind, url, name, media_type))


@pytest.mark.parametrize("claimed", ["image/png", "text/html", "audio/ogg", "application/xhtml+xml", ""])
async def test_u01_u05_no_content_becomes_a_page(
    romeo: Person, web: Browser, host: Host, claimed: str
) -> None:
    tried = [
        (what, kind, status)
        for what in POLYGLOTS
        for kind, status in (("picture", 404), ("play", 404), ("download", 200))
    ]
    for what, kind, status in tried:
        url = host.put(f"/{what}.png", POLYGLOTS[what], Content_Type=claimed or "text/html")
        answer = await web.client.get(path(romeo, kind, url, f"{what}.html", claimed))  # type: ignore[arg-type]
        assert answer.status_code == status, (what, kind)
        if status != 200:
            assert b"<script" not in answer.content, (what, kind)
            continue
        assert answer.headers["content-type"] == "application/octet-stream", (what, kind)
        assert answer.headers["content-disposition"].startswith("attachment"), (what, kind)
        assert answer.headers["content-security-policy"] == FOREIGN, (what, kind)
        assert answer.headers["x-content-type-options"] == "nosniff", (what, kind)


async def test_u11_a_virus_passes_through_unopened(romeo: Person, web: Browser, host: Host) -> None:
    """Whether it is one is for the reader's own computer to say: nothing here runs or shows it."""
    url = host.put("/eicar.com", EICAR, Content_Type="application/x-msdownload")
    answer = await web.client.get(path(romeo, "download", url, "eicar.com"))
    assert answer.content == EICAR
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment")


def kept(folder: Path) -> list[Path]:
    """The files of the media cache."""
    return [one for one in (folder / "media").rglob("*") if one.is_file()]


async def test_u06_kept_pictures_have_names_of_ours_in_a_private_folder(
    romeo: Person, web: Browser, host: Host, tmp_path: Path
) -> None:
    for name in ("/../../evil.png", "/%2e%2e%2fevil.png", "/evil.php"):
        url = host.put(name, samples.picture())
        await web.client.get(path(romeo, "picture", url, "../../../evil"))
    found = kept(tmp_path)
    assert found
    assert "evil" not in repr(found)
    for one in found:
        assert re.fullmatch(r"[0-9a-f]+\.(jpg|png|webp)", one.name)
        assert not stat.S_IMODE(one.parent.stat().st_mode) & 0o077


async def test_a30_what_is_said_of_a_file_does_not_decide_what_it_is(
    romeo: Person, web: Browser, host: Host
) -> None:
    """Claims only choose how a row looks: what is handed out is judged by the bytes that came."""
    await romeo.session.handled(RosterReceived((RosterItem(JULIET, "Juliet", "both"),)))
    lie = host.put("/lie.png", b"<script>x</script>", Content_Type="image/png")
    claims = {"size": 1, "width": 9, "height": 9, "hashes": (("sha-256", "AAAA"),)}
    honest = host.put("/honest.png", samples.picture(), Content_Type="text/html")
    files = tuple(SharedFile(url, "a.png", "image/png", **claims) for url in (lie, honest))  # type: ignore[arg-type]
    await romeo.session.handled(MessageReceived(JULIET, f"{JULIET}/b", False, "", "f1", files=files))
    page = await web.get(f"/chats/{JULIET}")
    first, second = page.cssselect(".files a[data-lightbox] img")
    assert (await web.client.get(first.get("src"))).status_code == 404
    good = await web.client.get(second.get("src"))
    assert (good.status_code, good.headers["content-type"]) == (200, "image/png")
    assert int(good.headers["content-length"]) == len(good.content) > 1


@pytest.mark.parametrize(
    "url", ["javascript:x", "data:image/png,x", "//evil.example/x", "file:///x", "\\\\evil\\x"]
)
async def test_u09_a30_addresses_that_are_none_reach_no_page(romeo: Person, web: Browser, url: str) -> None:
    file = SharedFile(url, "a.png", "image/png")
    await romeo.session.handled(MessageReceived(JULIET, f"{JULIET}/b", False, "", "f1", files=(file,)))
    page = await web.get(f"/chats/{JULIET}")
    for link in page.xpath("//*[@class='files']//a/@href | //*[@class='files']//img/@src"):
        assert link.startswith("/media/")
        assert (await web.client.get(link)).status_code == 404
    assert url not in html.tostring(page, encoding="unicode")


def test_u08_a_preview_is_an_img_of_pixels_only() -> None:
    """A file that waits to be sent is drawn from the browser's own copy: never SVG, never a document."""
    for script in SCRIPTS.glob("*.js"):
        text = script.read_text()
        if "createObjectURL" not in text:
            continue
        assert re.search(r"image\\/\(png\|jpeg\|gif\|webp\|avif\)\$", text), script
        assert not re.search(r'make\("(iframe|object|embed|svg)"', text), script
        for use in re.findall(r"make\(\"(\w+)\", \{ (?:src|href): entry\.url", text):
            assert use in ("img", "audio", "video"), (script, use)


@pytest.mark.parametrize(
    "name", ["a.png\u202egnp.exe", "x" * 5000, "CON.png", "\0\0", "a\r\nSet-Cookie: x=y"]
)
def test_u07_names_stay_in_their_header(name: str) -> None:
    shown = show.shown_name(name)
    assert len(shown) <= show.LONGEST_NAME + 1
    assert not set(shown) & set('\\/:*?"<>|\0\r\n\u202e')


def test_u12_so_much_a_day() -> None:
    quota = Quota()
    assert quota.wait(PER_DAY) == 0
    quota.take(PER_DAY)
    assert quota.wait(1) > 23 * 3600
