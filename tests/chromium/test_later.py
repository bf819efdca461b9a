"""Hands: a message that is sent later, from the button beside Send to the list it waits in."""

from playwright.async_api import expect

from tests.lab.fixtures import TwoTalking


async def test_a_message_waits_and_is_written_anew(two_talking: TwoTalking) -> None:
    """By keys alone; the line tells the page, the box is empty, and nothing is heard before its time."""
    his, hers = await two_talking()
    page, box = his.page, his.composer
    await box.fill("But soft!")
    await page.get_by_role("button", name="Later").press("Enter")
    menu = page.get_by_role("dialog", name="Send later")
    await expect(menu.get_by_role("button").first).to_be_focused()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("ArrowUp")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("1 message waits to be sent later")).to_be_visible()
    await expect(box).to_have_value("")
    await expect(box).to_be_focused()
    await page.get_by_text("1 message waits to be sent later").click()
    await page.get_by_role("link", name="Edit").click()
    await expect(box).to_have_value("But soft!")
    await box.fill("But soft! What light?")
    await box.press("Enter")
    await expect(box).to_have_value("")
    await page.get_by_text("1 message waits to be sent later").click()
    await expect(page.get_by_text("But soft! What light?")).to_be_visible()
    await page.get_by_role("button", name="Send now").click()
    await expect(page.get_by_text("Nothing waits to be sent.")).to_be_visible()
    await hers.hears_body("But soft! What light?")
