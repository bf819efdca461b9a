"""This room lets people open a community, follow it, write into it, and keep it tidy."""

import re

from playwright.async_api import expect

from tests.chromium.test_access import findings
from tests.lab.browser import Person
from tests.lab.fixtures import OpenPerson
from tests.lab.prosody import Lab
from tests.lab.social import opens


async def writes(person: Person, title: str) -> None:
    """Publish from the page of a community."""
    await person.page.locator(".community-head").get_by_role("link", name="Publish").click()
    await person.page.get_by_role("textbox", name="Title").fill(title)
    await person.page.get_by_role("button", name="Publish", exact=True).click()
    await expect(person.page.get_by_role("heading", name=title)).to_be_visible()


async def test_a_community_from_its_form_to_a_post_that_its_owner_removes(
    prosody: Lab, person: OpenPerson
) -> None:
    romeo, juliet = prosody.add("romeo", "juliet")
    his, hers = await person(romeo), await person(juliet, width="phone")
    address = await opens(his)
    await hers.page.goto(address)
    await hers.page.get_by_role("button", name=re.compile("^Follow ")).click()
    ways = hers.page.locator(".ways-to-follow")
    await ways.get_by_text("Following", exact=True).click()
    assert await hers.page.evaluate("document.querySelector('main').scrollWidth <= innerWidth")
    await ways.get_by_role("button", name="Show it to everybody").click()
    await expect(ways.get_by_text("Keep it to myself")).to_be_attached()
    await ways.get_by_text("Following", exact=True).click()
    await ways.get_by_role("button", name="Keep it to myself").click()
    await expect(ways.get_by_text("Show it to everybody")).to_be_attached()
    await ways.get_by_text("Following", exact=True).click()
    await expect(ways.get_by_role("button", name=re.compile("^Unfollow"))).to_be_visible()
    await hers.page.keyboard.press("Escape")
    assert await findings(hers) == []
    await his.settled()
    await writes(hers, "That which we call a rose")
    # He looks at the page meanwhile, and nothing jumps.
    await his.page.get_by_role("link", name="Show new posts").click()
    await his.page.get_by_role("link", name="That which we call a rose", exact=True).click()
    await his.page.locator("article.post .deed-menu > summary").click()
    await his.page.locator("article.post").get_by_role("link", name="Delete").click()
    await his.page.get_by_role("button", name="Delete", exact=True).click()
    await expect(his.page.get_by_text("It goes by itself")).to_be_visible()
    await his.page.get_by_role("link", name="Go on reading").click()
    await expect(his.page).to_have_url(address)
    await expect(his.page.get_by_text("Nobody has written here yet. Be the first.")).to_be_visible()
    assert await findings(his) == []
    # She was there all the time: what he has taken back goes from under her eyes.
    await expect(hers.page.get_by_text("That which we call a rose")).to_have_count(0)
    await expect(hers.page.get_by_text("This post has been taken back.")).to_be_visible()
    like = hers.page.locator(".post-talk > .deeds")
    await expect(like).to_be_attached()
    await expect(like).to_be_hidden()
    await hers.page.goto(address)
    await expect(hers.page.get_by_text("Nobody has written here yet. Be the first.")).to_be_visible()


async def test_communities_without_scripts(prosody: Lab, person: OpenPerson) -> None:
    romeo, juliet = prosody.add("romeo", "juliet")
    his = await person(romeo, scripts=False)
    address = await opens(his)
    page = his.page
    await page.get_by_role("link", name="Configure", exact=True).click()
    await page.get_by_role("textbox", name="Name").fill("Thorns")
    await page.get_by_role("radio", name="Only those whom its owners choose").check()
    await page.get_by_role("button", name="Save").click()
    await expect(page.locator(".saved")).to_be_visible()
    await page.goto(f"{address}/roles")
    await page.get_by_role("textbox", name="Address").fill(juliet.jid)
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("region", name="Publishers")).to_contain_text(juliet.jid)
    await page.goto(f"{address}/delete")
    await page.get_by_role("checkbox").check()
    await page.get_by_role("button", name="Delete the community").click()
    await expect(page.get_by_role("link", name="All communities")).to_be_visible()
    await expect(page.get_by_text("Thorns")).to_have_count(0)
