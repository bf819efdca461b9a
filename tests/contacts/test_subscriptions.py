"""This room proves who sees whom: in words, with what mends it (RFC 6121 §3), and how we show ourselves."""

from xml.etree.ElementTree import Element

import pytest

from tests.lab.people import JULIET, MERCUTIO, ROMEO, Person
from webchat.contacts import commands, handlers, store
from webchat.contacts.changes import OwnPresenceChanged
from webchat.contacts.show import own_presence
from webchat.contacts.show.person import sights
from webchat.contacts.store import ContactRow
from webchat.errors import NotFound, Offline
from webchat.xmpp.events import RosterItem, RosterPushed, RosterReceived, SubscriptionRequested
from webchat.xmpp.verbs import SendPresence

DONE = Element("{jabber:client}iq", {"type": "result"})


def row(subscription: str, ask: str = "") -> ContactRow:
    return ContactRow(JULIET, "Juliet", subscription, ask, ())


def actions(found: ContactRow | None, *, pre_approves: bool = False) -> list[list[str]]:
    return [[action for action, _ in sight.actions] for sight in sights(found, pre_approves=pre_approves)]


@pytest.mark.parametrize(
    ("found", "fixes"),
    [
        (None, [["ask"], []]),
        (row("none"), [["ask"], []]),
        (row("none", "subscribe"), [["ask", "unsee"], []]),
        (row("to"), [["unsee"], []]),
        (row("from"), [["ask"], ["hide"]]),
        (row("from", "subscribe"), [["ask", "unsee"], ["hide"]]),
        (row("both"), [["unsee"], ["hide"]]),
    ],
)
def test_m115_every_state_has_its_words_and_what_mends_it(
    found: ContactRow | None, fixes: list[list[str]]
) -> None:
    assert actions(found) == fixes
    assert len({sight.sentence for sight in sights(found, pre_approves=False)}) == 2


def test_a_yes_in_advance_where_the_server_keeps_it() -> None:
    assert actions(None, pre_approves=True) == [["ask"], ["allow"]]


@pytest.mark.parametrize(
    ("action", "kind"), [("ask", "subscribe"), ("unsee", "unsubscribe"), ("hide", "unsubscribed")]
)
async def test_each_action_is_one_presence(romeo: Person, action: str, kind: str) -> None:
    await commands.change_subscription(romeo.session, JULIET, action)
    assert [(xml.get("to"), xml.get("type")) for xml in romeo.client.sent] == [(JULIET, kind)]


async def test_a20_nobody_is_let_in_who_did_not_ask(romeo: Person) -> None:
    with pytest.raises(NotFound):
        await commands.change_subscription(romeo.session, JULIET, "allow")
    assert romeo.client.sent == []
    romeo.client.pre_approves = True
    await commands.change_subscription(romeo.session, JULIET, "allow")
    await romeo.session.handled(SubscriptionRequested(MERCUTIO))
    romeo.client.pre_approves = False
    await commands.change_subscription(romeo.session, MERCUTIO, "allow")
    assert [(xml.get("to"), xml.get("type")) for xml in romeo.client.sent] == [
        (JULIET, "subscribed"),
        (MERCUTIO, "subscribed"),
    ]


async def test_not_with_oneself_and_not_without_a_stream(romeo: Person) -> None:
    with pytest.raises(NotFound):
        await commands.change_subscription(romeo.session, ROMEO, "ask")
    romeo.client.connected = False
    with pytest.raises(Offline):
        await commands.change_subscription(romeo.session, JULIET, "ask")


async def test_accepting_without_asking_back(romeo: Person) -> None:
    await romeo.session.handled(SubscriptionRequested(MERCUTIO))
    await commands.accept_request(romeo.session, MERCUTIO, add_back=False)
    assert [xml.get("type") for xml in romeo.client.sent] == ["subscribed"]


async def test_m114_another_name_and_groups(romeo: Person) -> None:
    await romeo.session.handled(RosterPushed(RosterItem(JULIET, "Juliet", "both")))
    romeo.client.answers = [DONE]
    await commands.edit_contact(romeo.session, JULIET, "My sun", ["Verona", "Love"])
    (item,) = romeo.client.asked[0]
    assert (item.get("name"), [group.text for group in item]) == ("My sun", ["Verona", "Love"])
    assert romeo.client.sent == []
    romeo.client.answers = [DONE]
    await commands.edit_contact(romeo.session, MERCUTIO, "", [])
    assert [(xml.get("to"), xml.get("type")) for xml in romeo.client.sent] == [(MERCUTIO, "subscribe")]
    with pytest.raises(NotFound):
        await commands.edit_contact(romeo.session, ROMEO, "Me", [])


async def test_a31_who_sees_us_is_answered(romeo: Person) -> None:
    items = (RosterItem(JULIET, "", "both"), RosterItem(MERCUTIO, "", "to"))
    await romeo.session.handled(RosterReceived(items))
    assert romeo.client.acquainted["people"] == {JULIET}
    await romeo.session.handled(RosterPushed(RosterItem(MERCUTIO, "", "from")))
    assert romeo.client.acquainted["people"] == {JULIET, MERCUTIO}
    await romeo.session.handled(RosterPushed(RosterItem(JULIET, "", "remove")))
    assert romeo.client.acquainted["people"] == {MERCUTIO}


@pytest.mark.parametrize(
    ("chosen", "here", "gone"),
    [
        ({}, SendPresence(), SendPresence("away")),
        ({"show": "chat", "status": "Ay"}, SendPresence("chat", "Ay"), SendPresence("away", "Ay")),
        ({"show": "away"}, SendPresence("away"), SendPresence("away")),
        ({"show": "dnd"}, SendPresence("dnd"), SendPresence("dnd")),
        ({"show": "xa"}, SendPresence("xa"), SendPresence("xa")),
    ],
)
async def test_what_was_chosen_and_that_nobody_looks(
    romeo: Person, chosen: dict[str, str], here: SendPresence, gone: SendPresence
) -> None:
    session = romeo.session
    session.preferences = chosen
    assert session.presence() == gone
    session.glance()
    assert session.presence() == here


async def test_everybody_hears_what_was_chosen(romeo: Person) -> None:
    session = romeo.session
    commands.show_presence(session)
    assert romeo.client.said == []
    session.glance()
    session.appear()
    session.preferences = {"show": "dnd", "status": "Fencing"}
    commands.show_presence(session)
    assert romeo.client.said[-1] == SendPresence("dnd", "Fencing")
    assert OwnPresenceChanged() in romeo.changes()
    assert (own_presence(session).kind, own_presence(session).status) == ("dnd", "Fencing")
    session.state = "offline"
    assert own_presence(session).kind == "offline"


async def test_our_own_picture_redraws_the_frame(romeo: Person) -> None:
    async with romeo.session.work() as work:
        await handlers.show_picture(work, ROMEO, "a" * 40, "pep")
    assert OwnPresenceChanged() in romeo.changes()
    assert own_presence(romeo.session).picture == f"/avatars/{'a' * 40}"
    async with romeo.session.read() as db:
        assert await store.pictures(db, romeo.session.account_id) == {ROMEO: "a" * 40}
