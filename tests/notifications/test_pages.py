"""What pages show of notices and what their forms do; the data of the quick switcher."""

from lxml import html

from tests.lab.inside import Browser
from tests.lab.people import JULIET, MERCUTIO, Person
from tests.messages.looking import befriend, conversation, lines
from tests.messages.test_live import hears
from tests.notifications.test_told import ROOM, open_room

PAGE = "/configuration/notifications"


async def switcher(web: Browser) -> dict[str, list[dict[str, object]]]:
    answer = await web.client.get("/switcher")
    found: dict[str, list[dict[str, object]]] = answer.json()
    return found


def pressed(page: html.HtmlElement) -> list[str]:
    return [button.get("value") for button in page.cssselect(".modes [aria-pressed=true]")]


async def test_what_is_chosen_stays_chosen(romeo: Person, web: Browser) -> None:
    page = await web.get(PAGE)
    assert len(page.cssselect("#notice-on[checked], #notice-sound[checked], #notice-text[checked]")) == 3
    assert page.cssselect("body[data-sound='']")
    await web.post(PAGE, {"notices": "1", "sound": "1", "tone": "falling"})
    page = await web.get(f"{PAGE}?saved=1")
    assert page.cssselect("#notice-sound[checked]")
    assert not page.cssselect("#notice-text[checked]")
    assert page.cssselect("body[data-sound=on][data-tone=falling]")
    assert page.cssselect("#notice-tone option[selected]")[0].get("value") == "falling"
    await web.post(PAGE, {"tone": "a song"}, 422)
    assert romeo.session.preferences["notice_text"] == "off"


async def test_35_the_menu_of_a_chat_mutes_and_sets_the_mode(romeo: Person, web: Browser) -> None:
    await befriend(romeo, JULIET)
    assert pressed(await web.get(f"/chats/{JULIET}")) == ["always"]
    answer = await web.post(f"/conversations/{JULIET}/notifications", {"mode": "never"})
    assert answer.headers["location"] == f"/chats/{JULIET}"
    await web.post(f"/conversations/{JULIET}/notifications", {"mute": "8h"})
    page = await web.get(f"/chats/{JULIET}")
    assert pressed(page) == ["never"]
    assert "Muted until" in page.cssselect(".modes")[0].text_content()
    (row,) = (await web.get(PAGE)).cssselect(".chosen li")
    assert "juliet" in row.text_content()
    back = {"mode": "usual", "mute": "off", "back": "configuration"}
    answer = await web.post(f"/conversations/{JULIET}/notifications", back)
    assert answer.headers["location"] == PAGE
    assert not (await web.get(PAGE)).cssselect(".chosen li")


async def test_wrong_choices_are_refused(web: Browser) -> None:
    path = f"/conversations/{JULIET}/notifications"
    assert (await web.client.post(path, data={"mode": "sometimes"})).status_code == 422
    assert (await web.client.post(path, data={"mute": "2h"})).status_code == 422
    assert (await web.client.post("/conversations/@@/notifications", data={})).status_code == 404
    assert (await web.client.post("/messages/99999999999999999999/unread")).status_code == 404
    assert (await web.client.post("/configuration/theme", data={"theme": "pink"})).status_code == 422


async def test_the_offer_is_made_once(romeo: Person, web: Browser) -> None:
    (offer,) = (await web.get("/chats")).cssselect("[data-offer]")
    assert "hidden" in offer.attrib
    await web.post(f"{PAGE}/offer/delete")
    assert not (await web.get("/chats")).cssselect("[data-offer]")


async def test_35_all_read_and_unread_by_plain_forms(romeo: Person, web: Browser) -> None:
    await befriend(romeo, JULIET)
    await romeo.session.handled(hears("one"))
    assert (await web.get("/chats")).cssselect("form.read-all")
    await web.post("/conversations/read")
    assert (await conversation(romeo)).unread == 0
    (line,) = await lines(romeo)
    answer = await web.post(f"/messages/{line.id}/unread")
    assert answer.headers["location"] == "/chats"
    assert (await conversation(romeo)).unread == 1


async def test_30_the_switcher_knows_chats_rooms_people_and_actions(romeo: Person, web: Browser) -> None:
    await befriend(romeo, JULIET, MERCUTIO)
    await romeo.session.handled(hears("one"))
    await open_room(romeo, ("We talk", False), ("Romeo: here?", True), joined=True)
    found = await switcher(web)
    places = {place["name"]: place for place in found["places"]}
    assert (places["juliet"]["kind"], places["juliet"]["meant"]) == ("chat", 1)
    assert places["mercutio"]["kind"] == "contact"
    room = places["The balcony"]
    assert (room["kind"], room["path"], room["meant"], room["unread"]) == ("room", f"/rooms/{ROOM}", 1, 2)
    assert places["Log out"]["method"] == "post"
    paths = {getattr(route, "path", "") for route in web.client._transport.app.routes}  # type: ignore[attr-defined]
    for place in found["places"]:
        if place["kind"] == "action":
            assert str(place["path"]).partition("?")[0].partition("#")[0] in paths
    await web.post(f"/conversations/{JULIET}/notifications", {"mute": "always"})
    places = {place["name"]: place for place in (await switcher(web))["places"]}
    assert (places["juliet"]["meant"], places["juliet"]["unread"]) == (0, 1)


async def test_the_theme_changes_from_anywhere(romeo: Person, web: Browser) -> None:
    answer = await web.post("/configuration/theme", {"theme": "dark"})
    assert "theme=dark" in answer.headers["set-cookie"]
    assert romeo.session.preferences["theme"] == "dark"


async def test_31_keys_can_be_turned_off(romeo: Person, web: Browser) -> None:
    assert (await web.get("/chats")).cssselect("body[data-keys=on]")
    await web.post("/configuration/preferences", {"theme": "system", "enter": "send"})
    assert (await web.get("/chats")).cssselect("body[data-keys=off]")
