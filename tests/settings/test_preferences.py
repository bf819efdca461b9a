"""Preferences, chosen in the page and in force at once (hands 1, 65, 66)."""

import json
from pathlib import Path

import pytest

from tests.lab.inside import Browser, browser
from tests.lab.people import Person
from tests.settings.home import Home
from webchat.session.changes import PreferenceChanged
from webchat.settings import fragments
from webchat.web.page import Page
from webchat.web.scope import Scope
from webchat.xmpp import dates, say

PATH = "/configuration/preferences"
TICKS = ("list_typing", "keys", "receipts", "typing", "last_seen", "link_cards", "adult", "offline")
CHOSEN = {
    "language": "fr",
    "landing": "chats",
    "theme": "dark",
    "accent": "3",
    "density": "compact",
    "size": "large",
    "enter": "break",
    "undo_send": "0",
    **dict.fromkeys(TICKS, "on"),
}


async def test_the_page_shows_what_is_chosen(romeo: Person, web: Browser) -> None:
    page = await web.get(PATH)
    assert page.cssselect("input[name=theme][checked]")[0].get("value") == "system"
    assert page.cssselect("input[name=enter][checked]")[0].get("value") == "send"
    ticked = [box.get("name") for box in page.cssselect("input[type=checkbox][checked]")]
    assert ticked == [name for name in TICKS if name not in ("last_seen", "adult")]
    for name, value in (("landing", "news"), ("accent", "0"), ("density", "comfortable"), ("size", "normal")):
        assert page.cssselect(f"input[name={name}][checked]")[0].get("value") == value
    romeo.session.preferences = CHOSEN | dict.fromkeys(TICKS, "off")
    page = await web.get(PATH)
    assert page.cssselect("input[name=theme][checked]")[0].get("value") == "dark"
    assert page.cssselect("input[name=enter][checked]")[0].get("value") == "break"
    assert page.cssselect("select[name=language] option[selected]")[0].get("value") == "fr"
    assert not page.cssselect("input[type=checkbox][checked]")


async def test_a_choice_is_kept_and_in_force_at_once(romeo: Person, web: Browser) -> None:
    romeo.session.preferences = {"show": "dnd"}
    answer = await web.post(PATH, {**CHOSEN, "typing": ""})
    assert answer.headers["location"].startswith(f"{PATH}?saved=")
    assert romeo.session.preferences == {**CHOSEN, "typing": "off", "show": "dnd"}
    page = await web.get(answer.headers["location"])
    assert page.get("lang") == "fr"
    assert page.get("data-theme") == "dark"
    assert (page.get("class"), page.get("data-density"), page.get("data-size")) == (
        "accent-3",
        "compact",
        "large",
    )
    assert page.cssselect(".saved")


async def test_a_choice_is_undone(romeo: Person, web: Browser) -> None:
    romeo.session.preferences = {"theme": "light", "show": "dnd"}
    answer = await web.post(PATH, CHOSEN)
    page = await web.get(answer.headers["location"])
    change = page.cssselect(".saved input[name=change]")[0].get("value")
    undone = await web.post(f"{PATH}/undo", {"change": change})
    assert "theme=light;" in undone.headers["set-cookie"]
    assert romeo.session.preferences == {"theme": "light", "show": "dnd"}
    over = await web.post(f"{PATH}/undo", {"change": change})
    again = await web.get(over.headers["location"])
    assert "nothing to undo" in again.cssselect("[role=alert]")[0].text_content()


async def test_open_tabs_hear_of_other_looks(romeo: Person, web: Browser) -> None:
    await web.post(PATH, CHOSEN)
    told = [change for change in romeo.changes() if isinstance(change, PreferenceChanged)]
    assert {"theme", "landing"} < {change.key for change in told}
    async with romeo.session.read() as db:
        tab = Page(romeo.session, db, Scope("list", ""), "en")
        (ping,) = await fragments.frame(tab, told)
    assert json.loads(ping.data) == {
        "theme": "dark",
        "density": "compact",
        "size": "large",
        "accent": 3,
        "language": "fr",
        "enter": "break",
        "keys": "on",
        "sound": "",
        "tone": "",
        "offline": "on",
    }
    await web.post(PATH, {**CHOSEN, "typing": ""})
    assert romeo.changes() == [PreferenceChanged("typing")]


async def test_since_when_one_is_away_is_told_by_choice_only(romeo: Person, web: Browser) -> None:
    romeo.session.appear()
    romeo.session.glance()
    romeo.session._leave()
    assert romeo.session.presence().idle == ""
    romeo.client.said.clear()
    await web.post(PATH, CHOSEN)
    assert romeo.client.said[-1] == romeo.session.presence()
    romeo.session._leave()
    xml = say.element(romeo.session.presence())
    idle = xml.find("{urn:xmpp:idle:1}idle")
    assert idle is not None
    assert dates.parse(idle.get("since")) is not None
    romeo.session.glance()
    assert romeo.session.presence().idle == ""


async def test_the_browsers_language_can_be_chosen_again(romeo: Person, web: Browser) -> None:
    romeo.session.preferences = dict(CHOSEN)
    await web.post(PATH, {**CHOSEN, "language": ""})
    assert (await web.get(PATH)).get("lang") == "en"


async def test_the_theme_is_known_before_the_login(web: Browser) -> None:
    answer = await web.post(PATH, CHOSEN)
    assert "theme=dark;" in answer.headers["set-cookie"]
    assert "samesite=lax" in answer.headers["set-cookie"].lower()
    web.client.cookies.delete("s")
    assert (await web.get("/login")).get("data-theme") == "dark"


@pytest.mark.parametrize(
    "wrong",
    [
        {"theme": "pink"},
        {"enter": "explode"},
        {"language": "tlh"},
        {"accent": "12"},
        {"size": "vast"},
        {"density": "none"},
        {"landing": "mars"},
    ],
)
async def test_what_is_not_offered_is_refused(romeo: Person, web: Browser, wrong: dict[str, str]) -> None:
    romeo.session.preferences = dict(CHOSEN)
    await web.post(PATH, {**CHOSEN, **wrong}, status=422)
    assert romeo.session.preferences == CHOSEN


async def test_a_site_for_chats_only_asks_about_nothing_else(
    romeo: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(romeo.client, "request", Home().request)
    romeo.session.preferences = {"landing": "news", "adult": "on"}
    async with browser(romeo, tmp_path, chat_only="yes") as web:
        page = await web.get(PATH)
        assert page.cssselect("#archive")
        assert not page.cssselect("[name=landing], [name=adult], #public, #readers")
        assert not {"blog", "post", "news"} & set(page.cssselect("main")[0].text_content().lower().split())
        await web.post(PATH, {name: CHOSEN[name] for name in CHOSEN if name not in ("landing", "adult")})
        account = await web.get("/configuration/account")
        assert not account.xpath("//a[contains(@href, 'posts.atom')]")
        assert "Own posts" not in account.text_content()
    assert romeo.session.preferences["theme"] == "dark"
    assert (romeo.session.preferences["landing"], romeo.session.preferences["adult"]) == ("news", "on")
