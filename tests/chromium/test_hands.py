"""This room has hands: what one does with a message and in the text box, by mouse, keyboard and finger."""

import asyncio
import contextlib
import re

import pytest
from playwright.async_api import Locator, Route, TimeoutError, expect

from tests.chromium.test_access import findings
from tests.lab.browser import WIDTHS, Person
from tests.lab.fixtures import TwoTalking
from tests.media.samples import picture

CODE = "Look:\n```\nlet wings = night();\n```"


async def long_press(person: Person, on: Locator) -> None:
    """A finger rests on something until a menu comes."""
    # While its row is drawn again it stands nowhere.
    while (box := await on.bounding_box()) is None:
        await expect(on).to_be_visible()
    devtools = await person.context.new_cdp_session(person.page)
    point = {"x": box["x"] + 8, "y": box["y"] + 8}
    await devtools.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [point]})
    await expect(person.page.get_by_role("dialog")).to_be_visible()
    await devtools.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


async def swipe(person: Person, on: Locator) -> None:
    """A finger pushes something to the right."""
    box = await on.bounding_box()
    assert box is not None
    devtools = await person.context.new_cdp_session(person.page)
    y = box["y"] + 8
    for kind, by in (("touchStart", 0), *(("touchMove", 15 * step) for step in range(1, 6))):
        point = {"x": box["x"] + 8 + by, "y": y}
        await devtools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [point]})
    await devtools.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


async def use(row: Locator, name: str) -> None:
    """One of the tools that stand in a row under the pointer."""
    tool = row.get_by_role("button", name=name)
    for _ in range(4):
        # A row that has moved away from under the pointer is looked for again.
        await row.locator(".body").hover()
        with contextlib.suppress(TimeoutError):
            return await tool.click(timeout=3_000)
    raise AssertionError(f"there was no tool {name}")


async def test_04_marks_around_what_is_selected_and_undo(two_talking: TwoTalking) -> None:
    his, hers = await two_talking()
    box = his.composer
    await box.press_sequentially("so bright")
    for _ in range(6):
        await box.press("Shift+ArrowLeft")
    await box.press("Control+b")
    await expect(box).to_have_value("so *bright*")
    await box.press("Control+i")
    await expect(box).to_have_value("so _*bright*_")
    await box.press("Control+i")
    await expect(box).to_have_value("so *bright*")
    await box.press("Control+z")
    await box.press("Control+z")
    await box.press("Control+z")
    await expect(box).to_have_value("so bright")
    await box.press("Control+a")
    await box.press("Control+e")
    await expect(box).to_have_value("`so bright`")
    await box.press("Control+Shift+Period")
    await expect(box).to_have_value("> `so bright`")
    await box.press("Enter")
    await hers.hears_body("> `so bright`")


async def test_08_emoji_by_name(two_talking: TwoTalking) -> None:
    his, hers = await two_talking()
    lark = {"name": "larkspur", "src": "/emoji/lark", "group": "Birds"}
    await his.page.route("**/emoji.json", lambda route: route.fulfill(json=[lark]))
    await his.page.route(
        "**/emoji/lark", lambda route: route.fulfill(body=picture(), content_type="image/png")
    )
    box, keys = his.composer, his.page.keyboard
    offers = his.page.get_by_role("listbox", name="Suggestions")
    await box.focus()
    await keys.type("at 10:30 `:smile:` :tad")
    await expect(offers.get_by_role("option")).not_to_have_count(0)
    await expect(offers.get_by_role("option").first).to_contain_text("🎉")
    await keys.press("Enter")
    await expect(box).to_have_value("at 10:30 `:smile:` 🎉")
    await expect(offers).to_have_count(0)
    await keys.type(" :heart:")
    await expect(box).to_have_value("at 10:30 `:smile:` 🎉 ❤️")
    await keys.type(" :larks")
    await expect(offers.get_by_role("option").first.locator("img")).to_be_visible()
    await keys.press("Enter")
    await expect(box).to_have_value("at 10:30 `:smile:` 🎉 ❤️ :larkspur:")
    await his.page.get_by_role("button", name="Emoji").click()
    table = his.page.get_by_role("dialog", name="Emoji")
    await table.get_by_role("region", name="Birds").get_by_role("button").click()
    await expect(box).to_have_value("at 10:30 `:smile:` 🎉 ❤️ :larkspur::larkspur:")
    await box.fill("at 10:30 `:smile:` 🎉 ❤️")
    await keys.type(" :smi")
    await expect(offers.get_by_role("option")).not_to_have_count(0)
    await keys.press("Escape")
    await expect(offers).to_have_count(0)
    await expect(box).to_be_focused()
    await keys.press("Enter")
    await hers.hears_body("at 10:30 `:smile:` 🎉 ❤️ :smi")


