"""This room draws every hostile payload in Chromium: in posts, comments and profiles (H01-H04, H14)."""

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement

import httpx
from playwright.async_api import Browser, Page, Request, Route
from sqlalchemy import insert, select

from tests.hostile.payloads import payloads, public
from tests.lab.databases import KINDS, empty_database
from tests.lab.inside import COOKIE, app_for
from tests.lab.people import ROMEO, Person, signed_in
from webchat.app import SLICES
from webchat.contacts import store as contacts
from webchat.db.base import Base
from webchat.markup import html, markdown
from webchat.posts import show, store
from webchat.posts.commands.public import choose_public
from webchat.posts.store.rows import POST
from webchat.profile import show as profiles
from webchat.web.request import login_cookie
from webchat.web.templates import partial
from webchat.xmpp import namespaces as ns
from webchat.xmpp.entries import COMMENTS, MICROBLOG, Entry, PostItem, Ref
from webchat.xmpp.profile import LONGEST_NOTE, Profile, read_vcard4, read_vcard_temp

TALK = Ref("comments.capulet.example", f"{COMMENTS}all")
OURS = frozenset(payloads())
A_PAGE = 450
"""Payloads of one post."""

NEWER = (
    "fn/text", "nickname/text", "pronouns/text", "title/text", "org/text", "bday/text", "adr/locality",
    "adr/country", *("url/uri", "email/text", "tel/text") * 5,
)  # fmt: skip
OLDER = (
    "FN", "NICKNAME", "TITLE", "ORG/ORGNAME", "BDAY", "ADR/LOCALITY", "ADR/CTRY",
    *("URL", "EMAIL/USERID", "TEL/NUMBER") * 5,
)  # fmt: skip
"""Every field that a page about somebody shows, beside the note."""


@asynccontextmanager
async def visiting(
    browser: Browser, romeo: Person, folder: Path, more: Mapping[str, str]
) -> AsyncIterator[Page]:
    """A page on which nothing foreign may be asked for, and nothing forbidden tried.

    more  path → what stands on the page at this path beside what is there
    """
    app = app_for(romeo, folder)
    origin = app.state.settings.base_url.origin
    foreign: list[str] = []
    said_by_browser: list[str] = []
    context = await browser.new_context(base_url=origin)
    await context.add_cookies([{"name": login_cookie(app.state.settings), "value": COOKIE, "url": origin}])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=origin) as client:

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
            body = answer.content
            if beside := more.get(request.url.removeprefix(origin)):
                body = body.replace(b"</main>", beside.encode() + b"</main>")
            await route.fulfill(status=answer.status_code, headers=kept, body=body)

        await context.route("**/*", serve)
        page = await context.new_page()
        page.on("console", lambda message: said_by_browser.append(message.text))
        page.on("dialog", lambda dialog: said_by_browser.append(dialog.message))
        yield page
        await context.close()
    assert foreign == []
    assert [text for text in said_by_browser if "Content Security" in text or "Trusted" in text] == []


async def quiet(page: Page, path: str) -> int:
    """Nothing on this page comes alive; how many places of foreign text it has."""
    await page.goto(path)
    await page.evaluate(HOVER)
    found = await page.evaluate(FOUND)
    assert found["hacked"] is None
    assert found["strange"] == []
    assert page.url.endswith(path)
    return int(found["places"])


async def full_of(romeo: Person, ref: Ref, some: list[str]) -> store.Post:
    """A post whose title, summary, body (as HTML, and ours as Markdown), tags and comments are these."""
    via, where = ROMEO.partition("@")[2], Ref(TALK.service, f"{COMMENTS}{ref.item}")
    # Each is cleaned by itself, so that no broken one hides the others; what is clean stays so.
    body = "".join(f"{html.clean(one)}{markdown.render(one) if one in OURS else ''}" for one in some)
    assert len(body) < html.LONGEST
    entry = Entry(title=some[0], summary=some[1], html=body, comments=(where,), tags=tuple(some[:9]))
    async with romeo.session.work() as work:
        kept, _ = await store.record(work.db, via, ref.service, ref.node, PostItem(ref.item, ROMEO, entry))
        said = PostItem("c", "", Entry(title="said", author_name="said"))
        first, _ = await store.record(work.db, via, where.service, where.node, said)
        assert kept is not None
        assert first is not None
        # All others are the same but for their words: to record them one by one takes a minute.
        row = (await work.db.execute(select(POST).where(POST.c.id == first.id))).mappings().one()
        again = {name: value for name, value in row.items() if name != "id"}
        words = (
            {"item": f"c{at}", "title": "\n".join(some[at : at + 9]), "author_name": some[at][:500]}
            for at in range(0, len(some), 9)
        )
        await work.db.execute(insert(POST), [again | each for each in words])
    return kept


