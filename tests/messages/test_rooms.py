"""This room talks in rooms: identity, reflection, what is unread and who is meant, the room's own archive."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.lab.people import JULIET, Person
from webchat.errors import Invalid, XmppError
from webchat.messages import commands, show, store
from webchat.messages.jobs import room_history
from webchat.messages.state import Typing, seats
from webchat.messages.state.occupants import Rooms, RoomState
from webchat.xmpp import archive
from webchat.xmpp import namespaces as ns
from webchat.xmpp.events import (
    ArchivePage,
    ChatStateReceived,
    DisplayedReceived,
    MessageFailed,
    MessageReceived,
    OccupantChanged,
    ReadMarksReceived,
    StanzaAcked,
)
from webchat.xmpp.verbs import SendChatState, SendMessage

ROOM = "balcony@rooms.montague.example"
OTHER = "garden@rooms.montague.example"
START = datetime(2025, 3, 1, 12, tzinfo=UTC)


def said(nick: str, body: str, stanza_id: str = "", **values: Any) -> MessageReceived:
    """What somebody says on the balcony."""
    jid = values.pop("room", ROOM)
    values.setdefault("id", f"id of {body}")
    return MessageReceived(
        jid, f"{jid}/{nick}", nick == "Romeo", body, stanza_id=stanza_id, kind="room", **values
    )


@pytest.fixture
async def balcony(romeo: Person) -> RoomState:
    """Romeo sits on the balcony, with a voice; everything he has was displayed."""
    state = romeo.session[Rooms].ensure(ROOM)
    state.phase, state.features = "in", frozenset((ns.MAM, ns.SID))
    state.seat(OccupantChanged(ROOM, "Romeo", True, mine=True, role="participant"))
    async with romeo.session.work() as work:
        await store.finish_fill(work.db, work.account_id)
        found = await store.ensure_room(work.db, work.account_id, ROOM)
        await store.set_room(work.db, found.id, nick="Romeo", joined=True)
    return state


async def row(romeo: Person, jid: str = ROOM) -> Any:
    """The conversation."""
    async with romeo.session.read() as db:
        return await store.conversation_by_jid(db, romeo.session.account_id, jid)


async def lines(romeo: Person, jid: str = ROOM) -> list[store.Line]:
    """What stands in it."""
    async with romeo.session.read() as db:
        return await store.lines(db, (await row(romeo, jid)).id)


# ---- live


async def test_unread_and_mentions_are_counted_apart(romeo: Person, balcony: RoomState) -> None:
    for number in range(3):
        await romeo.session.handled(said("Juliet", f"line {number}", f"r{number}"))
    await romeo.session.handled(said("Juliet", "Romeo!", "r9", mentions_me=True))
    found = await row(romeo)
    assert (found.kind, found.unread, found.mentions) == ("room", 4, 1)
    shown = await lines(romeo)
    await commands.mark_displayed(romeo.session, ROOM, shown[2].id)
    found = await row(romeo)
    assert (found.unread, found.mentions) == (1, 1)
    await commands.mark_displayed(romeo.session, ROOM, shown[3].id)
    found = await row(romeo)
    assert (found.unread, found.mentions, found.displayed_stanza_id) == (0, 0, "r9")


async def test_a_message_comes_back_once(romeo: Person, balcony: RoomState) -> None:
    await commands.send_message(romeo.session, ROOM, "But soft!", id="0123456789")
    [line] = await lines(romeo)
    assert line.state == "pending"
    # Our own server has it; whether the room has it only the room can say.
    await romeo.session.handled(StanzaAcked("0123456789"))
    [line] = await lines(romeo)
    assert line.state == "pending"
    back = said("Romeo", "But soft!", "r1", id="0123456789", origin_id="0123456789")
    await romeo.session.handled(back)
    await romeo.session.handled(back)
    [line] = await lines(romeo)
    assert line.state == "sent"
    assert (await row(romeo)).unread == 0
    async with romeo.session.read() as db:
        assert await store.by_archive_id(db, (await row(romeo)).id, "r1") is not None


async def test_what_another_client_of_ours_says(romeo: Person, balcony: RoomState) -> None:
    await romeo.session.handled(said("Juliet", "one", "r1"))
    await romeo.session.handled(said("Romeo", "two", "r2"))
    assert [(line.body, line.mine, line.state) for line in await lines(romeo)] == [
        ("one", False, ""),
        ("two", True, "sent"),
    ]
    assert (await row(romeo)).unread == 0


async def test_the_verb_goes_to_all(romeo: Person, balcony: RoomState) -> None:
    await commands.send_message(romeo.session, ROOM, "hello", id="0123456789")
    romeo.session.outbox.release()
    await romeo.session.handled(StanzaAcked("none"))
    while not romeo.client.said:
        await asyncio.sleep(0.02)
    verb = romeo.client.said[0]
    assert isinstance(verb, SendMessage)
    assert (verb.to, verb.kind) == (ROOM, "room")


async def test_ids_of_rooms_say_nothing_about_others(romeo: Person, balcony: RoomState) -> None:
    """A23: a room that guesses the ids of our archive swallows nothing there."""
    await romeo.session.handled(said("Mercutio", "trap", "archive-1"))
    genuine = MessageReceived(JULIET, f"{JULIET}/p", False, "genuine", id="g", stanza_id="archive-1")
    await romeo.session.handled(
        ArchivePage("", "forward", "", "", "archive-1", "archive-1", True, (("archive-1", START, genuine),))
    )
    assert [line.body for line in await lines(romeo, JULIET)] == ["genuine"]
    # The same id in two rooms is two messages.
    await romeo.session.handled(said("Juliet", "elsewhere", "archive-1", room=OTHER))
    assert [line.body for line in await lines(romeo, OTHER)] == ["elsewhere"]
    assert [line.body for line in await lines(romeo)] == ["trap"]


async def test_history_of_a_room_without_ids_is_told_again_and_not_doubled(
    romeo: Person, balcony: RoomState
) -> None:
    balcony.features = frozenset()
    live = said("Juliet", "Ay me!")
    await romeo.session.handled(live)
    await romeo.session.handled(said("Mercutio", "Ay me!", id="id of Ay me!"))
    stamp = (await lines(romeo))[0].stamp
    again = replace(live, stamp=stamp - timedelta(seconds=3), archived=True)
    new = said("Juliet", "said meanwhile", stamp=stamp, archived=True)
    for event in (again, new, again, new):
        await romeo.session.handled(event)
    assert [line.body for line in await lines(romeo)] == ["Ay me!", "Ay me!", "said meanwhile"]


async def test_only_the_room_fails_what_was_said_in_it(romeo: Person, balcony: RoomState) -> None:
    await commands.send_message(romeo.session, ROOM, "hello", id="0123456789")
    for source in (JULIET, OTHER, f"{ROOM}/Juliet"):
        await romeo.session.handled(MessageFailed(source, "0123456789", "forbidden"))
        assert [line.state for line in await lines(romeo)] == ["pending"]
    await romeo.session.handled(MessageFailed(ROOM, "0123456789", "not-acceptable"))
    assert [line.state for line in await lines(romeo)] == ["failed"]


async def test_markers_in_rooms_are_ours_only(romeo: Person, balcony: RoomState) -> None:
    await romeo.session.handled(said("Romeo", "mine", "r1"))
    for number in (2, 3, 4):
        await romeo.session.handled(said("Juliet", f"hers {number}", f"r{number}"))
    await romeo.session.handled(DisplayedReceived(ROOM, f"{ROOM}/Juliet", False, "id of mine"))
    assert (await lines(romeo))[0].state == "sent"
    await romeo.session.handled(DisplayedReceived(ROOM, f"{ROOM}/Romeo", True, "r2"))
    assert (await row(romeo)).unread == 2
    await romeo.session.handled(ReadMarksReceived(((ROOM, "r3"),)))
    assert (await row(romeo)).unread == 1


async def test_who_types(romeo: Person, balcony: RoomState) -> None:
    async def words() -> str:
        async with romeo.session.read() as db:
            return (await show.typing(db, romeo.session, ROOM, "en")).text

    for nick in ("Juliet", "Nurse"):
        await romeo.session.handled(ChatStateReceived(ROOM, f"{ROOM}/{nick}", "composing"))
    assert romeo.session[Typing].who(ROOM) == [f"{ROOM}/Juliet", f"{ROOM}/Nurse"]
    assert await words() == "Juliet and Nurse are typing…"
    await romeo.session.handled(said("Juliet", "done", "r1"))
    assert await words() == "Nurse is typing…"
    for nick in ("a", "b", "c"):
        await romeo.session.handled(ChatStateReceived(ROOM, f"{ROOM}/{nick}", "composing"))
    assert await words() == "Several people are typing…"
    for nick in ("a", "b", "c", "Nurse"):
        await romeo.session.handled(ChatStateReceived(ROOM, f"{ROOM}/{nick}", "paused"))
    assert await words() == ""


async def test_our_typing_is_told_to_rooms_in_which_we_may_speak(romeo: Person, balcony: RoomState) -> None:
    await commands.say_chat_state(romeo.session, ROOM, "composing")
    assert romeo.client.said == [SendChatState(ROOM, "composing", "room")]
    balcony.role = "visitor"
    await commands.say_chat_state(romeo.session, ROOM, "paused")
    assert len(romeo.client.said) == 1


@pytest.mark.parametrize(("phase", "role"), [("out", "none"), ("in", "visitor")])
async def test_what_the_room_would_not_take_is_not_sent(
    romeo: Person, balcony: RoomState, phase: Any, role: str
) -> None:
    balcony.phase, balcony.role = phase, role
    with pytest.raises(Invalid):
        await commands.send_message(romeo.session, ROOM, "hello", id="0123456789")
    assert await lines(romeo) == []


# ---- private talk through a room


async def test_a17_private_talk_stands_apart(romeo: Person, balcony: RoomState) -> None:
    private = f"{ROOM}/Juliet"
    balcony.seat(OccupantChanged(ROOM, "Juliet", True, occupant_id="one"))
    event = MessageReceived(
        private, private, False, "hush", id="w1", kind="whisper", occupant_id="one", receipt_requested=True
    )
    await romeo.session.handled(event)
    found = await row(romeo, private)
    assert (found.kind, found.unread, found.stranger) == ("whisper", 1, False)
    assert await lines(romeo) == []
    await commands.send_message(romeo.session, private, "yes", id="0123456789")
    assert [line.body for line in await lines(romeo, private)] == ["hush", "yes"]


async def test_a17_a_nick_that_changed_hands_is_not_written_to(romeo: Person, balcony: RoomState) -> None:
    private = f"{ROOM}/Juliet"
    balcony.seat(OccupantChanged(ROOM, "Juliet", True, occupant_id="one"))
    event = MessageReceived(private, private, False, "hush", id="w1", kind="whisper", occupant_id="one")
    await romeo.session.handled(event)
    balcony.seat(OccupantChanged(ROOM, "Juliet", True, occupant_id="two"))
    with pytest.raises(Invalid) as wrong:
        await commands.send_message(romeo.session, private, "yes", id="0123456789")
    assert wrong.value.fields["text"] == seats.SOMEBODY_ELSE
    del balcony.occupants["Juliet"]
    with pytest.raises(Invalid) as wrong:
        await commands.send_message(romeo.session, private, "yes", id="0123456789")
    assert wrong.value.fields["text"] == seats.GONE_AWAY


# ---- the room's own archive


class Archive:
    """What a room has kept, by number; answers like webchat.xmpp.archive.page."""

    def __init__(self, count: int) -> None:
        self.kept = [
            (f"r{n}", START + timedelta(minutes=n), said("Juliet", f"line {n}", f"r{n}", archived=True))
            for n in range(count)
        ]
        self.asked: list[str] = []
        self.forgotten = 0

    async def page(
        self,
        _stream: object,
        *,
        to: str = "",
        with_jid: str = "",
        after: str = "",
        before: str | None = None,
        limit: int = 100,
    ) -> ArchivePage:
        """One page."""
        assert (to, with_jid) == (ROOM, "")
        self.asked.append(f"after {after}" if before is None else f"before {before}")
        rows = self.kept[self.forgotten :]
        ids = [id for id, _, _ in rows]
        for id in (after, before or ""):
            if id and id not in ids:
                raise XmppError("item-not-found")
        if before is None:
            rows = rows[ids.index(after) + 1 :] if after else rows
            complete, rows = len(rows) <= limit, rows[:limit]
        else:
            rows = rows[: ids.index(before)] if before else rows
            complete, rows = len(rows) <= limit, rows[-limit:]
        first, last = (rows[0][0], rows[-1][0]) if rows else ("", "")
        direction: Any = "forward" if before is None else "backward"
        return ArchivePage(
            ROOM, direction, after, before or "", first, last, complete, tuple(rows), room=True
        )


@pytest.fixture
def kept(balcony: RoomState, monkeypatch: pytest.MonkeyPatch) -> Archive:
    """The balcony's archive, with 250 messages in it."""
    made = Archive(250)
    monkeypatch.setattr(archive, "page", made.page)
    return made


