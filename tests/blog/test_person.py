"""The posts of one person and what they show that they follow, for who is signed in (W§7)."""

from typing import Any

import pytest

from tests.blog.conftest import HOME, write
from tests.lab.inside import Browser
from tests.lab.people import JULIET, MERCUTIO, ROMEO, Person
from webchat.db.engine import Database
from webchat.errors import XmppError
from webchat.xmpp.entries import MICROBLOG, MICROBLOG_PRESENCE, Followed
from webchat.xmpp.pubsub import following

NURSE = f"nurse@{HOME}"
PATH = f"/people/{NURSE}/posts"


async def test_their_posts_as_far_as_one_may_read_them(
    juliet: Person, web: Browser, database: Database
) -> None:
    await write(database, "open", service=NURSE, title="Open words")
    await write(
        database, "shut", service=NURSE, node=MICROBLOG_PRESENCE, web="", access="presence", title="Shut"
    )
    await write(database, "far", service=ROMEO, title="Romeo, as he says", publisher=ROMEO)
    await write(database, "planted", via="evil.example", service=NURSE, title="Planted")
    page = await web.get(PATH)
    assert [each.text_content().strip() for each in page.cssselect(".post-card .title")] == ["Open words"]
    assert [each.get("action") for each in page.cssselect(".who-card form")]
    profile = await web.get(f"/people/{NURSE}")
    assert profile.xpath(f'//a[@href="{PATH}"]')


async def test_pages_of_older_posts(juliet: Person, web: Browser, database: Database) -> None:
    for number in range(25):
        await write(database, f"n{number}", service=NURSE, hours=number)
    path, seen = PATH, []
    while path:
        page = await web.get(path)
        seen += [each.text_content().strip() for each in page.cssselect(".post-card .title")]
        older = page.cssselect("a[rel=next]")
        path = older[0].get("href") if older else ""
    assert seen == [f"n{number}" for number in reversed(range(25))]


async def test_what_they_show_that_they_follow(
    juliet: Person, web: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    async def lists(_: Any, jid: str = "", *, public: bool) -> tuple[Followed, ...]:
        assert public
        asked.append(jid)
        return (
            Followed(f"pubsub.{HOME}", "cats", "Cats <b>"),
            Followed(MERCUTIO, MICROBLOG),
            Followed(f"pubsub.{HOME}", "x" * 501, "too long"),
        )

    monkeypatch.setattr(following, "lists", lists)
    for _ in range(2):
        page = await web.get(PATH)
    assert asked == [NURSE]
    lines = page.cssselect("details li > div > a")
    assert [(each.text_content(), each.get("href")) for each in lines] == [
        ("Cats <b>", f"/communities/pubsub.{HOME}/cats"),
        (MERCUTIO, f"/people/{MERCUTIO}"),
    ]
    assert len(page.cssselect("details .follow form")) == 2


async def test_who_shows_nothing_and_who_is_nobody(
    juliet: Person, web: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refused(*_: Any, **__: Any) -> tuple[Followed, ...]:
        raise XmppError("forbidden")

    monkeypatch.setattr(following, "lists", refused)
    page = await web.get(PATH)
    assert not page.cssselect("details li")
    assert "nothing of theirs here" in page.text_content()
    own = await web.get(f"/people/{JULIET}/posts")
    assert "You have not published anything yet." in own.text_content()
    for path in ("/people/not an address/posts", f"/people/{HOME}/posts"):
        assert (await web.client.get(path)).status_code == 404
    answer = await web.client.get("/people/NURSE@Capulet.example/posts")
    assert answer.headers["location"] == PATH
