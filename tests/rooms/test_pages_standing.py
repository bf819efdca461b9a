"""What a room takes from the user: how they keep it, a request to be a member, a picture from its owner."""

import base64
import io
from xml.etree.ElementTree import fromstring

from lxml import html
from PIL import Image

from tests.lab.databases import KINDS
from tests.lab.inside import Browser
from tests.lab.people import Person
from tests.rooms.scene import BALCONY, PATH, enters
from tests.rooms.test_pages import info, text
from webchat.errors import XmppError
from webchat.messages import store as messages
from webchat.notifications.show import FOREVER
from webchat.web import dom

DATABASES = KINDS[:1]

FORM = (
    "<iq type='result' xmlns='jabber:client'><query xmlns='jabber:iq:register'>"
    "<x xmlns='jabber:x:data' type='form'><instructions>Who are you?</instructions>"
    "<field var='FORM_TYPE' type='hidden'><value>http://jabber.org/protocol/muc#register</value></field>"
    "<field var='muc#register_roomnick' type='text-single' label='Nickname'><required/></field>"
    "</x></query></iq>"
)
REGISTERED = "<iq type='result'><query xmlns='jabber:iq:register'><registered/></query></iq>"
VCARD = (
    "<iq type='result'><vCard xmlns='vcard-temp'><FN>Balcony</FN>"
    "<PHOTO><TYPE>image/png</TYPE><BINVAL>AAAA</BINVAL></PHOTO></vCard></iq>"
)
DONE = "<iq type='result'/>"


def parsed(text: str) -> object:
    return fromstring(text)  # noqa: S314


def picture() -> bytes:
    drawn = io.BytesIO()
    Image.new("RGB", (600, 400), "teal").save(drawn, "PNG")
    return drawn.getvalue()


async def test_a_nickname_that_cannot_be_is_said_beside_its_field(romeo: Person, web: Browser) -> None:
    await enters(romeo)
    fields = {"name": "My balcony", "nick": "é" * 900, "notify": "always", "pin": "1"}
    romeo.client.answers = [info()]
    page = await web.post_page(f"{PATH}/keep", fields, 422)
    (form,) = page.cssselect("#room-keep")
    assert form.cssselect("details[open]")
    assert text(form.cssselect("#keep-nick-error")[0]) == "This nickname cannot be used. Choose another one."
    assert form.cssselect("#keep-nick")[0].get("aria-describedby") == "keep-nick-error"
    assert form.cssselect("#keep-name")[0].get("value") == "My balcony"
    assert form.cssselect("#keep-pin")[0].get("checked") is not None
    assert form.cssselect("#keep-notify option[selected]")[0].get("value") == "always"


async def test_one_can_ask_to_become_a_member(romeo: Person, web: Browser) -> None:
    romeo.client.answers = [info("Balcony", "muc_membersonly")]
    page = await web.get(PATH)
    (ask,) = [a for a in page.cssselect(".door a") if text(a) == "Ask to become a member"]
    romeo.client.answers = [parsed(FORM)]  # type: ignore[list-item]
    page = await web.get(ask.get("href"))
    (form,) = page.cssselect("form.room-form")
    assert "Who are you?" in text(page)
    assert form.cssselect("input[required]")[0].get("name") == "field.muc#register_roomnick"
    romeo.client.answers = [parsed(FORM), parsed(DONE)]  # type: ignore[list-item]
    answer = await web.post(form.get("action"), {"field.muc#register_roomnick": "Romeo"})
    assert answer.headers["location"] == f"{PATH}/membership?sent=1"
    submitted = romeo.client.asked[-1]
    assert submitted.tag == "{jabber:iq:register}query"
    values = {
        f.get("var"): f.findtext("{jabber:x:data}value") for f in submitted.iter("{jabber:x:data}field")
    }
    assert values["muc#register_roomnick"] == "Romeo"
    assert values["FORM_TYPE"] == "http://jabber.org/protocol/muc#register"


