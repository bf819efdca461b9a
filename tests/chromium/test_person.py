"""This room is about people at a real browser: the page about somebody, how one shows oneself, blocking."""

import base64
import hashlib
import io
import re

import pytest
from PIL import Image
from playwright.async_api import expect

from tests.chromium.test_access import findings
from tests.lab.browser import WIDTHS, Person
from tests.lab.fixtures import OpenPeer, OpenPerson
from tests.lab.peer import Peer
from tests.lab.prosody import Account, Lab

PUBSUB = "http://jabber.org/protocol/pubsub"
METADATA = "urn:xmpp:avatar:metadata"
CARD = (
    (
        "<vcard xmlns='urn:ietf:params:xml:ns:vcard-4.0'><fn><text>Juliet Capulet</text></fn>"
        "<bday><date>1595-08-01</date></bday><url><uri>https://capulet.example/</uri></url>"
        "<email><text>juliet@mail.example</text></email><adr><locality>Verona</locality></adr>"
        "<note><text>Ay me! <script>alert(1)</script></text></note></vcard>"
    )
    .replace("<script>", "&lt;script&gt;")
    .replace("</script>", "&lt;/script&gt;")
)


async def publish(peer: Peer, node: str, item: str, content: str) -> None:
    """Put something into a node of theirs."""
    inside = f"<publish node='{node}'><item id='{item}'>{content}</item></publish>"
    answer = await peer.ask("set", f"<pubsub xmlns='{PUBSUB}'>{inside}</pubsub>")
    assert answer.get("type") == "result"


async def draw_herself(peer: Peer) -> str:
    """Publish a picture; its hash."""
    out = io.BytesIO()
    Image.effect_mandelbrot((160, 160), (-2, -1.5, 1, 1.5), 60).convert("RGB").save(out, "PNG")
    data = out.getvalue()
    sha1 = hashlib.sha1(data, usedforsecurity=False).hexdigest()
    packed = base64.b64encode(data).decode()
    await publish(peer, "urn:xmpp:avatar:data", sha1, f"<data xmlns='urn:xmpp:avatar:data'>{packed}</data>")
    info = f"<info id='{sha1}' bytes='{len(data)}' type='image/png' width='160' height='160'/>"
    await publish(peer, METADATA, sha1, f"<metadata xmlns='{METADATA}'>{info}</metadata>")
    return sha1


async def open_menu(person: Person) -> None:
    """The menu of the own name."""
    await person.page.locator("details.me summary").click()
    await expect(person.page.get_by_label("Shown as")).to_be_visible()


@pytest.mark.parametrize("width", WIDTHS)
async def test_the_page_about_somebody(prosody: Lab, peer: OpenPeer, person: OpenPerson, width: str) -> None:
    romeo, juliet = prosody.add("romeo", "juliet")
    hers = await peer(juliet)
    sha1 = await draw_herself(hers)
    await publish(hers, "urn:xmpp:vcard4", "current", CARD)
    hers.available("away", "On the balcony")
    his = await person(romeo, at=juliet, width=width)
    picture = his.page.locator(f"header.head img[src$='{sha1}']")
    await expect(picture).to_be_visible()
    await expect(picture).to_have_js_property("naturalWidth", 160)
    await his.page.get_by_role("heading", level=1).get_by_role("link").focus()
    await his.page.keyboard.press("Enter")
    await expect(his.page.locator(".who-card")).to_contain_text("On the balcony")
    facts = his.page.locator("dl.facts")
    await expect(his.page.locator(".somebody .lines")).to_contain_text("Juliet Capulet")
    await expect(facts.get_by_role("link", name="https://capulet.example/")).to_be_visible()
    await expect(his.page.locator(".note")).to_have_text("Ay me! <script>alert(1)</script>")
    assert await findings(his) == []
    assert await his.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    hers.available("dnd", "Busy")
    await expect(his.page.locator(".who-card")).to_contain_text("Do not disturb · Busy")
    await his.page.locator(".fold > summary").press("Enter")
    assert await findings(his) == []
    field = his.page.get_by_label("Name", exact=True)
    await field.fill("My sun")
    await field.press("Enter")
    await expect(his.page.get_by_role("heading", level=1)).to_have_text("My sun")
    # The stream may bring the name before the form's answer, the page anew, takes the focus.
    await expect(his.page.locator("#main:focus, h1:focus")).to_be_visible()
    await his.page.get_by_role("button", name="Stop being seen").press("Enter")
    await expect(his.page.locator("#sights")).to_contain_text("They do not see when you are online.")
    assert await hers.sees(romeo.jid, "unsubscribed")


