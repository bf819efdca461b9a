"""What a browser keeps of the columns: their widths, and which chats the list shows (hands 37, M139)."""

import pytest

from tests.lab.inside import Browser
from tests.lab.people import JULIET, MERCUTIO, Person
from tests.messages.looking import befriend
from tests.messages.speaking import says
from webchat.messages.changes import TypingChanged
from webchat.messages.overview import fragments
from webchat.web import columns, dom
from webchat.web.page import Page
from webchat.web.scope import Scope
from webchat.xmpp.events import ChatStateReceived

BALCONY = f"{JULIET}/balcony"


@pytest.mark.parametrize(
    ("cookie", "kept"),
    [
        ("320-0", "320-0"),
        ("0-288", "0-288"),
        ("336-999", "336-999"),
        ("0-0", ""),
        ("12-0", ""),
        ("12-320", "0-320"),
        ("320", ""),
        ("320-0-1", ""),
        ("٣٢٠-٠", ""),
        ("320-0}body{display:none", ""),
        ("9999-320", ""),
        ("", ""),
    ],
)
def test_37_only_widths_are_read_from_the_cookie(cookie: str, kept: str) -> None:
    assert columns.chosen(cookie) == kept


async def test_37_the_first_paint_has_the_widths_that_were_chosen(web: Browser) -> None:
    page = await web.get("/chats")
    assert not page.cssselect("link[href*=columns]")
    edge = page.cssselect("[data-column=list]")[0]
    assert (edge.get("role"), edge.get("aria-controls"), edge.get("tabindex")) == ("separator", "list", "0")
    assert "hidden" in edge.attrib
    web.client.cookies.set(columns.COOKIE, "400-12")
    page = await web.get("/chats")
    path = page.cssselect("head link[href*=columns]")[0].get("href")
    assert path == "/columns/400-0.css"
    sheet = await web.client.get(path)
    assert sheet.headers["content-type"].startswith("text/css")
    assert "immutable" in sheet.headers["cache-control"]
    assert sheet.text == ":root { --list: 25rem }\n"
    assert (await web.client.get("/columns/5-99999.css")).text == ":root {  }\n"


async def test_m139_the_list_shows_what_was_chosen_until_something_else_is(
    romeo: Person, web: Browser
) -> None:
    await befriend(romeo)
    await romeo.session.handled(says("Ay me!", "m1"))
    page = await web.get("/chats")
    assert page.cssselect("#list")[0].get("data-show") == "all"
    links = {link.text_content(): link.get("href") for link in page.cssselect(".list-show a")}
    assert links == {
        "All": "/chats?show=all",
        "Unread": "/chats?show=unread",
        "People": "/chats?show=people",
        "Rooms": "/chats?show=rooms",
    }
    answer = await web.client.get(links["Unread"])
    assert (answer.status_code, answer.headers["location"]) == (303, "/chats")
    page = await web.get("/chats")
    assert page.cssselect("#list")[0].get("data-show") == "unread"
    assert [link.text_content() for link in page.cssselect(".list-show [aria-current]")] == ["Unread"]
    page = await web.get(f"/chats/{JULIET}")
    assert page.cssselect("#list")[0].get("data-show") == "unread"
    rooms = page.cssselect(".list-show a")[3].get("href")
    assert (await web.client.get(rooms)).headers["location"] == f"/chats/{JULIET}"
    assert (await web.get("/chats")).cssselect("#list")[0].get("data-show") == "rooms"


@pytest.mark.parametrize(
    "beside", ["//evil.example", "https://evil.example/", "tybalt@capulet.example", "", "\0"]
)
async def test_m139_it_leads_nowhere_but_to_conversations(web: Browser, beside: str) -> None:
    answer = await web.client.get("/chats", params={"show": "<b>", "in": beside})
    assert answer.headers["location"] == "/chats"
    assert (await web.get("/chats")).cssselect("#list")[0].get("data-show") == "all"


async def types(romeo: Person, state: str) -> None:
    """Juliet begins or stops to write."""
    await romeo.session.handled(ChatStateReceived(JULIET, BALCONY, "composing" if state else "paused"))


async def rows(romeo: Person, scope: Scope) -> list[str]:
    """The excerpts of the rows that such a page is sent for what changed."""
    changed = [one for one in romeo.changes() if isinstance(one, TypingChanged)]
    async with romeo.session.read() as db:
        page = Page(romeo.session, db, scope, "en")
        parts = await fragments.typing(page, changed)
    assert {part.target for part in parts} <= {f"#{dom.conversations}"}
    return [part.values["conversation"].typing for part in parts]


async def test_m138_the_row_says_who_writes(romeo: Person, web: Browser) -> None:
    await befriend(romeo, JULIET, MERCUTIO)
    await romeo.session.handled(says("Ay me!", "m1"))
    romeo.changes()
    await types(romeo, "composing")
    assert await rows(romeo, Scope("chats")) == ["is typing…"]
    page = await web.get("/chats")
    assert [line.text_content() for line in page.cssselect(".conversation .writes")] == ["is typing…"]
    assert "Ay me!" not in page.cssselect(f"#{dom.conversation(JULIET)}")[0].text_content()
    await types(romeo, "")
    assert await rows(romeo, Scope("conversation", MERCUTIO)) == [""]
    assert not (await web.get("/chats")).cssselect(".writes")
    romeo.session.preferences = {"list_typing": "off"}
    await types(romeo, "composing")
    assert await rows(romeo, Scope("chats")) == []
    assert not (await web.get("/chats")).cssselect(".writes")