async def test_h02_h03_h04_h14_nothing_hostile_comes_alive(browser: Browser, tmp_path: Path) -> None:
    """In the body and among the comments of posts, and as what stands on cards: titles, beginnings, tags."""
    every = [*payloads(), *public()]
    pages = [every[start : start + A_PAGE] for start in range(0, len(every), A_PAGE)]
    async with (
        empty_database(KINDS[0], tmp_path, Base.metadata) as database,
        signed_in(database, ROMEO, SLICES) as romeo,
    ):
        romeo.client.connected = False
        refs = [Ref(ROMEO, MICROBLOG, f"all-{number}") for number in range(len(pages))]
        for ref, some in zip(refs, pages, strict=True):
            kept = await full_of(romeo, ref, some)
        app_for(romeo, tmp_path)
        titled = [
            replace(kept, id=10**6 + at, item=f"t{at}", title=title, excerpt=title, author_name=title)
            for at in range(0, len(every), 60)
            if (title := " ".join(every[at : at + 60]))
        ]
        async with romeo.session.read() as db:
            drawn = await show.cards(db, romeo.session, titled)
        beside = "".join(partial("posts/_card.html", "en", card=card) for card in drawn)
        async with visiting(browser, romeo, tmp_path, {"/publish/drafts": beside}) as page:
            for ref in refs:
                assert await quiet(page, show.path_of(ref)) > 20
            assert await quiet(page, "/publish/drafts") > len(titled)


def cards(every: list[str]) -> Iterator[tuple[Profile, list[str]]]:
    """Cards of both kinds with these in their notes, the first of each also in all other fields."""
    some: list[str] = []
    kind = 0
    for one in [*every, ""]:
        if one and len("\n".join([*some, one])) <= LONGEST_NOTE:
            some.append(one)
            continue
        kind = 1 - kind
        yield card(some, newer=bool(kind)), some[: len(OLDER)]
        some = [one]


def card(some: list[str], *, newer: bool) -> Profile:
    """One card, as it comes from the network."""
    space = ns.VCARD4 if newer else ns.VCARD_TEMP
    made = Element(f"{{{space}}}{'vcard' if newer else 'vCard'}")
    note = ("note/text" if newer else "DESC", "\n".join(some))
    for path, text in (*zip(NEWER if newer else OLDER, some, strict=False), note):
        at = made
        for name in path.split("/"):
            at = SubElement(at, f"{{{space}}}{name}")
        at.text = text
    return (read_vcard4 if newer else read_vcard_temp)(made)


async def test_h01_h04_h14_no_profile_comes_alive(browser: Browser, tmp_path: Path) -> None:
    """Notes of all payloads, every other field of two thousand; on the page of a person, and in public."""
    every = [*payloads(), *public()]
    made = list(cards(every))
    assert len({one for _, some in made for one in some}) >= 2000
    async with (
        empty_database(KINDS[0], tmp_path, Base.metadata) as database,
        signed_in(database, ROMEO, SLICES) as romeo,
    ):
        romeo.client.connected = False
        await choose_public(romeo.session, "", public=True)
        people = [f"mallory{number}@evil.example" for number in range(len(made))]
        async with romeo.session.work() as work:
            db, account = work.db, work.account_id
            for jid, (profile, some) in zip(people, made, strict=True):
                await contacts.put_profile(db, account, jid, profile, None)
                await contacts.set_face(db, account, jid, nick=some[0], name=profile.name)
            await contacts.put_profile(db, account, ROMEO, made[0][0], None)
        app_for(romeo, tmp_path)
        async with romeo.session.read() as db:
            drawn = [await profiles.person_page(db, romeo.session, jid, "en") for jid in people]
        beside = "".join(
            partial("profile/_person.html", "en", about=about, chat_only=False, error=None) for about in drawn
        )
        path = f"/people/{ROMEO}"
        async with visiting(browser, romeo, tmp_path, {path: beside}) as page:
            assert await quiet(page, path) > 2 * len(people)
            assert await quiet(page, f"/@{ROMEO}") > 0


HOVER = """() => {
    const words = ".prose *, .comments .body *, .post-card *, .facts *, .note *, .about *";
    for (const one of document.querySelectorAll(words))
        for (const name of ["pointerenter", "mouseover", "focus", "toggle", "animationstart", "load"])
            one.dispatchEvent(new Event(name));
}"""
FOUND = """() => {
    const strange = [];
    const words = ".prose, .comments .body, .tags bdi, .facts, .note, .about, .who-card .meta";
    const places = document.querySelectorAll(`${words}, h1, h2, .excerpt`);
    for (const root of places)
        for (const one of root.querySelectorAll("*")) {
            if (one.matches("script, style, iframe, form, input, button, svg, math, object, embed"))
                strange.push(one.outerHTML);
            if (one.matches("base, meta, link, video, audio, select")) strange.push(one.outerHTML);
            // What opens a picture large is ours, and leads to our proxy alone.
            const large = "a.picture[href^='/media/'][data-download^='/media/']";
            const own = one.matches(`${large}:has(> img:only-child)`);
            for (const { name } of one.attributes)
                if (own && /^data-(lightbox|said|download)$/.test(name)) continue;
                else if (name === "hx-ignore" && one.matches("dd > a:only-child")) continue;
                else if (name === "data-htmx-powered" && one.matches("h2.title > a:only-child")) continue;
                else if (/^(on|hx-|data-|style$|id$|srcset$)/.test(name)) strange.push(one.outerHTML);
        }
    return { hacked: window.hacked ?? null, strange, places: places.length };
}"""