async def test_how_one_shows_oneself(prosody: Lab, peer: OpenPeer, person: OpenPerson) -> None:
    romeo, juliet = prosody.add("romeo", "juliet")
    hers = await peer(juliet)
    his = await person(romeo, at=juliet)
    await open_menu(his)
    assert await findings(his) == []
    await his.page.get_by_label("Shown as").select_option(label="Do not disturb")
    await his.page.get_by_label("Status").fill("Fencing with Tybalt")
    await his.page.get_by_label("Status").press("Enter")
    await expect(his.page.locator(".toast")).to_contain_text("Others see it now.")
    await hers.sees(romeo.jid, show="dnd", status="Fencing with Tybalt")
    await expect(his.page.locator("#own-face .presence.dnd")).to_be_attached()
    other = await his.tab()
    await other.page.goto("/chats")
    await open_menu(other)
    await expect(other.page.get_by_label("Status")).to_have_value("Fencing with Tybalt")


async def test_blocked_and_heard_again(prosody: Lab, peer: OpenPeer, person: OpenPerson) -> None:
    (romeo,), (tybalt,) = prosody.add("romeo"), prosody.add("tybalt")
    theirs = await peer(tybalt)
    his = await person(romeo, at=tybalt)
    theirs.send(romeo.jid, "I hate the word")
    await his.sees("I hate the word")
    theirs.presence(romeo.jid, "subscribe")
    request = his.page.locator("#requests li")
    await expect(request).to_contain_text(tybalt.jid)
    await his.page.locator("header.head .more > summary").click()
    await his.page.locator("header.head").get_by_role("button", name="Block", exact=True).click()
    notice = his.page.locator("header.head .offer")
    await expect(notice).to_contain_text("You have blocked this address")
    await expect(request).to_have_count(0)
    theirs.send(romeo.jid, "Thou art a villain")
    await theirs.hears(lambda one: one.error)
    await notice.get_by_role("button", name="Unblock").click()
    await expect(notice.get_by_role("button", name="Add to contacts")).to_be_visible()
    theirs.send(romeo.jid, "Turn and draw")
    await his.sees("Turn and draw")
    await expect(his.message("Thou art a villain")).to_have_count(0)


@pytest.mark.parametrize("width", WIDTHS)
async def test_58_59_a_report(prosody: Lab, person: OpenPerson, width: str) -> None:
    (romeo,), (tybalt,) = prosody.add("romeo"), prosody.add("tybalt")
    his = await person(romeo, width=width)
    await his.page.goto(f"/people/{tybalt.jid}")
    await his.page.locator(".fold > summary").click()
    await his.page.get_by_role("link", name="Report spam or abuse").click()
    await expect(his.page.get_by_role("heading", level=1)).to_have_text("Report spam or abuse")
    assert await findings(his) == []
    await his.page.get_by_role("button", name=re.compile("[Bb]lock")).click()
    await expect(his.page.locator(".somebody")).to_contain_text("You have blocked this address")
    assert await findings(his) == []


async def _request(theirs: Peer, romeo: Account) -> None:
    theirs.presence(romeo.jid, "subscribe")
    await theirs.round_trip()


async def test_without_scripts(prosody: Lab, peer: OpenPeer, person: OpenPerson) -> None:
    (romeo,), (juliet,) = prosody.add("romeo"), prosody.add("juliet")
    hers = await peer(juliet)
    await _request(hers, romeo)
    his = await person(romeo, scripts=False)
    await his.reloads_until(his.page.locator("#requests li"))
    await his.page.locator("#requests a").click()
    await his.page.get_by_role("button", name="Accept without asking back").click()
    assert await hers.sees(romeo.jid, "subscribed")
    await his.page.goto(f"/people/{juliet.jid}")
    fold = his.page.locator(".fold > summary")
    await fold.click()
    await his.page.get_by_role("button", name="Ask to see them").click()
    assert await hers.sees(romeo.jid, "subscribe")
    await fold.click()
    await his.page.get_by_label("Name", exact=True).fill("My sun")
    await his.page.get_by_label("Groups").fill("Verona")
    await his.page.get_by_role("button", name="Save").last.click()
    await his.reloads_until(his.page.get_by_role("heading", level=1, name="My sun"))
    # After saving the fold is open, so that one sees that it was.
    await his.page.get_by_role("button", name="Block", exact=True).click()
    await his.page.get_by_role("button", name="Unblock").click()
    await fold.click()
    await expect(his.page.get_by_role("button", name="Block", exact=True)).to_be_visible()
    await open_menu(his)
    await his.page.get_by_label("Shown as").select_option(label="Away")
    await his.page.locator("form.own-presence button").click()
    await expect(his.page.locator(".somebody")).to_contain_text("This is you")
    await hers.sees(romeo.jid, show="away")
