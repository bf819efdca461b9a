"""Who comes, goes and falls silent in a room, as its line under the talk says it."""

import asyncio
from typing import Any

from lxml import html as trees

from tests.lab.people import JULIET, Person
from tests.rooms.scene import ROOM, told
from webchat.messages.changes import ComingsChanged, TypingChanged
from webchat.messages.show import comings
from webchat.messages.state import Typing
from webchat.messages.state.occupants import MOST_COMINGS, Rooms, RoomState
from webchat.web.templates import partial
from webchat.xmpp.events import ChatStateReceived, MessageReceived, OccupantChanged


async def test_coming_and_going(romeo: Person, balcony: RoomState) -> None:
    juliet = OccupantChanged(ROOM, "Juliet", True, role="moderator", affiliation="owner", jid=JULIET)
    await told(romeo, juliet)
    assert balcony.occupants["Juliet"].jid == JULIET
    await told(romeo, OccupantChanged(ROOM, "Juliet", False, statuses=frozenset((303,)), new_nick="J"))
    assert set(balcony.occupants) == {"Romeo"}
    await told(romeo, OccupantChanged(ROOM, "J", True), OccupantChanged(ROOM, "J", False))
    assert set(balcony.occupants) == {"Romeo"}


async def test_who_goes_writes_no_more(romeo: Person, balcony: RoomState) -> None:
    typing, nicks = romeo.session[Typing], ("Juliet", "Nurse", "Page")
    for nick in nicks:
        await told(romeo, OccupantChanged(ROOM, nick, True))
        await told(romeo, ChatStateReceived(ROOM, f"{ROOM}/{nick}", "composing"))
    romeo.changes()
    await told(romeo, OccupantChanged(ROOM, "Juliet", False))
    assert typing.who(ROOM) == [f"{ROOM}/Nurse", f"{ROOM}/Page"]
    assert TypingChanged(ROOM) in romeo.changes()
    await told(romeo, OccupantChanged(ROOM, "Nurse", False, statuses=frozenset((303,)), new_nick="N"))
    assert typing.who(ROOM) == [f"{ROOM}/Page"]
    await told(romeo, OccupantChanged(ROOM, "Romeo", False, mine=True))
    assert typing.who(ROOM) == []


def sits_down(nick: str) -> OccupantChanged:
    return OccupantChanged(ROOM, nick, True, role="participant")


def goes(nick: str, **more: Any) -> OccupantChanged:
    return OccupantChanged(ROOM, nick, False, **more)


async def test_who_comes_and_goes_is_one_line_until_something_is_said(
    romeo: Person, balcony: RoomState
) -> None:
    await told(romeo, sits_down("Juliet"), sits_down("Tybalt"), sits_down("Paris"), sits_down("Nurse"))
    await told(romeo, sits_down("Peter"), goes("Tybalt"), sits_down("Juliet"))
    view = comings(romeo.session, ROOM)
    assert (view.came.names, view.came.others, view.left.count) == (("Peter", "Nurse", "Paris"), 1, 0)
    while ComingsChanged(ROOM) not in (changes := romeo.changes()):
        await asyncio.sleep(0.05)
    assert changes.count(ComingsChanged(ROOM)) == 1
    await told(romeo, MessageReceived(ROOM, f"{ROOM}/Juliet", False, "Ay me", "m1", kind="room"))
    assert ComingsChanged(ROOM) in romeo.changes()
    assert not balcony.comings
    await told(romeo, goes("Paris"), goes("Juliet", new_nick="J"), sits_down("J"), goes("Nobody"))
    view = comings(romeo.session, ROOM)
    assert (view.came.count, view.left.names) == (0, ("Paris",))


async def test_who_sat_there_before_us_did_not_come_and_a_crowd_is_not_told(romeo: Person) -> None:
    state = romeo.session[Rooms].ensure(ROOM)
    state.phase, state.nick = "entering", "Romeo"
    await told(
        romeo, sits_down("Juliet"), OccupantChanged(ROOM, "Romeo", True, mine=True, role="participant")
    )
    assert not state.comings
    await told(romeo, *(sits_down(f"guest {n}") for n in range(MOST_COMINGS + 50)))
    assert not state.comings
    await told(romeo, goes("guest 1"))
    assert not state.comings


async def test_the_line_is_drawn_with_foreign_names_as_text(romeo: Person, balcony: RoomState) -> None:
    await told(romeo, *(sits_down(f"<b>{n}</b>") for n in range(5)), sits_down("Tybalt"))
    balcony.comings.left["Mercutio"] = None
    html = partial("messages/_comings.html", "en", comings=comings(romeo.session, ROOM))
    assert "&lt;b&gt;" in html
    assert "<b>" not in html
    words = " ".join(trees.fragment_fromstring(html).text_content().split())
    assert words == "Tybalt, <b>4</b>, <b>3</b> and 3 others came · Mercutio left"