async def test_the_first_time_the_newest_is_fetched_and_none_of_it_is_new(
    romeo: Person, balcony: RoomState, kept: Archive
) -> None:
    await room_history.catch_up(romeo.session, ROOM)
    assert [line.body for line in await lines(romeo)][-1] == "line 249"
    found = await row(romeo)
    assert (found.unread, found.mentions) == (0, 0)
    async with romeo.session.read() as db:
        assert await store.room_archive(db, found.id) == "r249"
    await commands.load_older(romeo.session, ROOM)
    await commands.load_older(romeo.session, ROOM)
    async with romeo.session.read() as db:
        every = await store.lines(db, found.id, limit=500)
    assert [line.body for line in every] == [f"line {n}" for n in range(250)]
    found = await row(romeo)
    assert (found.unread, found.history_start) == (0, True)


async def test_what_was_missed_is_new_and_stands_in_the_rooms_order(
    romeo: Person, balcony: RoomState, kept: Archive
) -> None:
    everything, kept.kept = kept.kept, kept.kept[:100]
    await room_history.catch_up(romeo.session, ROOM)
    kept.kept = everything
    # What is said while we catch up comes live, before the rest.
    await romeo.session.handled(replace(everything[249][2], archived=False))
    kept.kept[200] = ("r200", everything[200][1], replace(everything[200][2], mentions_me=True))
    await room_history.catch_up(romeo.session, ROOM)
    found = await row(romeo)
    async with romeo.session.read() as db:
        every = await store.lines(db, found.id, limit=500)
    assert [line.body for line in every] == [f"line {n}" for n in range(250)]
    assert (found.unread, found.mentions) == (150, 1)


