"""What other programs and pages share: held, shown, and sent by a click and by nothing else (M285, M51)."""

import asyncio
import io
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from lxml import html

from tests.lab.people import JULIET
from tests.web.site import Site, field, running
from webchat.app import SLICES
from webchat.session.session import Session
from webchat.share import state
from webchat.share.state import EACH, LASTS, MOST, Shared, Shelf
from webchat.uploads.commands import TOO_LARGE, CannotSend, Given, Media
from webchat.xmpp.events import MessageReceived, RosterItem, RosterReceived

OUTSIDE = {"sec-fetch-site": "cross-site", "origin": "https://elsewhere.example"}
BY_THE_SYSTEM = {"sec-fetch-site": "none", "origin": "null"}
ROSE = ("rose.txt", b"What's in a name?", "text/plain")
PASSED = {"sec-fetch-site": "same-origin"}


class Post:
    """Stands where files are sent from: what it was given."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str, list[bytes]]] = []
        self.error: CannotSend | None = None

    async def send(
        self, _: Session, __: Media, to: str, given: Sequence[Given], *, id: str, caption: str = ""
    ) -> None:
        files = [each.body.read() for each in given]
        if self.error is not None:
            raise self.error
        self.sent.append((to, caption, files))


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    """The whole site; Romeo knows Juliet."""
    async with running(tmp_path, SLICES) as made:
        yield made
        made.app.state.shelf.close()


async def romeo(site: Site) -> Any:
    """His browser; Juliet has written, and the nurse is among his contacts."""
    browser, me = await site.signed_in()
    roster = (RosterItem(JULIET, "Juliet", "both"), RosterItem("nurse@capulet.example", "Nurse", "both"))
    await me.session.inbox.handled(RosterReceived(roster))
    await me.session.inbox.handled(
        MessageReceived(JULIET, f"{JULIET}/garden", mine=False, body="Ay me!", stanza_id="s-1")
    )
    return browser, me


def names(page: str) -> list[str]:
    """To whom it may go, in order."""
    return said(page, ".share-row .name")


def said(page: str, selector: str) -> list[str]:
    """The words of these elements."""
    return [str(one.xpath("string()")).strip() for one in html.fromstring(page).cssselect(selector)]


def typed(page: str) -> str:
    """What stands in the box."""
    (box,) = html.fromstring(page).cssselect("#share-text")
    return str(box.text or "").strip()


async def test_m285_a_share_from_outside_leads_to_a_page_that_asks(site: Site) -> None:
    """Nothing is sent by it: neither to anybody nor onto a post (W07)."""
    browser, _ = await romeo(site)
    post = Post()
    site.app.state.share_ways = replace(site.app.state.share_ways, send=post.send)
    async with browser:
        browser.headers.pop("sec-fetch-site")
        words = {"title": "A rose", "text": "by any other name", "url": "https://globe.example/"}
        for headers in (OUTSIDE, {}, BY_THE_SYSTEM):
            answer = await browser.post("/share/files", data=words, files=[("file", ROSE)], headers=headers)
            assert answer.status_code == 303
        page = await browser.get(answer.headers["location"])
        assert typed(page.text) == "A rose\nby any other name\nhttps://globe.example/"
        assert names(page.text) == ["Juliet", "Nurse"]
        assert "rose.txt" in page.text
        refused = await browser.post(
            "/share", data={"do": "send", "to": JULIET, "text": "x"}, headers=OUTSIDE
        )
        assert (refused.status_code, post.sent) == (403, [])
        data = {"do": "send", "to": JULIET, "text": "Look", "held": field(page.text, "held")}
        data["message_id"] = field(page.text, "message_id")
        done = await browser.post("/share", data=data, headers=PASSED)
        assert (done.status_code, urlsplit(done.headers["location"]).path) == (303, f"/chats/{JULIET}")
        assert post.sent == [(JULIET, "Look", [ROSE[1]])]
        again = await browser.get(answer.headers["location"])
        assert "not here any more" in again.text


async def test_m285_who_is_not_signed_in_keeps_the_words_through_the_login(site: Site) -> None:
    """Cookies stay behind where another site sends the form, so this is what they meet, too."""
    async with site.browser() as stranger:
        words = {"text": "by any other name"}
        answer = await stranger.post("/share/files", data=words, files=[("file", ROSE)], headers=OUTSIDE)
        held = answer.headers["location"]
        login = await stranger.get(held)
        assert login.headers["location"] == f"/login?next={held}"
        asked = await stranger.get("/share", params={"text": "Soft!"})
        assert asked.headers["location"].startswith("/login?next=/share/")
    browser, _ = await romeo(site)
    async with browser:
        page = await browser.get(held)
        assert typed(page.text) == "by any other name"
        assert "The files did not come along" in page.text


async def test_m51_the_bookmark_brings_a_page_along(site: Site) -> None:
    browser, _ = await romeo(site)
    async with browser:
        page = await browser.get("/share", params={"title": "The Globe", "url": "https://globe.example/"})
        assert typed(page.text) == "The Globe\nhttps://globe.example/"
        (link,) = html.fromstring(page.text).cssselect("[data-bookmark]")
        assert link.get("href", "").startswith("javascript:void(open('http://localhost:8080/share?url='+")
        bad = await browser.get("/share", params={"text": "x" * 20_000, "url": "javascript:alert(1)"})
        assert typed(bad.text) == "x" * 10_000
        found = await browser.post("/share", data={"do": "find", "q": "nUR", "text": "Look"})
        assert (names(found.text), typed(found.text)) == (["Nurse"], "Look")
        data = {"do": "send", "to": JULIET, "text": "Look", "message_id": "a-share-of-words"}
        done = await browser.post("/share", data=data)
        chat = await browser.get(done.headers["location"])
        assert said(chat.text, ".message.mine .body") == ["Look"]


async def test_bad_shares_get_a_sentence_and_lose_nothing(site: Site) -> None:
    browser, _ = await romeo(site)
    post = Post()
    post.error = CannotSend(TOO_LARGE, limit="1 MB")
    site.app.state.share_ways = replace(site.app.state.share_ways, send=post.send)
    async with browser:
        taken = await browser.post("/share/files", data={"title": "A rose"}, files=[("file", ROSE)])
        page = await browser.get(taken.headers["location"])
        data = {"held": field(page.text, "held"), "text": "Look", "message_id": "a-share-of-files"}
        for to, error in (
            ("", "Choose first"),
            ("tybalt@capulet.example", "Choose first"),
            (JULIET, "too large"),
        ):
            answer = await browser.post("/share", data=data | {"do": "send", "to": to})
            assert answer.status_code == 422
            assert error in answer.text
            assert (typed(answer.text), "rose.txt" in answer.text) == ("Look", True)
        post.error = None
        await browser.post("/share", data=data | {"do": "send", "to": JULIET})
        assert post.sent == [(JULIET, "Look", [ROSE[1]])]
        gone = await browser.post("/share", data=data | {"do": "send", "to": JULIET})
        assert (gone.status_code, typed(gone.text)) == (410, "Look")
    other, _ = await site.signed_in("juliet@example.org")
    async with other:
        foreign = await other.get(taken.headers["location"])
        assert "rose.txt" not in foreign.text


async def test_r06_a_share_that_is_sent_twice_at_once_goes_once(site: Site) -> None:
    """A second click waits for the first, and nothing takes the file away from under either."""
    browser, _ = await romeo(site)
    post, under_way, goes_on = Post(), asyncio.Event(), asyncio.Event()

    async def slow(session: Session, media: Media, to: str, given: Sequence[Given], **more: str) -> None:
        under_way.set()
        await goes_on.wait()
        await post.send(session, media, to, given, **more)

    site.app.state.share_ways = replace(site.app.state.share_ways, send=slow)
    async with browser:
        taken = await browser.post("/share/files", data={"title": "A rose"}, files=[("file", ROSE)])
        page = await browser.get(taken.headers["location"])
        data = {"held": field(page.text, "held"), "text": "Look", "message_id": "a-share-of-files"}
        data |= {"do": "send", "to": JULIET}
        clicks = [asyncio.create_task(browser.post("/share", data=data)) for _ in range(2)]
        await under_way.wait()
        for _ in range(EACH):
            await browser.post("/share/files", data={"title": "More"}, files=[("file", ROSE)])
        goes_on.set()
        answers = sorted([(await click).status_code for click in clicks])
    assert answers == [303, 410]
    assert post.sent == [(JULIET, "Look", [ROSE[1]])]


async def test_m285_a_post_begins_with_what_was_shared(site: Site) -> None:
    browser, _ = await romeo(site)
    async with browser:
        answer = await browser.post("/share", data={"do": "post", "text": "A rose\nby any other name"})
        assert answer.headers["location"].startswith("/publish?draft=")
        sheet = await browser.get(answer.headers["location"])
        (box,) = html.fromstring(sheet.text).cssselect("#publish-text")
        assert (box.text or "").strip() == "A rose\nby any other name"


async def test_what_nobody_asks_for_goes_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file does not lie here until the next one comes."""
    moment = 0.0
    monkeypatch.setattr(state, "LOOK_EVERY", 0.0)
    shelf, body = Shelf(lambda: moment), io.BytesIO(b"a rose")
    shelf.put(Shared(files=(Given(body, 6, "rose.txt", ""),)), 1)
    keeping = asyncio.create_task(shelf.keep())
    await asyncio.sleep(0)
    assert not body.closed
    moment = LASTS
    async with asyncio.timeout(5):
        while not body.closed:
            await asyncio.sleep(0)
    keeping.cancel()


def test_what_is_held_is_bounded_in_number_and_time() -> None:
    """Strangers fill only the place of strangers; files go with the share that has them."""
    moment = 0.0
    shelf = Shelf(lambda: moment)
    own = [shelf.put(Shared(text=str(number)), 1) for number in range(EACH + 1)]
    strangers = [shelf.put(Shared(text="x"), None) for _ in range(MOST + 5)]
    assert shelf.find(strangers[0], 1) is None
    assert shelf.find(strangers[-1], 2) == Shared(text="x")
    assert [shelf.find(token, 1) is not None for token in own] == [False, *[True] * EACH]
    assert shelf.find(own[-1], 2) is None
    moment = LASTS
    assert shelf.find(strangers[-1], 1) is None
    assert (
        Shared("A rose", "A rose is a rose", "https://x.example/").words
        == "A rose is a rose\nhttps://x.example/"
    )
