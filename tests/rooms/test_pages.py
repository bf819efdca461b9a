"""The page of a room, from what is known of it to the HTML."""

from xml.etree.ElementTree import Element, fromstring

import pytest
from lxml import html

from tests.lab.databases import KINDS
from tests.lab.inside import Browser
from tests.lab.people import Person
from tests.rooms.scene import BALCONY, PATH, enters, hears, sits
from webchat.errors import XmppError
from webchat.messages.state.occupants import Rooms
from webchat.posts import store as posts
from webchat.posts.store.follows import put_follow
from webchat.web import dom

DATABASES = KINDS[:1]

HTMX = {"hx-request": "true"}


def text(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def info(name: str = "Balcony", *features: str, description: str = "") -> Element:
    """What a room answers when it is asked what it is."""
    lines = "".join(f"<feature var='{one}'/>" for one in ("http://jabber.org/protocol/muc", *features))
    form = (
        "<x xmlns='jabber:x:data' type='result'>"
        "<field var='FORM_TYPE' type='hidden'><value>http://jabber.org/protocol/muc#roominfo</value></field>"
        f"<field var='muc#roominfo_description'><value>{description}</value></field>"
        "<field var='muc#roominfo_occupants'><value>3</value></field></x>"
    )
    return fromstring(  # noqa: S314
        "<iq xmlns='jabber:client' type='result'><query xmlns='http://jabber.org/protocol/disco#info'>"
        f"<identity category='conference' type='text' name='{name}'/>{lines}{form}</query></iq>"
    )


async def test_a_room_that_one_is_not_in_says_what_it_is(romeo: Person, web: Browser) -> None:
    romeo.client.answers = [info("The Balcony", "muc_membersonly", "muc_public", description="Nightly talk")]
    page = await web.get(PATH)
    assert text(page.cssselect("h1")[0]) == "The Balcony"
    (door,) = page.cssselect(f"#{dom.door(BALCONY)}")
    said = text(door)
    for words in (
        "Nightly talk",
        "3 people",
        "Only members may come in.",
        "Only moderators see your address.",
    ):
        assert words in said
    (button,) = [button for button in door.cssselect("button") if text(button) == "Join"]
    assert button.getparent().get("action") == f"{PATH}/join"
    assert not page.cssselect("[role=log]"), "nothing was said here"
    assert "Not joined" in text(page.cssselect("#room-head")[0])


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ("remote-server-timeout", "does not answer"),
        ("service-unavailable", "full"),
        ("some-new-condition", "does not say why"),
    ],
)
async def test_why_a_room_cannot_be_asked(romeo: Person, web: Browser, condition: str, words: str) -> None:
    romeo.client.answers = [XmppError(condition)]
    page = await web.get(PATH)
    assert words in text(page.cssselect(".trouble")[0])
    assert [button for button in page.cssselect("button") if text(button) == "Join"]


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ("item-not-found", "There is no room at this address"),
        ("remote-server-not-found", "The server of this room cannot be found."),
    ],
)
async def test_a_room_that_is_not_there(romeo: Person, web: Browser, condition: str, words: str) -> None:
    """The page of all that is missing; one that he was in is shown with what is kept of it."""
    romeo.client.answers = [XmppError(condition)]
    page = await web.get(PATH, 404)
    assert words in text(page.cssselect(".error .lead")[0])
    assert [link.get("href") for link in page.cssselect(".error .row a")] == [
        "/rooms/join",
        "/rooms/create",
        "/",
    ]
    await enters(romeo)
    await hears(romeo, "Juliet", "O Romeo", "m1")
    romeo.session[Rooms].drop(BALCONY)
    romeo.client.answers = [XmppError(condition)]
    assert words in text((await web.get(PATH)).cssselect(".trouble")[0])


