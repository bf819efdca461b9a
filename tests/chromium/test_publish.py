"""This room writes posts: the sheet with scripts and without, its drafts, and whoever reads it."""

import re

import pytest
from playwright.async_api import Page, expect

from tests.chromium.test_access import findings
from tests.lab.browser import WIDTHS
from tests.lab.fixtures import OpenPerson
from tests.lab.prosody import Lab

COVERED = """(button) => {
  const { x, y, width, height } = button.getBoundingClientRect();
  return !button.contains(document.elementFromPoint(x + width / 2, y + height / 2));
}"""
NIGHT = "But, soft! what light through yonder window breaks?"


async def writes(page: Page, title: str, text: str) -> None:
    """Fill in the sheet."""
    await page.get_by_role("textbox", name="Title", exact=True).fill(title)
    await page.get_by_role("textbox", name="Text", exact=True).fill(text)


async def test_write_view_publish_and_be_read(prosody: Lab, person: OpenPerson) -> None:
    romeo, juliet = prosody.add("romeo", "juliet")
    his = await person(romeo, at="/publish")
    page = his.page
    await writes(page, "A walk at night", NIGHT)
    await page.get_by_role("textbox", name="Text", exact=True).press("ControlOrMeta+a")
    await page.get_by_role("button", name="Bold").click()
    await expect(page.locator("[data-state]")).to_have_text("Saved")
    await page.get_by_role("radio", name="Visible to everyone").check()
    await page.get_by_role("button", name="View", exact=True).click()
    await expect(page.locator(".publish-preview strong")).to_have_text(NIGHT)
    await expect(page.get_by_role("textbox", name="Title", exact=True)).to_be_hidden()
    await page.get_by_role("button", name="Go on writing").click()
    await page.get_by_role("button", name="Draw").click()
    await page.locator("dialog canvas").click(position={"x": 90, "y": 60})
    await page.get_by_role("button", name="Use this").click()
    await expect(page.locator(".publish-files li")).to_contain_text("drawing")
    await page.get_by_label("Description for those who do not see it").fill("A window")
    await expect(page.get_by_role("textbox", name="Text", exact=True)).to_have_value(f"**{NIGHT}**")
    await page.get_by_role("button", name="Publish", exact=True).click()
    await expect(page).to_have_url(re.compile("/posts/"))
    await expect(page.locator("article.post")).to_contain_text("A walk at night")
    await expect(page.get_by_role("img", name="A window")).to_be_visible()
    address = page.url
    hers = await person(juliet, at=address)
    await expect(hers.page.locator("article.post strong")).to_have_text(NIGHT)


async def test_without_scripts(prosody: Lab, person: OpenPerson) -> None:
    (romeo,) = prosody.add("romeo")
    his = await person(romeo, at="/publish", scripts=False)
    page = his.page
    await writes(page, "A walk at night", f"*{NIGHT}*")
    await page.get_by_role("button", name="View", exact=True).click()
    await expect(page.locator(".publish-preview em")).to_have_text(NIGHT)
    await page.get_by_role("button", name="Publish", exact=True).click()
    await expect(page.locator("article.post em")).to_have_text(NIGHT)
    await page.locator("article.post .deed-menu > summary").click()
    await page.get_by_role("link", name="Edit", exact=True).click()
    await expect(page.get_by_role("textbox", name="Text", exact=True)).to_have_value(f"*{NIGHT}*")


@pytest.mark.parametrize("width", WIDTHS)
async def test_a_draft_survives_and_axe_is_content(prosody: Lab, person: OpenPerson, width: str) -> None:
    (romeo,) = prosody.add("romeo")
    his = await person(romeo, at="/publish", width=width)
    page = his.page
    await writes(page, "A walk at night", NIGHT)
    await expect(page.locator("[data-state]")).to_have_text("Saved")
    await page.get_by_role("radio", name="Visible to everyone").check()
    # Also above the keyboard of a phone, however long the text is, the buttons are there.
    screen = page.viewport_size
    assert screen
    await page.set_viewport_size({"width": screen["width"], "height": 420})
    for name in ("View", "Publish"):
        button = page.get_by_role("button", name=name, exact=True)
        await expect(button).to_be_in_viewport(ratio=1)
        assert await button.evaluate(COVERED) is False
    await expect(page.locator(".publish-for:visible")).to_have_text("Visible to everyone")
    await page.set_viewport_size(screen)
    await page.reload()
    await expect(page.get_by_role("textbox", name="Text", exact=True)).to_have_value(NIGHT)
    assert not await findings(his)
    await page.goto("/publish/drafts")
    await expect(page.get_by_role("link", name="A walk at night")).to_be_visible()
    assert not await findings(his)
    wide = await page.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert not wide
