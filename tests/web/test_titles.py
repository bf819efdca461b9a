"""Every page says what it is: a title with the name of the site, one first heading, none skipped below it."""

import re
from collections import Counter, deque
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from urllib.parse import urljoin

import httpx
import pytest
from lxml import html
from starlette.routing import Route

from tests.hostile.test_routes_hostile import PARAMETER, SAMPLES
from tests.lab.inside import Browser, browser
from tests.lab.people import JULIET, Person
from tests.lab.resident import database, romeo
from tests.rooms import scene
from tests.web.site import ROMEO, running
from tests.web.test_prefix import FOLLOWED_ONCE, furnish
from webchat.web import dom

__all__ = ["database", "romeo"]

SITE = "Verona & friends"
START = ("/chats", "/news", "/publish", f"/@{ROMEO}", f"/people/{JULIET}", "/nowhere", "/admin")
FOUND = (
    "/login",
    "/saved",
    "/explore",
    "/communities",
    f"/chats/{JULIET}",
    f"/rooms/{scene.BALCONY}/members",
)
NO_PAGE = re.compile(
    # The page of patterns shows parts of many pages at once.
    r"^/(configuration/account/export|avatars|media|patterns|static|stream|livez|readyz|probe|csp-report"
    r"|metrics|uploads)\b"
)
ENOUGH = 3
"""Pages of one kind: an empty one, one with something, one of somebody else."""

NAMELESS = frozenset(("", "–", "Webchat"))


def faults(page: html.HtmlElement) -> list[str]:
    """What is wrong with the title and the headings of a page."""
    titles = [" ".join(title.text_content().split()) for title in page.xpath("//title[not(ancestor::svg)]")]
    found = [] if len(titles) == 1 else [f"{len(titles)} titles"]
    name, _, site = titles[0].rpartition(" – ") if titles else ("", "", "")
    if site != SITE or name in NAMELESS or SITE in name:
        found.append(f"the title is {titles}")
    headings = page.xpath("//h1|//h2|//h3|//h4|//h5|//h6")
    first = [one for one in headings if one.tag == "h1"]
    if len(first) != 1:
        found.append(f"{len(first)} headings h1")
    if any(not one.text_content().strip() for one in headings):
        found.append("a heading without words")
    level = 1
    for one in headings:
        if int(one.tag[1]) > level + 1:
            found.append(f"<{one.tag}> {one.text_content().strip()!r} below h{level}")
        level = int(one.tag[1])
    return found


def route_of(routes: Sequence[Route], path: str) -> str:
    """Which route answers a path, "" for none."""
    bare = path.partition("?")[0]
    return next((route.path for route in routes if route.path_regex.match(bare)), "")


def is_page(answer: httpx.Response) -> bool:
    """A page or what a visit puts in its place, not a part that a script asks for."""
    return answer.headers.get("content-type", "").startswith("text/html") and "<title>" in answer.text


def judged(answer: httpx.Response, path: str) -> list[str]:
    """The faults of an answer, with its address; none where it is no page."""
    if not is_page(answer):
        return []
    return [f"{path}: {fault}" for fault in faults(html.document_fromstring(answer.text))]


@pytest.fixture
async def web(romeo: Person, tmp_path: Path) -> AsyncIterator[Browser]:
    """Romeo's browser; he runs the site."""
    async with browser(romeo, tmp_path, instance_name=SITE, admins=ROMEO) as web:
        yield web


async def test_every_page_has_a_title_and_headings_in_order(romeo: Person, web: Browser) -> None:
    """All that links lead to, and every route."""
    await furnish(romeo)
    app = web.client._transport.app  # type: ignore[attr-defined]
    routes = [route for route in app.routes if "GET" in (route.methods or {"GET"})]
    known = [PARAMETER.sub(lambda one: SAMPLES.get(one[1], "x"), route.path) for route in routes]
    waiting, seen, wrong = deque([*START, *known]), set[str](), list[str]()
    kinds = Counter[str]()
    while waiting:
        path = waiting.popleft()
        kind = route_of(routes, path)
        if path in seen or kinds[kind] == ENOUGH or FOLLOWED_ONCE.search(path) or NO_PAGE.match(path):
            continue
        seen.add(path)
        kinds[kind] += 1
        answer = await web.client.get(path)
        wrong += judged(answer, path)
        if "location" in answer.headers:
            waiting.append(urljoin(path, answer.headers["location"]))
        elif is_page(answer):
            page = html.document_fromstring(answer.text)
            links = [urljoin(path, link.get("href")).partition("#")[0] for link in page.cssselect("a[href]")]
            waiting += [one for one in links if one.startswith("/")]
    assert not wrong, "\n".join(wrong)
    assert set(FOUND) <= seen
    assert len(seen) > 100


async def test_what_a_visit_brings_has_the_same_title(web: Browser) -> None:
    """htmx fetches the title and <main> only."""
    path = "/configuration/preferences"
    part = await web.client.get(path, headers={"hx-request": "true", "hx-target": f"main#{dom.main}"})
    assert '<nav id="nav"' not in part.text
    assert judged(part, path) == judged(await web.client.get(path), path) == []


async def test_pages_before_the_login(tmp_path: Path) -> None:
    """The login and what is not there for strangers."""
    async with running(tmp_path, instance_name=SITE) as site, site.browser() as stranger:
        for path in ("/login", "/nowhere", "/@nobody"):
            assert judged(await stranger.get(path), path) == []
