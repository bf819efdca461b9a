"""What the text box understands: commands behind a slash, names behind "@" (hands.md 9, 10)."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest

from tests.lab.databases import KINDS
from tests.lab.inside import Browser, browser
from tests.lab.people import JULIET, MERCUTIO, Person
from tests.messages.looking import befriend, bodies
from tests.messages.test_live import hears
from webchat.errors import Invalid
from webchat.messages.commands import mentions
from webchat.messages.commands.mentions import Somebody
from webchat.messages.state.occupants import Rooms
from webchat.messages.views import slash
from webchat.slice import SlashCommand
from webchat.xmpp.content import Mention
from webchat.xmpp.events import OccupantChanged

DATABASES = KINDS[:1]

TO = f"/conversations/{JULIET}"
HTMX = {"hx-request": "true"}
BALCONY = "balcony@conference.verona.example"


@pytest.fixture
async def web(romeo: Person, tmp_path: Path) -> AsyncIterator[Browser]:
    """Romeo's browser."""
    async with browser(romeo, tmp_path) as web:
        yield web


def form(text: str) -> dict[str, str]:
    """The composer, filled in."""
    return {"text": text, "message_id": str(uuid4()), "form_token": "form-token"}


# ---- slash commands


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("hello", "hello"),
        ("//etc/hosts", "/etc/hosts"),
        ("//me and more", "/me and more"),
        ("/me laughs", "/me laughs"),
        ("/", "/"),
        ("/ or not", "/ or not"),
        (" /join us", " /join us"),
        ("and/or", "and/or"),
    ],
)
def test_10_what_is_said(typed: str, said: str) -> None:
    assert slash.read(typed) == said


@pytest.mark.parametrize(
    ("typed", "name", "argument"),
    [
        ("/join balcony@rooms.example", "join", "balcony@rooms.example"),
        ("/JOIN  x ", "join", "x"),
        ("/topic two\nlines", "topic", "two\nlines"),
        ("/me", "me", ""),
        ("/usr/bin/env", "usr/bin/env", ""),
    ],
)
def test_10_what_is_a_command(typed: str, name: str, argument: str) -> None:
    assert slash.read(typed) == slash.Call(name, argument)


@pytest.mark.parametrize("text", ["/join", "//x", "/me x", "plain", "/", "/usr/bin"])
def test_10_an_edited_text_says_itself_again(text: str) -> None:
    assert slash.read(slash.escaped(text)) == text


async def test_10_an_unknown_command_is_never_said(romeo: Person, web: Browser) -> None:
    answer = await web.client.post(f"{TO}/messages", data=form("/jion balcony"), headers=HTMX)
    assert answer.status_code == 422
    assert "There is no such command" in answer.text
    assert "/jion balcony" in answer.text
    assert not [verb for verb in romeo.client.said if "jion" in str(verb)]
    page = await web.post_page(f"{TO}/messages", form("/jion balcony"), 422)
    assert "There is no such command" in page.text_content()


async def test_10_two_slashes_say_one(romeo: Person, web: Browser) -> None:
    await web.post(f"{TO}/messages", form("//jion balcony"))
    assert await bodies(romeo) == ["/jion balcony"]


async def test_10_msg_begins_a_chat_and_says_it(romeo: Person, web: Browser) -> None:
    answer = await web.post(f"{TO}/messages", form(f"/msg {MERCUTIO.upper()} where art thou?"))
    assert answer.headers["location"] == f"/chats/{MERCUTIO}"
    assert await bodies(romeo, MERCUTIO) == ["where art thou?"]
    page = await web.post_page(f"{TO}/messages", form("/msg nobody"), 422)
    assert "Write the address" in page.text_content()


async def test_10_help_is_a_page_and_a_list(romeo: Person, web: Browser) -> None:
    answer = await web.post(f"{TO}/messages", form("/help"))
    page = await web.get(answer.headers["location"])
    assert "/msg" in page.cssselect(".commands")[0].text_content()
    offered = (await web.client.get(f"{TO}/commands")).json()
    assert {"name": "help", "usage": "", "help": "Show all commands"} in offered
    assert [one["name"] for one in offered] == sorted(one["name"] for one in offered)


async def test_10_a_command_for_rooms_is_not_for_people(romeo: Person) -> None:
    async def never(*_: object) -> str:
        raise AssertionError

    kick = SlashCommand("kick", "", "Show somebody out", never, frozenset({"room"}))
    with pytest.raises(Invalid, match="text"):
        await slash.run(romeo.session, JULIET, slash.Call("kick", "Tybalt"), {"kick": kick}, id="form-1234")


# ---- mentions

JULIET_THERE = Somebody("Juliet", JULIET)
JULIET_C = Somebody("Juliet Capulet", "jc@capulet.example")
EXAMPLE = Somebody("example", "example@verona.example")
CAST = [JULIET_THERE, JULIET_C, EXAMPLE]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("@Juliet, look!", [(0, 7, JULIET)]),
        ("look, @juliet.", [(6, 13, JULIET)]),
        ("(@Juliet)", [(1, 8, JULIET)]),
        ("@Juliet Capulet and @Juliet", [(0, 15, JULIET_C.jid), (20, 27, JULIET)]),
        ("\N{PARTY POPPER}@Juliet", [(1, 8, JULIET)]),
        ("@example.org", []),
        ("@example-x", []),
        ("@examples", []),
        ("mail@example", []),
        ("@nobody", []),
        ("@", []),
    ],
)
def test_09_whom_a_text_names(text: str, found: list[tuple[int, int, str]]) -> None:
    assert mentions.find(text, CAST) == tuple(Mention(*each) for each in found)


def test_09_a_flood_of_names_ends() -> None:
    assert len(mentions.find("@Juliet " * 1000, CAST)) == mentions.MOST_MENTIONS


async def test_09_in_a_room_who_spoke_last_comes_first(romeo: Person, web: Browser) -> None:
    room = romeo.session[Rooms].ensure(BALCONY)
    room.phase, room.nick = "in", "Romeo"
    for nick in ("Tybalt", "Benvolio", "Romeo", "Tydeus"):
        room.seat(OccupantChanged(BALCONY, nick, True, mine=nick == "Romeo"))
    found = (await web.client.get(f"/conversations/{BALCONY}/people?q=ty")).json()
    assert [one["name"] for one in found] == ["Tybalt", "Tydeus"]
    everybody = (await web.client.get(f"/conversations/{BALCONY}/people")).json()
    assert "Romeo" not in [one["name"] for one in everybody]


async def test_09_with_a_person_ones_contacts_are_offered(romeo: Person, web: Browser) -> None:
    await befriend(romeo, JULIET, MERCUTIO)
    await romeo.session.handled(hears("Ay me!"))
    found = (await web.client.get(f"{TO}/people?q=me")).json()
    assert found == [{"name": "mercutio", "hint": MERCUTIO}]


async def test_a_command_whose_answer_was_lost_is_done_once(romeo: Person, web: Browser) -> None:
    await befriend(romeo, MERCUTIO)
    same = form(f"/msg {MERCUTIO} Good night")
    for _ in range(2):
        answer = await web.client.post(f"{TO}/messages", data=same, headers=HTMX)
        assert answer.headers["hx-redirect"] == f"/chats/{MERCUTIO}"
    assert await bodies(romeo, MERCUTIO) == ["Good night"]
    await web.client.post(f"{TO}/messages", data=form(f"/msg {MERCUTIO} Good night"), headers=HTMX)
    assert await bodies(romeo, MERCUTIO) == ["Good night"] * 2
