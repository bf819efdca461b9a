"""This room types: the Enter key, composition, drafts in several tabs, a line that is down."""

import re

from playwright.async_api import expect

from tests.lab.browser import Person
from tests.lab.fixtures import OpenPeer, OpenPerson
from tests.lab.prosody import Lab
from tests.lab.visitor import eventually


async def test_01_enter_sends_and_shift_enter_breaks(
    prosody: Lab, peer: OpenPeer, person: OpenPerson
) -> None:
    romeo, juliet = prosody.add("romeo", "juliet")
    hers = await peer(juliet)
    his = await person(romeo, at=juliet)
    await his.composer.press_sequentially("two")
    await his.composer.press("Shift+Enter")
    await his.composer.press_sequentially("lines")
    await expect(his.composer).to_have_value("two\nlines")
    await his.composer.press("Enter")
    await hers.hears_body("two\nlines")
    await expect(his.composer).to_have_value("")
    await his.composer.press("Enter")
    await his.composer.fill("   ")
    await his.composer.press("Enter")
    await his.say("one line")
    await hers.hears_body("one line")
    assert [one.body for one in hers.heard if one.body] == ["two\nlines", "one line"]


async def test_01_the_setting_swaps_them(prosody: Lab, peer: OpenPeer, person: OpenPerson) -> None:
    romeo, juliet = prosody.add("romeo", "juliet")
    hers = await peer(juliet)
    his = await person(romeo, at="/configuration/preferences")
    await his.page.get_by_role("radio", name=re.compile("^Enter begins")).check()
    await his.page.get_by_role("button", name="Save").click()
    await expect(his.page.locator(".saved")).to_be_visible()
    await his.open_chat(juliet)
    await his.composer.press_sequentially("two")
    await his.composer.press("Enter")
    await his.composer.press_sequentially("lines")
    await his.composer.press("Control+Enter")
    await hers.hears_body("two\nlines")


async def test_01_on_glass_enter_breaks(prosody: Lab, peer: OpenPeer, person: OpenPerson) -> None:
    romeo, juliet = prosody.add("romeo", "juliet")
    hers = await peer(juliet)
    his = await person(romeo, at=juliet, width="phone")
    await his.composer.press_sequentially("two")
    await his.composer.press("Enter")
    await his.composer.press_sequentially("lines")
    await expect(his.composer).to_have_value("two\nlines")
    await his.page.get_by_role("button", name="Send").tap()
    await hers.hears_body("two\nlines")
    # What there is no room for beside the words stands in the menu of the paperclip.
    await his.composer.fill("they die")
    await expect(his.page.get_by_title("Cover as a spoiler")).to_be_hidden()
    await his.page.get_by_title("Attach").tap()
    await his.page.get_by_role("menuitem", name="Cover as a spoiler").tap()
    await expect(his.page.get_by_label("Hint")).to_be_focused()
    await his.page.get_by_label("Hint").fill("the end")
    await his.page.get_by_role("button", name="Send").tap()
    heard = await hers.hears_body("they die")
    assert heard.xml.findtext("{urn:xmpp:spoiler:0}spoiler") == "the end"


async def test_02_enter_while_composing_sends_nothing(
    prosody: Lab, peer: OpenPeer, person: OpenPerson
) -> None:
    romeo, juliet = prosody.add("romeo", "juliet")
    hers = await peer(juliet)
    his = await person(romeo, at=juliet)
    await his.composer.focus()
    devtools = await his.context.new_cdp_session(his.page)
    # What an input method does: the letters stand there, and Enter only takes them over.
    await devtools.send("Input.imeSetComposition", {"text": "ぼく", "selectionStart": 2, "selectionEnd": 2})
    key = {"key": "Process", "code": "Enter", "windowsVirtualKeyCode": 229}
    await devtools.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", **key})
    await devtools.send("Input.insertText", {"text": "僕"})
    await devtools.send("Input.dispatchKeyEvent", {"type": "keyUp", **key})
    await expect(his.composer).to_have_value("僕")
    await his.composer.press("Enter")
    await hers.hears_body("僕")
    assert [one.body for one in hers.heard if one.body] == ["僕"]


