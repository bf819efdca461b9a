"""This room is a person at a real browser: what hands do on the pages, and what must never happen there."""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.async_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Error,
    Locator,
    Page,
    Request,
    Response,
    expect,
)

from tests.lab.prosody import Account
from tests.lab.site import Site
from tests.lab.visitor import eventually, new_address

LAUNCH: dict[str, Any] = {
    # The same browser without windows: those of the whole one cost half of the processor.
    "executable_path": shutil.which("chromium-headless-shell") or "/usr/bin/chromium",
    # Chromium's sandbox does not start for root.
    "args": [
        *(["--no-sandbox"] if os.geteuid() == 0 else []),
        # The processor draws either way: this saves the process that would imitate a graphics card.
        "--disable-gpu",
        # With two cores for three browsers its helper threads only get in each other's way.
        "--js-flags=--single-threaded",
        # A camera and a microphone that need no hardware and ask nobody.
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
    ],
}
WIDTHS: dict[str, dict[str, Any]] = {
    "desk": {"viewport": {"width": 1280, "height": 800}},
    "phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True},
}
expect.set_options(timeout=20_000)

BACK_OFF = 40_000
"""Milliseconds after which a page has surely tried once more to reach a site, or a site its server."""

# What Chromium says when the site goes away in the middle; only tests that stop it may see this.
_NETWORK = re.compile(
    r"net::ERR_(CONNECTION|INCOMPLETE_CHUNKED|CONTENT_LENGTH|EMPTY_RESPONSE|NETWORK|INTERNET|ABORTED|FAILED)"
    r"|^htmx: .*(Failed to fetch|network error)"
)
_REFUSED = re.compile(r"the server responded with a status of 4\d\d")
_NEVER = re.compile(r"(?!)")


