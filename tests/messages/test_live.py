"""What comes in live: stored once, in the right conversation, told to pages, answered only where allowed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from sqlalchemy import select

from tests.lab.databases import KINDS
from tests.lab.people import JULIET, MERCUTIO, ROMEO, Person
from tests.messages.looking import archive_ids, befriend, bodies, conversation, lines, states
from tests.messages.server import Server
from webchat.messages import commands, jobs, store
from webchat.messages.changes import ConversationChanged, MessageChanged, TypingChanged, UnreadChanged
from webchat.messages.state import Typing
from webchat.session.models import OutboxRow
from webchat.xmpp.context import Context
from webchat.xmpp.events import ChatStateReceived, Event, MessageReceived
from webchat.xmpp.parse import event as read_stanza

DATABASES = KINDS[:1]


def hears(body: str, jid: str = JULIET, **values: Any) -> MessageReceived:
    given: dict[str, Any] = {"id": f"id of {body}"} | values
    return MessageReceived(jid, f"{jid}/balcony", False, body, **given)


def carbon(body: str, jid: str = JULIET, **values: Any) -> MessageReceived:
    id = f"id of {body}"
    given: dict[str, Any] = {"id": id, "origin_id": id, "carbon": True} | values
    return MessageReceived(jid, f"{ROMEO}/phone", True, body, **given)


def stanza(text: str) -> Event | None:
    """The event of a literal stanza, as Romeo's client reads it."""
    xml = ET.fromstring(f"<stream xmlns='jabber:client'>{text}</stream>")[0]  # noqa: S314
    return read_stanza(xml, Context(ROMEO, f"{ROMEO}/webchat", "montague.example", sid_trusted=True))


async def outgoing(romeo: Person) -> list[str]:
    """Verbs that were written into the outbox."""
    async with romeo.session.read() as db:
        return list(await db.scalars(select(OutboxRow.verb).order_by(OutboxRow.id)))


async def test_a_stanza_becomes_a_row_and_changes(romeo: Person) -> None:
    event = stanza(
        f"<message from='{JULIET}/balcony' to='{ROMEO}' type='chat' id='m1'><body>Ay me!</body>"
        f"<stanza-id xmlns='urn:xmpp:sid:0' by='{ROMEO}' id='a1'/></message>"
    )
    assert event is not None
    await romeo.session.handled(event)
    (line,) = await lines(romeo)
    assert (line.body, line.mine, line.state) == ("Ay me!", False, "")
    assert romeo.changes() == [MessageChanged(JULIET, line.id), ConversationChanged(JULIET), UnreadChanged()]
    assert (await conversation(romeo)).unread == 1
    assert await archive_ids(romeo) == {"Ay me!": "a1"}


async def test_the_same_archive_id_is_the_same_message(romeo: Person) -> None:
    event = hears("Ay me!", stanza_id="a1")
    await romeo.session.handled(event)
    romeo.changes()
    await romeo.session.handled(event)
    assert await bodies(romeo) == ["Ay me!"]
    assert romeo.changes() == []


async def test_the_same_words_under_the_same_id_without_an_archive_are_two(romeo: Person) -> None:
    """Nobody vouches that it is one, so both are shown (A23)."""
    for _ in range(2):
        await romeo.session.handled(hears("Ay me!"))
    assert await bodies(romeo) == ["Ay me!", "Ay me!"]


async def test_what_a_server_kept_and_delivers_again_is_known(romeo: Person) -> None:
    moment = datetime.now(UTC) - timedelta(hours=1)
    await romeo.session.handled(hears("Ay me!", stanza_id="a1", stamp=moment, id="short"))
    await romeo.session.handled(hears("Ay me!", stamp=moment + timedelta(seconds=5), id="short"))
    assert await bodies(romeo) == ["Ay me!"]
    await romeo.session.handled(hears("Ay me!", stamp=moment + timedelta(minutes=30), id="short"))
    assert len(await bodies(romeo)) == 2


async def test_nobody_swallows_the_message_of_another(romeo: Person) -> None:
    """A23: Mercutio repeats Juliet's and Romeo's ids; everything stays visible, nothing changes its state."""
    await commands.send_message(romeo.session, JULIET, "It is my lady", id="romeos-own-id")
    await romeo.session.handled(hears("O Romeo", id="same", origin_id="same"))
    for id in ("same", "romeos-own-id"):
        await romeo.session.handled(hears("O Romeo", MERCUTIO, id=id, origin_id=id))
        await romeo.session.handled(hears("O Romeo", JULIET, id=id, origin_id=id, stanza_id=f"by {id}"))
    assert await bodies(romeo) == ["It is my lady", "O Romeo", "O Romeo", "O Romeo"]
    assert await bodies(romeo, MERCUTIO) == ["O Romeo", "O Romeo"]
    assert await states(romeo) == {"It is my lady": "pending"}


