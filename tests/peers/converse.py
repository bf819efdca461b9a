"""This room drives Converse, a client in the browser: its own page and files, over a websocket."""

import json
import os
import re
from pathlib import Path

from aiohttp import web
from playwright.async_api import Browser, BrowserContext, Locator, Page, expect

from tests.lab.prosody import DOMAIN, Account, Lab
from webchat.demo.ports import free_port

DIST = Path(os.environ.get("CONVERSE_DIST", ".run/peers/converse/package/dist"))
PAGE = """<!doctype html><html><head><meta charset="utf-8"><title>Converse</title>
<link rel="stylesheet" href="/converse.min.css"></head><body class="converse-fullscreen">
<converse-root></converse-root>
<script type="module">
import '/converse.min.js';
converse.plugins.add('lab', { initialize() { window.api = this._converse.api; } });
converse.initialize(%s);
</script></body></html>"""
JOIN = """async ([room, nick]) => {
  const opened = await window.api.rooms.open(room, { nick }, true);
  while (!opened.isEntered()) await new Promise((go) => setTimeout(go, 50));
  await opened.messages.fetched;
}"""


class Converse:
    """One Converse of one account, in a browser of its own."""

    def __init__(self, account: Account, lab: Lab) -> None:
        self.account = account
        self._lab = lab
        self._context: BrowserContext
        self.page: Page

    async def start(self, browser: Browser) -> "Converse":
        """Open its page; it logs in by itself."""
        settings = {
            "assets_path": "/",
            "authentication": "login",
            "auto_login": True,
            "allow_url_history_change": False,
            "jid": self.account.jid,
            "password": self.account.password,
            "websocket_url": f"ws://{DOMAIN}:{self._lab.http_port}/xmpp-websocket",
            "discover_connection_methods": False,
            "view_mode": "fullscreen",
            "whitelisted_plugins": ["lab"],
            "loglevel": "warn",
            "show_background": False,
            "i18n": "en",
        }
        self._context = await browser.new_context(viewport={"width": 1280, "height": 800}, bypass_csp=True)
        self.page = await self._context.new_page()
        origin = await self._serve(PAGE % json.dumps(settings))
        await self.page.goto(origin)
        await self.page.wait_for_function("window.api?.connection?.connected()", timeout=8_000)
        return self

    async def stop(self) -> None:
        """Close it."""
        await self._context.close()
        await self._server.cleanup()

    async def _serve(self, document: str) -> str:
        """Its page and its files, from a server of their own; where that is."""

        async def index(_: web.Request) -> web.Response:
            return web.Response(text=document, content_type="text/html")

        app = web.Application()
        app.router.add_get("/", index)
        app.router.add_static("/", DIST)
        self._server = web.AppRunner(app, access_log=None)
        await self._server.setup()
        port = free_port()
        await web.TCPSite(self._server, "127.0.0.1", port).start()
        return f"http://127.0.0.1:{port}/"

    async def open_chat(self, jid: str) -> None:
        """Open the chat with somebody."""
        await self.page.evaluate("jid => window.api.chats.open(jid, {}, true)", jid)
        await expect(self._box).to_be_visible()

    async def join(self, room: str, nick: str) -> None:
        """Go into a room."""
        await self.page.evaluate(
            "([room, nick]) => window.api.rooms.open(room, { nick }, true)", [room, nick]
        )
        await expect(self._box).to_be_visible()

    async def say(self, text: str) -> None:
        """Type into the open chat and press Enter."""
        await self._box.fill(text)
        await self._box.press("Enter")

    async def begin(self, text: str) -> None:
        """Type without sending."""
        await self._box.press_sequentially(text)

    async def send_file(self, path: Path) -> None:
        """Choose a file."""
        await self.page.locator("input.fileupload").last.set_input_files(path)

    async def choose(self, text: str, action: str) -> None:
        """Take an entry of a message's menu: edit, retract, reply, reaction."""
        row = self.row(text)
        await row.hover()
        await row.locator("converse-message-actions .dropdown-toggle").first.click()
        await row.locator(f".chat-msg__action-{action}").click()

    async def react(self, text: str) -> str:
        """Press the first emoji that is offered; which."""
        await self.choose(text, "reaction")
        button = self.row(text).locator("converse-reaction-picker .reaction-item").first
        emoji = await button.inner_text()
        await button.click()
        return emoji

    async def retract(self, text: str) -> None:
        """Take a message back, and say yes when asked."""
        await self.choose(text, "retract")
        await self.page.locator(".modal.show button[type=submit]").click()

    async def correct(self, text: str, better: str) -> None:
        """Write a message anew."""
        await self.choose(text, "edit")
        await expect(self._box).to_have_value(text)
        await self.say(better)

    async def reply(self, text: str, answer: str) -> None:
        """Answer a message."""
        await self.choose(text, "reply")
        await self.say(answer)

    async def sees(self, text: str) -> None:
        """Wait until a message with this text, and nothing else, is on its page."""
        await expect(self.row(text)).to_have_count(1)
        await expect(self.row(text)).to_be_visible()

    async def misses(self, text: str) -> None:
        """Wait until no message has this text."""
        await expect(self.row(text)).to_have_count(0)

    async def received(self, text: str) -> None:
        """Wait until an own message is said to have arrived."""
        await expect(self.row(text).locator(".chat-msg__body--received")).to_have_count(1)

    async def mention(self, nick: str, words: str) -> None:
        """Name somebody with an @, as it is offered, and say something."""
        await self.begin(f"@{nick[:3]}")
        await expect(self.page.locator(".suggestion-box__results li", has_text=nick)).to_be_visible()
        await self._box.press("Tab")
        await expect(self._box).to_have_value(re.compile(rf"^@{nick} "))
        await self._box.press_sequentially(words)
        await self._box.press("Enter")

    def source(self, answer: str) -> Locator:
        """What an answer quotes."""
        return self.row(answer).locator(".chat-msg__reply-context")

    def reactions(self, text: str) -> Locator:
        """The reactions to a message."""
        return self.row(text).locator("converse-reactions")

    @property
    def pictures(self) -> Locator:
        """The pictures of others in the open chat."""
        return self.page.locator("converse-chat-message:visible .chat-msg__content--them .chat-image")

    def row(self, text: str) -> Locator:
        """The message with this text."""
        body = self.page.locator(".chat-msg__text", has_text=re.compile(rf"^\s*{re.escape(text)}\s*$"))
        return self.page.locator(".chat-msg", has=body)

    @property
    def _box(self) -> Locator:
        return self.page.locator("textarea.chat-textarea:visible")
