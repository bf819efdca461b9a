"""This room is about what one tells about oneself, at a real browser: card, picture, place."""

import io

import pytest
from PIL import Image
from playwright.async_api import FilePayload, expect

from tests.chromium.test_access import findings
from tests.lab.browser import WIDTHS
from tests.lab.fixtures import OpenPerson
from tests.lab.prosody import Lab


def photograph() -> bytes:
    """Broad: red on the left, blue on the right."""
    picture = Image.new("RGB", (800, 400), "red")
    picture.paste("blue", (400, 0, 800, 400))
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize("width", WIDTHS)
async def test_a_profile_is_told(prosody: Lab, person: OpenPerson, width: str) -> None:
    (romeo,) = prosody.add("romeo")
    his = await person(romeo, width=width)
    page = his.page
    await page.goto("/configuration/profile")
    file: FilePayload = {"name": "me.png", "mimeType": "image/png", "buffer": photograph()}
    await expect(page.locator("form[data-portrait][data-tended]")).to_be_attached()
    await page.get_by_label("New picture").set_input_files(file)
    crop = page.get_by_role("img", name="The part of the picture")
    await expect(crop).to_be_visible()
    for _ in range(12):
        await crop.press("ArrowRight")
    assert await findings(his) == []
    await page.get_by_role("button", name="Use this picture").click()
    await expect(page.locator(".saved")).to_be_visible()
    shown = page.locator("#portrait .avatar img")
    await expect(shown).to_have_js_property("naturalWidth", 192)
    data = await (await page.request.get(await shown.get_attribute("src") or "")).body()
    left = Image.open(io.BytesIO(data)).convert("RGB").getpixel((5, 96))
    assert isinstance(left, tuple)
    assert left[2] > 200 > 60 > left[0]
    for label, value in (("Name", "Romeo Montague"), ("Email", "romeo"), ("About", "In fair Verona")):
        await page.get_by_label(label, exact=True).fill(value)
    with his.refused():
        await page.get_by_role("button", name="Save").last.click()
        await expect(page.get_by_text("An email address looks like")).to_be_visible()
    await expect(page.get_by_label("About", exact=True)).to_have_value("In fair Verona")
    assert await findings(his) == []
    await page.get_by_label("Email", exact=True).fill("romeo@verona.example")
    await page.get_by_label("Everybody").check()
    await page.get_by_role("button", name="Save").last.click()
    await expect(page.locator(".saved")).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await page.get_by_label("New banner").set_input_files(file)
    await page.get_by_role("button", name="Use this banner").click()
    await expect(page.locator("#banner img")).to_have_js_property("naturalWidth", 800)
    await page.locator("#card").get_by_role("link", name="My profile").click()
    await expect(page.locator(".somebody .lines")).to_contain_text("Romeo Montague")
    await expect(page.locator(".who-card .banner")).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert await findings(his) == []
    await expect(page.locator(".note")).to_have_text("In fair Verona")


async def test_where_one_is(prosody: Lab, person: OpenPerson) -> None:
    (romeo,) = prosody.add("romeo")
    his = await person(romeo)
    page = his.page
    await page.context.grant_permissions(["geolocation"])
    await page.context.set_geolocation({"latitude": 45.4384, "longitude": 10.9917, "accuracy": 20})
    await page.goto("/location")
    entry = page.get_by_role("navigation", name="Main").get_by_role("link", name="Share your location")
    await entry.press("Enter")
    asked = page.get_by_role("dialog", name="Share your location?")
    await expect(asked).to_contain_text("until you stop sharing it")
    assert await findings(his) == []
    await page.keyboard.press("Escape")
    await expect(asked).to_have_count(0)
    await expect(page.locator("#own-place")).to_contain_text("Nobody sees where you are")
    await entry.click()
    await asked.get_by_label("Only roughly").check()
    await asked.get_by_role("button", name="Share").click()
    await expect(page.locator("#own-place")).to_contain_text("45.44000, 10.99000")
    await entry.click()
    await expect(page.locator("#own-place")).to_contain_text("Nobody sees where you are")
    await entry.click()
    await asked.get_by_role("button", name="Share").press("Enter")
    await expect(page.locator("#own-place")).to_contain_text("45.43840, 10.99170")
    await expect(page.locator("#own-sharing.on time")).to_be_attached()
    assert await findings(his) == []
    await entry.click()
    await expect(page.locator("#own-place")).to_contain_text("Nobody sees where you are")
    await expect(page.locator("#own-sharing.on")).to_have_count(0)
    await page.context.clear_permissions()
    await page.goto("/chats")
    await page.evaluate(
        "() => { navigator.geolocation.getCurrentPosition = (_, failed) => failed(new Error('no')); }"
    )
    await entry.click()
    await asked.get_by_role("button", name="Share").click()
    await expect(page.get_by_text("Your browser did not say where you are")).to_be_visible()
