"""People as templates see them."""

import pytest

from tests.lab.databases import KINDS
from tests.lab.people import JULIET, MERCUTIO, Person
from webchat.contacts.show import ContactView, RequestView, contact_view, request_views
from webchat.contacts.store import ContactRow
from webchat.xmpp.events import PresenceReceived, RosterItem, RosterReceived

DATABASES = KINDS[:1]


def row(name: str = "Juliet", subscription: str = "both", ask: str = "") -> ContactRow:
    return ContactRow(JULIET, name, subscription, ask, ())


async def test_a_contact_who_is_there(romeo: Person) -> None:
    await romeo.session.handled(RosterReceived((RosterItem(JULIET, "Juliet", "both"),)))
    await romeo.session.handled(PresenceReceived(f"{JULIET}/balcony", True, "dnd", "a\n\u202eb"))
    assert contact_view(romeo.session, JULIET, row(), "en") == ContactView(
        jid=JULIET,
        name="Juliet",
        path="/chats/juliet@capulet.example",
        presence="dnd",
        presence_text="Do not disturb",
        status="a b",
        colour=10,
        initial="J",
        stranger=False,
        odd=False,
        waiting=False,
        remove="/contacts/juliet@capulet.example/delete",
        profile="/people/juliet@capulet.example",
    )


@pytest.mark.parametrize(
    ("contact", "text"),
    [
        (row(), "Offline"),
        (row(subscription="from"), "Does not share when they are online"),
        (row(subscription="from", ask="subscribe"), "Waiting for their answer"),
        (None, "Not in your contacts"),
    ],
)
async def test_why_nobody_is_shown_as_there(romeo: Person, contact: ContactRow | None, text: str) -> None:
    assert contact_view(romeo.session, JULIET, contact, "en").presence_text == text


async def test_strangers_can_be_made_contacts_but_not_oneself(romeo: Person) -> None:
    stranger = contact_view(romeo.session, MERCUTIO, None, "en")
    assert (stranger.add, stranger.remove) == ("/contacts/mercutio@verona.example", "")
    assert contact_view(romeo.session, romeo.session.jid, None, "en").add == ""


async def test_an_odd_name_is_marked(romeo: Person) -> None:
    assert contact_view(romeo.session, JULIET, row("Ju\u200bliet"), "en").odd
    assert not contact_view(romeo.session, JULIET, row(""), "en").odd


async def test_a_request_shows_the_address_only(romeo: Person) -> None:
    views = request_views(romeo.session, [MERCUTIO])
    assert views == [
        RequestView(
            jid=MERCUTIO,
            name=MERCUTIO,
            path="/people/mercutio@verona.example",
            accept="/requests/mercutio@verona.example",
            decline="/requests/mercutio@verona.example/delete",
            colour=views[0].colour,
            initial="M",
        )
    ]
