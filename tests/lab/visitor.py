"""This room is a visitor without scripts: it logs in, reads pages, sends forms, follows a stream if asked."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TypeVar

import httpx
from lxml import html

from tests.lab.prosody import Account
from tests.lab.site import Site

T = TypeVar("T")
PATIENCE = 40.0
"""Seconds: the longer an XMPP server was away, the longer are the pauses between attempts to reach it."""


def new_address() -> str:
    """An address of a visitor that nobody else of the run has: logins are limited by address."""
    return f"fd00:{secrets.randbits(16):x}:{secrets.randbits(16):x}:{secrets.randbits(16):x}::1"


@dataclass(frozen=True, slots=True)
class Row:
    """One message as the page shows it; `state` is the word below it, "" where there is none."""

    key: str
    id: str
    author: str
    text: str
    mine: bool
    state: str


async def eventually(check: Callable[[], Awaitable[T]], timeout: float = PATIENCE) -> T:
    """What `check` gives once it counts as true; while the site cannot be reached it does not."""
    until = asyncio.get_running_loop().time() + timeout
    while True:
        found: T | None
        try:
            found = await check()
        except httpx.TransportError:
            found = None
        if found:
            return found
        assert asyncio.get_running_loop().time() < until, f"did not happen within {timeout:.0f} s: {found!r}"
        await asyncio.sleep(0.05)


class Visitor:
    """One browser of one person, as far as HTTP goes."""

    def __init__(self, site: Site, account: Account) -> None:
        self.site = site
        self.account = account
        self.http = httpx.AsyncClient(
            base_url=site.url,
            headers={"origin": site.url, "x-forwarded-for": new_address(), "accept-language": "en"},
            timeout=PATIENCE,
        )

    async def close(self) -> None:
        """Let go of the connections."""
        await self.http.aclose()

    async def login(self, **fields: str) -> "Visitor":
        """Log in through the page."""
        answer = await self.http.post(
            "/login", data={"jid": self.account.jid, "password": self.account.password, **fields}
        )
        assert answer.status_code == 303, f"not let in: {answer.status_code}\n{answer.text[:2000]}"
        return self

    async def page(self, path: str) -> html.HtmlElement:
        """A page that must be there."""
        answer = await self.http.get(path)
        assert answer.status_code == 200, f"{path}: {answer.status_code}\n{answer.text[:2000]}"
        return html.document_fromstring(answer.text)

    async def post(self, path: str, **fields: str) -> httpx.Response:
        """Send a form; what a plain form gets is a way to a page."""
        answer = await self.http.post(path, data=fields)
        assert answer.status_code == 303, f"{path}: {answer.status_code}\n{answer.text[:2000]}"
        return answer

    # ---- chats

    async def say(self, to: Account, text: str) -> None:
        """Write a message with the form of the chat's page."""
        form = one(await self.page(to.path), "form.composer")
        hidden = {
            field.get("name", ""): field.get("value", "") for field in form.cssselect("input[type=hidden]")
        }
        await self.post(form.get("action", ""), **{**hidden, "text": text})

    async def rows(self, to: Account) -> list[Row]:
        """The messages of the chat as it opens, at the first unread one, and all newer ones."""
        return await self._pages(to.path, "after=")

    async def everything(self, to: Account) -> list[Row]:
        """All messages of the chat, oldest first, by the links to older and newer pages."""
        page = await self.page(to.path)
        found = rows(page)
        if older := _link(page, "before="):
            found = await self._pages(older, "before=") + found
        if newer := _link(page, "after="):
            found += await self._pages(newer, "after=")
        return found

    async def _pages(self, path: str, way: str) -> list[Row]:
        found: list[Row] = []
        while path:
            page = await self.page(path)
            found = rows(page) + found if way == "before=" else found + rows(page)
            path = _link(page, way)
        return found

    async def unread(self, to: Account) -> int:
        """The number beside this chat in the list."""
        return unread(await self.page("/chats"), to)

    async def sees(self, to: Account, text: str) -> Row:
        """Wait for the row with this text."""

        async def look() -> Row | None:
            return next((row for row in await self.rows(to) if row.text == text), None)

        row = await eventually(look)
        assert row is not None
        return row

    async def sees_state(self, to: Account, text: str, state: str) -> Row:
        """Wait until the row with this text says this of itself."""

        async def look() -> Row | None:
            found = [row for row in await self.rows(to) if row.text == text]
            assert len(found) < 2, f"{text!r} stands there {len(found)} times"
            return found[0] if found and found[0].state.startswith(state) else None

        row = await eventually(look)
        assert row is not None
        return row

    async def sees_unread(self, to: Account, number: int) -> None:
        """Wait until the list shows this number for the chat."""

        shown = None

        async def look() -> bool:
            nonlocal shown
            shown = await self.unread(to)
            return shown == number

        try:
            await eventually(look)
        except AssertionError as late:
            raise AssertionError(f"the list shows {shown} unread messages instead of {number}") from late

    @asynccontextmanager
    async def stream(self, path: str) -> AsyncIterator["Frames"]:
        """The stream that this page follows, open."""
        address = one(await self.page(path), "#stream").get("hx-sse:connect", "")
        async with self.http.stream("GET", address, timeout=httpx.Timeout(PATIENCE, read=None)) as answer:
            assert answer.status_code == 200
            yield Frames(answer.aiter_lines())


class Frames:
    """What a stream sends, read as far as somebody waits for it."""

    def __init__(self, lines: AsyncIterator[str]) -> None:
        self._lines = lines

    async def until(self, wanted: Callable[[str], bool], timeout: float = PATIENCE) -> str:
        """The first data that is wanted."""
        data: list[str] = []
        async with asyncio.timeout(timeout):
            async for line in self._lines:
                if line.startswith("data: "):
                    data.append(line.removeprefix("data: "))
                elif not line:
                    text, data = "\n".join(data), []
                    if text and wanted(text):
                        return text
        raise AssertionError("the stream ended")


def one(page: html.HtmlElement, selector: str) -> html.HtmlElement:
    """The only element of this selector."""
    found = page.cssselect(selector)
    assert len(found) == 1, f"{len(found)} elements for {selector}"
    element: html.HtmlElement = found[0]
    return element


def _link(page: html.HtmlElement, way: str) -> str:
    links = [link.get("href", "") for link in page.cssselect(".edge a")]
    return next((link for link in links if way in link), "")


def rows(page: html.HtmlElement) -> list[Row]:
    """The messages on a page."""
    return [
        Row(
            key=element.get("data-key", ""),
            id=element.get("id", ""),
            author=element.get("data-author", ""),
            text=one(element, ".body, .tombstone").text_content().strip(),
            mine="mine" in element.get("class", "").split(),
            state=" ".join(part.text_content() for part in element.cssselect(".state")).strip(),
        )
        for element in page.cssselect("article.message")
    ]


def unread(page: html.HtmlElement, to: Account) -> int:
    """The number beside a chat in the list on a page."""
    for link in page.cssselect(".conversation a"):
        if link.get("href", "").endswith(to.path):
            badge = "".join(badge.text_content() for badge in link.cssselect(".badge"))
            return int("".join(filter(str.isdigit, badge)) or 0)
    return 0
