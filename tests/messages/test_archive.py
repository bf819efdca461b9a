"""Reading the archive: first fill, catch-up, what is older, what was forgotten (XEP-0313, R10)."""

from datetime import timedelta

import pytest

from tests.lab.people import JULIET, MERCUTIO, Person
from tests.messages.looking import archive_ids, befriend, bodies, conversation, lines, states
from tests.messages.server import Server
from tests.messages.test_live import hears, outgoing
from webchat.db.base import now
from webchat.errors import Offline, TimedOut, XmppError
from webchat.messages import commands, jobs, show, store
from webchat.messages.changes import ConversationChanged, MessageChanged, TimelineChanged, UnreadChanged
from webchat.messages.commands import saying
from webchat.xmpp import archive
from webchat.xmpp.events import DisplayedReceived, MessageFailed, ReceiptReceived


@pytest.fixture(autouse=True)
def short_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages of ten messages."""
    monkeypatch.setattr(jobs, "PAGE", 10)
    monkeypatch.setattr(commands, "PAGE", 10)


def said(server: Server, count: int, jid: str = JULIET, start: int = 0) -> list[str]:
    return [server.said(jid, f"line {n}").body for n in range(start, start + count)]


async def test_the_first_login_brings_the_newest(romeo: Person, server: Server) -> None:
    expected = said(server, 35)
    await jobs.catch_up(romeo.session)
    assert await bodies(romeo) == expected[-20:]
    assert [asked["before"] for asked in server.asked] == ["", server.kept[25].id]
    assert not (await conversation(romeo)).history_start


@pytest.mark.parametrize("pages", [0, 1])
async def test_what_is_said_while_the_first_fill_is_cut_short_is_new(
    romeo: Person, server: Server, pages: int
) -> None:
    """The process is killed after so many pages; people write before another one begins anew."""
    said(server, 15)
    for _ in range(pages):
        await romeo.session.handled(await archive.page(romeo.session.client, before="", limit=10))
    server.clock = now()
    expected = said(server, 5, start=15)
    said(server, 3, MERCUTIO)
    await jobs.catch_up(romeo.session)
    assert (await bodies(romeo))[-5:] == expected
    assert (await conversation(romeo)).unread == 5
    assert (await conversation(romeo, MERCUTIO)).unread == 3


async def test_whole_seconds_of_a_server_do_not_make_news_old(romeo: Person, server: Server) -> None:
    """Servers drop the fraction: what is said just after the login has a stamp just before it."""
    said(server, 5)
    server.clock, server.seconds = now().replace(microsecond=0) - timedelta(seconds=1), 0
    said(server, 3, start=5)
    await jobs.catch_up(romeo.session)
    assert (await conversation(romeo)).unread == 3


@pytest.mark.parametrize("live_first", [True, False])
async def test_a_live_message_does_not_make_old_what_the_first_fill_brings(
    romeo: Person, server: Server, live_first: bool
) -> None:
    """The process was killed before it had what came before; nothing of it was displayed."""
    said(server, 4)
    server.clock = now()
    said(server, 5, start=4)
    live = server.said(JULIET, "and now?")
    if live_first:
        await romeo.session.handled(live)
        await jobs.catch_up(romeo.session)
    else:
        await romeo.session.handled(await archive.page(romeo.session.client, before="", limit=10))
        server.said(JULIET, "still there?")
        await romeo.session.handled(live)
        await romeo.session.handled(hears("Ay me!"))
        await jobs.catch_up(romeo.session)
    assert (await conversation(romeo)).unread == (6 if live_first else 8)


async def test_the_list_learns_what_the_first_fill_found_new(romeo: Person, server: Server) -> None:
    said(server, 2)
    said(server, 2, MERCUTIO)
    server.clock = now()
    said(server, 2, start=2)
    await romeo.session.handled(await archive.page(romeo.session.client, before="", limit=10))
    romeo.changes()
    await jobs.catch_up(romeo.session)
    assert romeo.changes() == [ConversationChanged(JULIET), UnreadChanged()]


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
    monkeypatch.setattr(saying, "now", lambda: server.clock)
    said(server, 1)
    await jobs.catch_up(romeo.session)
    await commands.send_message(romeo.session, JULIET, "lost", id="55555555")
    await romeo.session.handled(MessageFailed(JULIET, "55555555", "gone"))
    said(server, 2, start=1)
    await jobs.catch_up(romeo.session)
    assert await bodies(romeo) == ["line 0", "lost", "line 1", "line 2"]


async def test_a_failed_message_that_was_removed_does_not_come_back(romeo: Person, server: Server) -> None:
    """The archive has it, since it was sent; it says nothing of the error."""
    await jobs.catch_up(romeo.session)
    await commands.send_message(romeo.session, JULIET, "lost", id="66666666")
    await romeo.session.handled(MessageFailed(JULIET, "66666666", "gone"))
    server.sent(JULIET, "lost", "66666666")
    server.sent(JULIET, "found", "77777777")
    (line,) = await lines(romeo)
    await commands.remove_failed(romeo.session, line.id)
    await jobs.catch_up(romeo.session)
    assert await bodies(romeo) == ["found"]


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


async def test_a_slow_archive_is_asked_again(romeo: Person, server: Server) -> None:
    expected = said(server, 3)
    server.broken = [TimedOut()]
    await jobs.catch_up(romeo.session)
    assert await bodies(romeo) == expected
    server.broken = [TimedOut()] * 3
    with pytest.raises(TimedOut):
        await jobs.catch_up(romeo.session)


async def test_an_archive_that_does_not_answer_is_said(romeo: Person, server: Server) -> None:
    said(server, 30)
    await jobs.catch_up(romeo.session)
    server.broken = [TimedOut()]
    with pytest.raises(TimedOut):
        await commands.load_older(romeo.session, JULIET)
