"""This room draws docs/screenshot-*.png with the demo people: python -m tests.lab.screenshots."""

import asyncio
import os
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

from playwright.async_api import Browser, async_playwright, expect

from tests.lab.browser import LAUNCH, Person
from tests.lab.peer import Peer
from tests.lab.prosody import Account
from tests.lab.site import Site
from tests.lab.visitor import eventually
from webchat.config import root
from webchat.demo.people import introduce
from webchat.demo.ports import free_port
from webchat.demo.prosody import Prosody
from webchat.demo.run import PEOPLE

DOCS = root() / "docs"
SEEN = """() => [...document.images].every((one) => one.complete && one.naturalWidth
  || one.getBoundingClientRect().top > innerHeight || !one.getClientRects().length)"""
DOMAIN = "demo.localhost"
ROMEO, JULIET, MERCUTIO = (
    Account(f"{name}@{DOMAIN}", f"{name}-demo", name.capitalize()) for name in ("romeo", "juliet", "mercutio")
)


async def main() -> None:
    """Draw all of them."""
    folder = Path(tempfile.mkdtemp(prefix="webchat-pictures-"))
    async with AsyncExitStack() as stack:
        stage = Prosody(folder / "prosody")
        stage.port, stage.tls_port = free_port(), free_port()
        await stage.start()
        stack.push_async_callback(stage.stop)
        site = Site(folder / "site", stage)
        await site.start()
        stack.push_async_callback(site.stop)
        await introduce(site.variables(), [f"{name}@{DOMAIN}" for name in PEOPLE])
        juliet = await Peer(JULIET, stage).login()
        stack.push_async_callback(juliet.logout)
        playwright = await stack.enter_async_context(async_playwright())
        browser = await playwright.chromium.launch(**LAUNCH)
        stack.push_async_callback(browser.close)
        juliet.available("", "On the balcony")
        for width in ("desk", "phone"):
            for theme in ("light", "dark"):
                await _pictures(browser, site, juliet, width, theme)


async def _pictures(browser: Browser, site: Site, juliet: Peer, width: str, theme: str) -> None:
    person = await Person.open(
        browser,
        site,
        ROMEO,
        width=width,
        color_scheme=theme,
        device_scale_factor=1,
        timezone_id="Europe/Rome",
    )

    async def draw(name: str) -> None:
        await person.page.wait_for_function(SEEN)
        await person.page.screenshot(path=DOCS / f"screenshot-{name}-{width}-{theme}.png")

    await person.page.goto("/login")
    await draw("login")
    await person.login()
    await person.open_chat(JULIET)
    await person.sees("Home, in one piece. Good night, good night.")
    await expect(person.page.locator("header.head")).to_contain_text("On the balcony")
    juliet.compose(ROMEO.jid)
    await expect(person.page.locator(".typing")).to_contain_text("Juliet")
    await draw("chat")
    juliet.compose(ROMEO.jid, "active")
    await person.page.goto(f"/rooms/balcony@conference.{DOMAIN}")
    await person.sees("Romeo, bring the ladder back, please. My father has asked about it.")
    await draw("room")
    await person.page.goto("/search?q=night")
    await expect(person.page.locator("mark").first).to_be_visible()
    await draw("search")
    await person.page.goto(f"/people/{JULIET.jid}")
    await expect(person.page.get_by_role("heading", level=1)).to_contain_text("Juliet")
    await draw("person")
    await _posts(person, draw)
    if width == "phone":
        await person.page.goto("/chats")
        await expect(person.row(MERCUTIO)).to_be_visible()
        await draw("chats")
    await person.page.goto("/configuration/preferences")
    await draw("preferences")
    await person.page.goto("/configuration/account")
    await draw("account")
    for tab in ("notifications", "actions", "blocked"):
        await person.page.goto(f"/configuration/{tab}")
        await draw(tab)
    assert not person.problems, person.problems
    await person.close()


async def _posts(person: Person, draw: Callable[[str], Awaitable[None]]) -> None:
    """What is written and read: News, Explore, a community, a post with its comments, the sheet."""
    page = person.page

    async def fetched() -> bool:
        await person.visit("/news")
        return await page.get_by_role("link", name="What Queen Mab drives", exact=True).count() > 0

    # Posts come in the background of the first login.
    await eventually(fetched)
    # What is said about them, and what stands beside, is asked for as the page is opened.
    await expect(page.get_by_text("The bees have moved").first).to_be_attached()
    await expect(page.locator("article.post-card .count").first).to_be_visible()
    await draw("news")
    await page.get_by_role("link", name="How to hang lanterns on a balcony").first.click()
    await expect(page.get_by_text("And who held the ladder").first).to_be_attached()
    await draw("post")
    await person.visit("/explore")
    await expect(page.get_by_text("Lunch at the fountain").first).to_be_visible()
    await draw("explore")
    await person.visit(f"/communities/pubsub.{DOMAIN}/verona")
    await expect(page.get_by_text("Found: one empty oil bottle").first).to_be_visible()
    await draw("community")
    await person.visit("/publish")
    await page.get_by_label("Title").fill("Why I oil gates")
    text = page.get_by_label("Text", exact=True)
    await text.fill("Because of *seven lanterns*, and because of the nurse, who sleeps **very** lightly.")
    await page.get_by_role("button", name="View").click()
    await expect(page.get_by_role("button", name="Go on writing")).to_be_visible()
    await draw("publish")


if __name__ == "__main__":
    # Prosody's history is told in the reader's days.
    os.environ["TZ"] = "Europe/Rome"
    asyncio.run(main())
