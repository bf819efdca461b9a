"""This room measures what a person at a browser waits for: the list after login, a row, the first view."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from playwright.async_api import Browser, async_playwright

from tests.bench import machine
from tests.bench.messages import body
from tests.bench.sender import Sender
from tests.lab.browser import LAUNCH, Person
from tests.lab.prosody import Account, Lab
from tests.lab.site import Site

# Notes when the first row of the list has been painted; survives the way from the login to the list.
_PAINTED = """() => {
    const look = () => {
        if (document.querySelector('li.conversation')) {
            requestAnimationFrame(() => setTimeout(() => {
                window.benchPainted = performance.timeOrigin + performance.now();
            }));
        } else {
            requestAnimationFrame(look);
        }
    };
    look();
}"""
_ROWS = """() => {
    window.benchRows = {};
    new MutationObserver(() => {
        const now = performance.timeOrigin + performance.now();
        for (const body of document.querySelectorAll('article.message .body')) {
            const number = body.textContent.trim().split(' ')[1];
            if (!(number in window.benchRows)) window.benchRows[number] = now;
        }
    }).observe(document.querySelector('[role=log]'), {childList: true, subtree: true});
}"""
_APPEARED = """() => {
    const seen = {};
    const look = () => {
        const rows = document.querySelectorAll('article.message');
        const now = performance.now();
        if (rows.length && !seen.first) seen.first = now;
        if (rows.length && document.querySelector('form.composer')) {
            seen.last = now;
            window.benchSeen = seen;
        } else {
            requestAnimationFrame(look);
        }
    };
    requestAnimationFrame(look);
}"""


@dataclass(frozen=True, slots=True)
class View:
    """The first view of a chat in an empty browser: requests, bytes on the wire, those of the page."""

    requests: int
    size: int
    page: int


@asynccontextmanager
async def browser() -> AsyncIterator[Browser]:
    """The distribution's Chromium."""
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(**LAUNCH)
        yield chromium
        await chromium.close()


async def login(chromium: Browser, site: Site, account: Account) -> float:
    """Seconds from the click on "Log in" to the list painted."""
    person = await Person.open(chromium, site, account)
    try:
        await person.page.goto("/login?next=/chats")
        await person.page.get_by_label("Address").fill(account.jid)
        await person.page.get_by_label("Password", exact=True).fill(account.password)
        await person.page.add_init_script(f"({_PAINTED})()")
        start = time.time()
        await person.page.get_by_role("button", name="Log in").click()
        painted = None
        while painted is None:
            await asyncio.sleep(0.05)
            if person.page.url.endswith("/chats"):
                painted = await _read(person, "() => window.benchPainted")
        return float(painted) / 1000 - start
    finally:
        await person.close()


async def _read(person: Person, script: str) -> Any:
    """A value of the page; None while it is on its way to another."""
    try:
        return await person.page.evaluate(script)
    except Exception as error:
        if "navigation" in str(error) or "context was destroyed" in str(error):
            return None
        raise


async def latency(person: Person, peer: Account, lab: Lab, count: int) -> list[float]:
    """Seconds from a peer's send to the row in the page, one message at a time."""
    sender = await Sender(peer, lab).login()
    await person.open_chat(peer)
    await asyncio.sleep(0.5)
    await person.page.evaluate(_ROWS)
    for number in range(count + 5):
        sender.say(person.account.jid, body(number, wall=True))
        await asyncio.sleep(0.1)
    await person.page.wait_for_timeout(500)
    seen = await person.page.evaluate("() => window.benchRows")
    texts = await person.page.locator("article.message .body").all_inner_texts()
    sent = {text.split()[1]: float(text.split()[0]) for text in texts if text.split()[1:2]}
    await sender.logout()
    late = [seen[number] / 1000 - sent[number] for number in seen if number in sent]
    assert len(late) >= count, f"{len(late)} rows of {count} came"
    # The first ones warm the page up.
    return late[5:]


async def view(chromium: Browser, site: Site, person: Person, peer: Account) -> View:
    """Load a chat into an empty browser that has nothing but the cookie."""
    context = await chromium.new_context(base_url=site.url, locale="en-GB")
    await context.add_cookies([dict(cookie) for cookie in await person.context.cookies()])  # type: ignore[misc]
    page = await context.new_page()
    wire = await context.new_cdp_session(page)
    await wire.send("Network.enable")
    sizes: dict[str, float] = {}
    kinds: dict[str, str] = {}
    wire.on(
        "Network.requestWillBeSent", lambda event: kinds.update({event["requestId"]: event["request"]["url"]})
    )
    wire.on(
        "Network.loadingFinished",
        lambda event: sizes.update({event["requestId"]: event["encodedDataLength"]}),
    )
    await page.goto(peer.path)
    await page.wait_for_timeout(1500)
    await context.close()
    document = next(size for id, size in sizes.items() if kinds.get(id, "").endswith(peer.path))
    return View(
        len([url for url in kinds.values() if url.startswith("http")]),
        int(sum(sizes.values())),
        int(document),
    )


async def rows_appear(chromium: Browser, site: Site, person: Person, peer: Account) -> tuple[float, float]:
    """Seconds after the start of the navigation when the first and the last row of a page are drawn."""
    context = await chromium.new_context(base_url=site.url, locale="en-GB")
    await context.add_cookies([dict(cookie) for cookie in await person.context.cookies()])  # type: ignore[misc]
    await context.add_init_script(f"({_APPEARED})()")
    firsts, lasts = [], []
    for _ in range(6):
        page = await context.new_page()
        await page.goto(peer.path)
        await page.wait_for_timeout(300)
        seen = await page.evaluate("() => window.benchSeen")
        firsts.append(seen["first"] / 1000)
        lasts.append(seen["last"] / 1000)
        await page.close()
    await context.close()
    # The first time fills the browser's cache.
    return machine.quantile(firsts[1:], 0.5), machine.quantile(lasts[1:], 0.5)
