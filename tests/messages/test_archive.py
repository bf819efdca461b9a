"""Reading the archive: first fill, catch-up, what is older, what was forgotten (XEP-0313, R10)."""

from dataclasses import replace

import pytest
from sqlalchemy import update

from tests.lab.people import JULIET, MERCUTIO, Person
from tests.messages.looking import archive_ids, befriend, bodies, conversation, lines, states
from tests.messages.server import Server
from tests.messages.test_live import hears, outgoing
from webchat.errors import NotFound, Offline, TimedOut, XmppError
from webchat.messages import commands, jobs, show, store
from webchat.messages.changes import ConversationChanged, MessageChanged, TimelineChanged, UnreadChanged
from webchat.messages.models import FIRST, STEP, Message
from webchat.messages.store.order import renumber, spread
from webchat.xmpp import archive
from webchat.xmpp.events import DisplayedReceived, MessageFailed, ReceiptReceived


@pytest.fixture(autouse=True)
def short_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages of ten messages."""
    monkeypatch.setattr(jobs, "PAGE", 10)
    monkeypatch.setattr(commands, "PAGE", 10)


def said(server: Server, count: int, jid: str = JULIET, start: int = 0) -> list[str]:
    return [server.said(jid, f"line {n}").body for n in range(start, start + count)]


async def gaps(romeo: Person, jid: str = JULIET) -> list[store.GapRow]:
    found = await conversation(romeo, jid)
    async with romeo.session.read() as db:
        return await store.gaps_after(db, romeo.session.account_id, found.id, 0)


async def test_the_first_login_brings_the_newest(romeo: Person, server: Server) -> None:
    expected = said(server, 35)
    await jobs.catch_up(romeo.session)
    assert await bodies(romeo) == expected[-20:]
    assert [asked["before"] for asked in server.asked] == ["", server.kept[25].id]
    assert not (await conversation(romeo)).history_start


async def test_an_empty_archive_is_read_from_its_start_later(romeo: Person, server: Server) -> None:
    await jobs.catch_up(romeo.session)
    expected = said(server, 25)
    await jobs.catch_up(romeo.session)
    assert await bodies(romeo) == expected
    assert (await conversation(romeo)).unread == 25


async def test_catch_up_goes_on_from_the_last_committed_page(romeo: Person, server: Server) -> None:
    await jobs.catch_up(romeo.session)
    expected = said(server, 25)
    server.broken = [Offline()]
    with pytest.raises(Offline):
        await jobs.catch_up(romeo.session)
    server.broken = []
    await jobs.catch_up(romeo.session)
    asked = len(server.asked)
    await jobs.catch_up(romeo.session)
    assert await bodies(romeo) == expected
    assert server.asked[asked:] == [{"with": "", "max": "10", "after": server.kept[-1].id}]


async def test_a_stream_that_breaks_between_pages_costs_nothing(romeo: Person, server: Server) -> None:
    await jobs.catch_up(romeo.session)
    expected = said(server, 25)
    first = await archive.page(romeo.session.client, after="", limit=10)
    await romeo.session.handled(first)
    await romeo.session.handled(first)
    await jobs.catch_up(romeo.session)
    assert await bodies(romeo) == expected


async def test_no_archive_is_no_obstacle(romeo: Person, server: Server) -> None:
    server.broken = [XmppError("feature-not-implemented")]
    await jobs.catch_up(romeo.session)
    await romeo.session.handled(hears("Ay me!"))
    assert (await conversation(romeo)).unread == 1
    said(server, 3)
    await jobs.catch_up(romeo.session)
    assert (await conversation(romeo)).unread == 1


async def test_what_a_page_appends_is_drawn_row_by_row(romeo: Person, server: Server) -> None:
    await jobs.catch_up(romeo.session)
    said(server, 2)
    await jobs.catch_up(romeo.session)
    one, two = await lines(romeo)
    assert romeo.changes() == [
        MessageChanged(JULIET, one.id),
        MessageChanged(JULIET, two.id),
        ConversationChanged(JULIET),
        UnreadChanged(),
    ]


async def test_what_a_page_puts_in_between_makes_the_timeline_stale(romeo: Person, server: Server) -> None:
    await jobs.catch_up(romeo.session)
    said(server, 2)
    await romeo.session.handled(server.said(JULIET, "live"))
    romeo.changes()
    await jobs.catch_up(romeo.session)
    assert TimelineChanged(JULIET) in romeo.changes()
    assert await bodies(romeo) == ["line 0", "line 1", "live"]


async def test_our_own_message_learns_its_place(romeo: Person, server: Server) -> None:
    """It stood before what arrived at the server before it."""
    await jobs.catch_up(romeo.session)
    await commands.send_message(romeo.session, JULIET, "mine", id="44444444")
    await romeo.session.handled(server.said(JULIET, "theirs"))
    server.sent(JULIET, "mine", "44444444")
    server.sent(JULIET, "mine", "44444444")
    await jobs.catch_up(romeo.session)
    assert await bodies(romeo) == ["theirs", "mine"]
    assert await states(romeo) == {"mine": "sent"}
    assert (await archive_ids(romeo))["mine"] == server.kept[1].id


async def test_a_message_that_failed_keeps_its_place_in_time(
    romeo: Person, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "now", lambda: server.clock)
    said(server, 1)
    await jobs.catch_up(romeo.session)
    await commands.send_message(romeo.session, JULIET, "lost", id="55555555")
    await romeo.session.handled(MessageFailed(JULIET, "55555555", "gone"))
    said(server, 2, start=1)
    await jobs.catch_up(romeo.session)
    assert await bodies(romeo) == ["line 0", "lost", "line 1", "line 2"]


async def test_a_live_message_without_archive_id_learns_it(romeo: Person, server: Server) -> None:
    await jobs.catch_up(romeo.session)
    event = server.said(JULIET, "Ay me!", receipt_requested=True)
    await romeo.session.handled(hears("Ay me!", id=event.id, stamp=server.clock))
    await jobs.catch_up(romeo.session)
    assert await bodies(romeo) == ["Ay me!"]
    assert await archive_ids(romeo) == {"Ay me!": server.kept[0].id}


async def test_what_was_said_about_messages_meanwhile(romeo: Person, server: Server) -> None:
    await jobs.catch_up(romeo.session)
    for text in ("one", "two", "three", "four"):
        await commands.send_message(romeo.session, JULIET, text, id=f"id-of-{text}")
        server.sent(JULIET, text, f"id-of-{text}")
    said(server, 2)
    server.keep(DisplayedReceived(JULIET, f"{JULIET}/phone", False, "id-of-two"))
    server.keep(ReceiptReceived(JULIET, f"{JULIET}/phone", False, "id-of-three"))
    server.keep(MessageFailed(JULIET, "id-of-four", "gone"))
    server.keep(DisplayedReceived(JULIET, "romeo@montague.example/phone", True, "id of line 0"))
    await jobs.catch_up(romeo.session)
    assert await states(romeo) == {
        "one": "displayed",
        "two": "displayed",
        "three": "received",
        "four": "failed",
    }
    assert (await conversation(romeo)).unread == 1


async def test_what_came_meanwhile_is_receipted_unless_another_client_did(
    romeo: Person, server: Server
) -> None:
    await befriend(romeo, JULIET)
    await jobs.catch_up(romeo.session)
    server.said(JULIET, "one", receipt_requested=True)
    server.said(JULIET, "two", receipt_requested=True)
    server.said(MERCUTIO, "three", receipt_requested=True)
    server.keep(ReceiptReceived(JULIET, "romeo@montague.example/phone", True, "id of one"))
    await jobs.catch_up(romeo.session)
    (verb,) = await outgoing(romeo)
    assert "id of two" in verb


async def test_old_history_is_never_receipted(romeo: Person, server: Server) -> None:
    await befriend(romeo, JULIET)
    for n in range(30):
        server.said(JULIET, f"line {n}", receipt_requested=True)
    await jobs.catch_up(romeo.session)
    await commands.load_older(romeo.session, JULIET)
    assert len(await bodies(romeo)) == 30
    assert await outgoing(romeo) == []


async def test_what_is_older_comes_page_by_page_until_the_start(romeo: Person, server: Server) -> None:
    expected = said(server, 45)
    await jobs.catch_up(romeo.session)
    for known in (30, 40, 45):
        await commands.load_older(romeo.session, JULIET)
        assert await bodies(romeo) == expected[-known:]
    assert (await conversation(romeo)).history_start
    assert (await conversation(romeo)).unread == 0
    asked = len(server.asked)
    await commands.load_older(romeo.session, JULIET)
    assert len(server.asked) == asked


async def test_what_is_older_is_fetched_only_when_it_is_not_here(
    romeo: Person, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(show, "PAGE", 10)
    said(server, 30)
    await jobs.catch_up(romeo.session)
    asked = len(server.asked)
    here = await lines(romeo)
    await commands.reach_older(romeo.session, JULIET, show.key_of(here[10].position))
    assert len(server.asked) == asked
    await commands.reach_older(romeo.session, JULIET, show.key_of(here[9].position))
    assert len(server.asked) == asked + 1
    await commands.reach_older(romeo.session, JULIET, "no key")
    assert len(await bodies(romeo)) == 30


async def test_the_history_of_somebody_new(romeo: Person, server: Server) -> None:
    expected = said(server, 5)
    said(server, 20, MERCUTIO)
    await jobs.catch_up(romeo.session)
    await commands.open_conversation(romeo.session, JULIET)
    assert await bodies(romeo) == []
    await commands.load_older(romeo.session, JULIET)
    assert await bodies(romeo) == expected
    assert (await conversation(romeo)).unread == 0
    await romeo.session.handled(server.said(JULIET, "new"))
    assert (await conversation(romeo)).unread == 1


async def test_nothing_was_ever_said_with_somebody(romeo: Person, server: Server) -> None:
    await jobs.catch_up(romeo.session)
    await commands.load_older(romeo.session, JULIET)
    assert (await conversation(romeo)).history_start
    async with romeo.session.read() as db:
        assert await store.conversations(db, romeo.session.account_id) == []


async def test_receipts_do_not_hide_what_is_older(romeo: Person, server: Server) -> None:
    expected = said(server, 3)
    for n in range(25):
        server.keep(ReceiptReceived(JULIET, f"{JULIET}/phone", False, f"{n}"))
    await romeo.session.handled(server.said(JULIET, "live"))
    await commands.load_older(romeo.session, JULIET)
    assert await bodies(romeo) == [*expected, "live"]
    assert (await conversation(romeo)).history_start


async def test_an_archive_that_forgot_the_oldest_here_has_nothing_older(
    romeo: Person, server: Server
) -> None:
    said(server, 25)
    await jobs.catch_up(romeo.session)
    server.forget(24)
    await commands.load_older(romeo.session, JULIET)
    found = await conversation(romeo)
    assert found.history_start
    assert len(await bodies(romeo)) == 20


async def test_an_archive_that_lost_one_message_still_leads_on(romeo: Person, server: Server) -> None:
    said(server, 25)
    await jobs.catch_up(romeo.session)
    del server.kept[5]
    await commands.load_older(romeo.session, JULIET)
    assert len(await bodies(romeo)) == 25
    assert (await bodies(romeo))[:5] == [f"line {n}" for n in range(5)]


async def test_an_archive_that_does_not_answer_is_said(romeo: Person, server: Server) -> None:
    said(server, 30)
    await jobs.catch_up(romeo.session)
    server.broken = [TimedOut()]
    with pytest.raises(TimedOut):
        await commands.load_older(romeo.session, JULIET)


async def forgotten(romeo: Person, server: Server, *, after: int) -> None:
    """Romeo was away for so long that the server forgot where he stood."""
    said(server, 5)
    await jobs.catch_up(romeo.session)
    said(server, after, start=5)
    server.forget(5)
    romeo.changes()
    await jobs.catch_up(romeo.session)


async def test_a_gap_is_shown_and_filled(romeo: Person, server: Server) -> None:
    await forgotten(romeo, server, after=50)
    here = await bodies(romeo)
    assert here == [f"line {n}" for n in (*range(5), *range(35, 55))]
    (gap,) = await gaps(romeo)
    assert gap.position == (await lines(romeo))[4].position
    assert not gap.lost
    assert TimelineChanged(JULIET) in romeo.changes()
    for known in (35, 45, 55):
        await commands.fill_gap(romeo.session, JULIET, gap.id)
        assert len(await bodies(romeo)) == known
    assert await bodies(romeo) == [f"line {n}" for n in range(55)]
    # The archive has nothing between them, but neither does it have what stood before: nobody can be sure.
    assert [gap.lost for gap in await gaps(romeo)] == [True]


async def test_a_gap_closes_when_both_ends_meet(romeo: Person, server: Server) -> None:
    said(server, 5)
    await jobs.catch_up(romeo.session)
    said(server, 50, start=5)
    # Only the newest that Romeo knows was deleted.
    del server.kept[4]
    await jobs.catch_up(romeo.session)
    (gap,) = await gaps(romeo)
    for _ in range(4):
        await commands.fill_gap(romeo.session, JULIET, gap.id)
    assert await gaps(romeo) == []
    assert await bodies(romeo) == [f"line {n}" for n in range(55)]


async def test_a_gap_that_nothing_can_fill_says_so(romeo: Person, server: Server) -> None:
    await forgotten(romeo, server, after=7)
    (gap,) = await gaps(romeo)
    assert gap.lost
    assert (await conversation(romeo)).unread == 7


async def test_no_gap_where_the_newest_pages_meet_what_is_here(romeo: Person, server: Server) -> None:
    said(server, 5)
    await jobs.catch_up(romeo.session)
    said(server, 12, start=5)
    del server.kept[4]
    await jobs.catch_up(romeo.session)
    assert await gaps(romeo) == []
    assert await bodies(romeo) == [f"line {n}" for n in range(17)]


async def test_only_gaps_of_this_conversation_are_filled(romeo: Person, server: Server) -> None:
    await forgotten(romeo, server, after=50)
    (gap,) = await gaps(romeo)
    for jid, id in ((MERCUTIO, gap.id), (JULIET, 4711)):
        with pytest.raises(NotFound):
            await commands.fill_gap(romeo.session, jid, id)


async def test_a_gap_can_come_again_at_the_same_place(romeo: Person, server: Server) -> None:
    said(server, 5, MERCUTIO)
    await jobs.catch_up(romeo.session)
    for _ in range(2):
        said(server, 50)
        del server.kept[:-50]
        await jobs.catch_up(romeo.session)
    assert len(await gaps(romeo, MERCUTIO)) == 1
    server.kept.clear()
    (gap,) = await gaps(romeo, MERCUTIO)
    await commands.fill_gap(romeo.session, MERCUTIO, gap.id)
    assert [gap.lost for gap in await gaps(romeo, MERCUTIO)] == [True]


def test_spreading() -> None:
    assert spread(None, None, 2) == [FIRST, FIRST + STEP]
    assert spread(10, None, 2) == [10 + STEP, 10 + 2 * STEP]
    assert spread(None, 10 * STEP, 2) == [8 * STEP, 9 * STEP]
    assert spread(0, 10, 4) == [2, 4, 6, 8]
    assert spread(0, 10, 10) is None
    assert spread(0, STEP, 1) == [1 << 16]


async def test_room_is_made_where_there_is_none(romeo: Person, server: Server) -> None:
    """Thousands of messages between two that came live: positions are given anew, nothing else changes."""
    await jobs.catch_up(romeo.session)
    said(server, 3)
    await romeo.session.handled(server.said(JULIET, "live"))
    await jobs.catch_up(romeo.session)
    found = await conversation(romeo)
    second = (await lines(romeo))[1]
    await commands.mark_displayed(romeo.session, JULIET, second.id)
    async with romeo.session.work() as work:
        # Squeeze the last one against its neighbour.
        here = await store.lines(work.db, found.id)
        squeezed = update(Message).where(Message.id == here[-1].id).values(position=here[-2].position + 1)
        await work.db.execute(squeezed)
    server.said(JULIET, "in between")
    late = server.kept.pop()
    server.kept.insert(3, replace(late, stamp=server.kept[2].stamp))
    page = await archive.page(romeo.session.client, after="", limit=100)
    await romeo.session.handled(page)
    assert await bodies(romeo) == ["line 0", "line 1", "line 2", "in between", "live"]
    here = await lines(romeo)
    assert here[1].position - here[0].position >= STEP
    found = await conversation(romeo)
    assert found.displayed_position == here[1].position
    assert found.unread == 3


async def test_renumbering_keeps_order_and_mark(romeo: Person, server: Server) -> None:
    expected = said(server, 5)
    await jobs.catch_up(romeo.session)
    found = await conversation(romeo)
    here = await lines(romeo)
    async with romeo.session.work() as work:
        moved = await renumber(work.db, found.id, here[2].position)
    after = await lines(romeo)
    assert [line.body for line in after] == expected
    assert moved == after[2].position
    assert (await conversation(romeo)).displayed_position == after[-1].position