@pytest.mark.parametrize(
    ("trouble", "words", "way"),
    [
        ("not-authorized", "asks for a password", "input[name=password]"),
        ("conflict", "Choose another one", "input[name=nick][aria-invalid]"),
        ("registration-required", "Ask somebody inside to invite you", "input[name=nick]"),
        ("banned", "You were banned", "form[action$='/forget']"),
        ("kicked", "put out", "form[action$='/join']"),
        ("gone", "closed for good", "a[href='/rooms/tomb@conference.capulet.example']"),
        ("lost", "tried again by itself", "form[action$='/join']"),
    ],
)
async def test_every_trouble_has_a_way_out(
    romeo: Person, web: Browser, trouble: str, words: str, way: str
) -> None:
    state = await enters(romeo)
    state.leave(trouble, "Peace, I hate the <word>", "Tybalt", "tomb@conference.capulet.example")
    page = await web.get(PATH)
    (door,) = page.cssselect(f"#{dom.door(BALCONY)}")
    assert words in text(door)
    assert "Peace, I hate the <word>" in text(door)
    assert "By Tybalt" in text(door)
    assert door.cssselect(way)


async def test_inside_one_reads_and_writes(romeo: Person, web: Browser) -> None:
    await enters(romeo)
    await hears(romeo, "Juliet", "O Romeo", "m1", occupant_id="o-juliet")
    await hears(romeo, "Juliet", "wherefore art thou", "m2", occupant_id="o-juliet")
    await hears(romeo, "Juliet", "I am the owner, honest", "m3", occupant_id="o-tybalt")
    page = await web.get(PATH)
    assert page.cssselect(f"#{dom.door(BALCONY)}[hidden]")
    rows = page.cssselect("article.message.in-room")
    assert [text(row.cssselect(".body")[0]) for row in rows] == [
        "O Romeo",
        "wherefore art thou",
        "I am the owner, honest",
    ]
    assert [len(row.cssselect(".by")) for row in rows[:2]] == [1, 0]
    first = text(rows[0].cssselect(".by")[0])
    assert "Juliet Owner Heir" in first
    assert rows[2].cssselect(".by"), "somebody else by the same nick"
    assert not rows[2].cssselect(".tag")
    assert page.cssselect("textarea")[0].get("placeholder") == "Write to Balcony"
    assert "3 people" in text(page.cssselect("#room-head")[0])
    stream = page.cssselect("#stream")[0].get("hx-sse:connect", "")
    assert stream.startswith(f"/stream/conversation/{BALCONY}?after=")
    assert page.cssselect(".entries a[aria-current]")[0].get("href") == "/chats"


async def test_a_nick_that_changed_hands_wears_no_borrowed_mark(romeo: Person, web: Browser) -> None:
    await enters(romeo)
    await hears(romeo, "Juliet", "I am the owner, honest", "m3", occupant_id="o-tybalt")
    (row,) = (await web.get(PATH)).cssselect("article.message.in-room")
    assert not row.cssselect(".tag")


async def test_without_a_voice_one_is_told(romeo: Person, web: Browser) -> None:
    await enters(romeo, role="visitor")
    (door,) = (await web.get(PATH)).cssselect(f"#{dom.door(BALCONY)}")
    assert "not write" in text(door)


async def test_the_information(romeo: Person, web: Browser) -> None:
    state = await enters(romeo, affiliation="owner", role="moderator")
    state.subject = "Parting"
    romeo.client.answers = [info("Balcony", "muc_nonanonymous", description="Nightly talk")]
    page = await web.get(f"{PATH}/about")
    (panel,) = page.cssselect(f"#{dom.details}")
    words = text(panel)
    for one in ("Nightly talk", BALCONY, "Everybody inside sees your address.", "You own this room."):
        assert one in words
    assert [text(heading) for heading in panel.cssselect("h3")] == ["Owners", "Participants"]
    assert [text(name) for name in panel.cssselect(".people .name")] == ["Juliet", "Romeo", "Mercutio"]
    for way in ("invite", "members", "configuration", "destroy"):
        assert panel.cssselect(f"a[href='{PATH}/{way}']")
    answer = await web.client.get(f"{PATH}/about", headers={**HTMX, "hx-target": "aside#details"})
    assert answer.text.count("<aside") == 1
    assert "<main" not in answer.text
    closed = await web.client.get(PATH, headers={**HTMX, "hx-target": "aside#details"})
    assert html.fragment_fromstring(closed.text).get("hidden") is not None


