"""A site below a path: every address that it gives away, in pages, headers and files, begins with it."""

import re
from collections import deque
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import httpx
import pytest
from lxml import html

from tests.lab.inside import Browser, browser
from tests.lab.people import JULIET, MERCUTIO, ROMEO, Person
from tests.lab.resident import database, romeo
from tests.messages.speaking import says
from tests.news.conftest import befriends, known_to
from tests.rooms import scene
from tests.web.site import BASE, PASSWORD, Tab, field, running
from webchat import account, settings
from webchat.config import root
from webchat.posts.commands.public import choose_public
from webchat.session.changes import ConnectionChanged
from webchat.web.static import StaticFiles
from webchat.xmpp.content import SharedFile
from webchat.xmpp.entries import MICROBLOG, Entry, EntryLink

__all__ = ["database", "romeo"]

PREFIX = "/webchat"
SITE = BASE + PREFIX
COMMUNITIES = "pubsub.montague.example"
START = (
    "/",
    "/chats",
    "/news",
    "/publish",
    "/configuration",
    f"/@{ROMEO}",
    f"/people/{JULIET}",
    "/nowhere",
)
WORDS = {"value", "title", "alt", "placeholder", "content", "data-text", "data-copy-text"}
"""Attributes that hold words, which may begin with a stroke."""

FOLLOWED_ONCE = re.compile(r"/static/|/stream/|/media/|/mercutio|\?(before|at|reply)=|/messages/[^1]")
"""What is no page, and what differs from another one by a number or a name."""

FOUND = ("/login", "/saved", f"/chats/{JULIET}", f"/rooms/{scene.BALCONY}/members", "/messages/1", "/explore")
ROOTED = re.compile(
    r"""(?:url\(\s*["']?|import\(?\s*["'`]|from\s*["']|fetch\(\s*["'`]|_url":\s*")/[^"'`)]*"""
)


@pytest.fixture
async def below(romeo: Person, tmp_path: Path) -> AsyncIterator[Browser]:
    """Romeo's browser at a site below a path."""
    async with browser(romeo, tmp_path, base_url=SITE) as below:
        yield below


async def furnish(romeo: Person) -> None:
    """Something of everything."""
    await befriends(romeo, JULIET, MERCUTIO)
    picture = SharedFile("https://upload.capulet.example/a.png", "a.png", "image/png", 10, 640, 480)
    await romeo.hears(says("Soft! https://example.org/", "m1", stanza_id="s1"))
    await romeo.hears(says("", "m2", stanza_id="s2", files=(picture,)), says("/me waits", "m3", mine=True))
    await scene.enters(romeo, affiliation="owner", role="moderator")
    await scene.hears(romeo, "Juliet", "Who is there?", "r1", occupant_id="o-juliet")
    image = EntryLink("enclosure", "https://up.example/view.jpg", "image/jpeg", "view.jpg")
    post = Entry(
        "A walk", html="<p>In the hills</p>", tags=("walks",), links=(image,), web=f"{SITE}/@{ROMEO}/A walk"
    )
    await choose_public(romeo.session, "romeo", public=True)
    for service, node in ((ROMEO, MICROBLOG), (JULIET, MICROBLOG), (COMMUNITIES, "cats")):
        await known_to(romeo, service, node, [post], title="Walks")


def astray(page: html.HtmlElement, path: str) -> list[str]:
    """The addresses of a page that would lead out of the site."""
    found = []
    for element in page.iter():
        for name, value in element.items() if isinstance(element.tag, str) else ():
            for one in re.split(r",\s*", value) if name == "srcset" else [value]:
                ours = urlsplit(one.removeprefix(BASE)).path if one.startswith((BASE, "/")) else PREFIX
                if name not in WORDS and ours != PREFIX and not ours.startswith(PREFIX + "/"):
                    found.append(f"{path}: <{element.tag} {name}={one}>")
    return found


async def test_every_page_stays_below_the_path(romeo: Person, below: Browser) -> None:
    await furnish(romeo)
    waiting, seen, wrong = deque(PREFIX + path for path in START), set[str](), list[str]()
    while waiting:
        path = waiting.popleft()
        if path in seen or FOLLOWED_ONCE.search(path):
            continue
        seen.add(path)
        answer = await below.client.get(path)
        wrong += in_headers(answer, path)
        if "location" in answer.headers:
            waiting.append(urlsplit(urljoin(BASE + path, answer.headers["location"])).path)
        if answer.headers.get("content-type", "").startswith("text/html") and answer.text:
            page = html.document_fromstring(answer.text)
            wrong += astray(page, path)
            links = [urljoin(path, link.get("href")).partition("#")[0] for link in page.cssselect("a[href]")]
            waiting += [one for one in links if one.startswith(PREFIX + "/")]
    assert wrong == []
    assert {PREFIX + path for path in FOUND} <= seen
    assert len(seen) > 50


def in_headers(answer: httpx.Response, path: str) -> list[str]:
    """Redirects that would lead out of the site, cookies that others would get."""
    found = []
    location = answer.headers.get("location", PREFIX + "/")
    if not location.removeprefix(BASE).startswith(PREFIX + "/"):
        found.append(f"{path}: redirects to {location}")
    for cookie in answer.headers.get_list("set-cookie"):
        if not re.search(rf"path={PREFIX}/?;", f"{cookie.lower()};"):
            found.append(f"{path}: cookie {cookie}")
    return found


async def test_streams_and_forms_stay_below_the_path(tmp_path: Path) -> None:
    async with running(tmp_path, (account.slice, settings.slice), base_url=SITE) as site:
        visitor = site.browser()
        async with visitor:
            form = await visitor.get(f"{SITE}/login")
            fields = {"jid": ROMEO, "password": PASSWORD, "form_token": field(form.text, "form_token")}
            entered = await visitor.post(f"{SITE}/login", data=fields)
            assert entered.headers["location"] == f"{PREFIX}/"
            assert "s" in visitor.cookies
            assert in_headers(form, "/login") + in_headers(entered, "/login") == []
            chosen = await visitor.post(f"{SITE}/configuration/theme", data={"theme": "dark"})
            assert "theme=" in chosen.headers["set-cookie"]
            assert in_headers(chosen, "/configuration/theme") == []
            session = site.sessions.running[0]
            tab = Tab(site, visitor, f"{SITE}/stream/plain/")
            await tab.opened()
            session.feed.publish([ConnectionChanged()])
            assert "connection" in await tab.next()
            await tab.close()
            left = await visitor.post(f"{SITE}/logout")
            assert left.headers["location"] == f"{PREFIX}/login"
            assert in_headers(left, "/logout") == []
            assert "s" not in visitor.cookies


async def test_by_https_the_cookies_of_a_path_are_its_own(tmp_path: Path) -> None:
    async with running(tmp_path, base_url="https://chat.example/webchat") as site, site.browser() as visitor:
        form = await visitor.get("https://chat.example/webchat/login")
    assert form.headers["set-cookie"].startswith("__Secure-f=")
    assert "Path=/webchat;" in form.headers["set-cookie"] + ";"
    assert "Secure" in form.headers["set-cookie"].split("; ")


def test_scripts_and_styles_name_their_neighbours_by_where_they_are() -> None:
    """They are files, so nobody writes the path of a site into them."""
    wrong = []
    for name, body in StaticFiles(root() / "static").files.items():
        if name.endswith((".js", ".css", ".webmanifest")) and not name.startswith("vendor/"):
            wrong += [f"{name}: {found}" for found in ROOTED.findall(body.decode())]
    assert wrong == []
