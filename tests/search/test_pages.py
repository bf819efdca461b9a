"""The page of search: people, rooms, messages; filters; results that open where they were said."""

from datetime import UTC, datetime, timedelta

import pytest
from lxml import html
from sqlalchemy import update

from tests.lab.databases import KINDS
from tests.lab.inside import Browser
from tests.lab.people import JULIET, MERCUTIO, Person
from tests.messages.looking import befriend, lines
from tests.messages.test_live import carbon, hears
from webchat.messages.models import Conversation, Message
from webchat.search import store
from webchat.xmpp.content import SharedFile
from webchat.xmpp.events import MessageReceived, RosterItem, RosterReceived

DATABASES = KINDS[:1]

START = datetime(2025, 3, 1, 12, tzinfo=UTC)
ROOM = "balcony@conference.capulet.example"


def texts(page: html.HtmlElement, what: str = "ol.found .text") -> list[str]:
    """What the results say."""
    return [" ".join(one.text_content().split()) for one in page.cssselect(what)]


async def test_an_empty_search_offers_the_filters(web: Browser) -> None:
    page = await web.get("/search")
    (form,) = page.cssselect("form[role=search]")
    assert (form.get("method"), form.get("action")) == ("get", "/search")
    assert not page.cssselect(".found")
    assert texts(page, ".number") == [""]
    assert [link.text_content().strip() for link in page.cssselect(".entries a[aria-current]")] == ["Search"]


async def test_results_open_in_context(romeo: Person, web: Browser) -> None:
    await romeo.session.handled(hears("But, soft! what light"))
    await romeo.session.handled(carbon("no <b>light</b> here"))
    page = await web.get("/search?q=LIGHT")
    assert texts(page) == ["You: no <b>light</b> here", "But, soft! what light"]
    assert [mark.text for mark in page.cssselect("mark")] == ["light", "light"]
    assert not page.cssselect(".found b")
    (first,) = [line for line in await lines(romeo) if not line.mine]
    link = page.cssselect("ol.found a")[1].get("href")
    assert link == f"/chats/{JULIET}?at={first.id}"
    there = await web.get(link)
    assert there.cssselect(f"[data-at=message-{first.id}]")


async def test_nothing_found_is_said(web: Browser) -> None:
    assert texts(await web.get("/search?q=light"), ".number") == ["Nothing was found."]


async def test_people_and_rooms_are_found_by_name_and_address(romeo: Person, web: Browser) -> None:
    await romeo.session.handled(
        RosterReceived((RosterItem(JULIET, "Giulietta Capulet", "both"), RosterItem(MERCUTIO, "", "both")))
    )
    await romeo.session.handled(hears("hello"))
    async with romeo.session.work() as work:
        work.db.add(
            Conversation(account_id=work.account_id, jid=ROOM, kind="room", title="The Balcony", joined=True)
        )
    for typed, names in {
        "giu": ["Giulietta Capulet"],
        "capulet": ["Giulietta Capulet", "The Balcony"],
        "mercutio": ["mercutio"],
        "verona.example": ["mercutio"],
        "balc": ["The Balcony"],
    }.items():
        page = await web.get(f"/search?q={typed}")
        assert texts(page, "ul.found .name") == names, typed
    page = await web.get("/search?q=balcony")
    assert [a.get("href") for a in page.cssselect("ul.found a")] == [f"/rooms/{ROOM}"]


async def test_older_results_are_a_page_of_their_own(romeo: Person, web: Browser) -> None:
    for n in range(store.RESULTS + 3):
        await romeo.session.handled(hears(f"light {n}", stamp=START + timedelta(minutes=n)))
    page = await web.get("/search?q=light")
    assert len(texts(page)) == store.RESULTS
    (older,) = [a for a in page.cssselect(".edge a")]
    rest = await web.get(older.get("href"))
    assert texts(rest) == ["light 2", "light 1", "light 0"]
    assert not rest.cssselect(".edge a")
    assert rest.cssselect("input[name=q]")[0].get("value") == "light"


async def test_filters(romeo: Person, web: Browser) -> None:
    await befriend(romeo, JULIET, MERCUTIO)
    await romeo.session.handled(hears("light https://example.org", stamp=START))
    await romeo.session.handled(hears("light day", MERCUTIO, stamp=START + timedelta(days=2)))
    await romeo.session.handled(carbon("light night", MERCUTIO, stamp=START + timedelta(days=4)))
    for typed, found in {
        "q=light+from:me": ["You: light night"],
        "q=light+from:mercutio": ["light day"],
        "q=light&from=" + JULIET: ["light https://example.org"],
        "q=in:mercutio": ["You: light night", "light day"],
        f"in={JULIET}": ["light https://example.org"],
        "q=light+has:link": ["light https://example.org"],
        "q=has:image": [],
        "q=light+before:2025-03-03": ["light https://example.org"],
        "q=light+after:2025-03-03+before:2025-03-05": ["light day"],
        "q=after:2025-03-04": ["You: light night"],
        "q=light+in:nobody": [],
        "q=light+from:nobody": [],
        "q=is:unread+in:juliet": ["light https://example.org"],
    }.items():
        page = await web.get(f"/search?{typed}")
        assert texts(page) == found, typed


