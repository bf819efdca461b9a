"""This room has a wide screen: columns and the list as one wants them, and habits of the keyboard."""

from playwright.async_api import Locator, expect

from tests.chromium.test_access import findings
from tests.lab.browser import Person
from tests.lab.fixtures import TwoTalking
from tests.lab.prosody import Account


async def width(column: Locator) -> float:
    """How wide something stands there."""
    box = await column.bounding_box()
    assert box is not None
    return box["width"]


async def test_10_17_33_37_columns_habits_and_filters(two_talking: TwoTalking) -> None:
    his, hers = await two_talking()
    page, box = his.page, his.composer
    column, edge = page.locator("#list"), page.get_by_role("separator", name="Width of the list of chats")
    await page.mouse.move(900, 300)
    await expect(edge).to_be_visible()
    assert await width(column) == 320
    await page.mouse.move(551, 300)
    await page.mouse.down()
    await page.mouse.move(431, 320, steps=2)
    await page.mouse.move(451, 320)
    await page.mouse.up()
    await expect(edge).to_have_attribute("aria-valuenow", "224")
    await edge.press("End")
    await expect(edge).to_have_attribute("aria-valuenow", "486")
    await edge.press("ArrowLeft")
    await expect(edge).to_have_attribute("aria-valuenow", "470")
    await his.visit(page.url)
    assert await width(column) == 470
    await page.mouse.move(900, 310)
    await page.mouse.move(600, 300)
    await edge.dblclick(position={"x": 4, "y": 300})
    await expect(edge).to_have_attribute("aria-valuenow", "320")
    assert await width(column) == 320

    await his.say("I lvoe thee")
    await hers.hears_body("I lvoe thee")
    await box.press_sequentially("s/lvoe/love/")
    offers = page.get_by_role("listbox", name="Suggestions")
    await expect(offers).to_contain_text("What you said last becomes: I love thee")
    await box.press("Enter")
    await his.sees("I love thee")
    await hers.hears_body("I love thee")
    await expect(box).to_have_value("")

    await his.log.evaluate("log => { log.scrollTop = 0; }")
    await page.get_by_role("link", name="Unread", exact=True).click()
    rows = page.locator(".conversation")
    await expect(rows).to_have_count(1)
    await page.evaluate("Object.defineProperty(document, 'hasFocus', { value: () => false })")
    id = hers.send(his.account.jid, "Good night")
    await expect(page.locator(".conversation.unread")).to_be_visible()
    await box.focus()
    await box.press("Escape")
    await hers.hears_displayed(id)
    await expect(page.locator(".conversation.unread")).to_have_count(0)
    await page.get_by_role("link", name="Rooms", exact=True).click()
    none = page.get_by_text("You are in no room yet.")
    await expect(none).to_be_visible()
    # It stands below the ways to narrow the list down, and what begins a chat keeps its place at the foot.
    said, begin = await none.bounding_box(), await page.get_by_title("New chat or room").bounding_box()
    assert said is not None
    assert begin is not None
    assert said["y"] < 200 < 600 < begin["y"]
    assert await findings(his) == []

    await looks_for(his, hers.account)


async def looks_for(his: Person, hers: Account) -> None:
    """The box of the search completes a filter, and whom it is about."""
    page, offers = his.page, his.page.get_by_role("listbox", name="Suggestions")
    await his.visit("/search")
    search = page.locator("#search-box")
    await search.press_sequentially("fr")
    await expect(offers.get_by_role("option")).to_have_text(["from:Who said it"])
    await search.press("ArrowDown")
    await search.press("Enter")
    await expect(search).to_have_value("from:")
    await search.press_sequentially("juli")
    await expect(offers.get_by_role("option")).to_have_count(1)
    assert await findings(his) == []
    await search.press("ArrowDown")
    await search.press("Tab")
    await expect(search).to_have_value(f"from:{hers.jid} ")
    await expect(page.locator("#results mark, #results .found a").first).to_contain_text("Good night")