class Person:
    """One browser with one page; `problems` are the things that fail a test."""

    def __init__(
        self,
        context: BrowserContext,
        page: Page,
        site: Site,
        account: Account,
        *,
        scripts: bool = True,
        touch: bool = False,
        zone: str = "UTC",
    ) -> None:
        self.context = context
        self.page = page
        self.site = site
        self.account = account
        self.scripts = scripts
        self.touch = touch
        self.zone = zone
        self.problems: list[str] = []
        self._expected = _NEVER
        self._watch(page)

    @classmethod
    async def open(
        cls,
        browser: Browser,
        site: Site,
        account: Account,
        *,
        width: str = "desk",
        scripts: bool = True,
        **more: Any,
    ) -> "Person":
        """A fresh browser profile; `more` are options of a Playwright context."""
        options = {
            "locale": "en-GB",
            "reduced_motion": "reduce",
            "timezone_id": "UTC",
            # Its worker would come between the tests and what they hold back; those about it let it in.
            "service_workers": "block",
            **WIDTHS[width],
            **more,
        }
        context = await browser.new_context(
            base_url=site.url,
            java_script_enabled=scripts,
            extra_http_headers={"X-Forwarded-For": new_address()},
            **options,
        )
        return cls(
            context,
            await context.new_page(),
            site,
            account,
            scripts=scripts,
            touch=width == "phone",
            zone=options["timezone_id"],
        )

    async def close(self) -> None:
        """Close the browser's windows."""
        await self.context.close()

    async def tab(self) -> "Person":
        """One more tab of the same browser; its problems count too."""
        other = Person(
            self.context, await self.context.new_page(), self.site, self.account, scripts=self.scripts
        )
        other.problems = self.problems
        return other

    # ---- what must not happen

    def _watch(self, page: Page) -> None:
        page.on("console", self._console)
        page.on("pageerror", self._page_error)
        page.on("response", self._response)
        page.on("request", self._request)

    @contextmanager
    def patient(self) -> Iterator[None]:
        """Inside, the network may break: the browser's own words about that are not held against the page."""
        self._expected = _NETWORK
        try:
            yield
        finally:
            self._expected = _NEVER

    @contextmanager
    def refused(self) -> Iterator[None]:
        """Inside, the site may say no: Chromium writes every answer from 400 up into its console."""
        self._expected = _REFUSED
        try:
            yield
        finally:
            self._expected = _NEVER

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not self._expected.search(message.text):
            self.problems.append(f"console: {message.text} ({message.location.get('url', '')})")

    def _page_error(self, error: Error) -> None:
        self.problems.append(f"page: {error}")

    def _request(self, request: Request) -> None:
        """No page asks anybody but the site for anything, wherever a test goes (O08)."""
        if request.url.startswith(("http:", "https:")) and not request.url.startswith(self.site.url):
            self.problems.append(f"asked of somebody else: {request.url}")

    def _response(self, response: Response) -> None:
        if response.status >= 500:
            self.problems.append(f"{response.status} of {response.url}")

    # ---- what hands do

    async def login(self, path: str = "/login") -> None:
        """Fill in the form and press the button."""
        await self.page.goto(path)
        await self.page.get_by_label("Address").fill(self.account.jid)
        await self.page.get_by_label("Password", exact=True).fill(self.account.password)
        await self.page.get_by_role("button", name="Log in").click()
        await expect(self.page.get_by_role("navigation", name="Main")).to_be_visible()
        if self.scripts:
            await self.settled()

    async def sign_in(self) -> None:
        """Log in past the form, which has tests of its own; no page is open afterwards."""
        answer = await self.context.request.post(
            "/login",
            form={"jid": self.account.jid, "password": self.account.password},
            headers={"origin": self.site.url},
            max_redirects=0,
        )
        assert answer.status == 303, f"not let in: {answer.status}\n{(await answer.text())[:2000]}"
        # The page with the form leaves this behind; without it the next page would fetch itself twice.
        await self.context.add_cookies([{"name": "tz", "value": self.zone, "url": self.site.url}])

    async def open_chat(self, other: Account) -> None:
        """Go to the chat with somebody by its address."""
        await self.page.goto(other.path)
        await expect(self.composer).to_be_visible()
        if self.scripts:
            await self.settled()

    async def visit(self, path: str) -> None:
        """Go to a page of the site, or to none (about:blank), and wait until it can be used."""
        await self.page.goto(path)
        if self.scripts and path.startswith("/"):
            await self.settled()

    async def settled(self) -> None:
        """Wait until the page's stream is open and every script listens."""
        await expect(self.page.locator("#stream")).to_be_attached()
        await expect(self.page.locator("html[data-awake]")).to_be_attached()

    async def say(self, text: str) -> None:
        """Type into the composer and send it."""
        await self.composer.fill(text)
        # On a keyboard of glass Enter begins a new line.
        if self.scripts and not self.touch:
            await self.composer.press("Enter")
        else:
            await self.page.get_by_role("button", name="Send").click()

    async def reloads_until(self, wanted: Locator) -> None:
        """What somebody without scripts does who waits for something."""
        for _ in range(20):
            if await wanted.count():
                return
            await self.page.reload()
        await expect(wanted).not_to_have_count(0)

    async def sees(self, text: str, timeout: float | None = None) -> Locator:
        """Wait for exactly one message with this text; `timeout` in milliseconds."""
        row = self.message(text)
        await expect(row).to_have_count(1, timeout=timeout)
        await expect(row).to_be_visible()
        return row

    async def sees_state(self, text: str, state: str) -> None:
        """Wait until a message says this of itself."""
        await expect(self.message(text).locator(".state")).to_contain_text(state, timeout=30_000)

    async def texts(self) -> list[str]:
        """The texts of all messages on the page, from top to bottom."""
        return [text.strip() for text in await self.log.locator("article.message .body").all_inner_texts()]

    async def has_copied(self, text: str) -> None:
        """Wait until this stands in the clipboard: copying answers later than the button."""
        await self.context.grant_permissions(["clipboard-read", "clipboard-write"])

        async def held() -> bool:
            return bool(text == (await self.page.evaluate("navigator.clipboard.readText()")).strip())

        await eventually(held)

    @property
    def composer(self) -> Locator:
        """Where one types."""
        return self.page.get_by_role("textbox", name="Message")

    @property
    def log(self) -> Locator:
        """The messages of the open chat."""
        return self.page.get_by_role("log", name="Messages")

    def message(self, text: str) -> Locator:
        """The row whose text is exactly this."""
        body = self.page.locator(".body", has_text=re.compile(rf"^\s*{re.escape(text)}\s*$"))
        return self.log.locator("article.message").filter(has=body)

    def row(self, other: Account) -> Locator:
        """The line of a chat in the list."""
        return self.page.locator("li.conversation").filter(has=self.page.locator(f'a[href$="{other.path}"]'))
