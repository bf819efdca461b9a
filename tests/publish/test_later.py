"""What waits for its hour, and sending a post to a chat."""

from datetime import timedelta
from typing import Any

import pytest
from lxml import html
from sqlalchemy import update

from tests.lab.inside import Browser
from tests.lab.people import JULIET, ROMEO, Person
from tests.messages.speaking import sent as sent_by
from tests.posts.service import item
from tests.publish.service import Places
from tests.publish.test_sheet import NIGHT, WORDS, field, said
from webchat.db.base import now
from webchat.errors import Offline, TimedOut
from webchat.messages.show import shared
from webchat.posts import show as posts
from webchat.posts import store as stored
from webchat.publish import jobs, store
from webchat.publish.commands.shared import shared as known
from webchat.publish.models import PostDraft
from webchat.xmpp.entries import MICROBLOG, Ref
from webchat.xmpp.events import MessageReceived
from webchat.xmpp.verbs import SendMessage


def page_text(page: html.HtmlElement) -> str:
    """All that a page says."""
    return str(page.text_content())


async def come(romeo: Person) -> None:
    """Its hour has come."""
    async with romeo.session.work() as work:
        await work.db.execute(update(PostDraft).values(publish_at=now() - timedelta(minutes=1)))


async def test_goes_out_at_its_hour(web: Browser, romeo: Person, places: Places) -> None:
    """Not before, once, and as it was; without a connection it waits on."""
    places.make(ROMEO, MICROBLOG, "open")
    hour = (now() + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M")
    fields = WORDS | {"do": "schedule", "publish_at": hour, "audience": "everyone"}
    answer = await web.post("/publish/files", fields)
    assert answer.headers["location"] == "/publish/drafts"
    assert "Goes out by itself" in (await web.get("/publish/drafts")).text_content()
    assert field(await web.get("/publish"), "title") == ""
    assert await jobs.send_due(romeo.session)
    assert not places.published
    await come(romeo)
    places.silent = Offline()
    assert not await jobs.send_due(romeo.session)
    places.silent = None
    assert await jobs.send_due(romeo.session)
    assert [(place[2], entry.title, bool(entry.web)) for place, entry, *_ in places.published] == [
        (NIGHT, "Night", True)
    ]
    assert await jobs.send_due(romeo.session)
    assert len(places.published) == 1


async def test_what_cannot_go_out_says_so(web: Browser, romeo: Person, places: Places) -> None:
    """It stays as a draft, with the reason, and counts beside "Publish"."""
    hour = (now() + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M")
    fields = WORDS | {"do": "schedule", "publish_at": hour, "where": "pubsub.verona.example/gone"}
    await web.post("/publish/files", fields)
    await come(romeo)
    assert await jobs.send_due(romeo.session)
    page = (await web.get("/publish/drafts")).text_content()
    assert "did not go out" in page
    assert "does not exist" in page
    async with romeo.session.read() as db:
        assert await store.troubled_total(db, romeo.session.account_id) == 1


async def test_a_reason_that_speaks_of_numbers(web: Browser, romeo: Person, places: Places) -> None:
    """A sheet that was made too long after it was set: the page of drafts says how long it may be."""
    hour = (now() + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M")
    await web.post("/publish/files", WORDS | {"do": "schedule", "publish_at": hour})
    await web.post("/publish/draft", WORDS | {"key": f"later:{NIGHT}", "title": "x" * 5000})
    await come(romeo)
    assert await jobs.send_due(romeo.session)
    assert "at most" in " ".join((await web.get("/publish/drafts")).text_content().lower().split())
    assert "%(" not in (await web.get("/publish/drafts")).text_content()


async def test_a_silent_server_holds_up_nothing_else(
    web: Browser, romeo: Person, places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What comes after it goes out; in the end it says why it does not."""
    monkeypatch.setattr(jobs, "MOST_TRIES", 2)
    places.make(ROMEO, MICROBLOG, "open")
    places.make("pubsub.verona.example", "duels", "open")
    hour = (now() + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M")
    fields = WORDS | {"do": "schedule", "publish_at": hour, "audience": "everyone"}
    await web.post("/publish/files", fields | {"where": "pubsub.verona.example/duels"})
    await web.post("/publish/files", fields | {"id": NIGHT[:-1] + "6", "title": "Day"})
    await come(romeo)
    there = places.publish

    async def publish(stream: object, service: str, *rest: Any, **more: Any) -> None:
        if service == "pubsub.verona.example":
            raise TimedOut
        await there(stream, service, *rest, **more)

    monkeypatch.setattr("webchat.xmpp.pubsub.posts.publish", publish)
    assert not await jobs.send_due(romeo.session)
    assert [entry.title for _, entry, *_ in places.published] == ["Day"]
    assert await jobs.send_due(romeo.session)
    page = (await web.get("/publish/drafts")).text_content()
    assert "does not answer" in page


async def test_wrong_times(web: Browser) -> None:
    """The past, far away, nothing."""
    for hour, word in (
        ("2001-01-01T10:00", "over already"),
        ("2999-01-01T10:00", "year ahead"),
        ("", "which day"),
    ):
        fields = WORDS | {"do": "schedule", "publish_at": hour}
        page = await web.post_page("/publish/files", fields, 422)
        assert word in said(page)
        assert field(page, "title") == "Night"


async def test_can_be_stopped(web: Browser, romeo: Person, places: Places) -> None:
    """It stays a draft, or goes away."""
    hour = (now() + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M")
    await web.post("/publish/files", WORDS | {"do": "schedule", "publish_at": hour})
    key = f"later:{NIGHT}"
    await web.post("/publish/drafts", {"key": key, "do": "keep"})
    async with romeo.session.read() as db:
        assert await store.next_hour(db, romeo.session.account_id) is None
    assert field(await web.get(f"/publish?draft={key}"), "title") == "Night"
    await web.post("/publish/drafts", {"key": key, "do": "drop"})
    assert "half-written" in (await web.get("/publish/drafts")).text_content()


async def test_send_to_a_chat(
    web: Browser, romeo: Person, places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The public page goes out, to each who was chosen; choosing nobody is said. It is a card there."""
    monkeypatch.setattr(shared, "_posts", known)
    places.put(ROMEO, MICROBLOG, item("old", "Old", text="Old", web="https://a.example/old"))
    ref = f"{ROMEO}/{MICROBLOG}/old"
    assert "Old" in (await web.get(f"/publish/send?ref={ref}")).cssselect("article")[0].text_content()
    page = await web.post_page("/publish/send", {"ref": ref, "words": "Look"}, 422)
    assert "Choose who" in page.text_content()
    await web.post("/publish/send", {"ref": ref, "words": "Look", "to": JULIET})
    bubble = (await web.get(f"/chats/{JULIET}")).cssselect(".bubble")[0]
    assert bubble.cssselect(".body")[0].text_content() == "Look"
    card = bubble.cssselect("a.link-card.shared")[0]
    assert card.cssselect(".title")[0].text_content() == "Old"
    assert card.get("href") == posts.path_of(Ref(ROMEO, MICROBLOG, "old"))
    assert "xmpp:" not in page_text(await web.get("/chats"))
    verbs = await sent_by(romeo, SendMessage)
    uri = f"xmpp:{ROMEO}?;node={MICROBLOG};item=old"
    assert verbs[-1].body == f"Look\nhttps://a.example/old\n{uri}"
    await web.get("/publish/send?ref=nothing", 404)


async def test_a_post_that_is_not_here_is_a_link(
    web: Browser, romeo: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What cannot be had, or must not be seen, is where it is; a covered message shows nothing of it."""
    monkeypatch.setattr(shared, "_posts", known)
    uri = f"xmpp:{JULIET}?;node={MICROBLOG};item=rose"
    await romeo.hears(
        MessageReceived(JULIET, f"{JULIET}/m", False, f"https://a.example/rose\n{uri}", id="m1")
    )
    await romeo.hears(MessageReceived(JULIET, f"{JULIET}/m", False, uri, id="m2", spoiler="Hush"))
    async with romeo.session.work() as work:
        # It came to an account of another server.
        elsewhere = item("rose", "A rose", web="https://a.example/rose")
        await stored.record(work.db, "capulet.example", JULIET, MICROBLOG, elsewhere)
    page = await web.get(f"/chats/{JULIET}")
    (card,) = page.cssselect("a.link-card.shared")
    assert card.get("href") == posts.path_of(Ref(JULIET, MICROBLOG, "rose"))
    assert JULIET in card.text_content()
    assert "A rose" not in page.text_content()
    assert "https://a.example/rose" in page.cssselect(".body")[0].text_content()
