"""Files that go out: checked, cleaned, brought to the slot, told in a message (cases U02, U09, U10, U12)."""

import base64
import hashlib
import io
from xml.etree.ElementTree import Element, SubElement

import pytest
from PIL import Image
from sqlalchemy import select

from tests.lab.inside import Browser
from tests.lab.people import JULIET, Person
from tests.media import samples
from tests.media.host import Host
from webchat.errors import XmppError
from webchat.messages import store
from webchat.session.models import OutboxRow
from webchat.uploads.state import PER_HOUR, Place, Quota
from webchat.xmpp import namespaces as ns
from webchat.xmpp import say, verbs_json
from webchat.xmpp.upload import Service
from webchat.xmpp.verbs import SendMessage

PATH = f"/conversations/{JULIET}/files"
HTMX = {"hx-request": "true"}
FIELDS = {"message_id": "a-form-that-nobody-sent"}


def slot(put: str, get: str, **headers: str) -> Element:
    """What an upload service answers."""
    iq = Element("iq")
    found = SubElement(iq, f"{{{ns.HTTP_UPLOAD}}}slot")
    place = SubElement(found, f"{{{ns.HTTP_UPLOAD}}}put", {"url": put})
    for name, value in headers.items():
        SubElement(place, f"{{{ns.HTTP_UPLOAD}}}header", {"name": name}).text = value
    SubElement(found, f"{{{ns.HTTP_UPLOAD}}}get", {"url": get})
    return iq


@pytest.fixture
def service(romeo: Person, host: Host) -> Host:
    """Romeo's server takes files up to 1 MB; one slot is ready."""
    place = romeo.session[Place]
    place.asked, place.service = True, Service("upload.montague.example", 1_000_000)
    url = f"{host.url}/f/1"
    romeo.client.answers = [slot(url, url, Authorization="Basic abc")]
    return host


async def send(web: Browser, *files: tuple[str, bytes, str], status: int = 204, **fields: str) -> str:
    given = [("file", file) for file in files]
    answer = await web.client.post(PATH, data=FIELDS | fields, files=given, headers=HTMX)
    assert answer.status_code == status, answer.text
    return answer.text


async def waiting(romeo: Person) -> list[SendMessage]:
    """What stands in the outbox, in order."""
    async with romeo.session.read() as db:
        rows = (await db.execute(select(OutboxRow.verb).order_by(OutboxRow.id))).scalars().all()
    verbs = [verbs_json.unpack(row) for row in rows]
    return [verb for verb in verbs if isinstance(verb, SendMessage)]


async def test_a_file_goes_out_as_it_is(romeo: Person, web: Browser, service: Host) -> None:
    text = b"What's in a name?" * 1000
    await send(web, ("rose.txt", text, "text/plain"), caption="That which we call a rose")
    assert service.pages["/f/1"].body == text
    (method, path, headers) = service.asked[0]
    assert (method, path, headers["Authorization"]) == ("PUT", "/f/1", "Basic abc")
    assert headers["Content-Length"] == str(len(text))
    assert not {"Cookie", "Referer"} & set(headers)
    carried, caption = await waiting(romeo)
    (file,) = carried.files
    assert (file.url, file.name, file.media_type, file.size) == (
        f"{service.url}/f/1",
        "rose.txt",
        "text/plain",
        len(text),
    )
    assert file.hashes == (("sha-256", base64.b64encode(hashlib.sha256(text).digest()).decode()),)
    assert caption.body == "That which we call a rose"
    xml = say.element(carried)
    assert xml.findtext(f"{{{ns.CLIENT}}}body") == file.url
    assert xml.findtext(f"{{{ns.OOB}}}x/{{{ns.OOB}}}url") == file.url


async def test_u10_what_a_photograph_knows_stays_here(romeo: Person, web: Browser, service: Host) -> None:
    await send(web, ("balcony.JPG", samples.photograph(), "image/jpeg"), description="A balcony at night")
    body = service.pages["/f/1"].body
    made = Image.open(io.BytesIO(body))
    assert (made.format, made.size) == ("JPEG", (960, 1920))
    assert not made.getexif()
    assert b"Verona" not in body
    (file,) = (await waiting(romeo))[0].files
    assert (file.width, file.height, file.size, file.name) == (960, 1920, len(body), "balcony.JPG")
    assert file.description == "A balcony at night"


async def test_the_sender_sees_the_picture_without_fetching_it(
    romeo: Person, web: Browser, service: Host
) -> None:
    await send(web, ("a.png", samples.picture(), "image/png"), description="A red wall")
    page = await web.get(f"/chats/{JULIET}")
    (shown,) = page.cssselect(".files a.picture img")
    assert shown.get("alt") == "A red wall"
    assert (shown.get("width"), shown.get("height")) == ("64", "48")
    answer = await web.client.get(shown.get("src"))
    assert answer.headers["content-type"] == "image/png"
    assert [method for method, _, _ in service.asked] == ["PUT"]