async def test_why_one_cannot_ask(romeo: Person, web: Browser) -> None:
    romeo.client.answers = [XmppError("service-unavailable")]
    assert "takes no requests" in text(await web.get(f"{PATH}/membership"))
    romeo.client.answers = [parsed(REGISTERED)]  # type: ignore[list-item]
    assert "You are a member of this room." in text(await web.get(f"{PATH}/membership"))
    romeo.client.answers = [parsed(FORM), XmppError("conflict"), parsed(FORM)]  # type: ignore[list-item]
    fields = {"field.muc#register_roomnick": "Tybalt"}
    page = await web.post_page(f"{PATH}/membership", fields, 422)
    assert "the name is taken" in text(page.cssselect(".field-error")[0])


async def test_the_owner_gives_the_room_a_picture(romeo: Person, web: Browser) -> None:
    await enters(romeo, affiliation="owner")
    romeo.client.answers = [info()]
    about = await web.get(f"{PATH}/about")
    (way,) = [a for a in about.cssselect("#room-ways a") if text(a) == "Picture of the room"]
    page = await web.get(way.get("href"))
    (form,) = page.cssselect("form.room-form")
    romeo.client.asked.clear()
    romeo.client.answers = [parsed(VCARD), parsed(DONE), info()]  # type: ignore[list-item]
    sent = {"picture": ("balcony.png", picture(), "image/png")}
    answer = await web.client.post(form.get("action"), files=sent)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{PATH}/picture?saved=1")
    card = romeo.client.asked[1]
    ns = "{vcard-temp}"
    assert (card.tag, card.findtext(f"{ns}FN")) == (f"{ns}vCard", "Balcony")
    photos = card.findall(f"{ns}PHOTO")
    assert [one.findtext(f"{ns}TYPE") for one in photos] == ["image/webp"]
    made = Image.open(io.BytesIO(base64.b64decode(photos[0].findtext(f"{ns}BINVAL") or "")))
    assert max(made.size) <= 256


async def test_what_is_no_picture_is_said_and_who_is_not_the_owner_is_told(
    romeo: Person, web: Browser
) -> None:
    await enters(romeo)
    path = f"{PATH}/picture/files"
    for sent, words in (
        ({"picture": ("a.png", b"no picture", "image/png")}, "This is no picture that can be used"),
        ({"picture": ("", b"", "application/octet-stream")}, "Choose a picture first."),
    ):
        answer = await web.client.post(path, files=sent)
        assert answer.status_code == 422
        assert words in text(html.document_fromstring(answer.text).cssselect(".field-error")[0])
    romeo.client.answers = [XmppError("item-not-found"), XmppError("forbidden")]
    answer = await web.client.post(path, files={"picture": ("a.png", picture(), "image/png")})
    assert "You are not allowed to do this." in answer.text


async def test_a_muted_conversation_has_a_sign_in_the_list(romeo: Person, web: Browser) -> None:
    await enters(romeo)
    page = await web.get(PATH)
    row = f"#{dom.conversation(BALCONY)}"
    assert not page.cssselect(f"{row} [title=Muted]")
    async with romeo.session.work() as work:
        await messages.set_telling(work.db, work.account_id, BALCONY, notify="", muted_until=FOREVER)
    assert (await web.get(PATH)).cssselect(f"{row} [title=Muted]")


async def test_a_room_is_muted_from_its_menu(romeo: Person, web: Browser) -> None:
    await enters(romeo)
    page = await web.get(PATH)
    assert len(page.cssselect(f"#{dom.mode(BALCONY)}")) == 1
    (form,) = [
        button.iterancestors("form").__next__()
        for button in page.cssselect("#room-head details.more button")
        if text(button) == "Mute for 1 hour"
    ]
    fields = dict(form.form_values()) | {"mute": "1h"}
    await web.post(form.get("action"), fields)
    page = await web.get(PATH)
    assert page.cssselect(f"#{dom.conversation(BALCONY)} [title=Muted]")
    assert [b for b in page.cssselect("#room-head button") if text(b) == "Unmute"]
