"""This room lets a test change a setting as a browser without scripts does, and look where it shows."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

import httpx
from lxml import html
from sqlalchemy import select

from tests.lab.people import JULIET
from tests.session.fakes import FakeClient
from tests.settings.home import Home
from tests.web.site import ROMEO, Site, Tab
from webchat.session.models import OutboxRow
from webchat.session.registry import SignedIn
from webchat.xmpp import verbs_json
from webchat.xmpp.events import MessageReceived
from webchat.xmpp.verbs import Verb

Fields = Mapping[str, str | None]


@dataclass
class Scene:
    """Romeo at two browsers, and what can be seen of what he chose.

    asked  addresses of pages that were looked at for cards of links
    """

    site: Site
    home: Home
    browser: httpx.AsyncClient
    other: httpx.AsyncClient
    me: SignedIn
    asked: list[str] = field(default_factory=list)
    said: int = 0

    async def page(self, path: str = "/chats") -> html.HtmlElement:
        """A page as the first browser gets it."""
        answer = await self.browser.get(path)
        assert answer.status_code == 200, f"{path}: {answer.status_code}"
        return html.document_fromstring(answer.text)

    async def shows(self, selector: str, path: str = "/chats") -> bool:
        """Whether something is on a page."""
        return bool((await self.page(path)).cssselect(selector))

    async def leads(self) -> str:
        """Where the first page of the site leads."""
        return (await self.browser.get("/")).headers["location"]

    async def public(self, name: str) -> bool:
        """Whether a stranger can read a blog."""
        async with self.site.browser() as stranger:
            return (await stranger.get(f"/@{name}")).status_code == 200

    # ---- doing

    async def send(self, path: str, action: str, fields: Fields, *, file: bytes = b"") -> httpx.Response:
        """Fill the form of a page in, as it stands there but for these fields, and send it."""
        form = _form(await self.page(path), action, fields)
        values = {name: value for name, value in form.form_values() if name not in fields}
        given = {name: value for name, value in fields.items() if value is not None}
        files: Any = {"picture": ("rose.png", file, "image/png")} if file else None
        answer = await self.browser.post(action, data={**values, **given}, files=files)
        assert answer.status_code == 303, f"{action}: {answer.status_code} {answer.text[:500]}"
        return answer

    async def hears(self, body: str = "Ay me!") -> str:
        """Juliet says something that asks for a receipt and for a mark; its id."""
        self.said += 1
        id = f"m{self.said}"
        heard = MessageReceived(JULIET, f"{JULIET}/balcony", False, body, id, stanza_id=f"a{id}")
        await self.me.session.inbox.handled(replace(heard, receipt_requested=True, markable=True))
        return id

    async def told(self) -> list[Verb]:
        """Everything that went out for him, or waits to."""
        async with self.me.session.read() as db:
            rows = await db.scalars(select(OutboxRow.verb).order_by(OutboxRow.id))
            waiting = [verbs_json.unpack(verb) for verb in rows]
        client = self.me.session.client
        assert isinstance(client, FakeClient)
        return waiting + [verb for _, verb in client.said]

    async def again(self) -> None:
        """Log out everywhere, log in anew."""
        for browser in (self.browser, self.other):
            await browser.post("/logout")
            await browser.aclose()
        assert not self.site.sessions.running
        self.browser, self.me = await self.site.signed_in(ROMEO)
        self.other, _ = await self.site.signed_in(ROMEO)
        await self.caught_up()

    async def caught_up(self) -> None:
        """What the server keeps for him has been read after the login."""
        assert self.me.session._syncing is not None
        await asyncio.wait_for(asyncio.shield(self.me.session._syncing), 5)

    async def tab(self, scope: str) -> Tab:
        """Another browser of his has a page open that follows this."""
        tab = Tab(self.site, self.other, f"/stream/{scope}")
        await tab.opened()
        return tab


async def until(tab: Tab, *words: str) -> str:
    """What a tab is told, up to the event with one of these words."""
    heard = ""
    try:
        while not any(word in heard for word in words):
            heard += await tab.next() + "\n\n"
    except TimeoutError:
        raise AssertionError(f"the other tab was not told {words}, only:\n{heard}") from None
    return heard


def _form(page: html.HtmlElement, action: str, fields: Fields) -> html.FormElement:
    fitting = [form for form in page.forms if urlsplit(form.get("action", "")).path == action]
    for form in fitting:
        # A list has a form for each of its lines: the one that has all of these fields is meant.
        hidden = {box.get("name"): box.get("value") for box in form.cssselect("input[type=hidden]")}
        named = {box.get("name") for box in form.cssselect("[name]")}
        if set(fields) <= named and all(hidden.get(name, value) == value for name, value in fields.items()):
            return form
    raise AssertionError(f"no form for {action} with {sorted(fields)} on the page")


def asked_of(page: html.HtmlElement, forms: str = "form") -> set[tuple[str, str]]:
    """What a page asks its reader to choose or to press: (address of the form, name of the field)."""
    return {
        (urlsplit(form.get("action", "")).path, box.get("name"))
        for form in page.cssselect(f"main {forms}[method=post]")
        for box in form.cssselect("[name]:not([type=hidden])")
    }
