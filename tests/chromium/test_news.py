"""This room reads: following somebody from their page, what arrives while one looks, plain pages, a phone."""

import re

from playwright.async_api import expect

from tests.chromium.test_access import findings
from tests.lab.browser import Person
from tests.lab.fixtures import OpenPerson
from tests.lab.prosody import Lab


async def publishes(person: Person, title: str) -> None:
    """Write something for everybody."""
    page = person.page
    await page.goto("/publish")
    await page.get_by_role("radio", name="Visible to everyone").check()
    await page.get_by_role("textbox", name="Title", exact=True).fill(title)
    await page.get_by_role("textbox", name="Text", exact=True).fill("But, soft!")
    await page.get_by_role("button", name="Publish", exact=True).click()
    await expect(page).to_have_url(re.compile("/posts/"))


async def test_follow_somebody_and_read_what_they_write(prosody: Lab, person: OpenPerson) -> None:
    romeo, juliet = prosody.add("romeo", "juliet")
    hers = await person(juliet, at="/publish")
    await publishes(hers, "It is the east")
    his = await person(romeo, at="/news")
    page = his.page
    await expect(page.get_by_role("heading", level=1)).to_have_text("News")
    await page.goto(f"/nodes/{juliet.jid}/urn:xmpp:microblog:0/subscription")
    await page.get_by_role("main").get_by_role("button", name="Follow", exact=True).click()
    await expect(page).to_have_url(re.compile(f"/people/{juliet.jid}"))
    await page.get_by_role("link", name="News").click()
    await expect(page.get_by_role("link", name="It is the east", exact=True)).to_be_visible()
    await his.settled()
    await publishes(hers, "And Juliet is the sun")
    pill = page.get_by_role("link", name="1 new post")
    await expect(pill).to_be_visible()
    await expect(page.get_by_role("link", name="And Juliet is the sun", exact=True)).to_have_count(0)
    await pill.click()
    await expect(page.get_by_role("link", name="And Juliet is the sun", exact=True)).to_be_visible()
    await expect(page.get_by_text("You have seen the rest")).to_be_visible()
    await his.settled()
    first = page.locator("[role=feed] article").first
    await expect(first).to_have_attribute("aria-posinset", "1")
    await page.keyboard.press("j")
    await expect(first).to_be_focused()
    await page.keyboard.press("l")
    await expect(first.locator(".like.on")).to_be_visible()
    await page.keyboard.press("j")
    await expect(page.locator("[aria-posinset='2']")).to_be_focused()
    await page.keyboard.press("k")
    await page.keyboard.press("r")
    await expect(page.locator("#comment-text")).to_be_focused()
    await page.keyboard.press("j")
    await expect(page.locator("#comment-text")).to_have_value("j")
    await page.goto("/search")
    await page.get_by_role("searchbox", name="Search").press_sequentially("juliet su", delay=10)
    found = page.get_by_role("list", name="Posts").get_by_role("link")
    await expect(found.locator(".title mark")).to_have_text(["Juliet", "sun"])
    assert await findings(his) == []
    await found.click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("And Juliet is the sun")
    await page.goto("/news")
    await page.get_by_role("link", name="Communities", exact=True).click()
    await expect(page.locator(".reading-list article")).to_have_count(0)
    await expect(page.get_by_role("heading", name="Others on your server")).to_be_visible()
    await page.goto("/subscriptions")
    await page.get_by_role("button", name="Unfollow").click()
    await expect(page.get_by_text("You do not follow anybody yet.")).to_be_visible()


async def test_reading_without_scripts_and_on_a_phone(prosody: Lab, person: OpenPerson) -> None:
    romeo, juliet = prosody.add("romeo", "juliet")
    hers = await person(juliet, at="/publish", width="phone")
    await publishes(hers, "It is the east")
    for path in ("/news", "/explore", "/subscriptions"):
        await hers.page.goto(path)
        assert await findings(hers) == [], path
    his = await person(romeo, at=f"/nodes/{juliet.jid}/urn:xmpp:microblog:0/subscription", scripts=False)
    await his.page.get_by_role("textbox", name="Label").fill("My sun")
    await his.page.get_by_role("button", name="Follow", exact=True).click()
    await his.page.goto("/subscriptions")
    await expect(his.page.get_by_role("main").get_by_role("link", name="My sun", exact=True)).to_be_visible()
    await his.page.goto("/news")
    await expect(his.page.locator(".reading-list article h2")).to_have_text("It is the east")
