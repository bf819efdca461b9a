"""The stream of a tab: cursor, replay, merging, resync, farewell."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.web.site import Site, Tab, id_of, running, text_of
from webchat import account
from webchat.change import Change
from webchat.session.changes import ConnectionChanged
from webchat.session.feed import RING
from webchat.slice import Slice
from webchat.web import stream
from webchat.web.page import Page
from webchat.web.partial import Partial, Ping


@dataclass(frozen=True, slots=True)
class SaidChanged(Change):
    """Something was said; the test draws it as a toast."""

    text: str


@dataclass(frozen=True, slots=True)
class NumberChanged(Change):
    """A counter of the shell is different."""


@dataclass(frozen=True, slots=True)
class Broken(Change):
    """A change that cannot be drawn."""


drawn: list[tuple[str, int]] = []


async def draw_said(page: Page, changes: Sequence[SaidChanged]) -> Sequence[Partial | Ping]:
    drawn.append((page.scope.key, len(changes)))
    return [
        Partial("#toasts", "innerHTML", "shell/_toast.html", {"toast": {"text": change.text, "kind": "ok"}})
        for change in changes
    ]


async def draw_everywhere(page: Page, changes: Sequence[SaidChanged]) -> Sequence[Partial | Ping]:
    return [Ping("said", "1\n2")]


async def draw_number(page: Page, changes: Sequence[NumberChanged]) -> Sequence[Partial | Ping]:
    return [Ping("counters")]


async def draw_broken(page: Page, changes: Sequence[Broken]) -> Sequence[Partial | Ping]:
    raise ValueError


async def seven(db: Any, account_id: int) -> int:
    return 7


TESTED = Slice(
    name="tested",
    fragments={
        (SaidChanged, "conversation"): draw_said,
        (SaidChanged, "*"): draw_everywhere,
        (NumberChanged, "*"): draw_number,
        (Broken, "*"): draw_broken,
    },
    counters={"chats": seven},
)
PATH = "/stream/conversation/juliet@example.org"


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    drawn.clear()
    async with running(tmp_path, (account.slice, TESTED)) as made:
        yield made


async def follow(site: Site, tab: Tab) -> str:
    """Read the numbers that every stream begins with; what they were."""
    first = await tab.next()
    assert first.startswith("event: counters\n")
    badges = await tab.next()
    assert '<hx-partial hx-target="#counters" hx-swap="outerMorph">' in badges
    assert "id:" not in first + badges
    return text_of(first)


async def test_a_stream_begins_with_the_numbers_and_is_never_stored(site: Site) -> None:
    browser, me = await site.signed_in()
    tab = Tab(site, browser, PATH)
    assert await follow(site, tab) == '{"chats":7}'
    assert tab.status == 200
    assert tab.headers["content-type"].startswith("text/event-stream")
    assert tab.headers["cache-control"] == "no-store"
    assert tab.headers["x-accel-buffering"] == "no"
    assert me.session.tabs == 1
    await tab.close()
    assert me.session.tabs == 0


async def test_a_change_becomes_one_frame_under_the_cursor_it_leads_to(site: Site) -> None:
    browser, me = await site.signed_in()
    tab = Tab(site, browser, PATH)
    await follow(site, tab)
    me.session.feed.publish([SaidChanged("a < b"), SaidChanged("c"), SaidChanged("a < b")])
    ping, frame = await tab.next(), await tab.next()
    assert (ping, text_of(ping)) == ("event: said\ndata: 1\ndata: 2", "1\n2")
    assert id_of(frame) == me.session.feed.cursor
    assert text_of(frame).count("<hx-partial ") == 2
    assert "a &lt; b" in frame
    assert drawn == [("juliet@example.org", 2)]
    await tab.close()


async def test_only_what_the_page_shows_is_drawn(site: Site) -> None:
    browser, me = await site.signed_in()
    tab = Tab(site, browser, "/stream/plain/")
    await follow(site, tab)
    me.session.feed.publish([SaidChanged("a")])
    assert await tab.next() == "event: said\ndata: 1\ndata: 2"
    assert drawn == []
    await tab.close()


@pytest.mark.parametrize("by_header", [True, False])
async def test_what_happened_since_the_cursor_is_replayed(site: Site, by_header: bool) -> None:
    """So a stream that broke is continued without a hole (R01)."""
    browser, me = await site.signed_in()
    cursor = me.session.feed.cursor
    me.session.feed.publish([SaidChanged("before")])
    if by_header:
        tab = Tab(site, browser, f"{PATH}?after={me.session.feed.cursor}", last_event_id=cursor)
    else:
        tab = Tab(site, browser, f"{PATH}?after={cursor}")
    await follow(site, tab)
    assert (await tab.next()).startswith("event: said")
    assert "before" in await tab.next()
    await tab.close()


@pytest.mark.parametrize("cursor", ["00000000.0", "nonsense", "aaaaaaaa.999999999999999999999999"])
async def test_a_cursor_of_another_life_means_fetch_the_page(site: Site, cursor: str) -> None:
    browser, me = await site.signed_in()
    tab = Tab(site, browser, f"{PATH}?after={cursor}")
    await follow(site, tab)
    resync = await tab.next()
    assert resync == "event: resync\ndata: "
    # What a former life said of the connection stands around the page, which alone fetches itself.
    assert 'id="connection"' in await tab.next()
    me.session.feed.publish([SaidChanged("later")])
    await tab.next()
    frame = await tab.next()
    assert "later" in frame
    # Should the page not get through, the next connection must come with the old cursor and be told again.
    assert "id:" not in frame
    assert site.app.state.metrics.count("stream_resyncs") == 1
    await tab.close()


async def test_a_tab_that_fell_out_of_the_ring_fetches_its_page(site: Site) -> None:
    """Nobody keeps frames for a tab that does not read them (R13)."""
    browser, me = await site.signed_in()
    cursor = me.session.feed.cursor
    me.session.feed.publish(SaidChanged(str(number)) for number in range(RING + 1))
    tab = Tab(site, browser, f"{PATH}?after={cursor}")
    await follow(site, tab)
    assert (await tab.next()).startswith("event: resync")
    await tab.close()


async def test_a_change_that_cannot_be_drawn_makes_the_page_fetch_itself(site: Site) -> None:
    browser, me = await site.signed_in()
    tab = Tab(site, browser, PATH)
    await follow(site, tab)
    me.session.feed.publish([Broken()])
    assert (await tab.next()).startswith("event: resync")
    assert site.app.state.metrics.count("stream_failures") == 1
    await tab.close()


async def test_numbers_are_asked_again_when_a_slice_says_that_they_changed(site: Site) -> None:
    browser, me = await site.signed_in()
    tab = Tab(site, browser, PATH)
    await follow(site, tab)
    me.session.feed.publish([NumberChanged()])
    assert text_of(await tab.next()) == '{"chats":7}'
    frame = await tab.next()
    assert 'hx-target="#counters"' in frame
    assert id_of(frame) == me.session.feed.cursor
    await tab.close()


async def test_the_connection_is_told_on_every_page(site: Site) -> None:
    browser, me = await site.signed_in()
    tab = Tab(site, browser, "/stream/plain/")
    await follow(site, tab)
    me.session.state = "offline"
    me.session.feed.publish([ConnectionChanged()])
    assert 'hx-target="#connection"' in await tab.next()
    await tab.close()


async def test_a_silent_stream_beats_and_moves_its_cursor(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "HEARTBEAT", 0.01)
    browser, me = await site.signed_in()
    tab = Tab(site, browser, PATH)
    await follow(site, tab)
    assert await tab.next() == f"id: {me.session.feed.cursor}"
    await tab.close()


async def test_w05_a_login_that_ends_ends_its_streams_at_once(site: Site) -> None:
    browser, me = await site.signed_in()
    other, _ = await site.signed_in()
    here, there = Tab(site, browser, PATH), Tab(site, other, PATH)
    await follow(site, here)
    await follow(site, there)
    await site.sessions.logout(me.login_id)
    assert await here.next() == "event: signed-out\ndata: "
    await here.ended()
    me.session.feed.publish([SaidChanged("still here")])
    assert (await there.next()).startswith("event: said")
    await site.sessions.logout(me.login_id, everywhere=True)
    await there.close()


async def test_w05_logging_out_everywhere_ends_all_streams(site: Site) -> None:
    browser, me = await site.signed_in()
    tab = Tab(site, browser, PATH)
    await follow(site, tab)
    await site.sessions.logout(me.login_id, everywhere=True)
    assert await tab.next() == "event: signed-out\ndata: "
    await tab.ended()


async def test_w14_who_is_not_signed_in_is_told_so_once(site: Site) -> None:
    async with site.browser() as browser:
        answer = await browser.get(PATH)
    assert (answer.status_code, answer.text) == (200, "event: signed-out\ndata: \n\n")


@pytest.mark.parametrize("from_where", ["cross-site", "same-site"])
async def test_w14_pages_of_other_sites_get_no_stream(site: Site, from_where: str) -> None:
    browser, _ = await site.signed_in(sec_fetch_site=from_where)
    async with browser:
        assert (await browser.get(PATH)).status_code == 403


async def test_w14_a_stream_is_chosen_by_the_login_only(site: Site) -> None:
    browser, romeo = await site.signed_in()
    other, juliet = await site.signed_in("juliet@example.org")
    mine = Tab(site, browser, PATH)
    await follow(site, mine)
    foreign = Tab(site, other, f"{PATH}?after={romeo.session.feed.cursor}")
    await follow(site, foreign)
    assert (await foreign.next()).startswith("event: resync")
    assert 'id="connection"' in await foreign.next()
    romeo.session.feed.publish([SaidChanged("for Romeo")])
    juliet.session.feed.publish([SaidChanged("for Juliet")])
    await mine.next(), await foreign.next()
    assert "for Romeo" in await mine.next()
    assert "for Juliet" in await foreign.next()
    await mine.close()
    await foreign.close()


async def test_w18_a_login_has_eight_streams(site: Site) -> None:
    browser, me = await site.signed_in()
    tabs = [Tab(site, browser, PATH) for _ in range(stream.MOST_STREAMS)]
    for tab in tabs:
        await follow(site, tab)
    ninth = Tab(site, browser, PATH)
    await ninth.opened()
    assert (ninth.status, ninth.headers["retry-after"]) == (429, "25")
    await tabs[0].close()
    again = Tab(site, browser, PATH)
    await follow(site, again)
    for tab in [*tabs[1:], again]:
        await tab.close()
    assert me.session.tabs == 0


async def test_w18_streams_are_not_opened_for_ever(site: Site) -> None:
    browser, me = await site.signed_in()
    for _ in range(stream.OPENS_A_MINUTE):
        site.app.state.streams.check(me.login_id)
    async with browser:
        assert (await browser.get(PATH)).status_code == 429


def test_w11_no_text_breaks_out_of_its_field() -> None:
    for broken in ("a\r\nevent: x", "a\rid: 7", "a\n\ndata: x", "a\0b"):
        lines = stream.named("ping", broken).decode().rstrip("\n").split("\n")
        assert lines[0] == "event: ping"
        assert all(line.startswith("data: ") and "\0" not in line for line in lines[1:])
    for name in ("a b", "a\nb", "", "A", "a:b"):
        with pytest.raises(ValueError, match="cannot name an event"):
            stream.named(name)


def test_a_deletion_needs_no_template() -> None:
    html = text_of(stream.frame("e.1", [Partial("#message-1", "delete", "")], "en").decode())
    assert html == '<hx-partial hx-target="#message-1" hx-swap="delete"></hx-partial>'


def test_targets_are_escaped() -> None:
    html = stream.frame("", [Partial('#a"><script>', "delete", "")], "en").decode()
    assert "<script" not in html