async def test_days_begin_where_the_reader_is(romeo: Person, web: Browser) -> None:
    await romeo.session.handled(hears("late light", stamp=datetime(2025, 3, 1, 23, 30, tzinfo=UTC)))
    assert texts(await web.get("/search?q=light+before:2025-03-02")) == ["late light"]
    web.client.cookies.set("tz", "Europe/Rome")
    assert texts(await web.get("/search?q=light+before:2025-03-02")) == []


async def test_in_one_conversation(romeo: Person, web: Browser) -> None:
    await romeo.session.handled(hears("light here"))
    await romeo.session.handled(hears("light there", MERCUTIO))
    page = await web.get(f"/search?q=light&in={JULIET}")
    assert texts(page) == ["light here"]
    assert page.cssselect("h1")[0].text_content().strip() == f"Search in {JULIET}"
    assert page.cssselect("form.row")[0].get("action") == f"/chats/{JULIET}"
    assert not page.cssselect("ul.found")


async def test_problems_are_said_and_the_rest_is_found(romeo: Person, web: Browser) -> None:
    await romeo.session.handled(hears("light"))
    page = await web.get("/search?q=light+before:soon")
    assert texts(page) == ["light"]
    assert "“soon” is not a date" in page.cssselect(".field-error")[0].text_content()


async def test_a_covered_message_shows_only_its_hint(romeo: Person, web: Browser) -> None:
    await romeo.session.handled(hears("the butler did it"))
    (line,) = await lines(romeo)
    async with romeo.session.work() as work:
        await work.db.execute(update(Message).where(Message.id == line.id).values(spoiler="the end"))
    assert texts(await web.get("/search?q=butler")) == ["Covered: the end"]


async def test_files_without_words_say_what_they_are(romeo: Person, web: Browser) -> None:
    for file in (
        SharedFile("https://x.example/1", "rose.jpg", "image/jpeg"),
        SharedFile("https://x.example/2", "rose.pdf", "application/pdf"),
        SharedFile("https://x.example/3", "rose.ogg", "audio/ogg", voice=True),
    ):
        await romeo.session.handled(hears("", files=(file,)))
    assert texts(await web.get("/search?q=rose")) == ["Voice message", "rose.pdf", "Picture · rose.jpg"]


async def test_h06_results_draw_foreign_text_as_text(romeo: Person, web: Browser) -> None:
    """Body, name and nick of a hostile sender in every place of the page."""
    evil = '"><script>alert(1)</script><img src=x onerror=y> \u202egnp'
    await romeo.session.handled(RosterReceived((RosterItem(JULIET, f"light {evil}", "both"),)))
    await romeo.session.handled(hears(f"light {evil}"))
    async with romeo.session.work() as work:
        work.db.add(Conversation(account_id=work.account_id, jid=ROOM, kind="room", title=f"light {evil}"))
    room = MessageReceived(ROOM, f"{ROOM}/{evil}", False, f"light {evil}", id="an id")
    await romeo.session.handled(room)
    page = await web.get(f"/search?q=light+{evil}&in={evil}")
    assert not page.cssselect("main script, main img")
    page = await web.get("/search?q=light")
    assert len(texts(page, ".found a")) >= 3
    assert not page.cssselect("main script, main img")
    assert "\u202e" not in html.tostring(page.cssselect("#results")[0], encoding="unicode")


async def test_while_typing_only_the_results_come(romeo: Person, web: Browser) -> None:
    await romeo.session.handled(hears("light"))
    answer = await web.client.get(
        "/search?q=light", headers={"hx-request": "true", "hx-target": "div#results"}
    )
    tree = html.fragment_fromstring(answer.text)
    assert tree.get("id") == "results"
    assert texts(tree) == ["light"]
    assert answer.headers["hx-replace-url"] == "/search?q=light"


async def test_w18_searching_is_limited(romeo: Person, web: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    from webchat.search import views
    from webchat.web.limits import PerAccount

    monkeypatch.setattr(views, "_rate", PerAccount(2, 60))
    for _ in range(2):
        await web.get("/search?q=light")
    answer = await web.client.get("/search?q=light")
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0


async def test_nobody_searches_without_a_login(web: Browser) -> None:
    web.client.cookies.clear()
    answer = await web.client.get("/search?q=light")
    assert answer.status_code == 303
    assert "/login" in answer.headers["location"]
