"""Finding, making and running rooms by their forms: what is sent, what is said when it cannot be done."""

from xml.etree.ElementTree import Element, fromstring, tostring

import pytest
from lxml import html

from tests.lab.databases import KINDS
from tests.lab.inside import Browser
from tests.lab.people import Person
from tests.lab.visitor import eventually
from tests.rooms.scene import BALCONY, PATH, enters, sits
from tests.rooms.test_pages import info
from webchat.errors import XmppError
from webchat.rooms.state import Invited
from webchat.rooms.views.find import slug
from webchat.xmpp.events import RoomInvited, RosterItem, RosterReceived
from webchat.xmpp.rooms import directory

DATABASES = KINDS[:1]

SERVICE = "conference.montague.example"


def text(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def items(*rooms: tuple[str, str]) -> Element:
    """The rooms of a service."""
    lines = "".join(f"<item jid='{jid}' name='{name}'/>" for jid, name in rooms)
    return fromstring(  # noqa: S314
        "<iq xmlns='jabber:client' type='result'><query xmlns='http://jabber.org/protocol/disco#items'>"
        f"{lines}</query></iq>"
    )


def service() -> list[Element]:
    """Answers of a server that has one service for rooms."""
    info = (
        "<iq xmlns='jabber:client' type='result'><query xmlns='http://jabber.org/protocol/disco#info'>"
        "<identity category='conference' type='text'/><feature var='http://jabber.org/protocol/muc'/>"
        "</query></iq>"
    )
    return [items((SERVICE, "")), fromstring(info)]  # noqa: S314


async def test_an_address_leads_to_what_the_room_says(romeo: Person, web: Browser) -> None:
    answer = await web.client.get("/rooms/join", params={"jid": f"xmpp:{BALCONY}?join"})
    assert (answer.status_code, answer.headers["location"]) == (303, PATH)
    page = await web.get("/rooms/join?jid=not%20an%20address", status=422)
    (field,) = page.cssselect("input[name=jid]")
    assert field.get("value") == "not an address"
    assert text(page.cssselect("#jid-error")[0]).startswith("This is not the address of a room.")
    assert romeo.changes() == []


async def test_public_rooms_of_ones_own_server_and_of_others(romeo: Person, web: Browser) -> None:
    romeo.client.answers = [
        *service(),
        items((f"pub@{SERVICE}", "The &lt;Pub&gt;"), (f"den@{SERVICE}", "Den")),
    ]
    page = await web.get("/rooms/join?words=PUB&find=1")
    (row,) = page.cssselect("#room-results li")
    assert row.cssselect("a")[0].get("href") == f"/rooms/pub@{SERVICE}"
    assert text(row.cssselect(".name")[0]) == "The <Pub>"
    romeo.client.answers = [XmppError("remote-server-not-found")]
    page = await web.get("/rooms/join?service=rooms.elsewhere.example")
    assert "rooms.elsewhere.example: The other server does not exist" in text(
        page.cssselect(".field-error")[0]
    )
    assert not romeo.client.answers
    page = await web.get("/rooms/join?service=not%20a%20server")
    assert "not the address of a server" in text(page.cssselect(".field-error")[0])


async def test_the_directory_is_only_asked_by_the_ticked_box(romeo: Person, web: Browser) -> None:
    page = await web.get("/rooms/join")
    (box,) = page.cssselect("input[name=worldwide]")
    assert box.get("checked") is None
    assert "it sees your address" in text(page.cssselect("#worldwide-hint")[0])
    assert romeo.client.asked == []
    answer = fromstring(  # noqa: S314
        "<iq xmlns='jabber:client' type='result'><result xmlns='urn:xmpp:channel-search:0:search'>"
        "<item address='verona@rooms.example.org'><name>Verona</name><nusers>42</nusers>"
        "<description>Two houses</description></item>"
        "<item address='no room'/><item address='x@y.example/z'/></result></iq>"
    )
    romeo.client.answers = [answer]
    page = await web.get("/rooms/join?worldwide=1&words=verona")
    assert directory.DIRECTORY == "api@search.jabber.network"
    assert "verona" in tostring(romeo.client.asked[0], encoding="unicode")
    (row,) = page.cssselect("#room-results li")
    assert "Verona 42 people Two houses verona@rooms.example.org" in text(row)


async def test_a_form_that_is_wrong_keeps_what_was_typed(romeo: Person, web: Browser) -> None:
    fields = {"kind": "public", "name": "", "jid": "den@rooms.example.org", "nick": "R", "pin": "1"}
    page = await web.post_page("/rooms/create", fields, 422)
    assert text(page.cssselect("#name-error")[0]) == "Give the room a name."
    assert page.cssselect("#kind-public[checked]")
    assert page.cssselect("#create-pin[checked]")
    assert page.cssselect("#create-jid")[0].get("value") == "den@rooms.example.org"
    romeo.client.answers = [XmppError("not-allowed")]
    page = await web.post_page("/rooms/create", {**fields, "name": "Den"}, 422)
    assert "does not allow" in text(page.cssselect(".create .field-error")[0])
    page = await web.post_page("/rooms/create", {**fields, "name": "Den", "jid": "a b@c"}, 422)
    assert page.cssselect("#create-jid[aria-invalid]")


@pytest.mark.parametrize(
    ("name", "address"), [("The Orchard!", "the-orchard"), ("Été à Vérone", "ete-a-verone"), ("♥", "room")]
)
def test_an_address_is_made_of_a_name(name: str, address: str) -> None:
    assert slug(name) == address


async def test_invitations_wait_for_an_answer(romeo: Person, web: Browser) -> None:
    invited = RoomInvited(BALCONY, "juliet@capulet.example", "Come <up>", direct=True)
    await romeo.session.handled(invited)
    page = await web.get("/chats")
    assert text(page.cssselect(".invited")[0]) == "Invitations to rooms 1"
    page = await web.get("/rooms/join")
    (row,) = page.cssselect("#invitations li")
    assert "Come <up>" in text(row)
    assert row.cssselect(f"a[href='{PATH}']")
    join, decline = row.cssselect("form")
    assert join.get("action") == f"{PATH}/join"
    assert len(page.cssselect(".sheet .button.primary")) == 1
    assert (await web.post(decline.get("action", ""))).headers["location"] == "/rooms/join"
    assert not (await web.get("/rooms/join")).cssselect("#invitations li")


async def test_a_moderator_is_offered_what_they_may_do(romeo: Person, web: Browser) -> None:
    state = await enters(romeo, role="moderator", affiliation="admin")
    page = await web.get(f"{PATH}/people/Mercutio")
    offered = [field.get("value") for field in page.cssselect("input[name=act]")]
    assert {"role-none", "role-visitor", "role-moderator", "affiliation-outcast"} <= set(offered)
    assert "affiliation-owner" not in offered
    assert not (await web.get(f"{PATH}/people/Juliet")).cssselect("input[name=act]"), "she owns the room"
    assert not (await web.get(f"{PATH}/people/Romeo")).cssselect("input[name=act]")
    romeo.client.answers = [Element("iq", {"type": "result"})]
    answer = await web.post(f"{PATH}/people/Mercutio", {"act": "role-none", "reason": "A <plague>"})
    assert answer.headers["location"] == f"{PATH}/about"
    sent = tostring(romeo.client.asked[-1], encoding="unicode")
    assert 'role="none"' in sent
    assert "A &lt;plague&gt;" in sent
    romeo.client.answers = [XmppError("not-allowed")]
    page = await web.post_page(f"{PATH}/people/Mercutio", {"act": "role-none"}, 422)
    assert "does not allow" in text(page.cssselect(".field-error")[0])
    sits(state, "slash/../people", occupant_id="o")
    await web.get(f"{PATH}/people/slash%2F..%2Fpeople")
    await web.get(f"{PATH}/people/Nobody", status=404)


async def test_who_is_no_moderator_is_offered_nothing(romeo: Person, web: Browser) -> None:
    await enters(romeo)
    page = await web.get(f"{PATH}/people/Mercutio")
    assert not page.cssselect("input[name=act]")
    assert page.cssselect(f"a[href='/chats/{BALCONY}%2FMercutio']")


async def test_a_whisper_is_marked_as_private_in_the_room(romeo: Person, web: Browser) -> None:
    await enters(romeo)
    page = await web.get(f"/chats/{BALCONY}%2FMercutio")
    head = page.cssselect("header.head")[0]
    assert text(head.cssselect("h1")[0]) == "Mercutio"
    assert "Private, in the room" in text(head)
    assert "Add to contacts" not in text(page)
    assert page.cssselect("textarea")[0].get("placeholder") == "Write to Mercutio"


CONFIGURATION = """<iq xmlns='jabber:client' type='result'>
<query xmlns='http://jabber.org/protocol/muc#owner'><x xmlns='jabber:x:data' type='form'>
<instructions>Fill &lt;in&gt;</instructions>
<field var='FORM_TYPE' type='hidden'><value>http://jabber.org/protocol/muc#roomconfig</value></field>
<field type='fixed'><value>Names</value></field>
<field var='name' type='text-single' label='Name'><value>Old</value></field>
<field var='open' type='boolean' label='Open'><value>1</value></field>
<field var='who' type='list-single' label='Who'><value>all</value>
<option label='All'><value>all</value></option><option label='Some'><value>some</value></option></field>
<field var='tags' type='list-multi' label='Tags'><value>a</value>
<option label='A'><value>a</value></option><option label='B'><value>b</value></option></field>
<field var='admins' type='jid-multi' label='Admins'><value>juliet@capulet.example</value></field>
<field var='secret' type='text-private' label='Secret'/>
<field var='story' type='text-multi' label='Story'><value>one</value><value>two</value></field>
</x></query></iq>"""


async def test_every_kind_of_field_can_be_filled_in(romeo: Person, web: Browser) -> None:
    await enters(romeo, role="moderator", affiliation="owner")
    romeo.client.answers = [fromstring(CONFIGURATION)]  # noqa: S314
    page = await web.get(f"{PATH}/configuration")
    labels = [text(label) for label in page.cssselect(".room-form label, .room-form legend")]
    assert labels == ["Name", "Open", "Who", "Tags", "A", "B", "Admins", "Secret", "Story"]
    assert text(page.cssselect(".part")[0]) == "Names"
    assert page.cssselect("textarea")[-1].text.strip() == "one\ntwo"
    assert "FORM_TYPE" not in html.tostring(page, encoding="unicode")
    romeo.client.answers = [fromstring(CONFIGURATION), Element("iq", {"type": "result"})]  # noqa: S314
    fields = {"field.name": "New", "field.who": "some", "field.tags": "b", "field.story": "three\r\nfour"}
    answer = await web.post(f"{PATH}/configuration", fields)
    assert answer.headers["location"] == f"{PATH}/configuration?saved=1"
    sent = romeo.client.asked[1 + 1]
    values = {
        field.get("var"): [value.text for value in field] for field in sent.iter("{jabber:x:data}field")
    }
    assert values["name"] == ["New"]
    assert values["open"] == ["0"]
    assert values["tags"] == ["b"]
    assert values["admins"] == []
    assert values["story"] == ["three", "four"]


async def test_closing_a_room_asks_once(romeo: Person, web: Browser) -> None:
    await enters(romeo, role="moderator", affiliation="owner")
    page = await web.get(f"{PATH}/destroy")
    assert "This cannot be undone." in text(page)
    page = await web.post_page(f"{PATH}/destroy", {"reason": "End"}, 422)
    assert "Tick the box" in text(page.cssselect(".field-error")[0])
    assert romeo.client.asked == []


async def test_several_people_are_invited_at_once_or_none(romeo: Person, web: Browser) -> None:
    await enters(romeo)
    page = await web.post_page(f"{PATH}/invite", {"jid": "juliet@capulet.example a@@b"}, 422)
    assert "not a valid address" in text(page.cssselect(".field-error")[0])
    assert romeo.client.sent == []
    answer = await web.post(f"{PATH}/invite", {"jid": "juliet@capulet.example, paris@verona.example"})
    assert answer.headers["location"] == f"{PATH}/invite?sent=2"
    assert len(romeo.client.sent) == 2


async def test_contacts_are_ticked_and_names_are_completed(romeo: Person, web: Browser) -> None:
    await enters(romeo)
    people = [
        ("juliet@capulet.example", "Juliet"),
        ("mercutio@verona.example", ""),
        ("nurse@a.example", "Nurse"),
    ]
    await romeo.session.handled(RosterReceived(tuple(RosterItem(jid, name, "both") for jid, name in people)))
    page = await web.get(f"{PATH}/invite")
    offered = [box.get("value") for box in page.cssselect("input[name=to]")]
    assert offered == ["juliet@capulet.example", "nurse@a.example"], "Mercutio is seen inside"
    assert page.cssselect(".chats.open > .list"), "beside the list, as the other sheets of rooms"
    asked = {"to": "nurse@a.example", "jid": "rooms.example.org", "reason": "Come"}
    page = await web.post_page(f"{PATH}/invite", asked, 422)
    assert "not a valid address" in text(page.cssselect(".field-error")[0])
    assert [box.get("value") for box in page.cssselect("input[name=to][checked]")] == ["nurse@a.example"]
    assert (page.cssselect("#invite-jid")[0].text or "").strip() == "rooms.example.org"
    assert romeo.client.sent == []
    answer = await web.post(f"{PATH}/invite", {"to": "nurse@a.example", "jid": "paris nurse@a.example"})
    assert answer.headers["location"] == f"{PATH}/invite?sent=2"
    sent = " ".join(tostring(one, encoding="unicode") for one in romeo.client.sent)
    assert f"paris@{romeo.session.jid.partition('@')[2]}" in sent
    page = await web.post_page(f"{PATH}/invite", {}, 422)
    assert "Choose somebody" in text(page.cssselect(".field-error")[0])


async def test_invitations_are_called_as_their_rooms(romeo: Person, web: Browser) -> None:
    """Nothing is asked before the user looks; one click accepts."""
    await romeo.session.handled(RoomInvited(BALCONY, "juliet@capulet.example", "", direct=True))
    assert romeo.client.asked == []
    romeo.client.answers = [info("The balcony")]
    await web.get("/rooms/join")

    async def told() -> bool:
        return romeo.session[Invited].names.get(BALCONY) == "The balcony"

    await eventually(told)
    page = await web.get("/rooms/join")
    assert text(page.cssselect("#invitations .name")[0]) == "The balcony"
    assert len(romeo.client.asked) == 1, "once"


async def test_a_report_names_who_answers_for_the_room(romeo: Person, web: Browser) -> None:
    await enters(romeo)
    page = await web.get(f"{PATH}/report")
    assert page.cssselect("input[name=reason][value=abuse]")
    assert "Neither the room nor the servers name anybody." in text(page)