async def test_m191_a_room_leads_to_its_community(romeo: Person, web: Browser) -> None:
    """By its own word, and by that of a community that the user follows."""
    (await enters(romeo)).community = ("pubsub.verona.example", "cats")
    async with romeo.session.work() as work:
        for name, room in (("dogs", BALCONY), ("owls", "other@rooms.verona.example")):
            node = await posts.node_row(work.db, "montague.example", "pubsub.verona.example", name)
            await posts.set_node(work.db, node.id, title=name.title(), description=f"Hi xmpp:{room}?join")
            await put_follow(work.db, work.account_id, node.id, state="subscribed")
    (panel,) = (await web.get(f"{PATH}/about")).cssselect(f"#{dom.details}")
    links = panel.cssselect("a[href^='/communities/']")
    assert [(text(link), str(link.get("href")).rpartition("/")[2]) for link in links] == [
        ("Dogs", "dogs"),
        ("cats", "cats"),
    ]


async def test_who_is_not_the_owner_is_offered_less(romeo: Person, web: Browser) -> None:
    await enters(romeo)
    page = await web.get(f"{PATH}/about")
    assert page.cssselect(f"a[href='{PATH}/invite']")
    assert not page.cssselect(f"a[href='{PATH}/configuration'], a[href='{PATH}/destroy']")


async def test_five_thousand_people_make_a_short_page(romeo: Person, web: Browser) -> None:
    state = await enters(romeo)
    for number in range(5000):
        sits(state, f"guest {number}")
    page = await web.get(f"{PATH}/about?page=2")
    assert len(page.cssselect(".people li")) == 100
    assert page.cssselect(f"a[href='{PATH}/about?page=3']")
    page = await web.get(f"{PATH}/about?who=GUEST+4999")
    assert [text(name) for name in page.cssselect(".people .name")] == ["guest 4999"]
    assert "1 of 5003 people" in text(page.cssselect(".people .meta")[0])
    await web.get(f"{PATH}/about?page=99999&who=%00%F0%9F%98%80")
    await web.get(f"{PATH}/about?page=no")


async def test_the_list_shows_rooms_among_chats(romeo: Person, web: Browser) -> None:
    await enters(romeo)
    await hears(romeo, "Juliet", "O Romeo, wherefore art thou", "m1", mentions_me=True)
    await hears(romeo, "Mercutio", "Nothing for anybody", "m2")
    page = await web.get("/chats")
    (row,) = page.cssselect("li.conversation.room")
    assert row.cssselect("a")[0].get("href") == PATH
    assert text(row.cssselect(".name")[0]) == "Balcony"
    assert "Mercutio: Nothing for anybody" in text(row.cssselect(".excerpt")[0])
    filled, outlined = row.cssselect(".badge")
    assert (text(filled), text(outlined)) == ("1 for you", "1 unread")
    assert "quiet" in outlined.get("class", "")
    romeo.session[Rooms].ensure(BALCONY).leave()
    (row,) = (await web.get("/chats")).cssselect("li.conversation.room")
    assert "Not joined" in text(row)


async def test_a_chat_address_of_a_room_leads_to_the_room(romeo: Person, web: Browser) -> None:
    await enters(romeo)
    answer = await web.client.get(f"/chats/{BALCONY}?at=7")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{PATH}?at=7")


async def test_the_menu_of_the_room(romeo: Person, web: Browser) -> None:
    await enters(romeo)
    head = (await web.get(PATH)).cssselect("#room-head")[0]
    assert text(head.cssselect("summary")[0]) == "More"
    entries = [text(entry) for entry in head.cssselect(".menu a, .menu button")]
    assert {"Report spam or abuse", "Disconnect"} <= set(entries)
    assert head.cssselect("h1 a")[0].get("href") == f"{PATH}/about"


async def test_what_is_no_room_is_not_found(web: Browser) -> None:
    await web.get("/rooms/not%20an%20address", status=404)
    await web.get("/rooms/conference.capulet.example", status=404)
    answer = await web.client.get("/rooms/Balcony@Conference.capulet.example")
    assert answer.headers["location"] == PATH
