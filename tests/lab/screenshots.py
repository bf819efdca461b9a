"""This room draws docs/screenshot-*.png with the demo people: python -m tests.lab.screenshots."""

import asyncio
import os
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path

from playwright.async_api import Browser, async_playwright, expect

from tests.lab.browser import LAUNCH, Person
from tests.lab.peer import Peer
from tests.lab.prosody import Account
from tests.lab.site import Site
from webchat.config import root
from webchat.demo.ports import free_port
from webchat.demo.prosody import Prosody

DOCS = root() / "docs"
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
    if width == "phone":
        await person.page.goto("/chats")
        await expect(person.row(MERCUTIO)).to_be_visible()
        await draw("chats")
    await person.page.goto("/configuration/preferences")
    await draw("preferences")
    await person.page.goto("/configuration/account")
    await draw("account")
    assert not person.problems, person.problems
    await person.close()


if __name__ == "__main__":
    # Prosody's history is told in the reader's days.
    os.environ["TZ"] = "Europe/Rome"
    asyncio.run(main())
