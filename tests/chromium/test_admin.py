"""This room is about reports, and about who runs the site, at a real browser."""

import pytest
from playwright.async_api import expect

from tests.chromium.test_access import findings
from tests.lab.browser import WIDTHS, Person
from tests.lab.fixtures import OpenPeer, OpenPerson
from tests.lab.prosody import Lab


async def looked_at(person: Person, width: str) -> list[str]:
    """Whether the page fits its screen, and what axe finds where this is the width whose turn it is."""
    fits = await person.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    found = await findings(person) if person.touch == (width == "phone") else []
    return [*found, *([] if fits else [f"{person.page.url} is too wide"])]


@pytest.mark.parametrize("width", WIDTHS)
async def test_a_report_reaches_who_runs_the_site(
    prosody: Lab, peer: OpenPeer, person: OpenPerson, width: str
) -> None:
    (friar,) = prosody.add("friar", exact=True)
    juliet, tybalt = prosody.add("juliet", "tybalt")
    his = await person(friar, at="/admin", width=width)
    page = his.page
    report = page.locator("#admin-reports li", has_text=tybalt.jid)
    await expect(page.get_by_role("heading", level=1)).to_have_text("Run this site")
    await page.get_by_label("Address or domain").fill("somebody@")
    villain = await peer(tybalt)
    hers = await person(juliet, at=tybalt, width=width)
    villain.send(juliet.jid, "Thou wretched boy")
    row = await hers.sees("Thou wretched boy")
    assert (await hers.page.request.get(f"{hers.site.url}/admin")).status == 404
    message = str(await row.locator(".more").get_attribute("href"))
    await hers.page.goto(f"{hers.site.url}{message}")
    await hers.page.get_by_role("link", name="Report…").click()
    await hers.page.get_by_label("In your words").fill("He threatens people")
    await hers.page.get_by_label("Abuse").check()
    found = await looked_at(hers, "desk")
    await hers.page.get_by_role("button", name="Report").click()
    await expect(hers.page.locator("main p[role=status]")).to_contain_text("Nobody else was told.")
    # Neither the report nor who came was there when the page was opened, and what was typed stays.
    await expect(report).to_contain_text("Thou wretched boy")
    await expect(report).to_contain_text("He threatens people")
    await expect(page.locator("#admin-people li", has_text=juliet.jid)).to_contain_text("1 open tab")
    await expect(page.get_by_label("Address or domain")).to_have_value("somebody@")
    found += await looked_at(his, "phone")
    await report.get_by_role("link", name="Block").click()
    await expect(page.get_by_label("Also show nobody")).to_be_checked()
    await page.get_by_role("button", name="Block").click()
    await expect(report).to_have_count(0)
    blocked = page.locator("#admin-blocks li", has_text=tybalt.jid)
    await blocked.get_by_role("button", name="Allow again").click()
    await expect(blocked).to_have_count(0)
    await page.get_by_role("searchbox").fill(juliet.jid)
    await page.get_by_role("searchbox").press("Enter")
    await expect(page.locator("#admin-people li")).to_have_count(1)
    await page.get_by_role("link", name=f"End: {juliet.jid}").click()
    await page.get_by_role("button", name="End sessions").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Run this site")
    await hers.page.goto(f"{hers.site.url}/chats")
    await expect(hers.page.get_by_role("button", name="Log in")).to_be_visible()
    assert found == []