async def test_an_own_message_that_the_archive_has_is_not_doubled(
    romeo: Person, balcony: RoomState, kept: Archive
) -> None:
    await room_history.catch_up(romeo.session, ROOM)
    await commands.send_message(romeo.session, ROOM, "into the break", id="0123456789")
    mine = said("Romeo", "into the break", "r250", id="0123456789", origin_id="0123456789", archived=True)
    kept.kept.append(("r250", START + timedelta(minutes=250), mine))
    await room_history.catch_up(romeo.session, ROOM)
    last = (await lines(romeo))[-1]
    assert (last.body, last.state) == ("into the break", "sent")
    assert [line.body for line in await lines(romeo)].count("into the break") == 1


async def test_a_room_that_has_forgotten_leaves_a_gap(
    romeo: Person, balcony: RoomState, kept: Archive
) -> None:
    everything, kept.kept = kept.kept, kept.kept[:20]
    await room_history.catch_up(romeo.session, ROOM)
    kept.kept, kept.forgotten = everything, 30
    await room_history.catch_up(romeo.session, ROOM)
    found = await row(romeo)
    async with romeo.session.read() as db:
        gaps = await store.gaps_after(db, romeo.session.account_id, found.id, 0)
        every = await store.lines(db, found.id, limit=500)
    assert len(gaps) == 1
    assert [line.body for line in every] == [f"line {n}" for n in (*range(20), *range(150, 250))]
    assert found.unread == 100
    await commands.fill_gap(romeo.session, ROOM, gaps[0].id)
    async with romeo.session.read() as db:
        every = await store.lines(db, found.id, limit=500)
    assert every[20].body == "line 50"


async def test_an_own_message_that_never_arrived_fails(
    romeo: Person, balcony: RoomState, kept: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room_history, "SETTLED", timedelta(0))
    await room_history.catch_up(romeo.session, ROOM)
    await commands.send_message(romeo.session, ROOM, "waits", id="0123456789")
    await room_history.catch_up(romeo.session, ROOM)
    # It is still in the outbox.
    assert (await lines(romeo))[-1].state == "pending"
    await romeo.session.handled(StanzaAcked("0123456789"))
    await room_history.catch_up(romeo.session, ROOM)
    assert (await lines(romeo))[-1].state == "failed"