@pytest.mark.parametrize(
    ("put", "get"),
    [
        ("javascript:alert(1)", ""),
        ("http://upload.montague.example/f", ""),
        ("https://10.0.0.1/f", ""),
        ("https://[::1]/f", ""),
        ("https://romeo@upload.montague.example/f", ""),
        ("", "http://upload.montague.example/f"),
        ("", "file:///etc/passwd"),
        ("https://upload.localhost/f", ""),
    ],
)
async def test_u09_a_slot_that_leads_astray(
    romeo: Person, web: Browser, service: Host, put: str, get: str
) -> None:
    good = f"{service.url}/f/2"
    romeo.client.answers = [slot(put or good, get or good)]
    told = await send(web, ("a.txt", b"text", "text/plain"), status=422)
    assert told == "Your server named a place for the file that nobody can reach."
    assert not service.asked
    assert not await waiting(romeo)


async def test_u09_only_three_headers_pass(romeo: Person, web: Browser, service: Host) -> None:
    url = f"{service.url}/f/3"
    headers = {"Host": "evil.example", "X-Forwarded-For": "::1", "Cookie": "a=b", "Expires": "x\r\nX: y"}
    romeo.client.answers = [slot(url, url, **headers)]
    await send(web, ("a.txt", b"text", "text/plain"))
    given = service.asked[0][2]
    assert given["Cookie"] == "a=b"
    assert given["Host"] != "evil.example"
    assert not {"X-Forwarded-For", "Expires", "X"} & set(given)


async def test_u09_a_redirect_is_not_followed(romeo: Person, web: Browser, service: Host) -> None:
    service.put_status = 307
    told = await send(web, ("a.txt", b"text", "text/plain"), status=422)
    assert told.startswith("Your server did not take the file.")
    assert not await waiting(romeo)


async def test_u02_too_large_is_said_with_the_limit(romeo: Person, web: Browser, service: Host) -> None:
    told = await send(web, ("a.bin", b"x" * 1_000_001, "application/zip"), status=422)
    assert told == "This file is too large: at most 1.0 MB can be sent."
    assert not service.asked
    limits = (await web.client.get("/uploads")).json()
    assert limits == {"most": 1_000_000, "sentence": told}


async def test_a_server_without_uploads_is_said(romeo: Person, web: Browser) -> None:
    romeo.session[Place].asked = True
    told = await send(web, ("a.txt", b"text", "text/plain"), status=422)
    assert told == "Your server takes no files. Its operator can switch that on."
    assert (await web.client.get("/uploads")).json() == {"most": 0, "sentence": told}


async def test_u12_so_many_files_an_hour(romeo: Person, web: Browser, service: Host) -> None:
    for _ in range(PER_HOUR):
        romeo.session[Quota].take(1)
    await send(web, ("a.txt", b"text", "text/plain"), status=429)


async def test_the_service_says_no(romeo: Person, web: Browser, service: Host) -> None:
    romeo.client.answers = [XmppError("resource-constraint")]
    told = await send(web, ("a.txt", b"text", "text/plain"), status=422)
    assert told == "Your server has no room left for files."


async def test_without_scripts_the_form_comes_back_with_what_was_typed(
    romeo: Person, web: Browser, service: Host
) -> None:
    form = await web.get(PATH)
    assert form.cssselect("form[enctype='multipart/form-data'] input[type=file]")
    romeo.client.answers = [XmppError("resource-constraint")]
    files = [("file", ("a.txt", b"text", "text/plain"))]
    answer = await web.client.post(PATH, data=FIELDS | {"caption": "A <letter>"}, files=files)
    assert answer.status_code == 422
    assert "A &lt;letter&gt;" in answer.text
    assert "no room left" in answer.text
    url = f"{service.url}/f/4"
    romeo.client.answers = [slot(url, url)]
    answer = await web.client.post(PATH, data=FIELDS, files=files)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/chats/{JULIET}")


async def test_sending_twice_sends_once(romeo: Person, web: Browser, service: Host) -> None:
    await send(web, ("a.txt", b"text", "text/plain"))
    await send(web, ("a.txt", b"text", "text/plain"))
    assert len(service.asked) == 1
    async with romeo.session.read() as db:
        found = await store.conversation_by_jid(db, romeo.session.account_id, JULIET)
        assert found is not None
        assert len(await store.lines(db, found.id)) == 1


async def test_a_broken_picture_is_not_sent_with_what_it_knows(
    romeo: Person, web: Browser, service: Host
) -> None:
    told = await send(web, ("a.jpg", samples.photograph()[:3000], "image/jpeg"), status=422)
    assert told.startswith("This picture cannot be prepared for sending.")
    assert not service.asked


async def test_several_files_and_nothing(romeo: Person, web: Browser, service: Host) -> None:
    first, second = f"{service.url}/f/1", f"{service.url}/f/2"
    romeo.client.answers = [slot(first, first), slot(second, second)]
    await send(web, ("a.txt", b"one", "text/plain"), ("b.txt", b"two", "text/plain"))
    assert (service.pages["/f/1"].body, service.pages["/f/2"].body) == (b"one", b"two")
    assert await send(web, status=422, message_id="another-form-id") == "Choose a file first."
    assert (
        await send(web, ("e", b"", "text/plain"), status=422, message_id="one-more-form")
        == "This file is empty."
    )


async def test_u10_a_picture_that_only_telephones_draw_tells_nothing(
    romeo: Person, web: Browser, service: Host
) -> None:
    secret = b"GPS 48.8584 N"
    await send(web, ("IMG_1.HEIC", samples.heic(b"pixels", secret), "image/heic"))
    (sent,) = await waiting(romeo)
    assert sent.files[0].media_type == "image/heic"
    body = service.pages["/f/1"].body
    assert b"pixels" in body
    assert secret not in body