@pytest.mark.parametrize("width", WIDTHS)
async def test_08_the_table_of_emoji(two_talking: TwoTalking, width: str) -> None:
    his, hers = await two_talking(width=width)
    await his.composer.fill("Look ")
    await his.page.get_by_role("button", name="Emoji").click()
    table = his.page.get_by_role("dialog", name="Emoji")
    await expect(table.get_by_title("grinning face", exact=True)).to_be_visible()
    assert not await findings(his)
    field = table.get_by_role("searchbox")
    if width == "desk":
        await expect(field).to_be_focused()
    await table.get_by_role("button", name="✋🏽").click()
    await field.fill("wave")
    await expect(table.locator(".grid button").first).to_have_text("👋🏽")
    await field.fill("xyzzy")
    await expect(table).to_contain_text("No emoji of this name")
    await field.fill("wave")
    await field.press("Enter")
    await expect(table).to_have_count(0)
    await expect(his.composer).to_have_value("Look 👋🏽")
    await expect(his.composer).to_be_focused()
    await his.page.get_by_role("button", name="Emoji").click()
    await expect(table.get_by_role("region", name="Used last")).to_be_visible()
    await his.page.keyboard.press("Escape")
    await expect(table).to_have_count(0)
    await his.page.get_by_role("button", name="Send").click()
    await hers.hears_body("Look 👋🏽")


async def test_10_commands_are_offered_and_never_said(two_talking: TwoTalking) -> None:
    his, hers = await two_talking()
    box, keys = his.composer, his.page.keyboard
    offers = his.page.get_by_role("listbox", name="Suggestions")
    await box.focus()
    await keys.type("/")
    await expect(offers.get_by_role("option").filter(has_text="/help")).to_contain_text("Show all commands")
    await keys.type("m")
    await expect(offers).not_to_contain_text("/help")
    await keys.press("ArrowDown")
    await keys.press("Tab")
    await expect(box).to_have_value("/msg ")
    await box.fill("/jion balcony")
    with his.refused():
        await keys.press("Enter")
        await expect(his.page.get_by_role("alert")).to_contain_text("no such command")
    await expect(box).to_have_value("/jion balcony")
    await box.fill("//jion balcony")
    await keys.press("Enter")
    await hers.hears_body("/jion balcony")
    await box.fill("/help")
    await keys.press("Enter")
    await expect(his.page.get_by_role("heading", name="Commands")).to_be_visible()
    await his.page.get_by_role("link", name=re.compile("^Back to")).click()
    await his.sees("/jion balcony")
    assert [one.body for one in hers.heard if one.body] == ["/jion balcony"]


async def test_09_a_person_is_named(two_talking: TwoTalking) -> None:
    his, hers = await two_talking()
    keys = his.page.keyboard
    await his.composer.focus()
    await keys.type("for @ju")
    offers = his.page.get_by_role("listbox", name="Suggestions")
    await expect(offers.get_by_role("option")).to_have_count(1)
    await keys.press("Tab")
    await expect(his.composer).to_have_value(re.compile("^for @juliet", re.IGNORECASE))
    name = (await his.composer.input_value()).removeprefix("for ").strip()
    await keys.type("who else?")
    await keys.press("Enter")
    await hers.hears(lambda one: one.body.endswith("who else?"))
    # A name that is written out already is sent, though others could be meant by it.
    await keys.type(f"for {name}")
    await expect(offers).to_be_visible()
    await keys.press("Enter")
    await hers.hears_body(f"for {name}")


