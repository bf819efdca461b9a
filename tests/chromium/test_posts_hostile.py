"""This room draws every hostile payload in Chromium: in a post, in its comments (H02-H04, H14)."""

from pathlib import Path

import httpx
from playwright.async_api import Browser, Request, Route

from tests.hostile.payloads import payloads
from tests.lab.databases import KINDS, empty_database
from tests.lab.inside import COOKIE, app_for
from tests.lab.people import ROMEO, Person, signed_in
from webchat.app import SLICES
from webchat.db.base import Base
from webchat.markup import html, markdown
from webchat.posts import show, store
from webchat.web.request import login_cookie
from webchat.xmpp.entries import COMMENTS, MICROBLOG, Entry, PostItem, Ref

TALK = Ref("comments.capulet.example", f"{COMMENTS}all")
A_PAGE = 450
"""Comments of one page."""


async def full_of(romeo: Person, ref: Ref, some: list[str]) -> None:
    """A post whose title, summary, body (as HTML and as Markdown), tags and comments are these."""
    via, where = ROMEO.partition("@")[2], Ref(TALK.service, f"{COMMENTS}{ref.item}")
    # Each is cleaned by itself, so that no broken one hides the others; what is clean stays so.
    body = "".join(f"{html.clean(one)}{markdown.render(one)}" for one in some)
    entry = Entry(title=some[0], summary=some[1], html=body, comments=(where,), tags=tuple(some[:9]))
    async with romeo.session.work() as work:
        kept, _ = await store.record(work.db, via, ref.service, ref.node, PostItem(ref.item, ROMEO, entry))
        assert kept is not None
        for number, one in enumerate(some[::4]):
            said = PostItem(f"c{number}", "", Entry(title=one, author_name=one))
            await store.record(work.db, via, where.service, where.node, said)


async def test_nothing_hostile_comes_alive(browser: Browser, tmp_path: Path) -> None:
    every = payloads()
    pages = [every[start : start + A_PAGE] for start in range(0, len(every), A_PAGE)]
    async with (
        empty_database(KINDS[0], tmp_path, Base.metadata) as database,
        signed_in(database, ROMEO, SLICES) as romeo,
    ):
        romeo.client.connected = False
        refs = [Ref(ROMEO, MICROBLOG, f"all-{number}") for number in range(len(pages))]
        for ref, some in zip(refs, pages, strict=True):
            await full_of(romeo, ref, some)
        app = app_for(romeo, tmp_path)
        origin = app.state.settings.base_url.origin
        client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=origin)
        context = await browser.new_context(base_url=origin)
        await context.add_cookies(
            [{"name": login_cookie(app.state.settings), "value": COOKIE, "url": origin}]
        )
        foreign: list[str] = []
        said_by_browser: list[str] = []

        async def serve(route: Route, request: Request) -> None:
            if not request.url.startswith(origin):
                foreign.append(request.url)
            if not request.url.startswith(origin) or "/stream/" in request.url or "/media/" in request.url:
                await route.abort()
                return
            headers = {name: value for name, value in (await request.all_headers()).items() if name[0] != ":"}
            answer = await client.request(request.method, request.url, headers=headers)
            kept = {
                k: v for k, v in answer.headers.items() if k not in ("content-encoding", "content-length")
            }
            await route.fulfill(status=answer.status_code, headers=kept, body=answer.content)

        await context.route("**/*", serve)
        page = await context.new_page()
        page.on("console", lambda message: said_by_browser.append(message.text))
        page.on("dialog", lambda dialog: said_by_browser.append(dialog.message))
        for ref in refs:
            await page.goto(show.path_of(ref))
            await page.evaluate(HOVER)
            found = await page.evaluate(FOUND)
            assert found["hacked"] is None
            assert found["strange"] == []
            assert page.url == f"{origin}{show.path_of(ref)}"
        assert foreign == []
        assert [text for text in said_by_browser if "Content Security" in text or "Trusted" in text] == []
        await context.close()
        await client.aclose()


HOVER = """() => {
    for (const one of document.querySelectorAll(".prose *, .comments .body *"))
        for (const name of ["pointerenter", "mouseover", "focus", "toggle", "animationstart", "load"])
            one.dispatchEvent(new Event(name));
}"""
FOUND = """() => {
    const strange = [];
    for (const root of document.querySelectorAll(".prose, .comments .body, h1, .tags bdi"))
        for (const one of root.querySelectorAll("*")) {
            if (one.matches("script, style, iframe, form, input, button, svg, math, object, embed"))
                strange.push(one.outerHTML);
            if (one.matches("base, meta, link, video, audio, select")) strange.push(one.outerHTML);
            // What opens a picture large is ours, and leads to our proxy alone.
            const large = "a.picture[href^='/media/'][data-download^='/media/']";
            const own = one.matches(`${large}:has(> img:only-child)`);
            for (const { name } of one.attributes)
                if (own && /^data-(lightbox|said|download)$/.test(name)) continue;
                else if (/^(on|hx-|data-|style$|id$|srcset$)/.test(name)) strange.push(one.outerHTML);
        }
    return { hacked: window.hacked ?? null, strange };
}"""
