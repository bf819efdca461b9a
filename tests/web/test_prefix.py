"""A site below a path: every address on every page begins with it."""

import re
from pathlib import Path

import pytest

from tests.web.site import BASE, running
from webchat.app import SLICES
from webchat.xmpp.events import RosterItem, RosterReceived

JULIET = "juliet@example.net"
ADDRESS = re.compile(r'\s(?:href|src|action|hx-get|hx-post|hx-sse:connect)="([^"#][^"]*)"')
PAGES = ("/chats", f"/chats/{JULIET}", "/configuration/account", "/configuration/preferences", "/nowhere")


@pytest.mark.parametrize("path", PAGES)
async def test_no_address_forgets_the_prefix(tmp_path: Path, path: str) -> None:
    async with running(tmp_path, SLICES, base_url=f"{BASE}/talk") as site:
        browser, me = await site.signed_in()
        await me.session.inbox.handled(RosterReceived((RosterItem(JULIET, "Juliet", "both"),)))
        text = {"message_id": "5f0c9c5e-0d0e-4f5e-9d0c-0a5b6c7d8e9f", "text": "Soft!", "draft_version": "0"}
        async with browser:
            sent = await browser.post(f"{BASE}/talk/conversations/{JULIET}/messages", data=text)
            page = await browser.get(f"{BASE}/talk{path}")
    assert sent.headers["location"].startswith("/talk/chats/")
    addresses = ADDRESS.findall(page.text)
    assert len(addresses) > 5
    assert [one for one in addresses if not one.startswith("/talk/")] == []


async def test_configuration_leads_to_its_first_page(tmp_path: Path) -> None:
    async with running(tmp_path, SLICES, base_url=f"{BASE}/talk") as site:
        browser, _ = await site.signed_in()
        async with browser:
            answer = await browser.get(f"{BASE}/talk/configuration")
    assert (answer.status_code, answer.headers["location"]) == (303, "/talk/configuration/preferences")
