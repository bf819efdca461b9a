"""What becomes of an own message: pending, sent, received, displayed; failed and again (XEP-0184, 0333)."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import func, select, update

from tests.lab.people import JULIET, MERCUTIO, ROMEO, Person
from tests.messages.looking import conversation, counted_unread, lines, states
from tests.messages.server import Server
from tests.messages.test_live import hears, outgoing
from webchat.errors import NotFound
from webchat.messages import commands, jobs, store
from webchat.messages.changes import ConversationChanged, MessageChanged, TimelineChanged
from webchat.messages.models import Gap, Receipt
from webchat.messages.show import row
from webchat.session.models import OutboxRow
from webchat.xmpp.events import DisplayedReceived, Event, MessageFailed, ReceiptReceived, StanzaAcked
from webchat.xmpp.verbs import SendMessage

PHONE = f"{JULIET}/phone"


async def says(romeo: Person, *texts: str, to: str = JULIET) -> None:
    for text in texts:
        await commands.send_message(romeo.session, to, text, id=id_of(text))
    romeo.changes()


def id_of(text: str) -> str:
    return f"id-of-{text}"


def got(text: str, **values: Any) -> ReceiptReceived:
    given: dict[str, Any] = {"conversation": JULIET, "sender": PHONE, "mine": False, "id": id_of(text)}
    return ReceiptReceived(**(given | values))


def displayed(text: str, **values: Any) -> DisplayedReceived:
    given: dict[str, Any] = {"conversation": JULIET, "sender": PHONE, "mine": False, "id": id_of(text)}
    return DisplayedReceived(**(given | values))


async def test_states_go_forward_only(romeo: Person) -> None:
    await says(romeo, "one")
    steps: list[tuple[Event, str]] = [
        (StanzaAcked(id_of("one")), "sent"),
        (got("one"), "received"),
        (StanzaAcked(id_of("one")), "received"),
        (displayed("one"), "displayed"),
        (got("one"), "displayed"),
        (MessageFailed(JULIET, id_of("one"), "service-unavailable"), "displayed"),
    ]
    for event, state in steps:
        await romeo.session.handled(event)
        assert await states(romeo) == {"one": state}


async def test_news_is_told_once(romeo: Person) -> None:
    await says(romeo, "one")
    (line,) = await lines(romeo)
    for event in (StanzaAcked(id_of("one")), got("one"), displayed("one")):
        await romeo.session.handled(event)
        assert romeo.changes() == [MessageChanged(JULIET, line.id), ConversationChanged(JULIET)]
        await romeo.session.handled(event)
        assert romeo.changes() == []


async def test_displayed_includes_everything_earlier(romeo: Person) -> None:
    await says(romeo, "one", "two", "three")
    await romeo.session.handled(displayed("two"))
    assert await states(romeo) == {"one": "displayed", "two": "displayed", "three": "pending"}
    await romeo.session.handled(displayed("one"))
    assert await states(romeo) == {"one": "displayed", "two": "displayed", "three": "pending"}


async def test_a_failed_message_is_not_displayed_by_a_later_one(romeo: Person) -> None:
    await says(romeo, "one", "two")
    await romeo.session.handled(MessageFailed(JULIET, id_of("one"), "service-unavailable", "gone fishing"))
    await romeo.session.handled(displayed("two"))
    assert await states(romeo) == {"one": "failed", "two": "displayed"}


async def test_a_receipt_outweighs_an_error_of_another_device(romeo: Person) -> None:
    await says(romeo, "one")
    await romeo.session.handled(MessageFailed(JULIET, id_of("one"), "service-unavailable"))
    await romeo.session.handled(got("one"))
    (line,) = await lines(romeo)
    assert (line.state, line.error_condition) == ("received", "")


async def test_a_message_that_waits_in_an_unreadable_form_is_told_of_and_can_be_sent_again(
    romeo: Person,
) -> None:
    """It holds no other up; its text stays."""
    await says(romeo, "one", "two")
    async with romeo.session.work() as work:
        broken = update(OutboxRow).where(OutboxRow.stanza_id == id_of("one"))
        await work.db.execute(broken.values(verb='{"verb": "SendPigeon"}'))
    romeo.session.outbox.release()
    async with asyncio.timeout(5):
        while not romeo.client.said:
            await asyncio.sleep(0.001)
    (line, other) = await lines(romeo)
    assert (line.body, line.state, other.state) == ("one", "failed", "pending")
    assert row.ERRORS[line.error_condition].startswith("The form in which it waited")
    await commands.retry_message(romeo.session, line.id)
    async with asyncio.timeout(5):
        while len(romeo.client.said) < 2:
            await asyncio.sleep(0.001)
    assert [verb.body for verb in romeo.client.said if isinstance(verb, SendMessage)] == ["two", "one"]


@pytest.mark.parametrize(
    "forged",
    [
        got("one", conversation=MERCUTIO, sender=f"{MERCUTIO}/x"),
        got("one", sender=f"{MERCUTIO}/x"),
        got("one", mine=True, sender=f"{ROMEO}/phone"),
        displayed("one", conversation=MERCUTIO, sender=f"{MERCUTIO}/x"),
        displayed("one", sender=f"{MERCUTIO}/x"),
        displayed("one", mine=True, sender=f"{ROMEO}/phone"),
        MessageFailed(MERCUTIO, id_of("one"), "gone"),
        MessageFailed("verona.example", id_of("one"), "gone"),
        MessageFailed("evil@capulet.example", id_of("one"), "gone"),
        MessageFailed("example", id_of("one"), "gone"),
    ],
)
async def test_only_whom_it_was_sent_to_can_say_so(romeo: Person, forged: Event) -> None:
    """A16, A25: nobody else moves a tick."""
    await says(romeo, "one")
    await says(romeo, "another", to=MERCUTIO)
    await romeo.session.handled(forged)
    assert await states(romeo) == {"one": "pending"}
    assert romeo.changes() == []


@pytest.mark.parametrize("source", [JULIET, "capulet.example", "", "montague.example", ROMEO])
async def test_who_can_say_that_it_failed(romeo: Person, source: str) -> None:
    """The receiver, their server, our server."""
    await says(romeo, "one")
    await romeo.session.handled(MessageFailed(source, id_of("one"), "remote-server-not-found"))
    (line,) = await lines(romeo)
    assert (line.state, line.error_condition) == ("failed", "remote-server-not-found")


async def test_retry_sends_again_under_the_same_id(romeo: Person) -> None:
    romeo.client.connected = False
    await says(romeo, "one")
    (line,) = await lines(romeo)
    assert await commands.retry_message(romeo.session, line.id) == JULIET
    assert romeo.changes() == []
    await romeo.session.handled(MessageFailed(JULIET, id_of("one"), "resource-constraint"))
    assert await outgoing(romeo) == []
    romeo.changes()
    assert await commands.retry_message(romeo.session, line.id) == JULIET
    assert romeo.changes() == [MessageChanged(JULIET, line.id), ConversationChanged(JULIET)]
    (verb,) = await outgoing(romeo)
    assert id_of("one") in verb
    (line,) = await lines(romeo)
    assert (line.state, line.error_condition) == ("pending", "")


async def test_there_is_no_retry_of_what_is_not_ours(romeo: Person) -> None:
    with pytest.raises(NotFound):
        await commands.retry_message(romeo.session, 4711)


async def test_a_failed_message_is_removed_and_no_other(romeo: Person) -> None:
    await romeo.session.handled(hears("Romeo?"))
    await says(romeo, "one", "two")
    one, two = [line for line in await lines(romeo) if line.mine]
    assert await commands.remove_failed(romeo.session, one.id) == JULIET
    assert romeo.changes() == []
    await romeo.session.handled(MessageFailed(JULIET, id_of("two"), "gone"))
    romeo.changes()
    assert await commands.remove_failed(romeo.session, two.id) == JULIET
    assert romeo.changes() == [
        MessageChanged(JULIET, two.id),
        TimelineChanged(JULIET),
        ConversationChanged(JULIET),
    ]
    assert await states(romeo) == {"one": "pending"}
    assert len(await outgoing(romeo)) == 1
    found = await conversation(romeo)
    assert (found.last_message_id, found.displayed_id) == (one.id, one.id)
    with pytest.raises(NotFound):
        await commands.remove_failed(romeo.session, two.id)


@pytest.mark.parametrize("before", [[], ["Good morrow"]])
async def test_what_comes_where_a_removed_message_stood_is_new(romeo: Person, before: list[str]) -> None:
    for text in before:
        await romeo.session.handled(hears(text))
    await says(romeo, "one")
    *_, line = await lines(romeo)
    await romeo.session.handled(MessageFailed(JULIET, id_of("one"), "gone"))
    await commands.remove_failed(romeo.session, line.id)
    await romeo.session.handled(hears("Romeo?"))
    assert (await conversation(romeo)).unread == await counted_unread(romeo) == 1


async def test_what_may_be_missing_after_a_removed_message_is_not_forgotten(romeo: Person) -> None:
    await says(romeo, "one", "two")
    _, two = await lines(romeo)
    found = await conversation(romeo)
    async with romeo.session.work() as work:
        work.db.add(Gap(conversation_id=found.id, message_id=two.id))
    await romeo.session.handled(MessageFailed(JULIET, id_of("two"), "gone"))
    await commands.remove_failed(romeo.session, two.id)
    async with romeo.session.read() as db:
        (gap,) = await store.gaps_after(db, romeo.session.account_id, found.id, 0)
    (one,) = await lines(romeo)
    assert gap.position == one.position


async def test_what_was_said_about_a_message_waits_for_it(romeo: Person, server: Server) -> None:
    """A receipt is a row pointing at an id: its message may come later from the archive."""
    for text in ("one", "two", "three", "four"):
        server.sent(JULIET, text, id_of(text))
    await romeo.session.handled(hears("Romeo?"))
    await romeo.session.handled(displayed("two"))
    await romeo.session.handled(got("three"))
    await romeo.session.handled(got("three"))
    await commands.load_older(romeo.session, JULIET)
    assert await states(romeo) == {
        "one": "displayed",
        "two": "displayed",
        "three": "received",
        "four": "sent",
    }


async def test_what_stands_before_something_displayed_was_displayed(romeo: Person, server: Server) -> None:
    server.sent(JULIET, "one", id_of("one"))
    await jobs.catch_up(romeo.session)
    server.sent(JULIET, "two", id_of("two"))
    await romeo.session.handled(server.sent(JULIET, "three", id_of("three")))
    await romeo.session.handled(displayed("three"))
    await jobs.catch_up(romeo.session)
    assert await states(romeo) == dict.fromkeys(("one", "two", "three"), "displayed")


async def test_receipts_for_nothing_are_bounded(romeo: Person) -> None:
    await romeo.session.handled(hears("Romeo?"))
    await romeo.hears(*(got(str(n)) for n in range(250)))
    found = await conversation(romeo)
    async with romeo.session.read() as db:
        rows = select(func.count()).where(Receipt.conversation_id == found.id)
        assert await db.scalar(rows) == 200


async def test_receipts_from_nobody_are_dropped(romeo: Person) -> None:
    await romeo.session.handled(
        got("one", conversation="nobody@verona.example", sender="nobody@verona.example/x")
    )
    await romeo.session.handled(displayed("one", conversation="nobody@verona.example"))
    assert romeo.changes() == []
