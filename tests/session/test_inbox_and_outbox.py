"""Events in order, committed before they are acknowledged; verbs in order, sent until they are."""

import asyncio
import sqlite3
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from tests.session.conftest import PEPPER
from tests.session.fakes import FakeConnector, client_of, settled
from webchat.db.engine import Database
from webchat.errors import Offline
from webchat.session import inbox, outbox
from webchat.session.models import OutboxRow
from webchat.session.registry import Sessions
from webchat.session.session import Behaviour, Session
from webchat.session.work import Work
from webchat.xmpp.events import Event, MessageFailed, MessageReceived, RosterReceived, StanzaAcked
from webchat.xmpp.verbs import SendMessage, SendReceipt

JULIET = "juliet@example.org"


class House:
    """One session whose handlers note what they saw and fail when told to."""

    def __init__(self) -> None:
        self.seen: list[Event] = []
        self.poison: set[str] = set()
        self.faults = 0

    @staticmethod
    def locked() -> sqlite3.OperationalError:
        error = sqlite3.OperationalError("database is locked")
        error.sqlite_errorcode = sqlite3.SQLITE_BUSY
        return error

    async def on_event(self, work: Work, event: Any) -> None:
        if self.faults:
            self.faults -= 1
            raise OperationalError("insert", {}, self.locked())
        if getattr(event, "id", "") in self.poison:
            raise ValueError("poison")
        self.seen.append(event)


@pytest.fixture
def house() -> House:
    return House()


@pytest.fixture
async def session(accounts: Database, connector: FakeConnector, house: House) -> AsyncIterator[Session]:
    kinds = (MessageReceived, StanzaAcked, MessageFailed, RosterReceived)
    behaviour = Behaviour(handlers=dict.fromkeys(kinds, house.on_event))
    sessions = Sessions(accounts, behaviour, connector, PEPPER)  # type: ignore[arg-type]
    _, session = await sessions.login("romeo@example.org", "secret", keep=True)
    await session.handled(RosterReceived(()))
    await settled(session)
    yield session
    await sessions.stop()


def message(id: str, **more: Any) -> MessageReceived:
    return MessageReceived(JULIET, JULIET + "/balcony", mine=False, body="hi", id=id, **more)


async def left(session: Session) -> int:
    async with session.read() as db:
        return (await db.execute(select(func.count()).select_from(OutboxRow))).scalar_one()


async def send(session: Session, *ids: str) -> None:
    async with session.work() as work:
        for id in ids:
            work.send(SendMessage(JULIET, f"text of {id}", id))
    await settled(session)


async def test_events_reach_their_owner_in_order_and_tickets_follow_the_commit(
    session: Session, house: House
) -> None:
    done: list[int] = []
    for number in range(120):
        session.put(message(str(number)), lambda number=number: done.append(number))  # type: ignore[misc]
    assert not done
    await session.handled(message("last"))
    ids = [event.id for event in house.seen if isinstance(event, MessageReceived)]
    assert ids == [*map(str, range(120)), "last"]
    assert done == list(range(120))


async def test_h12_the_guilty_event_is_dropped_and_the_others_arrive(session: Session, house: House) -> None:
    house.poison = {"bad"}
    done: list[str] = []
    for id in ("one", "bad", "two"):
        session.put(message(id), lambda id=id: done.append(id))  # type: ignore[misc]
    await session.handled(message("three"))
    ids = [event.id for event in house.seen if isinstance(event, MessageReceived)]
    # The batch is run again event by event: rolled back first, so each row is written once.
    assert ids[-3:] == ["one", "two", "three"]
    assert session.inbox.dropped == 1
    assert sorted(done) == ["bad", "one", "two"]


async def test_r15_a_database_that_takes_nothing_loses_nothing(
    session: Session, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "RETRY", 0)
    house.faults = sys.getrecursionlimit() + 1  # more than any stack is deep
    done: list[str] = []
    session.put(message("one"), lambda: done.append("one"))
    await session.handled(message("two"))
    ids = [event.id for event in house.seen if isinstance(event, MessageReceived)]
    assert ids == ["one", "two"]
    assert done == ["one"]
    assert session.inbox.dropped == 0


async def test_a_flood_stops_reading_until_it_has_ebbed(session: Session) -> None:
    for number in range(inbox.FLOOD + 1):
        session.put(message(str(number)))
    assert client_of(session).paused == [True]
    await session.handled(message("last"))
    assert client_of(session).paused == [True, False]


async def test_a_verb_leaves_after_its_commit_and_goes_when_acknowledged(session: Session) -> None:
    await send(session, "a", "b")
    said = [(id, verb.id) for id, verb in client_of(session).said if isinstance(verb, SendMessage)]
    assert said == [("a", "a"), ("b", "b")]
    assert await left(session) == 2
    await session.handled(StanzaAcked("a"))
    assert await left(session) == 1
    # Whoever says that it failed does not take it out of the outbox: only our server does.
    await session.handled(MessageFailed(JULIET, "b", "item-not-found"))
    assert await left(session) == 1
    await session.handled(StanzaAcked("b"))
    assert await left(session) == 0


async def test_nothing_is_sent_when_the_work_fails(session: Session) -> None:
    async def fail() -> None:
        async with session.work() as work:
            work.send(SendMessage(JULIET, "text", "x"))
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await fail()
    await settled(session)
    assert await left(session) == 0
    assert "x" not in [id for id, _ in client_of(session).said]