async def test_the_future_is_not_believed(romeo: Person) -> None:
    """A27: claimed times do not order, and nothing was said tomorrow."""
    await romeo.session.handled(hears("first", stamp=datetime(2099, 1, 1, tzinfo=UTC)))
    await romeo.session.handled(hears("second", stamp=datetime(1970, 1, 1, tzinfo=UTC)))
    first, second = await lines(romeo)
    assert (first.body, second.body) == ("first", "second")
    assert first.stamp <= datetime.now(UTC)


async def test_a_carbon_of_our_own_message_is_stored_and_counts_as_having_read(romeo: Person) -> None:
    await romeo.session.handled(hears("What shall Cordelia speak?"))
    await romeo.session.handled(carbon("Nothing", stanza_id="a2"))
    assert await states(romeo) == {"Nothing": "sent"}
    found = await conversation(romeo)
    assert (found.unread, found.displayed_stanza_id, found.stranger) == (0, "a2", False)


async def test_our_own_message_coming_back_is_recognised(romeo: Person) -> None:
    await commands.send_message(romeo.session, JULIET, "I am here", id="11111111-own")
    (line,) = await lines(romeo)
    romeo.changes()
    back = carbon("I am here", id="11111111-own", origin_id="11111111-own", stanza_id="a1")
    await romeo.session.handled(back)
    assert romeo.changes() == [MessageChanged(JULIET, line.id)]
    assert await states(romeo) == {"I am here": "sent"}
    assert await archive_ids(romeo) == {"I am here": "a1"}
    await romeo.session.handled(back)
    assert romeo.changes() == []


async def test_a_client_that_counts_its_ids_loses_nothing(romeo: Person) -> None:
    await romeo.session.handled(carbon("Good morrow", id="1", origin_id="", stanza_id="a1"))
    await romeo.session.handled(carbon("Good night", id="1", origin_id="", stanza_id="a2"))
    await romeo.session.handled(carbon("Good night", id="1", origin_id="", stanza_id="a2"))
    assert await bodies(romeo) == ["Good morrow", "Good night"]


async def test_only_contacts_get_receipts(romeo: Person) -> None:
    """A21: a stranger does not learn that we are here."""
    await befriend(romeo, JULIET, subscription="from")
    for jid in (JULIET, MERCUTIO):
        await romeo.session.handled(hears("Romeo?", jid, receipt_requested=True, markable=True))
    (verb,) = await outgoing(romeo)
    assert JULIET in verb
    assert "id of Romeo?" in verb


@pytest.mark.parametrize("subscription", ["none", "to"])
async def test_who_does_not_see_us_gets_no_receipt(romeo: Person, subscription: str) -> None:
    await befriend(romeo, JULIET, subscription=subscription)
    await romeo.session.handled(hears("Romeo?", receipt_requested=True))
    await romeo.session.handled(carbon("I am here", receipt_requested=True))
    assert await outgoing(romeo) == []


async def test_a_stranger_is_shown_and_not_counted_until_known(romeo: Person) -> None:
    await befriend(romeo, JULIET)
    await romeo.session.handled(hears("A word with one of you", MERCUTIO))
    await romeo.session.handled(hears("Romeo?", JULIET))

    async def total() -> int:
        async with romeo.session.read() as db:
            return await store.unread_total(db, romeo.session.account_id)

    assert await total() == 1
    assert (await conversation(romeo, MERCUTIO)).stranger
    await befriend(romeo, JULIET, MERCUTIO)
    await romeo.session.handled(hears("Couple it with something", MERCUTIO))
    assert not (await conversation(romeo, MERCUTIO)).stranger
    assert await total() == 3


async def test_who_came_into_the_roster_meanwhile_is_no_stranger(romeo: Person, server: Server) -> None:
    for jid in (JULIET, MERCUTIO):
        await romeo.session.handled(hears("Romeo?", jid))
    await befriend(romeo, JULIET)
    await jobs.catch_up(romeo.session)
    assert not (await conversation(romeo, JULIET)).stranger
    assert (await conversation(romeo, MERCUTIO)).stranger
    assert romeo.changes() == [UnreadChanged(), ConversationChanged(JULIET)]


