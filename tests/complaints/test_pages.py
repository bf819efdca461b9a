"""Reporting a message, a post, a comment: who may, what is noted, that nothing leaves the site."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import cast

import httpx
import pytest
from lxml import html

from tests.session.fakes import FakeClient
from tests.web.site import Site, running
from webchat.app import SLICES
from webchat.contacts.state import Blocklist
from webchat.errors import XmppError
from webchat.posts import show, store
from webchat.session import complaints
from webchat.session.complaints import Report
from webchat.session.registry import SignedIn
from webchat.xmpp.entries import COMMENTS, MICROBLOG, Entry, PostItem, Ref
from webchat.xmpp.events import MessageReceived

ROMEO, JULIET, TYBALT = "romeo@example.org", "juliet@capulet.example", "tybalt@capulet.example"
TALK = Ref("comments.capulet.example", f"{COMMENTS}duel")
DUEL = Ref(TYBALT, MICROBLOG, "duel")
VIA = "capulet.example"
ROOM = "square@rooms.capulet.example"


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    """A site that Romeo runs."""
    async with running(tmp_path, SLICES, admins=ROMEO) as made:
        yield made


@pytest.fixture
async def juliet(site: Site) -> AsyncIterator[tuple[httpx.AsyncClient, SignedIn]]:
    """Juliet's browser: Tybalt wrote to her, in a room, and published, and commented on it."""
    browser, me = await site.signed_in(JULIET)
    hears = me.session.inbox.handled
    await hears(MessageReceived(TYBALT, f"{TYBALT}/x", False, "Thy <b>kinsman</b>", id="1", stanza_id="a1"))
    await hears(MessageReceived(TYBALT, f"{JULIET}/y", True, "Peace", id="2", stanza_id="a2"))
    await hears(MessageReceived(ROOM, f"{ROOM}/tybalt", False, "Villain!", stanza_id="r1", kind="room"))
    async with me.session.work() as work:
        place = await store.node_row(work.db, VIA, DUEL.service, DUEL.node)
        await store.set_node(work.db, place.id, access="open")
        duel = Entry(title="A duel", text="*Now*", comments=(TALK,))
        await store.record(work.db, VIA, DUEL.service, DUEL.node, PostItem("duel", TYBALT, duel))
        for item, who, said in (("c1", TYBALT, "Coward"), ("c2", JULIET, "Hush")):
            post = PostItem(item, who, Entry(title=said))
            await store.record(work.db, VIA, TALK.service, TALK.node, post)
    async with browser:
        yield browser, me


async def ids(site: Site) -> dict[str, int]:
    """Post → its number; the comments by their titles."""
    async with site.sessions.database.read() as db:
        found = {}
        for ref in (DUEL, Ref(TALK.service, TALK.node, "c1"), Ref(TALK.service, TALK.node, "c2")):
            post = await store.one(db, VIA, ref)
            assert post is not None
            found[ref.item] = post.id
    return found


async def page(browser: httpx.AsyncClient, path: str) -> html.HtmlElement:
    """A page at a path."""
    answer = await browser.get(path)
    assert answer.status_code == 200, answer.text
    return html.document_fromstring(answer.text)


def words(element: html.HtmlElement) -> str:
    """What one reads."""
    return " ".join(element.text_content().split())


async def reports(site: Site) -> list[Report]:
    """What the operator will find, the oldest first."""
    async with site.sessions.database.read() as db:
        return (await complaints.listed(db))[::-1]


async def test_a_message_is_reported_with_its_words_and_nothing_else(
    site: Site, juliet: tuple[httpx.AsyncClient, SignedIn]
) -> None:
    browser, me = juliet
    client = cast(FakeClient, me.session.client)
    before = list(client.said)
    (link,) = (await page(browser, "/messages/1")).cssselect('a[href^="/reports/"]')
    asked = await page(browser, link.get("href"))
    assert "Thy <b>kinsman</b>" in words(asked)
    assert "sent to nobody else" in words(asked)
    answer = await browser.post(link.get("href"), data={"reason": "abuse", "text": "He threatens"})
    assert answer.status_code == 303
    assert "Nobody else was told." in words(await page(browser, answer.headers["location"]))
    (found,) = await reports(site)
    assert (found.about, found.subject, found.place, found.excerpt) == (
        "message",
        TYBALT,
        TYBALT,
        "Thy <b>kinsman</b>",
    )
    assert (found.reason, found.words, found.by) == ("abuse", "He threatens", JULIET)
    assert client.said == before, "nothing leaves the site"


async def test_in_a_room_the_seat_is_meant(site: Site, juliet: tuple[httpx.AsyncClient, SignedIn]) -> None:
    browser, _ = juliet
    assert (await browser.post("/reports/message/3", data={})).status_code == 303
    (found,) = await reports(site)
    assert (found.subject, found.place, found.reason) == (f"{ROOM}/tybalt", ROOM, "spam")
    operator, _ = await site.signed_in(ROMEO)
    async with operator:
        shown = await page(operator, "/admin")
        assert not shown.cssselect('#admin-reports a[href*="block"]'), "only the room knows who that is"