async def test_while_offline_verbs_wait_and_then_go_in_order(session: Session) -> None:
    client = client_of(session)
    client.go_offline()
    await session.handled(RosterReceived(()))
    await send(session, "a", "b")
    assert "a" not in [id for id, _ in client.said]
    client.go_online(resumed=True)
    await session.handled(RosterReceived(()))
    await settled(session)
    assert [id for id, _ in client.said if id] == ["a", "b"]


async def test_r15_a_database_that_gives_nothing_holds_no_message_up_for_good(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, unwritten, asked = client_of(session), session.outbox._unwritten, 0

    async def locked_once(db: Any) -> Any:
        nonlocal asked
        asked += 1
        if asked == 1:
            raise OperationalError("select", {}, House.locked())
        return await unwritten(db)

    monkeypatch.setattr(outbox, "RETRY", timedelta(0))
    monkeypatch.setattr(session.outbox, "_unwritten", locked_once)
    client.go_offline()
    await session.handled(RosterReceived(()))
    await send(session, "a")
    client.go_online(resumed=True)
    async with asyncio.timeout(5):
        while "a" not in [id for id, _ in client.said]:
            await asyncio.sleep(0.001)


async def test_after_a_new_stream_only_what_no_archive_showed_is_sent_again(session: Session) -> None:
    client = client_of(session)
    await send(session, "a", "b", "c")
    client.go_offline()
    await session.handled(RosterReceived(()))
    # The archive shows that b had arrived before the stream broke.
    await session.handled(MessageReceived(JULIET, "romeo@example.org/x", mine=True, body="b", origin_id="b"))
    client.said.clear()
    client.go_online()
    await session.handled(RosterReceived(()))
    await settled(session)
    assert [id for id, _ in client.said if id] == ["a", "c"]


async def test_r07_a_stanza_that_breaks_the_stream_twice_is_given_up(session: Session, house: House) -> None:
    client = client_of(session)
    await send(session, "poison")
    for _ in range(2):
        client.go_offline("not-well-formed")
        await session.handled(RosterReceived(()))
        await settled(session)
        client.go_online()
        await session.handled(RosterReceived(()))
        await settled(session)
    failed = [event for event in house.seen if isinstance(event, MessageFailed)]
    assert [(event.conversation, event.id) for event in failed] == [(JULIET, "poison")]
    assert await left(session) == 0
    await send(session, "good")
    assert client.said[-1][0] == "good"


async def test_without_stream_management_a_written_verb_counts_as_taken(session: Session) -> None:
    client_of(session).acknowledges = False
    await send(session, "a")
    await session.handled(RosterReceived(()))
    assert await left(session) == 0


async def test_changes_are_published_after_the_commit_only(session: Session) -> None:
    from webchat.session.changes import ConnectionChanged

    cursor = session.feed.cursor
    async with session.work() as work:
        work.changed(ConnectionChanged())
        assert session.feed.cursor == cursor
    assert session.feed.since(cursor) == (session.feed.cursor, [ConnectionChanged()])


async def test_presence_follows_who_looks(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    from webchat.session import session as room

    monkeypatch.setattr(room, "AWAY_AFTER", 0.0)
    client = client_of(session)
    session.attach()
    assert session.presence().show == ""
    assert client.looked_at[-1] is True
    session.detach()
    for _ in range(100):
        if client.looked_at[-1] is False:
            break
        await asyncio.sleep(0.005)
    assert session.presence().show == "away"


class Clock:
    """Time that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


async def test_few_events_are_handled_at_once_and_many_are_gathered(
    session: Session, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "time", Clock())
    session.inbox._due = 0.0
    batches: list[int] = []
    commit = session.inbox._commit

    async def count(batch: list[Any]) -> None:
        batches.append(len(batch))
        await commit(batch)

    monkeypatch.setattr(session.inbox, "_commit", count)
    for number in range(inbox.AT_ONCE + 1):
        session.put(message(f"alone {number}"))
        await asyncio.wait_for(seen(house, f"alone {number}"), 5)
    assert batches == [1] * (inbox.AT_ONCE + 1)
    session.put(message("many 0"))
    await asyncio.sleep(0)
    for number in range(1, 5):
        session.put(message(f"many {number}"))
    await asyncio.wait_for(seen(house, "many 4"), 5)
    assert batches[inbox.AT_ONCE + 1 :] == [5]


async def test_nobody_who_waits_is_kept_until_others_have_gathered(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "GATHER", 1000.0)
    monkeypatch.setattr(inbox, "AT_ONCE", 0)
    session.put(message("one"))
    await asyncio.wait_for(session.handled(message("two")), 5)


async def test_who_waits_for_an_event_is_told_when_the_session_ends(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(batch: list[Any]) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(session.inbox, "_commit", never)
    waiting = [asyncio.create_task(session.handled(message(id))) for id in ("one", "two")]
    await asyncio.sleep(0)
    await session.stop(resumable=False)
    for task in waiting:
        with pytest.raises(Offline):
            await task
    with pytest.raises(Offline):
        await session.handled(message("three"))


async def test_only_messages_have_an_owner_who_asks_what_became_of_them(
    session: Session, house: House
) -> None:
    async with session.work() as work:
        work.send(SendReceipt(JULIET, "hers"))
        work.send(SendMessage(JULIET, "But soft!", "mine"))
    await settled(session)
    for id, _ in client_of(session).said:
        if id:
            await session.handled(StanzaAcked(id))
    assert [event.id for event in house.seen if isinstance(event, StanzaAcked)] == ["mine"]
    assert await left(session) == 0


async def seen(house: House, id: str) -> None:
    """Until the event with this id was handled."""
    while not any(getattr(event, "id", "") == id for event in house.seen):
        await asyncio.sleep(0.001)
