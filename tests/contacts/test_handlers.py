"""What the server says about people, from the event to changes (RFC 6121 §2, §3, §4)."""

from xml.etree.ElementTree import Element, SubElement

import pytest

from tests.lab.people import JULIET, MERCUTIO, ROMEO, Person
from webchat.contacts import store
from webchat.contacts.changes import ContactChanged, RequestsChanged, RosterChanged
from webchat.contacts.jobs import sync_roster
from webchat.contacts.show import presence_of
from webchat.contacts.state import Presence, Presences
from webchat.errors import TimedOut
from webchat.xmpp.events import (
    PresenceReceived,
    RosterItem,
    RosterPushed,
    RosterReceived,
    SubscriptionRequested,
)
from webchat.xmpp.verbs import SendPresence

ROSTER = "{jabber:iq:roster}"


async def roster(romeo: Person, *items: RosterItem) -> None:
    await romeo.session.handled(RosterReceived(items, "v1"))
    romeo.changes()


async def contact(romeo: Person, jid: str) -> store.ContactRow | None:
    async with romeo.session.read() as db:
        return await store.contact(db, romeo.session.account_id, jid)


async def requests(romeo: Person) -> list[str]:
    async with romeo.session.read() as db:
        return await store.requests(db, romeo.session.account_id)


async def test_the_roster_is_replaced_and_an_equal_one_is_no_news(romeo: Person) -> None:
    received = RosterReceived((RosterItem(JULIET, "Juliet", "both"),), "v1")
    await romeo.session.handled(received)
    assert romeo.changes() == [RosterChanged()]
    await romeo.session.handled(received)
    assert romeo.changes() == []
    assert romeo.session[Presences].known == {JULIET, ROMEO}


async def test_a_push_adds_renames_and_removes(romeo: Person) -> None:
    await roster(romeo)
    await romeo.session.handled(RosterPushed(RosterItem(JULIET, "Juliet", "to"), "v2"))
    assert romeo.changes() == [RosterChanged(), ContactChanged(JULIET)]
    await romeo.session.handled(RosterPushed(RosterItem(JULIET, "Juliet", "both"), "v3"))
    assert romeo.changes() == [ContactChanged(JULIET)]
    await romeo.session.handled(RosterPushed(RosterItem(JULIET, "My sun", "both"), "v4"))
    assert romeo.changes() == [RosterChanged(), ContactChanged(JULIET)]
    await romeo.session.handled(PresenceReceived(f"{JULIET}/balcony", True))
    await romeo.session.handled(RosterPushed(RosterItem(JULIET, subscription="remove"), "v5"))
    assert await contact(romeo, JULIET) is None
    assert presence_of(romeo.session, JULIET) == Presence("offline")
    async with romeo.session.read() as db:
        assert await store.roster_version(db, romeo.session.account_id) == "v5"


async def test_presence_changes_a_page_only_when_it_shows(romeo: Person) -> None:
    await roster(romeo, RosterItem(JULIET, "Juliet", "both"))
    await romeo.session.handled(PresenceReceived(f"{JULIET}/balcony", True, "away", "Sighing"))
    assert romeo.changes() == [ContactChanged(JULIET)]
    assert presence_of(romeo.session, JULIET) == Presence("away", "Sighing")
    await romeo.session.handled(PresenceReceived(f"{JULIET}/phone", True, "xa"))
    await romeo.session.handled(PresenceReceived(f"{MERCUTIO}/street", True))
    assert romeo.changes() == []


async def test_without_a_stream_nobody_is_shown_as_there(romeo: Person) -> None:
    await roster(romeo, RosterItem(JULIET, "Juliet", "both"))
    await romeo.session.handled(PresenceReceived(f"{JULIET}/balcony", True))
    romeo.session.state = "offline"
    assert presence_of(romeo.session, JULIET) == Presence("offline")


async def test_presence_before_the_roster_is_judged_by_the_database(romeo: Person) -> None:
    await roster(romeo, RosterItem(JULIET, "Juliet", "both"))
    romeo.session[Presences].known = None
    await romeo.session.handled(PresenceReceived(f"{MERCUTIO}/street", True))
    await romeo.session.handled(PresenceReceived(f"{JULIET}/balcony", True))
    assert romeo.changes() == [ContactChanged(JULIET)]


async def test_a_request_is_silent_and_answered_by_nobody(romeo: Person) -> None:
    for _ in range(3):
        await romeo.session.handled(SubscriptionRequested(MERCUTIO, "Let me in, I am the admin"))
    assert romeo.changes() == [RequestsChanged()]
    assert await requests(romeo) == [MERCUTIO]
    assert (romeo.client.said, romeo.client.sent) == ([], [])


async def test_a_flood_of_requests_is_capped(romeo: Person) -> None:
    for number in range(120):
        romeo.session.put(SubscriptionRequested(f"m{number}@evil.example"))
    await romeo.session.handled(SubscriptionRequested(MERCUTIO))
    assert len(await requests(romeo)) == store.MOST_REQUESTS


