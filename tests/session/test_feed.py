"""This room tests the ring of numbered changes: nothing missed, nothing invented, old cursors recognised."""

import asyncio
from dataclasses import dataclass

import pytest

from webchat.change import Change
from webchat.session.feed import RING, Feed


@dataclass(frozen=True, slots=True)
class RowChanged(Change):
    """A change made for these tests."""

    id: int


def after(feed: Feed, cursor: str) -> list[Change]:
    """The changes after a cursor that the ring still knows."""
    found = feed.since(cursor)
    assert found is not None
    return found[1]


def test_nothing_happened_yet() -> None:
    """A page that was just drawn has nothing to catch up on."""
    feed = Feed()
    assert feed.since(feed.cursor) == (feed.cursor, [])


def test_changes_come_in_order_and_only_once() -> None:
    """The new cursor stands after everything that was handed out."""
    feed = Feed()
    start = feed.cursor
    feed.publish([RowChanged(1), RowChanged(2)])
    found = feed.since(start)
    assert found == (feed.cursor, [RowChanged(1), RowChanged(2)])
    assert after(feed, found[0]) == []


def test_a_cursor_taken_before_reading_replays_what_came_between() -> None:
    """A message that arrives while the page is drawn is neither lost nor drawn twice."""
    feed = Feed()
    feed.publish([RowChanged(1)])
    cursor = feed.cursor
    feed.publish([RowChanged(2)])
    feed.publish([RowChanged(3)])
    assert after(feed, cursor) == [RowChanged(2), RowChanged(3)]


def test_equal_changes_are_merged() -> None:
    """A row that changed five times is drawn once."""
    feed = Feed()
    start = feed.cursor
    feed.publish([RowChanged(1), RowChanged(2), RowChanged(1), RowChanged(1)])
    feed.publish([RowChanged(1)])
    assert after(feed, start) == [RowChanged(1), RowChanged(2)]


def test_the_oldest_cursor_of_the_ring_is_still_good() -> None:
    """Exactly as many changes as the ring holds are replayed, one more is too many."""
    feed = Feed()
    start = feed.cursor
    feed.publish(RowChanged(number) for number in range(RING))
    assert len(after(feed, start)) == RING
    feed.publish([RowChanged(RING)])
    assert feed.since(start) is None


@pytest.mark.parametrize(
    "cursor",
    ["", ".", "5", "5.", ".5", "-1", "x.y", "0.0.0", "é.1", "1" * 5000, "{epoch}.", "{epoch}.-1", "{epoch}.1",
     "{epoch}.0.0", "{epoch}.²", "{epoch}." + "9" * 5000],
)  # fmt: skip
def test_a_cursor_we_never_gave_means_start_afresh(cursor: str) -> None:
    """Cursors come back from browsers: anything may stand there, and none of it may break a stream."""
    feed = Feed()
    assert feed.since(cursor.replace("{epoch}", feed.cursor.partition(".")[0])) is None


def test_a_cursor_of_another_feed_means_start_afresh() -> None:
    """After a restart the numbers begin again; the epoch tells the old ones apart."""
    old, new = Feed(), Feed()
    assert old.cursor != new.cursor
    assert new.since(old.cursor) is None


async def test_waiting_ends_with_the_next_change() -> None:
    """All tabs that wait are woken."""
    feed = Feed()
    tabs = [asyncio.create_task(feed.wait(feed.cursor, 30)) for _ in range(3)]
    await asyncio.sleep(0)
    feed.publish([RowChanged(1)])
    assert await asyncio.gather(*tabs) == [True, True, True]


async def test_waiting_at_an_old_cursor_does_not_wait() -> None:
    """A change between `since` and `wait` is not slept through."""
    feed = Feed()
    start = feed.cursor
    feed.publish([RowChanged(1)])
    assert await feed.wait(start, 30)


async def test_waiting_for_nothing_ends_in_time() -> None:
    """The heartbeat needs its turn."""
    feed = Feed()
    assert not await feed.wait(feed.cursor, 0.01)


async def test_publishing_nothing_wakes_nobody() -> None:
    """A transaction without visible effect costs the tabs nothing."""
    feed = Feed()
    tab = asyncio.create_task(feed.wait(feed.cursor, 0.05))
    await asyncio.sleep(0)
    feed.publish([])
    assert not await tab


async def test_closing_ends_all_that_wait_and_all_that_come_later() -> None:
    """At the end of a process no stream stays behind."""
    feed = Feed()
    tab = asyncio.create_task(feed.wait(feed.cursor, 30))
    await asyncio.sleep(0)
    feed.close()
    assert await tab
    assert feed.closed
    assert await feed.wait(feed.cursor, 30)


async def test_a_tab_that_went_away_leaves_nothing_behind() -> None:
    """A cancelled wait does not disturb the others or the next change."""
    feed = Feed()
    gone, there = (asyncio.create_task(feed.wait(feed.cursor, 30)) for _ in range(2))
    await asyncio.sleep(0)
    gone.cancel()
    await asyncio.gather(gone, return_exceptions=True)
    feed.publish([RowChanged(1)])
    assert await there
