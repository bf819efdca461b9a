"""Answering who asks to see us (RFC 6121 §3.1, security case A20)."""

import pytest

from tests.lab.people import MERCUTIO, Person
from webchat.contacts import commands, store
from webchat.contacts.changes import RequestsChanged
from webchat.errors import Offline
from webchat.xmpp.events import RosterItem, RosterPushed, SubscriptionRequested


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