async def test_who_sees_us_already_does_not_wait(romeo: Person) -> None:
    await roster(romeo, RosterItem(JULIET, "Juliet", "from"))
    await romeo.session.handled(SubscriptionRequested(JULIET))
    assert await requests(romeo) == []


async def test_a_request_accepted_on_another_device_is_gone(romeo: Person) -> None:
    await romeo.session.handled(SubscriptionRequested(MERCUTIO))
    romeo.changes()
    await romeo.session.handled(RosterPushed(RosterItem(MERCUTIO, "", "from"), "v2"))
    assert RequestsChanged() in romeo.changes()
    assert await requests(romeo) == []


def answer(version: str | None, *jids: str) -> Element:
    result = Element("{jabber:client}iq", {"type": "result"})
    if version is not None:
        query = SubElement(result, f"{ROSTER}query", {"ver": version})
        for jid in jids:
            SubElement(query, f"{ROSTER}item", {"jid": jid, "subscription": "both"})
    return result


async def test_sync_fetches_the_roster_then_says_that_we_are_here(romeo: Person) -> None:
    romeo.client.answers = [answer("v7", JULIET)]
    await sync_roster(romeo.session)
    assert await contact(romeo, JULIET) is not None
    assert [payload.get("ver") for payload in romeo.client.asked] == [None]
    assert romeo.client.said == [SendPresence("away")]


async def test_sync_of_an_unchanged_roster_only_gives_the_version(romeo: Person) -> None:
    romeo.client.answers = [answer("v7", JULIET), answer(None)]
    await sync_roster(romeo.session)
    romeo.session[Presences].known = None
    await sync_roster(romeo.session)
    assert [payload.get("ver") for payload in romeo.client.asked] == [None, "v7"]
    assert romeo.session[Presences].known == {JULIET, ROMEO}
    assert await contact(romeo, JULIET) is not None


async def test_sync_says_that_we_are_here_even_without_a_roster(romeo: Person) -> None:
    romeo.client.answers = [TimedOut()]
    with pytest.raises(TimedOut):
        await sync_roster(romeo.session)
    assert romeo.client.said == [SendPresence("away")]


async def test_sync_forgets_who_was_there_before(romeo: Person) -> None:
    await roster(romeo, RosterItem(JULIET, "Juliet", "both"))
    await romeo.session.handled(PresenceReceived(f"{JULIET}/balcony", True))
    romeo.changes()
    romeo.client.answers = [answer(None)]
    await sync_roster(romeo.session)
    assert romeo.changes() == [RosterChanged()]
    assert presence_of(romeo.session, JULIET) == Presence("offline")


async def test_who_may_not_be_seen_any_more_is_not_shown(romeo: Person) -> None:
    await roster(romeo, RosterItem(JULIET, "Juliet", "both"), RosterItem(MERCUTIO, "Mercutio", "to"))
    await romeo.session.handled(PresenceReceived(f"{JULIET}/balcony", True))
    await romeo.session.handled(PresenceReceived(f"{MERCUTIO}/street", True))
    romeo.changes()
    await romeo.session.handled(RosterPushed(RosterItem(JULIET, "Juliet", "from"), "v2"))
    assert ContactChanged(JULIET) in romeo.changes()
    assert presence_of(romeo.session, JULIET) == Presence("offline")
    await romeo.session.handled(PresenceReceived(f"{JULIET}/balcony", True))
    assert romeo.changes() == []
    await romeo.session.handled(RosterReceived((RosterItem(MERCUTIO, "Mercutio", "none"),), "v3"))
    assert ContactChanged(MERCUTIO) in romeo.changes()
    assert presence_of(romeo.session, MERCUTIO) == Presence("offline")


async def test_whoever_lets_us_see_them_is_shown_from_then_on(romeo: Person) -> None:
    await roster(romeo, RosterItem(JULIET, "Juliet", "from", ask="subscribe"))
    await romeo.session.handled(PresenceReceived(f"{JULIET}/balcony", True))
    assert presence_of(romeo.session, JULIET) == Presence("offline")
    await romeo.session.handled(RosterPushed(RosterItem(JULIET, "Juliet", "both"), "v2"))
    await romeo.session.handled(PresenceReceived(f"{JULIET}/balcony", True))
    assert presence_of(romeo.session, JULIET) == Presence("online")


async def test_our_other_devices_are_always_seen(romeo: Person) -> None:
    await roster(romeo)
    await romeo.session.handled(RosterPushed(RosterItem(ROMEO, "Myself", "none"), "v2"))
    await romeo.session.handled(PresenceReceived(f"{ROMEO}/phone", True, "away"))
    assert presence_of(romeo.session, ROMEO) == Presence("away")
