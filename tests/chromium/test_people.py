"""This room makes somebody a contact, closes a chat and clears away what failed, at both widths."""

import pytest
from playwright.async_api import expect

from tests.lab.browser import WIDTHS
from tests.lab.fixtures import OpenPerson
from tests.lab.prosody import Lab


@pytest.mark.parametrize("width", WIDTHS)
async def test_a_stranger_becomes_a_contact_without_leaving_the_page(
    prosody: Lab, person: OpenPerson, width: str
) -> None:
    (romeo,), (rosaline,) = prosody.add("romeo"), prosody.add("rosaline")
    his = await person(romeo, at=rosaline, width=width)
    head = his.page.locator("header.head")
    await expect(head).to_contain_text("Neither of you sees whether the other is here or has read.")
    await his.composer.fill("Half a sentence")
    await head.get_by_role("button", name="Add to contacts").click()
    await expect(his.page.locator(".toast")).to_contain_text("to become a contact.")
    await expect(head).to_contain_text("Waiting for their answer")
    await expect(head.get_by_role("button", name="Add to contacts")).to_have_count(0)
    await expect(his.composer).to_have_value("Half a sentence")
    await his.composer.fill("")
    await head.locator(".more > summary").click()
    await head.get_by_role("button", name="Remove from contacts").click()
    await expect(head.get_by_role("button", name="Add to contacts")).to_be_visible()


async def test_what_failed_is_removed_and_the_chat_closed(prosody: Lab, person: OpenPerson) -> None:
    (romeo,), (rosaline,) = prosody.add("romeo"), prosody.add("rosaline")
    nobody = type(rosaline)(f"nobody-{rosaline.jid}", "", "Nobody")
    his = await person(romeo, at=nobody)
    await his.say("Is anybody there?")
    row = await his.sees("Is anybody there?")
    await his.sees_state("Is anybody there?", "Not sent")
    await expect(row).to_contain_text("This address does not exist or takes no messages.")
    await row.get_by_role("button", name="Copy").click()
    await his.has_copied("Is anybody there?")
    await row.get_by_role("button", name="Remove").click()
    await expect(row).to_have_count(0)
    await expect(his.row(nobody)).to_be_visible()
    await his.page.locator("header.head .more > summary").click()
    await his.page.get_by_role("button", name="Close chat").click()
    await his.page.wait_for_url("**/chats")
    await expect(his.row(nobody)).to_have_count(0)
