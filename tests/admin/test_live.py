"""The operator's page is true while it is open: what is different reaches it, and nobody else."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from lxml import html
from sqlalchemy import update

from tests.admin.test_pages import JULIET, ROMEO, TYBALT, text
from tests.web.site import PASSWORD, Site, Tab, running
from webchat import account, admin
from webchat.admin import jobs
from webchat.admin.changes import NumbersChanged, SiteChanged
from webchat.change import Change
from webchat.db.base import now
from webchat.session import blocks, complaints
from webchat.session.complaints import Told
from webchat.session.models import Complaint
from webchat.session.session import Session


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    """A site that Romeo runs."""
    async with running(tmp_path, (account.slice, admin.slice), admins=ROMEO) as made:
        yield made


def live_side(page: html.HtmlElement) -> str:
    """The address of the stream that a page follows."""
    (found,) = page.cssselect("#stream")
    return str(dict(found.attrib)["hx-sse:connect"])


class Listener:
    """What the pages of a session are told from now on."""

    def __init__(self, session: Session) -> None:
        self._feed, self._cursor = session.feed, session.feed.cursor

    def heard(self) -> list[Change]:
        """What came since the last time."""
        found = self._feed.since(self._cursor)
        assert found is not None
        self._cursor, changes = found
        return changes


async def test_what_is_different_is_told_to_those_who_run_the_site(site: Site) -> None:
    _, me = await site.signed_in(ROMEO)
    _, other = await site.signed_in(JULIET)
    watch, mine, hers = jobs.Watch(site.sessions, {ROMEO}), Listener(me.session), Listener(other.session)
    await watch.look()
    assert mine.heard() == [SiteChanged()], "the page was drawn before its stream began"
    await watch.look()
    assert mine.heard() == []

    async def told() -> bool:
        await watch.look()
        return mine.heard() == [SiteChanged()]

    database = site.sessions.database
    token, _ = await site.sessions.login(TYBALT, PASSWORD, keep=True)
    assert await told(), "somebody came"
    other.session.attach()
    assert await told(), "a tab was opened"
    async with database.write() as db:
        await complaints.add(db, other.account_id, Told("person", "x", TYBALT, words="He"))
    assert await told(), "a report"
    async with database.write() as db:
        await complaints.close(db, 1)
    assert await told(), "it was closed"
    async with database.write() as db:
        await blocks.add(db, blocks.DOMAIN, "example.net")
    assert await told(), "a block by a command"
    async with database.write() as db:
        await blocks.remove(db, blocks.DOMAIN, "example.net")
    assert await told(), "it was taken back"
    found = await site.sessions.signed_in(token)
    assert found is not None
    await site.sessions.logout(found.login_id)
    assert await told(), "somebody left"
    assert hers.heard() == []


async def test_the_numbers_come_now_and_then(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "NUMBERS_EVERY", 3)
    _, me = await site.signed_in(ROMEO)
    watch, mine = jobs.Watch(site.sessions, {ROMEO}), Listener(me.session)
    for _ in range(3):
        await watch.look()
    assert mine.heard() == [SiteChanged(), NumbersChanged()]
    watch.rest()
    await watch.look()
    assert mine.heard() == [SiteChanged()]


async def test_an_open_page_hears_of_it_and_fetches_only_its_lists(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser, me = await site.signed_in(ROMEO)
    page = html.document_fromstring((await browser.get("/admin?find=Tyb")).text)
    stream = live_side(page)
    (fetch,) = page.cssselect("#admin-now")
    assert str(fetch.get("hx-get")) == "/admin/now?find=tyb"
    streams = site.app.state.streams
    assert not streams.followed("admin")
    tab = Tab(site, browser, stream)
    await tab.opened()
    assert streams.followed("admin")
    me.session.feed.publish([SiteChanged(), NumbersChanged()])
    assert (await tab.next()).startswith("event: admin-stale")
    assert "Addresses that ever signed in" in await tab.next()
    await tab.close()
    assert not streams.followed("admin")
    await site.sessions.login(TYBALT, PASSWORD, keep=True)
    answer = await browser.get(str(fetch.get("hx-get")), headers={"hx-request": "true"})
    assert answer.headers["hx-reswap"] == "none"
    lists = html.fromstring(f"<div>{answer.text}</div>")
    aims = [part.get("hx-target") for part in lists.cssselect("hx-partial")]
    assert aims == [f"#{id}" for id, _ in admin.views.LISTS]
    assert [text(row) for row in lists.cssselect(".device")] == [TYBALT]
    assert "2 addresses, 2 browsers" in text(lists)
    assert lists.cssselect('form input[name="form_token"]') or "form" not in answer.text
    await browser.aclose()


async def test_the_lists_are_nobody_elses(site: Site) -> None:
    hers, _ = await site.signed_in(JULIET)
    his, _ = await site.signed_in(ROMEO)
    async with hers, his, site.browser() as stranger:
        for browser in (hers, stranger):
            answer = await browser.get("/admin/now", headers={"hx-request": "true"})
            assert answer.status_code == 404
        plain = await his.get("/admin/now")
        assert (plain.status_code, plain.headers["location"]) == (303, "/admin")


async def test_what_waits_longest_stands_first(site: Site) -> None:
    """New ones come below: nothing moves away under somebody's hand."""
    browser, me = await site.signed_in(ROMEO)
    async with site.sessions.database.write() as db:
        for key in ("new", "old"):
            await complaints.add(db, me.account_id, Told("person", key, TYBALT, words=key))
        old = update(Complaint).where(Complaint.words == "old")
        await db.execute(old.values(created_at=now() - timedelta(days=2)))
    async with browser:
        page = html.document_fromstring((await browser.get("/admin")).text)
    assert [text(each) for each in page.cssselect("#admin-reports .said")] == ["old", "new"]


async def test_a_refused_block_keeps_its_words_and_is_left_alone(site: Site) -> None:
    browser, _ = await site.signed_in(ROMEO)
    async with browser:
        answer = await browser.get("/admin/block", params={"who": "not an address", "reason": "A feud"})
    page = html.document_fromstring(answer.text)
    assert page.cssselect("#reason")[0].get("value") == "A feud"
    stream = live_side(page)
    assert "/stream/plain/" in stream


async def test_the_watch_rests_while_nobody_looks(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """And goes on after an error of the database."""
    import asyncio

    asked: list[bool] = []
    looked = asyncio.Event()

    async def look(_: jobs.Watch) -> None:
        looked.set()
        raise OSError

    def followed() -> bool:
        asked.append(len(asked) >= 2)
        return asked[-1]

    monkeypatch.setattr(jobs, "EVERY", 0.001)
    monkeypatch.setattr(jobs.Watch, "look", look)
    task = asyncio.create_task(jobs.watch(site.sessions, {ROMEO}, followed))
    async with asyncio.timeout(30):
        await looked.wait()
        looked.clear()
        await looked.wait()
    assert asked[:3] == [False, False, True]
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