async def test_posts_and_comments_of_others_are_reported(
    site: Site, juliet: tuple[httpx.AsyncClient, SignedIn]
) -> None:
    browser, _ = juliet
    known = await ids(site)
    shown = await page(browser, show.path_of(DUEL))
    links = {link.get("href") for link in shown.cssselect('a[href^="/reports/"]')}
    assert links == {f"/reports/post/{known['duel']}", f"/reports/comment/{known['c1']}"}
    for link in sorted(links):
        assert (await browser.post(link, data={"reason": "other", "text": ""})).status_code == 303
        assert (await page(browser, f"{link}?sent")).cssselect('a[href$="/tybalt@capulet.example/report"]')
    found = {each.about: (each.subject, each.excerpt.partition("\n")[0]) for each in await reports(site)}
    assert found == {"post": (TYBALT, "A duel"), "comment": (TYBALT, "Coward")}


async def test_nobody_reports_what_they_cannot_read_nor_what_is_their_own(
    site: Site, juliet: tuple[httpx.AsyncClient, SignedIn]
) -> None:
    browser, _ = juliet
    known = await ids(site)
    own = ["/reports/message/2", f"/reports/comment/{known['c2']}"]
    nothing = ["/reports/message/99", "/reports/person/1", f"/reports/post/{2**63}", "/reports/post/999"]
    crossed = [f"/reports/comment/{known['duel']}", f"/reports/post/{known['c1']}"]
    for path in (*own, *nothing, *crossed):
        assert (await browser.get(path)).status_code == 404, path
    benvolio, _ = await site.signed_in("benvolio@montague.example")
    async with benvolio, site.browser() as stranger:
        for path in (
            "/reports/message/1",
            f"/reports/post/{known['duel']}",
            f"/reports/comment/{known['c1']}",
        ):
            assert (await benvolio.post(path, data={})).status_code == 404, path
            assert (await stranger.post(path, data={})).headers["location"].startswith("/login")
    assert (await browser.post("/reports/message/1", data={"reason": "hate"})).status_code == 422
    assert (await browser.post("/reports/message/1", data={"text": "x" * 2001})).status_code == 422
    assert await reports(site) == []


@pytest.mark.parametrize(("ticked", "about"), [(True, "person"), (False, "")])
async def test_who_reports_a_person_says_whether_this_site_hears_it(
    site: Site,
    juliet: tuple[httpx.AsyncClient, SignedIn],
    monkeypatch: pytest.MonkeyPatch,
    ticked: bool,
    about: str,
) -> None:
    browser, me = juliet
    shown = await page(browser, f"/people/{TYBALT}/report")
    assert shown.cssselect('form input[name="site"][type="checkbox"]')
    data = {"reason": "abuse", "text": "Villain"} | ({"site": "1"} if ticked else {})

    async def refused(*_: object, **__: object) -> None:
        raise XmppError("not-allowed")

    me.session[Blocklist].offered = True
    monkeypatch.setattr(FakeClient, "request", refused, raising=False)
    assert (await browser.post(f"/people/{TYBALT}/report", data=data)).status_code == 502
    found = [(each.about, each.subject, each.words) for each in await reports(site)]
    assert found == ([(about, TYBALT, "Villain")] if about else []), "it is noted even if the server refuses"


async def test_where_the_server_blocks_nobody_the_site_can_still_be_told(
    site: Site, juliet: tuple[httpx.AsyncClient, SignedIn]
) -> None:
    browser, _ = juliet
    assert "Your server blocks nobody" in words(await page(browser, f"/people/{TYBALT}/report"))
    answer = await browser.post(f"/people/{TYBALT}/report", data={"reason": "spam", "site": "1"})
    assert answer.status_code == 303
    assert [each.about for each in await reports(site)] == ["person"]
    assert not (await page(browser, f"/people/{JULIET}/report")).cssselect('input[name="site"]')


async def test_a_room_is_reported_on_the_way_out(
    site: Site, juliet: tuple[httpx.AsyncClient, SignedIn], monkeypatch: pytest.MonkeyPatch
) -> None:
    browser, _ = juliet

    async def refused(*_: object, **__: object) -> None:
        raise XmppError("not-allowed")

    monkeypatch.setattr(FakeClient, "request", refused, raising=False)
    assert (await page(browser, f"/rooms/{ROOM}/report")).cssselect('input[name="site"]')
    await browser.post(f"/rooms/{ROOM}/report", data={"reason": "abuse", "text": "A brawl", "site": "1"})
    (found,) = await reports(site)
    assert (found.about, found.subject, found.reason, found.words) == ("room", ROOM, "abuse", "A brawl")


async def test_a_site_for_chats_only_takes_no_reports_of_posts(tmp_path: Path) -> None:
    async with running(tmp_path, SLICES, chat_only="yes") as site:
        browser, _ = await site.signed_in(JULIET)
        async with browser:
            assert (await browser.get("/reports/post/1")).status_code == 404
