"""This room proves that a community leads to its chat room: named by its owner, or by the room alone."""

from xml.etree.ElementTree import Element, fromstring

import pytest

from tests.lab.inside import Browser
from tests.lab.people import JULIET, ROMEO, Person
from tests.nodes.service import HOME, Service
from webchat.errors import XmppError
from webchat.messages.state.occupants import Rooms
from webchat.nodes.commands import room
from webchat.xmpp.entries import NodeInfo
from webchat.xmpp.rooms import info as rooms
from webchat.xmpp.rooms.info import RoomInfo

CATS = f"/communities/{HOME}/cats"
ROOM = "cats@rooms.montague.example"
MUC_OWNER = "http://jabber.org/protocol/muc#owner"


def owner_form(value: str = "") -> Element:
    """What a room asks its owner, on a server that has a place for the community."""
    return fromstring(  # noqa: S314
        f"<iq><query xmlns='{MUC_OWNER}'><x xmlns='jabber:x:data' type='form'>"
        "<field var='FORM_TYPE' type='hidden'><value>http://jabber.org/protocol/muc#roomconfig</value></field>"
        f"<field var='muc#roomconfig_pubsub' type='text-single'><value>{value}</value></field>"
        "</x></query></iq>"
    )


async def test_m78_an_owner_names_the_room(web: Browser, service: Service) -> None:
    """Its address goes into the description, for every app; the room notes the community where it can."""
    cats = service.add("cats", owner=ROMEO, title="Cats", description="Purr")
    assert not (await web.get(CATS)).cssselect("a[href^='/rooms/']")
    service.broken[MUC_OWNER] = owner_form
    service.broken[f"{MUC_OWNER} x"] = owner_form
    fields = {"name": "Cats", "description": "Purr", "model": "open", "layout": "articles", "room": ROOM}
    await web.post(f"{CATS}/configuration", fields)
    assert cats.config["description"] == f"Purr xmpp:{ROOM}?join"
    kind, to, sent = service.asked[-1]
    assert (kind, to) == ("set", ROOM)
    assert f"xmpp:{HOME}?;node=cats" in "".join(sent.itertext())
    page = await web.get(CATS)
    assert [a.get("href") for a in page.cssselect("a[href^='/rooms/']")] == [f"/rooms/{ROOM}"] * 2
    assert page.cssselect(".community-says")[0].text_content() == "Purr"
    page = await web.get(f"{CATS}/configuration")
    assert page.cssselect("#community-room")[0].get("value") == ROOM
    assert page.cssselect("#community-description")[0].text_content().strip() == "Purr"
    service.broken[MUC_OWNER] = service.broken[f"{MUC_OWNER} x"] = lambda: XmppError("forbidden")
    await web.post(f"{CATS}/configuration", fields | {"room": ""})
    assert cats.config["description"] == "Purr", "whether the room can be told or not"
    page = await web.post_page(f"{CATS}/configuration", fields | {"room": "rooms.montague.example"}, 422)
    assert "not the address of a room" in page.cssselect("#community-room-error")[0].text_content()
    assert page.cssselect("#community-room")[0].get("value") == "rooms.montague.example"


async def test_m78_rooms_that_say_they_belong_to_it(web: Browser, service: Service, romeo: Person) -> None:
    """Only those where one is, and as their own word."""
    service.add("cats", owner=JULIET, title="Cats")
    state = romeo.session[Rooms].ensure(ROOM)
    state.community = (HOME, "cats")
    assert not (await web.get(CATS)).cssselect("a[href^='/rooms/']")
    state.phase = "in"
    page = await web.get(CATS)
    assert [a.get("href") for a in page.cssselect("#community-about a[href^='/rooms/']")] == [
        f"/rooms/{ROOM}"
    ]
    assert "say they belong to it" in page.cssselect("#community-about")[0].text_content()


async def test_a_room_among_the_contacts(romeo: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """What answers as a room is one; people are not asked for more than it takes."""
    asked = []

    async def fetch(stream: object, jid: str) -> RoomInfo:
        asked.append(jid)
        if jid == JULIET:
            raise XmppError("service-unavailable")
        return RoomInfo(jid, features=frozenset({"http://jabber.org/protocol/muc"}))

    monkeypatch.setattr(rooms, "fetch", fetch)
    told = NodeInfo(
        HOME, "cats", creator="a@b.example", contacts=("a@b.example", ROMEO, JULIET, ROOM, "c@d.example")
    )
    assert await room.of(romeo.session, told) == ROOM
    assert asked == [JULIET, ROOM]