async def test_code_is_copied_by_a_button(two_talking: TwoTalking) -> None:
    his, hers = await two_talking()
    await his.context.grant_permissions(["clipboard-read", "clipboard-write"])
    hers.send(his.account.jid, CODE)
    button = his.log.get_by_role("button", name="Copy code")
    await expect(button).to_have_count(1)
    await button.hover()
    await button.click()
    await his.has_copied("let wings = night();")
    hers.send(his.account.jid, "🌙🌟")
    await expect(his.log.locator(".jumbo")).to_have_text("🌙🌟")


REDRAWN = """(link) => {
    const row = link.closest(".message");
    link.click();
    row.replaceWith(row.cloneNode(true));
}"""


@pytest.mark.parametrize("width", WIDTHS)
async def test_22_the_menu_of_a_message(two_talking: TwoTalking, width: str) -> None:
    his, hers = await two_talking(width=width)
    hers.send(his.account.jid, "Parting is such sweet sorrow")
    row = await his.sees("Parting is such sweet sorrow")
    menu = his.page.get_by_role("dialog", name="More")
    if width == "desk":
        await use(row, "Reply")
        await expect(his.page.locator("[data-bar]")).to_contain_text("Parting is such sweet sorrow")
        await his.composer.press("Escape")
        await expect(his.page.locator("[data-bar]")).to_have_count(0)
        await row.hover()
        await row.get_by_role("link", name="More").click()
    else:
        await swipe(his, row.locator(".body"))
        await expect(his.page.locator("[data-bar]")).to_contain_text("Parting is such sweet sorrow")
        await his.page.locator("[data-bar] [data-cancel]").click()
        # The words move down when it goes.
        await expect(his.page.locator("[data-bar]")).to_have_count(0)
        await long_press(his, row.locator(".body"))
    await expect(menu.get_by_role("link", name="Reply")).to_be_visible()
    assert not await findings(his)
    await his.page.keyboard.press("Escape")
    await expect(menu).to_have_count(0)
    await expect(row.get_by_role("link", name="More")).to_be_focused()
    # In the moment of the click the row is drawn anew.
    await row.get_by_role("link", name="More").evaluate(REDRAWN)
    await menu.get_by_role("button", name="👍").click()
    await expect(row.locator(".chip")).to_contain_text("👍")
    await expect(menu).to_have_count(0)
    await hers.hears(
        lambda one: "👍" in [each.text for each in one.xml.iter("{urn:xmpp:reactions:0}reaction")]
    )


async def test_03_the_last_message_is_edited_by_the_arrow(two_talking: TwoTalking) -> None:
    his, hers = await two_talking()
    keys = his.page.keyboard
    await his.say("Good nigth")
    first = await hers.hears_body("Good nigth")
    await his.sees_state("Good nigth", "Sent")
    await his.composer.press("ArrowUp")
    await expect(his.composer).to_have_value("Good nigth")
    await keys.press("Escape")
    await expect(his.composer).to_have_value("")
    await keys.press("ArrowUp")
    await expect(his.composer).to_have_value("Good nigth")
    await his.composer.fill("Good night")
    await keys.press("Enter")
    second = await hers.hears_body("Good night")
    replaced = second.xml.find("{urn:xmpp:message-correct:0}replace")
    assert replaced is not None
    assert replaced.get("id") == first.id
    await his.sees("Good night")
    await expect(his.composer).to_have_value("")
    await expect(his.log.locator(".edited")).to_have_count(1)


async def test_03_what_one_was_writing_waits_while_one_edits(two_talking: TwoTalking) -> None:
    his, hers = await two_talking()
    await his.say("one")
    await his.sees_state("one", "Sent")
    await his.composer.press_sequentially("half a thought")
    row = await his.sees("one")
    await row.hover()
    await row.get_by_role("link", name="More").click()
    await his.page.get_by_role("dialog", name="More").get_by_role("link", name="Edit").click()
    await expect(his.composer).to_have_value("one")
    await his.composer.fill("two")
    await his.composer.press("Enter")
    await hers.hears_body("two")
    await expect(his.composer).to_have_value("half a thought")
    await his.page.reload()
    await expect(his.composer).to_have_value("half a thought")


