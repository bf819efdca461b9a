"""Answering who asks to see us (RFC 6121 §3.1, security case A20)."""

from xml.etree.ElementTree import Element

import pytest

from tests.lab.databases import KINDS
from tests.lab.people import MERCUTIO, ROMEO, Person
from webchat.contacts import commands, store
from webchat.contacts.changes import RequestsChanged
from webchat.errors import NotFound, Offline, XmppError
from webchat.xmpp.events import RosterItem, RosterPushed, SubscriptionRequested

DATABASES = KINDS[:1]


@pytest.fixture
async def asked(romeo: Person) -> Person:
    """Romeo, whom Mercutio asked."""
    await romeo.session.handled(SubscriptionRequested(MERCUTIO))
    romeo.changes()
    return romeo


def presences(person: Person) -> list[tuple[str | None, str | None]]:
    return [(xml.get("to"), xml.get("type")) for xml in person.client.sent]


async def test_accepting_lets_them_see_us_and_asks_for_the_same(asked: Person) -> None:
    await commands.accept_request(asked.session, MERCUTIO)
    assert presences(asked) == [(MERCUTIO, "subscribed"), (MERCUTIO, "subscribe")]
    assert asked.changes() == [RequestsChanged()]
    async with asked.session.read() as db:
        assert await store.requests(db, asked.session.account_id) == []


async def test_accepting_whom_we_see_already_asks_for_nothing(asked: Person) -> None:
    await asked.session.handled(RosterPushed(RosterItem(MERCUTIO, "", "to")))
    await commands.accept_request(asked.session, MERCUTIO)
    assert presences(asked) == [(MERCUTIO, "subscribed")]


async def test_declining(asked: Person) -> None:
    await commands.decline_request(asked.session, MERCUTIO)
    assert presences(asked) == [(MERCUTIO, "unsubscribed")]
    assert asked.changes() == [RequestsChanged()]


async def test_a_second_click_and_nobody_who_asked(romeo: Person, asked: Person) -> None:
    await commands.decline_request(asked.session, MERCUTIO)
    asked.client.sent.clear()
    await commands.decline_request(asked.session, MERCUTIO)
    await commands.accept_request(asked.session, MERCUTIO)
    assert presences(romeo) == []


async def test_without_a_stream_the_request_stays(asked: Person) -> None:
    asked.client.connected = False
    with pytest.raises(Offline):
        await commands.accept_request(asked.session, MERCUTIO)
    async with asked.session.read() as db:
        assert await store.requests(db, asked.session.account_id) == [MERCUTIO]


DONE = Element("{jabber:client}iq", {"type": "result"})


def items(person: Person) -> list[dict[str, str]]:
    """What the server was asked to do with the roster."""
    return [dict(query[0].attrib) for query in person.client.asked]


async def test_adding_a_stranger_asks_them_and_lets_nobody_see_us(romeo: Person) -> None:
    romeo.client.answers = [DONE]
    await commands.add_contact(romeo.session, MERCUTIO)
    assert items(romeo) == [{"jid": MERCUTIO}]
    assert presences(romeo) == [(MERCUTIO, "subscribe")]


async def test_adding_whoever_asked_answers_them_too(asked: Person) -> None:
    asked.client.answers = [DONE]
    await commands.add_contact(asked.session, MERCUTIO)
    assert presences(asked) == [(MERCUTIO, "subscribed"), (MERCUTIO, "subscribe")]
    assert asked.changes() == [RequestsChanged()]


@pytest.mark.parametrize(
    ("subscription", "ask", "said"),
    [("both", "", []), ("none", "subscribe", []), ("from", "", ["subscribe"])],
)
async def test_adding_a_contact_changes_neither_name_nor_what_was_asked(
    romeo: Person, subscription: str, ask: str, said: list[str]
) -> None:
    await romeo.session.handled(RosterPushed(RosterItem(MERCUTIO, "Mercutio", subscription, ask)))
    await commands.add_contact(romeo.session, MERCUTIO)
    assert items(romeo) == []
    assert [kind for _, kind in presences(romeo)] == said


async def test_where_the_server_refuses_nothing_is_asked(asked: Person) -> None:
    asked.client.answers = [XmppError("not-allowed")]
    with pytest.raises(XmppError):
        await commands.add_contact(asked.session, MERCUTIO)
    with pytest.raises(NotFound):
        await commands.add_contact(asked.session, ROMEO)
    asked.client.connected = False
    with pytest.raises(Offline):
        await commands.add_contact(asked.session, MERCUTIO)
    assert presences(asked) == []
    async with asked.session.read() as db:
        assert await store.requests(db, asked.session.account_id) == [MERCUTIO]


async def test_removing_a_contact(romeo: Person) -> None:
    await commands.remove_contact(romeo.session, MERCUTIO)
    assert items(romeo) == []
    await romeo.session.handled(RosterPushed(RosterItem(MERCUTIO, "Mercutio", "both")))
    romeo.client.answers = [DONE]
    await commands.remove_contact(romeo.session, MERCUTIO)
    assert items(romeo) == [{"jid": MERCUTIO, "subscription": "remove"}]
