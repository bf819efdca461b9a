"""What an operator says of the site: its name, a banner, a message of the day; and a site for chats only."""

from collections import deque
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urljoin

import httpx
import pytest
from lxml import html

from tests.lab.inside import Browser, browser
from tests.lab.people import JULIET, Person
from tests.lab.resident import database, romeo
from tests.web.site import running
from tests.web.test_prefix import furnish

__all__ = ["database", "romeo"]

MOTD = """# Welcome

Maintenance **on Friday**: [news](https://status.example/), ![a cat](https://evil.example/cat.png)
<script>alert(1)</script> [no](javascript:alert(1))
"""
GONE = (
    *("/news", "/explore", "/publish", "/communities", "/subscriptions", "/publish/drafts", "/@romeo"),
    *("/c/pubsub.montague.example/cats", "/posts/juliet@capulet.example/urn:xmpp:microblog:0/A%20walk"),
    f"/people/{JULIET}/posts",
)


def parsed(answer: httpx.Response) -> html.HtmlElement:
    """The page of an answer."""
    return html.document_fromstring(answer.text)


async def test_the_login_page_says_whose_site_it_is(tmp_path: Path) -> None:
    name, description = "Verona <chat>", "For friends & foes."
    async with (
        running(
            tmp_path, banner="Down at 6 <pm>", instance_name=name, instance_description=description, motd=MOTD
        ) as site,
        site.browser() as visitor,
    ):
        page = parsed(await visitor.get("/login"))
    assert page.cssselect("h1")[0].text_content() == "Verona <chat>"
    assert page.cssselect("title")[0].text_content() == "Log in – Verona <chat>"
    assert page.cssselect(".lead")[0].text_content() == "For friends & foes."
    assert page.cssselect(".instance-banner")[0].text_content().strip() == "Down at 6 <pm>"
    motd = page.cssselect(".motd")[0]
    assert motd.cssselect("strong")[0].text_content() == "on Friday"
    assert [link.get("href") for link in motd.cssselect("a[href]")] == ["https://status.example/"]
    assert not motd.cssselect("script, img, h1")
    assert "a cat" in motd.text_content()


async def test_without_a_word_of_the_operator_nothing_is_in_the_way(tmp_path: Path) -> None:
    async with running(tmp_path) as site, site.browser() as visitor:
        page = parsed(await visitor.get("/login"))
    assert page.cssselect("h1")[0].text_content() == "Webchat"
    assert not page.cssselect(".motd, .instance-banner")


@pytest.fixture
async def chats_only(romeo: Person, tmp_path: Path) -> AsyncIterator[Browser]:
    """Romeo's browser at a site for chats only, with a banner."""
    async with browser(romeo, tmp_path, chat_only="yes", banner="Soft!") as web:
        yield web


async def test_a_site_for_chats_only_neither_has_nor_names_anything_else(
    romeo: Person, chats_only: Browser
) -> None:
    await furnish(romeo)
    for path in GONE:
        assert (await chats_only.client.get(path)).status_code == 404, path
    assert (await chats_only.client.get("/")).headers["location"] == "/chats"
    page = await chats_only.get("/chats")
    entries = [link.get("href") for link in page.cssselect(".entries a")]
    assert "/chats" in entries
    assert not set(GONE) & set(entries)
    assert page.cssselect(".instance-banner")[0].text_content().strip() == "Soft!"
    dead = await dead_links(chats_only)
    assert not dead, "\n".join(dead)


async def dead_links(web: Browser) -> list[str]:
    """Links and forms of the pages that one gets to, whose addresses nobody answers."""
    waiting, seen, dead = deque([("/chats", "")]), set[str](), list[str]()
    while waiting:
        path, whence = waiting.popleft()
        bare = path.partition("?")[0]
        if bare in seen or bare.startswith(("/static/", "/media/", "/avatars/", "/logout")):
            continue
        seen.add(bare)
        answer = await web.client.get(path)
        if answer.status_code == 404:
            dead.append(f"{path} on {whence}")
        if answer.status_code == 200 and answer.headers["content-type"].startswith("text/html"):
            page = parsed(answer)
            found = [str(link.get("href")) for link in page.cssselect("a[href]")]
            waiting += [(urljoin(path, one).partition("#")[0], path) for one in found if one[:1] in "/?"]
            dead += [f"{one} on {path}" for one in found if one.startswith(GONE)]
            actions = [form.get("action", "") for form in page.cssselect("form[action]")]
            dead += [f"{one} on {path}" for one in actions if one.startswith((*GONE, "/nodes/", "/posts/"))]
    assert len(seen) > 40
    return dead