async def test_who_is_answered_is_no_stranger(romeo: Person) -> None:
    await romeo.session.handled(hears("A word with one of you", MERCUTIO))
    await commands.send_message(romeo.session, MERCUTIO, "And but one word?", id="22222222")
    assert not (await conversation(romeo, MERCUTIO)).stranger


async def test_typing_of_people_one_does_not_know_moves_nothing(romeo: Person) -> None:
    """The ring of changes is short: strangers must not be able to push what matters out of it."""
    before = romeo.session.feed.cursor
    for n in range(300):
        state = "composing" if n % 2 else "paused"
        await romeo.session.handled(ChatStateReceived(MERCUTIO, f"{MERCUTIO}/{n}", state))  # type: ignore[arg-type]
    assert romeo.session.feed.cursor == before


async def test_typing_is_told_and_ends_with_the_message(romeo: Person) -> None:
    await befriend(romeo)
    for _ in range(2):
        await romeo.session.handled(ChatStateReceived(JULIET, f"{JULIET}/balcony", "composing"))
    assert romeo.changes() == [TypingChanged(JULIET)]
    assert JULIET in romeo.session[Typing]
    await romeo.session.handled(hears("Ay me!"))
    assert TypingChanged(JULIET) in romeo.changes()
    assert JULIET not in romeo.session[Typing]
    await romeo.session.handled(ChatStateReceived(JULIET, f"{JULIET}/balcony", "paused"))
    assert romeo.changes() == []


async def test_typing_is_forgotten(romeo: Person) -> None:
    typing, told = Typing(), romeo.session.feed

    def forgotten() -> None:
        told.publish([TypingChanged(JULIET)])

    cursor = told.cursor
    assert typing.start(JULIET, forgotten, seconds=0)
    assert await told.wait(cursor, 5)
    assert JULIET not in typing


async def test_typing_is_bounded(romeo: Person) -> None:
    typing = Typing()
    news = [typing.start(f"{n}@verona.example", lambda: None, seconds=60) for n in range(300)]
    assert sum(news) == 200
    for n in range(300):
        typing.stop(f"{n}@verona.example")


async def test_an_archive_id_counts_within_its_conversation(romeo: Person) -> None:
    """Rooms give ids of their own: what another conversation has under the same id is another message."""
    await romeo.session.handled(hears("Ay me!", stanza_id="a1"))
    await romeo.session.handled(replace(hears("Ay me!", stanza_id="a1"), conversation=MERCUTIO))
    await romeo.session.handled(hears("Ay me!", stanza_id="a1"))
    assert await bodies(romeo) == ["Ay me!"]
    assert await bodies(romeo, MERCUTIO) == ["Ay me!"]


async def test_a_run_of_messages_becomes_what_they_become_one_by_one(
    romeo: Person, caplog: pytest.LogCaptureFixture
) -> None:
    """What comes in one breath is written down at once; what is known or stands between is as ever."""
    await romeo.session.handled(hears("before", stanza_id="a0"))
    run = [hears(f"line {number}", stanza_id=f"a{number}") for number in range(1, 5)]
    batch: list[Event] = [*run[:2], run[0], hears("line 2 told again", stanza_id="a2"), *run[2:]]
    batch += [carbon("mine", stanza_id="a5"), hears("after", stanza_id="a6")]
    batch += [hears("elsewhere", MERCUTIO, stanza_id="m1"), hears("and again", MERCUTIO, stanza_id="m2")]
    romeo.changes()
    for event in batch[:-1]:
        romeo.session.put(event)
    await romeo.session.handled(batch[-1])
    found = await lines(romeo)
    said = ["before", "line 1", "line 2", "line 3", "line 4", "mine", "after"]
    assert [line.body for line in found] == said
    assert [line.position for line in found] == sorted({line.position for line in found})
    assert await bodies(romeo, MERCUTIO) == ["elsewhere", "and again"]
    # The carbon tells that everything before it was read.
    assert (await conversation(romeo)).unread == 1
    assert (await conversation(romeo)).last_message_id == found[-1].id
    assert {change.id for change in romeo.changes() if isinstance(change, MessageChanged)} >= {
        line.id for line in found[1:]
    }
    # What fails together is done one by one, which would cost the most and look the same.
    assert not caplog.records