async def test_11_a_draft_survives_and_follows(prosody: Lab, person: OpenPerson) -> None:
    romeo, juliet, mercutio = prosody.add("romeo", "juliet", "mercutio")
    his, laptop = await person(romeo, at=juliet), await person(romeo, at=juliet)
    await his.say("She speaks.")
    await his.sees("She speaks.")
    await his.composer.press_sequentially("Shall I hear more")
    await expect(laptop.composer).to_have_value("Shall I hear more")
    await his.open_chat(mercutio)
    await expect(his.row(juliet)).to_contain_text("Draft: Shall I hear more")
    await expect(his.composer).to_have_value("")
    await his.open_chat(juliet)
    await expect(his.composer).to_have_value("Shall I hear more")
    await laptop.composer.press("End")
    await laptop.composer.press_sequentially(", or shall I speak")
    await expect(his.composer).to_have_value("Shall I hear more, or shall I speak")
    await his.say("at this?")
    await expect(laptop.composer).to_have_value("")
    await expect(his.row(juliet)).not_to_contain_text("Draft")


async def test_11_of_two_texts_neither_is_lost(prosody: Lab, person: OpenPerson) -> None:
    romeo, juliet = prosody.add("romeo", "juliet")
    his, laptop = await person(romeo, at=juliet), await person(romeo, at=juliet)
    await his.say("She speaks.")
    await laptop.sees("She speaks.")
    await laptop.context.set_offline(True)
    with laptop.patient():
        await laptop.composer.press_sequentially("text of the laptop")
        await his.composer.press_sequentially("text of the desk")
        kept = his.page.locator(".draft-state")
        await expect(kept).to_have_attribute("data-text", "text of the desk")
        await laptop.context.set_offline(False)
        await laptop.composer.press_sequentially("!")
    await _both_are_there(his, "text of the desk", "text of the laptop!")
    await _both_are_there(laptop, "text of the desk", "text of the laptop!")


async def _both_are_there(person: Person, *texts: str) -> None:
    """One of the texts stands in the box, the other is offered."""
    other = person.page.locator(".conflict [data-other]")

    async def both() -> bool:
        offered = [text.strip() for text in await other.all_inner_texts()]
        return {await person.composer.input_value(), *offered} == set(texts)

    await eventually(both)


async def test_13_while_the_line_is_down_the_text_is_held_and_goes_out_once(
    prosody: Lab, peer: OpenPeer, person: OpenPerson
) -> None:
    romeo, juliet = prosody.add("romeo", "juliet")
    hers = await peer(juliet)
    his = await person(romeo, at=juliet)
    with his.patient():
        await his.context.set_offline(True)
        await his.say("first")
        await his.say("second")
        await expect(his.page.get_by_text(re.compile("No connection"))).to_have_count(2)
        await his.context.set_offline(False)
        await his.sees("second")
    await hers.hears_body("second")
    await expect(his.page.get_by_text(re.compile("No connection"))).to_have_count(0)
    # A form that goes nowhere is tried again by itself, also after a reload.
    with his.patient():
        await his.page.route("**/messages", lambda route: route.abort())
        await his.say("third")
        await expect(his.page.get_by_text(re.compile("No connection"))).to_have_count(1)
        await his.page.unroute("**/messages")
        await his.page.reload()
        await hers.hears_body("third")
    assert [one.body for one in hers.heard if one.body] == ["first", "second", "third"]


async def test_pressing_send_twice_says_it_once(prosody: Lab, peer: OpenPeer, person: OpenPerson) -> None:
    romeo, juliet = prosody.add("romeo", "juliet")
    hers = await peer(juliet)
    his = await person(romeo, at=juliet)
    await his.composer.fill("once")
    await his.page.get_by_role("button", name="Send").dblclick()
    await his.sees("once")
    await his.say("and on")
    await hers.hears_body("and on")
    assert [one.body for one in hers.heard if one.body] == ["once", "and on"]


async def test_sending_with_the_mouse_leaves_the_box_the_focus(prosody: Lab, person: OpenPerson) -> None:
    romeo, juliet = prosody.add("romeo", "juliet")
    his = await person(romeo, at=juliet)
    await his.composer.press_sequentially("Good night")
    await his.page.get_by_role("button", name="Send").hover()
    await his.page.mouse.down()
    await expect(his.composer).to_be_focused()
    await his.page.mouse.up()
    await his.sees("Good night")
    await expect(his.composer).to_be_focused()


async def test_spaces_alone_are_no_draft(prosody: Lab, person: OpenPerson) -> None:
    romeo, juliet = prosody.add("romeo", "juliet")
    his = await person(romeo, at=juliet)
    await his.composer.press_sequentially("   ")
    await expect(his.page.locator("[data-composer][data-blank]")).to_have_count(1)
    await his.composer.press_sequentially("Soft")
    await expect(his.page.locator(".draft-state")).to_have_attribute("data-text", "   Soft")
    await his.composer.fill("  ")
    await expect(his.page.locator(".draft-state")).to_have_attribute("data-text", "")
