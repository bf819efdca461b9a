"""What the operator does about reports in the browser: read, close, block, hide."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from tests.admin.test_pages import page, text
from tests.web.site import PASSWORD, Site, running
from webchat.app import SLICES
from webchat.errors import LoginFailed
from webchat.posts import store
from webchat.posts.changes import PostChanged, TalkChanged
from webchat.session import blocks, complaints
from webchat.session.complaints import Told
from webchat.session.registry import Sessions
from webchat.xmpp.entries import COMMENTS, MICROBLOG, Entry, PostItem, Ref

ROMEO, JULIET, TYBALT = "romeo@example.org", "juliet@capulet.example", "tybalt@capulet.example"
TALK = Ref("comments.example.org", f"{COMMENTS}duel")
EVIL = "<script>alert(1)</script>"


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    """A site that Romeo runs."""
    async with running(tmp_path, SLICES, admins=ROMEO) as made:
        yield made


@pytest.fixture
async def romeo(site: Site) -> AsyncIterator[httpx.AsyncClient]:
    """Romeo's browser."""
    browser, _ = await site.signed_in(ROMEO)
    async with browser:
        yield browser


async def tell(site: Site, *told: Told) -> None:
    """Juliet reports."""
    _, session = await site.sessions.login(JULIET, PASSWORD, keep=True)
    async with site.sessions.database.write() as db:
        for one in told:
            await complaints.add(db, session.account_id, one)


async def publish(sessions: Sessions, service: str, author: str, item: str) -> bool:
    """Something arrives for accounts of example.org; whether it was taken."""
    node = TALK.node if service == TALK.service else MICROBLOG
    entry = Entry(title=f"Of {author}", comments=(TALK,) if item == "duel" else ())
    async with sessions.database.write() as db:
        row, _ = await store.record(db, "example.org", service, node, PostItem(item, author, entry))
    return row is not None


async def test_reports_are_read_and_closed_on_the_page(site: Site, romeo: httpx.AsyncClient) -> None:
    assert "Nobody has reported anything." in text(await page(romeo, "/admin"))
    await tell(
        site,
        Told("message", "1", TYBALT, TYBALT, f"Villain {EVIL}", "abuse", f"He {EVIL}"),
        Told("person", "2", "Ty\u202ebalt@capulet.example", "", "", "spam", ""),
    )
    shown = await page(romeo, "/admin")
    first = shown.cssselect("#admin-reports li")[0]
    assert "Reports (2)" in text(shown)
    assert f"Villain {EVIL}" in text(first)
    assert f"Reported by {JULIET}" in text(first)
    assert not shown.cssselect("#admin-reports script")
    assert "\u202e" not in text(shown)
    number = first.cssselect('input[name="id"]')[0].get("value")
    answer = await romeo.post("/admin/reports/close", data={"id": number})
    assert (answer.status_code, answer.headers["location"]) == (303, "/admin")
    assert len((await page(romeo, "/admin")).cssselect("#admin-reports li")) == 1
    assert (await romeo.post("/admin/reports/close", data={"id": number})).status_code == 303
    assert (await romeo.post("/admin/reports/close", data={"id": "x"})).status_code == 422


async def test_who_was_reported_is_blocked_hidden_and_the_report_closed(
    site: Site, romeo: httpx.AsyncClient
) -> None:
    sessions = site.sessions
    assert await publish(sessions, TYBALT, TYBALT, "duel")
    assert await publish(sessions, TALK.service, TYBALT, "c1")
    assert await publish(sessions, TALK.service, ROMEO, "c2")
    await tell(site, Told("post", "x", TYBALT, "xmpp:x", "Of Tybalt"))
    link = (await page(romeo, "/admin")).cssselect('#admin-reports a[href*="/admin/block"]')[0]
    asked = await page(romeo, link.get("href"))
    form = asked.cssselect("form.card")[0]
    fields = {field.get("name"): field.get("value") for field in form.cssselect("input")}
    assert asked.cssselect("#hides[checked]"), "who comes from a report wants that gone"
    me = next(each for each in sessions.running if each.jid == ROMEO)
    cursor = me.feed.cursor
    assert (await romeo.post("/admin/block", data=fields)).status_code == 303
    shown = await page(romeo, "/admin")
    assert "Nobody has reported anything." in text(shown)
    assert "not shown here" in text(shown.cssselect("#admin-blocks li")[0])
    async with sessions.database.read() as db:
        left = await store.newest(db, "example.org", sight=store.EVERYBODY, most=9)
        assert left == []
        assert await store.one(db, "example.org", Ref(TALK.service, TALK.node, "c1")) is None
        assert await store.one(db, "example.org", Ref(TALK.service, TALK.node, "c2")) is not None
    told = me.feed.since(cursor)
    assert told is not None
    assert {PostChanged, TalkChanged} <= {type(change) for change in told[1]}, "open pages hear of it"
    assert not await publish(sessions, TYBALT, TYBALT, "again")
    assert not await publish(sessions, TALK.service, TYBALT, "c3")
    with pytest.raises(LoginFailed, match="blocked-here"):
        await sessions.login(TYBALT, PASSWORD, keep=True)
    await romeo.post("/admin/unblock", data={"kind": "address", "value": TYBALT})
    assert await publish(sessions, TYBALT, TYBALT, "again")


async def test_a_block_alone_hides_nothing_and_a_domain_hides_all_of_it(
    site: Site, romeo: httpx.AsyncClient
) -> None:
    sessions = site.sessions
    assert not (await page(romeo, f"/admin/block?who={TYBALT}")).cssselect("#hides[checked]")
    await romeo.post("/admin/block", data={"who": TYBALT})
    assert await publish(sessions, TYBALT, TYBALT, "duel")
    await romeo.post("/admin/block", data={"who": "capulet.example", "hides": "1"})
    for service, author in (
        (JULIET, JULIET),
        ("capulet.example", "x@y.example"),
        (TALK.service, TYBALT),
    ):
        assert not await publish(sessions, service, author, "late"), service
    assert await publish(sessions, "rose@sub.capulet.example", "rose@sub.capulet.example", "other")
    async with sessions.database.read() as db:
        assert not await blocks.hidden(db, {""})
        assert await store.one(db, "example.org", Ref(TYBALT, MICROBLOG, "duel")) is None