async def test_23_from_an_answer_to_its_source_and_back(two_talking: TwoTalking) -> None:
    his, hers = await two_talking()
    keys = his.page.keyboard
    hers.send(his.account.jid, "the very first")
    for number in range(30):
        hers.send(his.account.jid, f"line {number}")
    await his.sees("line 29")
    row = await his.sees("the very first")
    await use(row, "Reply")
    await expect(his.page.locator("[data-bar]")).to_have_count(1)
    await his.say("an answer")
    heard = await hers.hears(lambda one: one.body.endswith("an answer"))
    assert heard.xml.find("{urn:xmpp:reply:0}reply") is not None
    await expect(his.page.locator("[data-bar]")).to_have_count(0)
    answer = his.log.locator("article.message", has=his.page.locator(".source"))
    await answer.locator(".source").click()
    await expect(his.message("the very first")).to_have_class(re.compile("lit"))
    await expect(his.message("the very first")).to_be_in_viewport()
    back = his.page.get_by_role("button", name="Back to where I was")
    await back.click()
    await expect(back).to_have_count(0)
    await expect(his.message("the very first")).not_to_be_in_viewport()
    await his.log.focus()
    await keys.press("Shift+F10")
    await expect(his.page.get_by_role("dialog", name="More")).to_be_visible()
    await keys.press("Escape")
    await expect(his.page.get_by_role("dialog", name="More")).to_have_count(0)
    await expect(answer.get_by_role("link", name="More")).to_be_focused()
    await keys.press("ArrowUp")
    await expect(his.message("line 29").get_by_role("link", name="More")).to_be_focused()


async def test_23_who_is_faster_than_the_bar_has_answered(two_talking: TwoTalking) -> None:
    his, hers = await two_talking()
    hers.send(his.account.jid, "Wilt thou be gone?")
    row = await his.sees("Wilt thou be gone?")
    asked, free = asyncio.Event(), asyncio.Event()

    async def hold(route: Route) -> None:
        asked.set()
        await free.wait()
        await route.continue_()

    await his.page.route("**/composer?reply=*", hold, times=1)
    await use(row, "Reply")
    await asked.wait()
    await his.say("It is not yet near day")
    free.set()
    heard = await hers.hears(lambda one: one.body.endswith("near day"))
    assert heard.xml.find("{urn:xmpp:reply:0}reply") is not None
    await his.sees("It is not yet near day")
    await his.say("no answer")
    heard = await hers.hears(lambda one: one.body.endswith("no answer"))
    assert heard.xml.find("{urn:xmpp:reply:0}reply") is None


async def test_12_a_message_is_taken_back_before_it_is_sent(two_talking: TwoTalking) -> None:
    his, hers = await two_talking()
    await his.page.goto("/configuration/preferences")
    await his.page.get_by_label("Undo sending").select_option("30")
    await his.page.get_by_role("button", name="Save").click()
    await expect(his.page.locator(".saved")).to_be_visible()
    await his.page.goto(f"/chats/{hers.jid}")
    await his.settled()
    await his.say("I defy you, stars!")
    row = await his.sees("I defy you, stars!")
    await row.get_by_role("button", name="Do not send it").click()
    await expect(his.composer).to_have_value("I defy you, stars!")
    await expect(his.log.locator("article.message")).to_have_count(0)
    await hers.round_trip()
    assert not [one for one in hers.heard if one.body]


async def test_a_spoiler_is_covered_until_it_is_clicked(two_talking: TwoTalking) -> None:
    his, hers = await two_talking()
    await his.page.get_by_title("Cover as a spoiler").click()
    await his.page.get_by_label("Hint").fill("the end")
    await his.say("they die")
    heard = await hers.hears_body("they die")
    assert heard.xml.findtext("{urn:xmpp:spoiler:0}spoiler") == "the end"
    body = his.log.locator(".body", has_text="they die")
    await expect(body).to_be_hidden()
    await his.log.locator("summary", has_text="the end").click()
    await expect(body).to_be_visible()
    await expect(his.page.get_by_label("Hint")).to_be_hidden()
    await his.say("no spoiler")
    second = await hers.hears_body("no spoiler")
    assert second.xml.find("{urn:xmpp:spoiler:0}spoiler") is None
