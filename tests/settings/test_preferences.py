"""Preferences, chosen in the page and in force at once (hands 1, 65, 66)."""

import pytest

from tests.lab.inside import Browser
from tests.lab.people import Person

PATH = "/configuration/preferences"
CHOSEN = {
    "language": "fr",
    "theme": "dark",
    "enter": "break",
    "keys": "on",
    "receipts": "on",
    "typing": "on",
    "undo_send": "0",
    "link_cards": "on",
}


async def test_the_page_shows_what_is_chosen(romeo: Person, web: Browser) -> None:
    page = await web.get(PATH)
    assert page.cssselect("input[name=theme][checked]")[0].get("value") == "system"
    assert page.cssselect("input[name=enter][checked]")[0].get("value") == "send"
    assert [box.get("name") for box in page.cssselect("input[type=checkbox][checked]")] == [
        "keys",
        "receipts",
        "typing",
        "link_cards",
    ]
    off = dict.fromkeys(("keys", "receipts", "typing", "link_cards"), "off")
    romeo.session.preferences = CHOSEN | off
    page = await web.get(PATH)
    assert page.cssselect("input[name=theme][checked]")[0].get("value") == "dark"
    assert page.cssselect("input[name=enter][checked]")[0].get("value") == "break"
    assert page.cssselect("select[name=language] option[selected]")[0].get("value") == "fr"
    assert not page.cssselect("input[type=checkbox][checked]")


async def test_a_choice_is_kept_and_in_force_at_once(romeo: Person, web: Browser) -> None:
    romeo.session.preferences = {"accent": "3"}
    answer = await web.post(PATH, {**CHOSEN, "typing": ""})
    assert answer.headers["location"] == f"{PATH}?saved=1"
    assert romeo.session.preferences == {**CHOSEN, "typing": "off", "accent": "3"}
    page = await web.get(answer.headers["location"])
    assert page.get("lang") == "fr"
    assert page.get("data-theme") == "dark"
    assert page.cssselect(".saved")


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


@pytest.mark.parametrize("wrong", [{"theme": "pink"}, {"enter": "explode"}, {"language": "tlh"}])
async def test_what_is_not_offered_is_refused(romeo: Person, web: Browser, wrong: dict[str, str]) -> None:
    romeo.session.preferences = dict(CHOSEN)
    await web.post(PATH, {**CHOSEN, **wrong}, status=422)
    assert romeo.session.preferences == CHOSEN
