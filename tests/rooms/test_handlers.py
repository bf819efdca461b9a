"""This room tells Romeo's session what rooms say, and looks at memory, rows and what pages would be told."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import event as sql

from tests.lab.people import JULIET, MERCUTIO, Person
from tests.rooms.scene import ROOM, told
from webchat.db.engine import Database
from webchat.messages import store as messages
from webchat.messages.state.occupants import Rooms, RoomState
from webchat.notifications.changes import NotificationsChanged
from webchat.rooms import jobs, store
from webchat.rooms.changes import InvitationsChanged, OccupantsChanged, RoomChanged
from webchat.rooms.jobs import enter
from webchat.rooms.state import Doors, Echoes, Gathering
from webchat.xmpp.content import Bookmark
from webchat.xmpp.events import (
    BookmarksReceived,
    OccupantChanged,
    RoomInvited,
    RoomRefused,
    RoomSubjectReceived,
)
from webchat.xmpp.verbs import LeaveRoom

OTHER = "garden@rooms.montague.example"


async def conversation(romeo: Person, jid: str = ROOM) -> Any:
    """The row of a room."""
    async with romeo.session.read() as db:
        return await messages.conversation_by_jid(db, romeo.session.account_id, jid)


# ---- who sits where


async def test_a_storm_of_5000_writes_nothing_and_is_told_once(
    romeo: Person, balcony: RoomState, database: Database
) -> None:
    statements: list[str] = []

    def count(_conn: Any, _cursor: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    sql.listen(database.engine.sync_engine, "before_cursor_execute", count)
    async with asyncio.timeout(20):
        await told(romeo, *(OccupantChanged(ROOM, f"guest {n}", True, role="visitor") for n in range(5000)))
        gathered = asyncio.Event()
        romeo.session[Gathering].note(ROOM, lambda _: gathered.set())
        # Whoever waits longest has been told by then.
        while not [change for change in romeo.changes() if isinstance(change, OccupantsChanged)]:
            await asyncio.sleep(0.05)
    sql.remove(database.engine.sync_engine, "before_cursor_execute", count)
    assert len(balcony.occupants) == 5001
    assert statements == []
    cursor = romeo.session.feed.cursor
    assert int(cursor.partition(".")[2]) < 20


async def test_changes_are_gathered(romeo: Person, balcony: RoomState) -> None:
    told_rooms: list[str] = []
    gathering = Gathering()
    for _ in range(100):
        gathering.note(ROOM, told_rooms.append, 0.01)
        gathering.note(OTHER, told_rooms.append, 0.01)
    while len(told_rooms) < 2:
        await asyncio.sleep(0.01)
    assert sorted(told_rooms) == [ROOM, OTHER]


async def test_a26_a_room_that_we_did_not_enter(romeo: Person) -> None:
    await told(romeo, OccupantChanged(ROOM, "Romeo", True, mine=True, affiliation="owner"))
    assert ROOM not in romeo.session[Rooms]
    assert romeo.changes() == []


async def test_a_room_that_is_closed_while_we_sit_in_it_is_not_entered_again(
    romeo: Person, balcony: RoomState
) -> None:
    assert (await conversation(romeo)).joined
    somebody = OccupantChanged(ROOM, "Juliet", False, destroyed=True)
    await told(romeo, somebody)
    assert (await conversation(romeo)).joined
    await told(romeo, OccupantChanged(ROOM, "Romeo", False, mine=True, destroyed=True))
    assert not (await conversation(romeo)).joined


# ---- who came and left


@pytest.mark.parametrize(
    ("codes", "more", "trouble", "again"),
    [
        ({307, 110}, {}, "kicked", False),
        ({307, 333, 110}, {}, "lost", True),
        ({301, 110}, {}, "banned", False),
        ({321, 110}, {}, "removed", False),
        ({322, 110}, {}, "removed", False),
        ({332, 110}, {}, "shutdown", True),
        ({110}, {"destroyed": True, "alternate": OTHER}, "gone", False),
        ({110}, {}, "lost", True),
    ],
)
async def test_put_out(
    romeo: Person, balcony: RoomState, codes: set[int], more: dict[str, Any], trouble: str, again: bool
) -> None:
    gone = OccupantChanged(
        ROOM, "Romeo", False, mine=True, statuses=frozenset(codes), by="Juliet", reason="loud", **more
    )
    await told(romeo, gone)
    assert (balcony.phase, balcony.trouble, balcony.text, balcony.by) == ("out", trouble, "loud", "Juliet")
    assert balcony.alternate == more.get("alternate", "")
    assert balcony.occupants == {}
    assert RoomChanged(ROOM) in romeo.changes()
    assert (ROOM in romeo.session[Doors].due) is again


async def test_a_room_that_entering_has_made_is_left(romeo: Person) -> None:
    state = romeo.session[Rooms].ensure(ROOM)
    state.phase = "entering"
    answer = romeo.session[Doors].wait(ROOM)
    codes = frozenset((110, 201))
    await told(romeo, OccupantChanged(ROOM, "Romeo", True, mine=True, statuses=codes))
    assert await answer == "item-not-found"
    assert (state.phase, romeo.client.said[-1]) == ("out", LeaveRoom(ROOM, "Romeo"))


async def test_refusals(romeo: Person, balcony: RoomState) -> None:
    # Inside, a nick that is refused changes nothing.
    answer = romeo.session[Doors].wait(ROOM)
    await told(romeo, RoomRefused(ROOM, "Juliet", "conflict", "taken"))
    assert await answer == "conflict"
    assert balcony.phase == "in"
    state = romeo.session[Rooms].ensure(OTHER)
    state.phase = "entering"
    await told(romeo, RoomRefused(OTHER, "Romeo", "registration-required", "members only"))
    assert (state.phase, state.trouble, state.text) == ("out", "registration-required", "members only")


async def test_pauses_grow(romeo: Person, balcony: RoomState) -> None:
    pauses = []
    for _ in range(9):
        balcony.leave("remote-server-timeout")
        jobs.again_later(romeo.session, balcony)
        pauses.append(romeo.session[Doors].due.pop(ROOM) - asyncio.get_running_loop().time())
    assert pauses[0] < 20
    assert pauses[3] > 2 * pauses[0]
    assert max(pauses) < jobs.AGAIN_MOST * 1.3


async def test_the_subject(romeo: Person, balcony: RoomState) -> None:
    await told(romeo, RoomSubjectReceived(ROOM, "Juliet", "Love"), RoomSubjectReceived(OTHER, "x", "y"))
    assert (balcony.subject, balcony.subject_by) == ("Love", "Juliet")
    assert romeo.changes() == [RoomChanged(ROOM)]
    await told(romeo, RoomSubjectReceived(ROOM, "Juliet", "Love"))
    assert romeo.changes() == []


# ---- invitations


async def test_a22_invitations_are_entries(romeo: Person) -> None:
    await told(
        romeo,
        RoomInvited(OTHER, MERCUTIO, "Come", "sesame", direct=True),
        RoomInvited(OTHER, JULIET, "No, come to me"),
    )
    async with romeo.session.read() as db:
        [row] = await store.invitations(db, romeo.session.account_id)
    assert (row.room, row.inviter, row.reason, row.direct) == (OTHER, MERCUTIO, "Come", True)
    assert romeo.changes() == [InvitationsChanged(), NotificationsChanged()]
    assert romeo.client.said == []
    assert OTHER not in romeo.session[Rooms]


async def test_a22_a_flood_of_invitations_is_capped(romeo: Person) -> None:
    await told(romeo, *(RoomInvited(f"r{n}@rooms.evil.example", MERCUTIO) for n in range(200)))
    async with romeo.session.read() as db:
        rows = await store.invitations(db, romeo.session.account_id)
    assert len(rows) == store.MOST_INVITATIONS


@pytest.mark.parametrize(
    ("trouble", "left"), [("registration-required", ""), ("removed", ""), ("banned", "banned")]
)
async def test_an_invitation_ends_what_it_mends(
    romeo: Person, balcony: RoomState, trouble: str, left: str
) -> None:
    """XEP-0045 §7.8.2: who is invited may come in; who is banned may not."""
    balcony.leave(trouble, "No")
    await told(romeo, RoomInvited(ROOM, MERCUTIO))
    assert balcony.trouble == left
    assert (RoomChanged(ROOM) in romeo.changes()) == (not left)


async def test_an_invitation_into_where_we_sit_is_none(romeo: Person, balcony: RoomState) -> None:
    await told(romeo, RoomInvited(ROOM, MERCUTIO))
    async with romeo.session.read() as db:
        assert await store.invitations(db, romeo.session.account_id) == []


# ---- bookmarks


async def test_bookmarks_make_rooms_known(romeo: Person) -> None:
    mark = Bookmark(ROOM, "The balcony", "Romeo", "rose", True, True, "always", ("<x/>",))
    await told(romeo, BookmarksReceived((mark, Bookmark(OTHER, "Garden")), whole=True))
    found, other = await conversation(romeo), await conversation(romeo, OTHER)
    assert (found.kind, found.title, found.nick, found.joined) == ("room", "The balcony", "Romeo", True)
    assert (found.pinned, found.notify) == (True, "always")
    assert found.last_at is not None
    assert (other.joined, other.last_at) == (False, None)
    async with romeo.session.read() as db:
        row = await store.room(db, romeo.session.account_id, ROOM)
    assert row is not None
    # The password stays in memory.
    assert (row.bookmark.password, row.extensions) == ("", ("<x/>",))


async def test_what_was_done_here_outlasts_the_same_bookmark(romeo: Person) -> None:
    mark = Bookmark(ROOM, "The balcony", "Romeo", "", True)
    await told(romeo, BookmarksReceived((mark,), whole=True))
    found = await conversation(romeo)
    async with romeo.session.work() as work:
        await messages.set_room(work.db, found.id, joined=False, notify="never")
    romeo.changes()
    await told(romeo, BookmarksReceived((mark,), whole=True))
    again = await conversation(romeo)
    assert (again.joined, again.notify) == (False, "never")
    assert romeo.changes() == []


async def test_another_client_leaves_a_room(romeo: Person, balcony: RoomState) -> None:
    await told(romeo, BookmarksReceived((Bookmark(ROOM, nick="Romeo", autojoin=True),), whole=True))
    await told(romeo, BookmarksReceived((Bookmark(ROOM, nick="Romeo", autojoin=False),)))
    assert (await conversation(romeo)).joined is False
    assert balcony.phase == "out"
    assert LeaveRoom(ROOM, "Romeo") in romeo.client.said


async def test_what_we_wrote_ourselves_is_no_news(
    romeo: Person, balcony: RoomState, monkeypatch: pytest.MonkeyPatch
) -> None:
    entered: list[str] = []
    monkeypatch.setattr(jobs, "start_entering", lambda session, jid: entered.append(jid))
    inside, outside = Bookmark(ROOM, nick="Romeo", autojoin=True), Bookmark(ROOM, nick="Romeo")
    romeo.session[Echoes].wait_for(inside)
    balcony.leave("kicked", "You sing")
    # Told late, and by some servers twice.
    await told(romeo, BookmarksReceived((inside,)), BookmarksReceived((inside,)))
    assert (entered, balcony.trouble) == ([], "kicked")
    # Another client of ours leaves the room and enters it again: that is followed.
    await told(romeo, BookmarksReceived((outside,)), BookmarksReceived((inside,)))
    assert entered == [ROOM]


@pytest.mark.parametrize("trouble", ["kicked", "banned", "removed", "gone"])
async def test_a_new_stream_does_not_bring_us_back_to_where_we_were_put_out(
    romeo: Person, balcony: RoomState, monkeypatch: pytest.MonkeyPatch, trouble: str
) -> None:
    entered: list[str] = []

    async def nothing(_: Any) -> None:
        return None

    monkeypatch.setattr(enter, "learn_bookmarks", nothing)
    monkeypatch.setattr(enter, "start_entering", lambda session, jid: entered.append(jid))
    balcony.leave(trouble, "You sing")
    await enter.enter_all(romeo.session)
    assert (entered, balcony.trouble, balcony.text) == ([], trouble, "You sing")
    balcony.leave("lost")
    await enter.enter_all(romeo.session)
    assert entered == [ROOM]


async def test_a_bookmark_that_is_removed(romeo: Person, balcony: RoomState) -> None:
    await told(romeo, BookmarksReceived((Bookmark(ROOM, autojoin=True), Bookmark(OTHER)), whole=True))
    await told(romeo, BookmarksReceived((), removed=(ROOM,)))
    assert (await conversation(romeo)).joined is False
    async with romeo.session.read() as db:
        rows = {row.jid: row.bookmarked for row in await store.rooms(db, romeo.session.account_id)}
    assert rows == {ROOM: False, OTHER: True}
    await told(romeo, BookmarksReceived((), whole=True))
    async with romeo.session.read() as db:
        rows = {row.jid: row.bookmarked for row in await store.rooms(db, romeo.session.account_id)}
    assert rows == {ROOM: False, OTHER: False}


async def test_a32_autojoin_is_capped(romeo: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(enter, "MOST_ROOMS", 5)
    marks = tuple(Bookmark(f"r{n}@rooms.montague.example", autojoin=True) for n in range(50))
    await told(romeo, BookmarksReceived(marks, whole=True))
    entered: list[str] = []
    monkeypatch.setattr(enter, "start_entering", lambda session, jid: entered.append(jid))

    async def nothing(_: Any) -> None:
        return None

    monkeypatch.setattr(enter, "learn_bookmarks", nothing)
    await jobs.enter_all(romeo.session)
    assert len(entered) == 5
