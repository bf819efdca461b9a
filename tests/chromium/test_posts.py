"""This room lets Romeo read a post of Juliet's, like it, speak about it, hear her answer, at both widths."""

import secrets
from datetime import UTC, datetime

import pytest
from playwright.async_api import Page, expect

from tests.chromium.test_access import findings
from tests.lab.browser import WIDTHS
from tests.lab.fixtures import OpenPeer, OpenPerson
from tests.lab.peer import Peer
from tests.lab.prosody import Lab

PUBSUB = "http://jabber.org/protocol/pubsub"
MICROBLOG = "urn:xmpp:microblog:0"
DATE = "2026-02-01T10:00:00Z"


def entry(title: str, inside: str = "") -> str:
    """An Atom entry as other programs write it."""
    return (
        f"<entry xmlns='http://www.w3.org/2005/Atom'><title>{title}</title><id>urn:x:{secrets.token_hex(4)}</id>"
        f"<updated>{DATE}</updated><published>{DATE}</published>{inside}</entry>"
    )


async def put(peer: Peer, to: str, node: str, item: str, payload: str) -> None:
    """Publish an item."""
    await peer.ask(
        "set",
        f"<pubsub xmlns='{PUBSUB}'><publish node='{node}'>"
        f"<item id='{item}'>{payload}</item></publish></pubsub>",
        to,
    )


async def talked_about(peer: Peer, service: str, item: str) -> str:
    """A node for comments at a service, as Movim makes it; its name."""
    node = f"{MICROBLOG}:comments/{item}"
    fields = {"access_model": "open", "publish_model": "open", "persist_items": "true"}
    form = "".join(
        f"<field var='pubsub#{name}'><value>{value}</value></field>" for name, value in fields.items()
    )
    await peer.ask(
        "set",
        f"<pubsub xmlns='{PUBSUB}'><create node='{node}'/><configure><x xmlns='jabber:x:data' type='submit'>"
        "<field var='FORM_TYPE' type='hidden'><value>http://jabber.org/protocol/pubsub#node_config</value></field>"
        f"{form}</x></configure></pubsub>",
        service,
    )
    return node


async def comes_and_goes(page: Page, hers: Peer, service: str, node: str) -> None:
    """He follows nothing there: the open page hears of a comment all the same, and reads it out."""
    moment = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    await put(hers, service, node, "early", entry("Deny thy father").replace(DATE, moment))
    await expect(page.locator(".comments .body")).to_have_text(["Deny thy father"])
    await expect(page.locator("#announcer")).to_contain_text("Deny thy father")
    gone = f"<retract node='{node}' notify='1'><item id='early'/></retract>"
    await hers.ask("set", f"<pubsub xmlns='{PUBSUB}'>{gone}</pubsub>", service)
    await expect(page.locator(".comments")).to_have_count(0)


async def deletes_after_all(page: Page) -> None:
    """His comment: once by mistake."""
    await page.get_by_role("button", name="Delete this comment").click()
    await page.get_by_role("button", name="Undo").click()
    await expect(page.locator(".comments .body")).to_have_count(2)
    await page.get_by_role("button", name="Delete this comment").click()
    await expect(page.locator(".comments .body")).to_have_text(["Doff thy name"])


@pytest.mark.parametrize("width", WIDTHS)
async def test_read_like_comment_and_answer(
    prosody: Lab, peer: OpenPeer, person: OpenPerson, width: str
) -> None:
    romeo, juliet = prosody.add("romeo", "juliet")
    prosody.befriend(romeo, [juliet])
    prosody.befriend(juliet, [romeo])
    hers = await peer(juliet)
    item = f"rose-{secrets.token_hex(4)}"
    service = f"comments.{juliet.jid.partition('@')[2]}"
    node = await talked_about(hers, service, item)
    link = f"<link rel='replies' title='comments' href='xmpp:{service}?;node={node}'/>"
    body = (
        "<content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>"
        "<p>By any <em>other</em> name</p></div></content><category term='names'/>"
    )
    await put(hers, "", MICROBLOG, item, entry("A rose", link + body))
    his = await person(romeo, at=f"/posts/{juliet.jid}/{MICROBLOG}/{item}", width=width)
    page = his.page
    await expect(page.get_by_role("heading", level=1)).to_have_text("A rose")
    await expect(page.locator(".prose em")).to_have_text("other")
    await comes_and_goes(page, hers, service, node)
    await page.get_by_role("button", name="Like").click()
    await expect(page.get_by_role("button", name="Like")).to_have_attribute("aria-pressed", "true")
    await expect(page.locator(".likers")).to_contain_text("you")
    await page.get_by_role("textbox", name="Comment").fill("Would smell as <b>sweet</b>")
    await page.get_by_role("button", name="Send comment").click()
    await expect(page.locator(".comments .body")).to_have_text(["Would smell as <b>sweet</b>"])
    await expect(page.get_by_role("textbox", name="Comment")).to_have_value("")
    await page.get_by_role("textbox", name="Comment").fill("Half a sent")
    mine = await page.locator(".comments > li").get_attribute("id")
    to = await his.page.locator(".comments .at").get_attribute("href")
    assert to
    assert to.endswith(f"#{mine}")
    await put(hers, service, node, "answer", entry("Doff thy name"))
    await expect(page.locator(".comments .body")).to_have_count(2)
    await expect(page.locator(".comments")).to_contain_text("Doff thy name")
    await expect(page.get_by_role("textbox", name="Comment")).to_have_value("Half a sent")
    await put(hers, "", MICROBLOG, item, entry("A rose is a rose", link + body))
    await expect(page.get_by_role("heading", level=1)).to_have_text("A rose is a rose")
    assert not await findings(his)
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await deletes_after_all(page)
    await page.get_by_role("button", name="Like").click()
    await expect(page.locator(".likers")).to_have_count(0)
    await page.get_by_role("link", name="Send to a chat").click()
    await page.get_by_role("textbox", name="Another address").fill(juliet.jid)
    await page.get_by_role("button", name="Send", exact=True).click()
    card = page.locator(".link-card.shared")
    await expect(card.locator(".title")).to_have_text("A rose is a rose")
    await hers.hears_body(f"xmpp:{juliet.jid}?;node={MICROBLOG};item={item}")
    assert not await findings(his)
    await card.click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("A rose is a rose")
    # What was typed before stands there again.
    await expect(page.get_by_role("textbox", name="Comment")).to_have_value("Half a sent")
