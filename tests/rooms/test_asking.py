"""A room that asks something at its door, from the event to the page and back (XEP-0158)."""

import asyncio
import io
from xml.etree.ElementTree import fromstring

import pytest
from PIL import Image

from tests.lab.databases import KINDS
from tests.lab.inside import Browser
from tests.lab.people import Person
from tests.media import samples
from tests.rooms.scene import BALCONY, PATH, enters
from tests.rooms.test_pages import info, text
from webchat.errors import XmppError
from webchat.messages.state.occupants import Rooms, RoomState
from webchat.rooms.changes import RoomChanged
from webchat.rooms.state import Questions
from webchat.xmpp import forms
from webchat.xmpp.content import Challenge, ChallengeMedia
from webchat.xmpp.context import Seat
from webchat.xmpp.events import OccupantChanged, RoomRefused
from webchat.xmpp.verbs import EnterRoom, LeaveRoom

pytestmark = pytest.mark.parametrize("database", KINDS[:1], indirect=True)

DONE = "<iq type='result'/>"
PAGE = "https://rooms.capulet.example/captcha/1"


def question(
    *media: ChallengeMedia, fields: str = "<field var='ocr' label='What do you see?'/>"
) -> Challenge:
    form = forms.read_form(
        fromstring(  # noqa: S314
            "<x xmlns='jabber:x:data' type='form'><field var='FORM_TYPE' type='hidden'>"
            f"<value>urn:xmpp:captcha</value></field>{fields}<field var='SHA-256'/></x>"
        )
    )
    return Challenge(form, media, PAGE)


async def meets(romeo: Person, challenge: Challenge) -> RoomState:
    """Romeo stands at the door, and is asked."""
    await enters(romeo)
    state = romeo.session[Rooms].ensure(BALCONY)
    state.leave()
    state.phase = "entering"
    romeo.client.rooms[BALCONY] = Seat("Romeo")
    await romeo.session.handled(RoomRefused(BALCONY, "Romeo", "captcha", "Please", challenge))
    async with asyncio.timeout(10):
        while state.phase == "entering":
            await romeo.session.feed.wait(romeo.session.feed.cursor, 0.1)
    assert (state.phase, state.trouble) == ("out", "captcha")
    assert RoomChanged(BALCONY) in romeo.changes()
    return state


async def answers(romeo: Person, web: Browser, text: str) -> None:
    """Romeo answers; the server takes it in, and we are where it leads."""
    await web.post(f"{PATH}/question", {"field.ocr": text})


async def test_the_picture_is_shown_and_the_answer_lets_us_in(romeo: Person, web: Browser) -> None:
    state = await meets(romeo, question(ChallengeMedia("ocr", "image/png", "cid", samples.picture())))
    romeo.client.answers = [info()]
    page = await web.get(PATH)
    assert "whether you are a person" in text(page.cssselect(".trouble")[0])
    assert "Please" in text(page.cssselect(".trouble .said")[0])
    (form,) = page.cssselect(".question form")
    assert [one.get("name") for one in form.cssselect("input:not([type=hidden])")] == ["field.ocr"]
    shown = await web.client.get(form.cssselect("img")[0].get("src"))
    assert (shown.status_code, shown.headers["cache-control"]) == (200, "private, no-store")
    assert Image.open(io.BytesIO(shown.content)).size == (64, 48)
    assert (await web.client.get(f"{PATH}/question/other/0")).status_code == 404

    romeo.client.answers = [fromstring(DONE)]  # noqa: S314
    sent = asyncio.create_task(answers(romeo, web, "7nHL3"))
    async with asyncio.timeout(5):
        while not romeo.client.asked or romeo.client.asked[-1].tag != "{urn:xmpp:captcha}captcha":
            await asyncio.sleep(0)
    assert "7nHL3" in [one.text for one in romeo.client.asked[-1].iter("{jabber:x:data}value")]
    await romeo.session.handled(OccupantChanged(BALCONY, "Romeo", True, mine=True, role="participant"))
    await sent
    assert (state.phase, state.trouble) == ("in", "")
    assert romeo.session[Questions].get(BALCONY) is None


async def test_a_wrong_answer_is_said_and_one_can_join_again(romeo: Person, web: Browser) -> None:
    state = await meets(romeo, question(ChallengeMedia("ocr", url="https://a.example/1.png")))
    romeo.client.answers = [info()]
    page = await web.get(PATH)
    (img,) = page.cssselect(".question form img")
    assert img.get("src").startswith("/media/"), "the browser never asks the other server"
    romeo.client.answers = [XmppError("not-acceptable", "Try harder")]
    await answers(romeo, web, "wrong")
    assert (state.phase, state.trouble) == ("out", "captcha-failed")
    assert [type(verb) for verb in romeo.client.said[-1:]] == [LeaveRoom]
    romeo.client.answers = [info()]
    page = await web.get(PATH)
    assert "does not take this answer" in text(page.cssselect(".trouble")[0])
    assert "Try harder" in text(page.cssselect(".trouble")[0])
    assert not page.cssselect(".question form")
    assert [button for button in page.cssselect("form.join button") if text(button) == "Join"]


@pytest.mark.parametrize(
    "media",
    [
        ChallengeMedia("ocr", "image/png", "cid", b"no picture"),
        ChallengeMedia("ocr", "image/png", "cid"),
        ChallengeMedia("ocr", "audio/ogg", url="https://a.example/1.ogg"),
    ],
)
async def test_what_cannot_be_shown_here_is_answered_elsewhere(
    romeo: Person, web: Browser, media: ChallengeMedia
) -> None:
    romeo.client.answers = [XmppError("item-not-found")]
    state = await meets(romeo, question(media))
    romeo.client.answers = [info()]
    page = await web.get(PATH)
    assert not page.cssselect(".question form")
    (link,) = page.cssselect(f".door a[href='{PAGE}']")
    assert "noopener" in link.get("rel")
    # They answer there; the room lets us in.
    await romeo.session.handled(OccupantChanged(BALCONY, "Romeo", True, mine=True, role="participant"))
    assert state.phase == "in"
    assert romeo.session[Questions].get(BALCONY) is None


async def test_a_question_that_is_not_open_any_more_is_asked_anew(romeo: Person, web: Browser) -> None:
    await meets(romeo, question())
    romeo.session[Questions].take(BALCONY)
    sent = asyncio.create_task(answers(romeo, web, "too late"))
    async with asyncio.timeout(5):
        while not [verb for verb in romeo.client.said if isinstance(verb, EnterRoom)]:
            await asyncio.sleep(0)
    await romeo.session.handled(OccupantChanged(BALCONY, "Romeo", True, mine=True, role="participant"))
    await sent
    assert romeo.session[Rooms].ensure(BALCONY).phase == "in"
