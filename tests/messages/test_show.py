"""Rows become views: grouping, days, states, names, windows and edges (hands 13, 16, 19, 21, 24, 25)."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.lab.databases import KINDS
from tests.lab.people import JULIET, MERCUTIO, Person
from tests.messages.looking import befriend, conversation, lines
from tests.messages.server import Server
from tests.messages.test_live import carbon, hears
from webchat.messages import commands, jobs, show, store
from webchat.messages.models import FIRST
from webchat.messages.show import GapView, MessageView, TimelineView
from webchat.messages.state import Typing
from webchat.messages.store import Line
from webchat.web.reader import Reader, reader
from webchat.xmpp.events import MessageFailed, RosterItem, RosterReceived

DATABASES = KINDS[:1]

NOON = datetime(2025, 3, 3, 12, tzinfo=UTC)
BOTH = show.Author(JULIET, "Juliet", "romeo@montague.example", "romeo")


def line(minutes: float = 0, **values: Any) -> Line:
    given: dict[str, Any] = {
        "id": 1,
        "position": FIRST,
        "stamp": NOON + timedelta(minutes=minutes),
        "mine": False,
    }
    given |= {"body": "Ay me!", "state": "", "state_at": None, "error_condition": ""}
    return Line(**(given | values))


async def timeline(romeo: Person, jid: str = JULIET, **asked: Any) -> TimelineView:
    async with romeo.session.read() as db:
        return await show.timeline(db, romeo.session, jid, **asked)


def texts(view: TimelineView) -> list[str]:
    return [row.source for row in view.rows if isinstance(row, MessageView)]


async def hear(romeo: Person, count: int, start: int = 0) -> None:
    await romeo.hears(*(hears(f"line {n}") for n in range(start, start + count)))


async def read(romeo: Person) -> None:
    await commands.mark_displayed(romeo.session, JULIET, (await lines(romeo))[-1].id)


# ---- one message


@pytest.mark.parametrize(
    ("before", "starts"),
    [
        (None, True),
        (line(-1), False),
        (line(-5), False),
        (line(-5.1), True),
        (line(-1, mine=True), True),
        (line(3), False),
        (line(-12 * 60 - 1), True),
    ],
)
def test_grouping(before: Line | None, starts: bool) -> None:
    assert show.message(line(), before, BOTH, None).starts_group is starts


def test_the_day_is_the_readers() -> None:
    late, after = (
        line(stamp=datetime(2025, 3, 3, 22, 30, tzinfo=UTC)),
        line(stamp=datetime(2025, 3, 3, 23, 30, tzinfo=UTC)),
    )
    assert show.message(after, late, BOTH, None).day is None
    token = reader.set(Reader(zone=ZoneInfo("Europe/Rome")))
    try:
        assert show.message(after, late, BOTH, None).day == date(2025, 3, 4)
        assert show.message(late, None, BOTH, None).day == date(2025, 3, 3)
    finally:
        reader.reset(token)


def test_a_message_is_drawn_safely() -> None:
    view = show.message(line(body="*Ay* <b>me</b>"), None, BOTH, None)
    assert (
        view.body == "<strong><span>*</span>Ay<span>*</span></strong> &lt;b&gt;me&lt;/b&gt;"
        or "<b>" not in view.body
    )
    assert (view.author, view.author_jid, view.source) == ("Juliet", JULIET, "*Ay* <b>me</b>")
    assert 0 <= view.colour < 36


def test_an_action() -> None:
    view = show.message(line(body="/me sighs"), None, BOTH, None)
    assert view.action
    assert view.body == "sighs"


def test_why_it_failed_and_what_to_do() -> None:
    failed = line(mine=True, id=7, state="failed", error_condition="remote-server-not-found")
    view = show.message(failed, None, BOTH, 7)
    assert view.error == "Their server cannot be reached."
    assert view.retry_path == "/messages/7/retry"
    assert view.show_state
    strange = line(mine=True, state="failed", error_condition="made-up")
    assert show.message(strange, None, BOTH, None).error == show.REFUSED


def test_keys_sort_as_positions_do() -> None:
    positions = [0, 1, FIRST - 1, FIRST, FIRST + 1, 2**63 - 1]
    keys = [show.key_of(position) for position in positions]
    assert keys == sorted(keys)
    assert [show.position_of(key) for key in keys] == positions
    for key in ("", "x", "123", "-000000000000000001-1", "٤٦١١٦٨٦٠١٨٤٢٧٣٨٧٩٠٤-1", "9" * 20):
        assert show.position_of(key) is None


# ---- a page of messages


@pytest.mark.parametrize("opened", [False, True])
async def test_where_nothing_was_said_the_archive_may_know_more(romeo: Person, opened: bool) -> None:
    if opened:
        await commands.open_conversation(romeo.session, JULIET)
    view = await timeline(romeo)
    assert (list(view.rows), view.start_of_history, view.live) == ([], False, True)
    assert view.older_path == f"/chats/{JULIET}?before=all"
    assert view.older_fragment == f"/conversations/{JULIET}/older?before=all"


async def test_who_has_read_everything_sees_the_newest(romeo: Person) -> None:
    await hear(romeo, 60)
    await read(romeo)
    view = await timeline(romeo)
    assert texts(view) == [f"line {n}" for n in range(10, 60)]
    assert (view.new_before, view.new_count, view.newer_path, view.live) == (None, 0, None, True)
    assert view.older_path == f"/chats/{JULIET}?before={view.rows[0].key}"
    assert view.older_fragment == f"/conversations/{JULIET}/older?before={view.rows[0].key}"


async def test_a_page_begins_before_the_first_unread(romeo: Person) -> None:
    await hear(romeo, 30)
    await read(romeo)
    await hear(romeo, 80, start=30)
    view = await timeline(romeo)
    assert texts(view) == [f"line {n}" for n in range(20, 110)]
    assert view.new_before == view.rows[10].key
    assert (view.new_count, view.live) == (80, True)


async def test_a_few_unread_ones_do_not_make_a_short_page(romeo: Person) -> None:
    await hear(romeo, 60)
    await read(romeo)
    await hear(romeo, 1, start=60)
    view = await timeline(romeo)
    assert len(view.rows) == 50
    assert view.new_before == view.rows[-1].key


async def test_very_many_unread_ones_come_in_pages(romeo: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(show, "MOST", 20)
    await hear(romeo, 5)
    await read(romeo)
    await hear(romeo, 100, start=5)
    view = await timeline(romeo)
    assert texts(view) == [f"line {n}" for n in range(25)]
    assert view.newer_path == f"/chats/{JULIET}?after={view.rows[-1].key}"
    assert not view.live
    newer = await timeline(romeo, after=view.rows[-1].key)
    assert texts(newer)[0] == "line 25"
    assert newer.older_path == f"/chats/{JULIET}?before={newer.rows[0].key}"


async def test_pages_before_and_after(romeo: Person) -> None:
    await hear(romeo, 120)
    await read(romeo)
    newest = await timeline(romeo)
    older = await timeline(romeo, before=newest.rows[0].key)
    assert texts(older) == [f"line {n}" for n in range(20, 70)]
    assert older.newer_path
    oldest = await timeline(romeo, before=older.rows[0].key)
    assert texts(oldest) == [f"line {n}" for n in range(20)]
    assert not oldest.start_of_history
    back = await timeline(romeo, after=oldest.rows[-1].key)
    assert texts(back) == texts(older)


async def test_a_page_around_a_message(romeo: Person) -> None:
    await hear(romeo, 120)
    await read(romeo)
    named = (await lines(romeo))[40]
    view = await timeline(romeo, at=named.id)
    assert "line 40" in texts(view)
    assert len(view.rows) == 50
    assert (view.at, view.live) == (named.id, False)
    last = (await lines(romeo))[-1]
    assert (await timeline(romeo, at=last.id)).live


@pytest.mark.parametrize("asked", [{"at": 4711}, {"before": "x"}, {"after": "x"}])
async def test_an_address_that_leads_nowhere_shows_the_newest(romeo: Person, asked: dict[str, Any]) -> None:
    await hear(romeo, 3)
    await read(romeo)
    assert len((await timeline(romeo, **asked)).rows) == 3


async def test_a_message_of_another_conversation_is_not_shown(romeo: Person) -> None:
    await hear(romeo, 1)
    await romeo.session.handled(hears("secret", MERCUTIO))
    other = (await lines(romeo, MERCUTIO))[0]
    view = await timeline(romeo, at=other.id)
    assert (texts(view), view.at) == (["line 0"], 0)


async def test_only_the_last_own_message_shows_its_state(romeo: Person) -> None:
    for text in ("one", "two"):
        await romeo.session.handled(carbon(text))
    await hear(romeo, 1)
    shown = {
        row.source: row.show_state for row in (await timeline(romeo)).rows if isinstance(row, MessageView)
    }
    assert shown == {"one": False, "two": True, "line 0": False}


async def test_names(romeo: Person) -> None:
    await romeo.session.handled(RosterReceived((RosterItem(JULIET, "My sun", "both"),)))
    await hear(romeo, 1)
    await romeo.session.handled(carbon("Ay"))
    authors = [row.author for row in (await timeline(romeo)).rows if isinstance(row, MessageView)]
    assert authors == ["My sun", "romeo"]


async def test_the_start_of_history(romeo: Person, server: Server) -> None:
    for n in range(3):
        server.said(JULIET, f"line {n}")
    await jobs.catch_up(romeo.session)
    view = await timeline(romeo)
    assert view.start_of_history
    assert (view.older_path, view.older_fragment) == (None, None)


async def test_gaps_stand_between_messages(
    romeo: Person, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "PAGE", 2)
    server.said(JULIET, "line 0")
    await jobs.catch_up(romeo.session)
    for n in range(1, 8):
        server.said(JULIET, f"line {n}")
    server.forget(1)
    await jobs.catch_up(romeo.session)
    first, gap, second, *_ = (await timeline(romeo)).rows
    assert isinstance(gap, GapView)
    assert first.key < gap.key < second.key
    assert gap.path == f"/conversations/{JULIET}/gaps/{gap.id}"
    async with romeo.session.work() as work:
        await store.lose_gap(work.db, gap.id)
    (lost,) = [row for row in (await timeline(romeo)).rows if isinstance(row, GapView)]
    assert lost.path == ""


# ---- what stands beside it


async def test_the_composer_holds_the_draft(romeo: Person) -> None:
    await befriend(romeo, JULIET)
    await commands.save_draft(romeo.session, JULIET, "But soft", 0)
    await commands.save_draft(romeo.session, JULIET, "What light", 0)
    async with romeo.session.read() as db:
        first = await show.composer(db, romeo.session, JULIET)
        second = await show.composer(db, romeo.session, JULIET)
        empty = await show.composer(db, romeo.session, MERCUTIO)
    assert (first.text, first.conflict_text, first.draft_version) == ("What light", "But soft", 2)
    assert (first.name, first.path) == ("juliet", f"/chats/{JULIET}")
    assert first.message_id != second.message_id
    assert (empty.text, empty.conflict_text, empty.draft_version, empty.name) == ("", None, 0, MERCUTIO)


async def test_typing_is_a_sentence(romeo: Person) -> None:
    await befriend(romeo, JULIET)
    async with romeo.session.read() as db:
        assert (await show.typing(db, romeo.session, JULIET, "en")).text == ""
        romeo.session[Typing].start(JULIET, lambda: None)
        assert (await show.typing(db, romeo.session, JULIET, "en")).text == "juliet is typing…"
    romeo.session[Typing].stop(JULIET)


async def test_the_list_says_what_was_said_last(romeo: Person) -> None:
    await hear(romeo, 1)
    await romeo.session.handled(hears("Couple it", MERCUTIO))
    await romeo.session.handled(carbon("Ay"))
    await romeo.session.handled(MessageFailed(JULIET, "id of Ay", "gone"))
    await commands.save_draft(romeo.session, MERCUTIO, "What say", 0)
    async with romeo.session.read() as db:
        juliet, mercutio = await store.conversations(db, romeo.session.account_id)
        (only,) = await store.conversations(db, romeo.session.account_id, jids=[MERCUTIO])
    assert (juliet.jid, juliet.last_body, juliet.last_mine, juliet.last_state) == (
        JULIET,
        "Ay",
        True,
        "failed",
    )
    assert (mercutio.last_body, mercutio.unread, mercutio.draft) == ("Couple it", 1, "What say")
    assert only == mercutio
    assert (await conversation(romeo)).last_body == ""
