"""This room is about commands and the blocked at a real browser."""

import pytest
from playwright.async_api import expect

from tests.chromium.test_access import findings
from tests.lab.browser import WIDTHS, Person
from tests.lab.commands import offer_greeting
from tests.lab.fixtures import OpenPeer, OpenPerson
from tests.lab.prosody import Lab


async def looked_at(person: Person, width: str) -> list[str]:
    """What axe finds on the page, where this is the width whose turn it is: each page is looked at once."""
    return await findings(person) if person.touch == (width == "phone") else []


@pytest.mark.parametrize("width", WIDTHS)
async def test_a_command_and_the_blocked(
    prosody: Lab, peer: OpenPeer, person: OpenPerson, width: str
) -> None:
    romeo, juliet = prosody.add("romeo", "juliet")
    where = offer_greeting(await peer(juliet))
    his = await person(romeo, at=juliet, width=width)
    page = his.page
    await page.goto(f"{his.site.url}/configuration/actions")
    await expect(page.locator("#uptime")).to_contain_text("Up for")
    found = await looked_at(his, "phone")
    await page.get_by_label("Commands of another address").fill(where)
    await page.get_by_role("button", name="Show its commands").click()
    await page.get_by_role("button", name="Greet somebody").click()
    await expect(page.get_by_role("heading", name="Whom?")).to_be_visible()
    await page.get_by_label("Name", exact=True).fill("Mercutio")
    await page.get_by_label("Loud").uncheck()
    found += await looked_at(his, "desk")
    await page.get_by_label("Name", exact=True).press("Enter")
    await page.get_by_label("Tone").select_option("Rude")
    await page.get_by_role("button", name="Finish").click()
    await expect(page.get_by_role("heading", name="Done")).to_be_visible()
    await expect(page.locator("tbody tr")).to_have_text("Mercutio rude, quietly")
    found += await looked_at(his, "phone")
    await page.goto(f"{his.site.url}/configuration/actions/server")
    await expect(page.locator(".features .missing")).not_to_have_count(0)
    found += await looked_at(his, "desk")
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await page.goto(f"{his.site.url}/configuration/blocked")
    await page.get_by_label("Block an address").fill(juliet.jid)
    await page.get_by_role("button", name="Block", exact=True).click()
    row = page.locator("#blocked li")
    await expect(row).to_contain_text("Juliet")
    found += await looked_at(his, "phone")
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    phone = await peer(romeo, "phone")
    await phone.ask("set", "<block xmlns='urn:xmpp:blocking'><item jid='evil.example'/></block>")
    await expect(row).to_have_count(2)
    await row.filter(has_text="Juliet").get_by_role("button").click()
    await expect(row).to_have_count(1)
    await expect(row).to_contain_text("evil.example")
    assert found == []
