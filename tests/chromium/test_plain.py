"""This room switches scripts off: everything of the chats works as plain pages."""

import re

import pytest
from playwright.async_api import expect

from tests.lab.browser import WIDTHS
from tests.lab.fixtures import OpenPeer, OpenPerson
from tests.lab.prosody import Lab


@pytest.mark.parametrize("width", WIDTHS)
async def test_log_in_read_page_back_send_log_out(
    prosody: Lab, peer: OpenPeer, person: OpenPerson, width: str
) -> None:
    romeo, juliet = prosody.add("romeo", "juliet")
    hers, phone = await peer(juliet), await peer(romeo, "phone")
    for number in range(150):
        hers.send(romeo.jid, f"line {number}")
    await hers.round_trip()
    phone.send(juliet.jid, "the answer")
    await phone.round_trip()

    his = await person(romeo, login=False, width=width, scripts=False)
    await his.login()
    await his.page.goto("/chats")
    await his.reloads_until(his.row(juliet))
    await his.row(juliet).get_by_role("link").click()
    await his.reloads_until(his.message("the answer"))
    await his.say("from a plain page")
    await hers.hears_body("from a plain page")
    await his.sees("from a plain page")
    await expect(his.composer).to_have_value("")

    texts = await his.texts()
    while await his.page.get_by_role("link", name="Older messages").count():
        async with his.page.expect_navigation(wait_until="load"):
            await his.page.get_by_role("link", name="Older messages").click()
        await expect(his.log.get_by_text(texts[0], exact=True)).to_have_count(0)
        texts = await his.texts() + texts
    await expect(his.page.get_by_text("Start of history")).to_be_visible()
    assert texts == [*(f"line {number}" for number in range(150)), "the answer", "from a plain page"]

    await his.page.goto("/configuration/account")
    if width == "desk":
        await his.page.locator("details.me summary").click()
        await his.page.get_by_role("button", name="Log out", exact=True).click()
    else:
        await his.page.get_by_role("button", name="Log out everywhere").click()
    await expect(his.page.get_by_role("button", name="Log in")).to_be_visible()
    await his.page.goto("/chats")
    await expect(his.page.get_by_role("button", name="Log in")).to_be_visible()


async def test_the_conversation_refreshes_itself(prosody: Lab, peer: OpenPeer, person: OpenPerson) -> None:
    romeo, juliet = prosody.add("romeo", "juliet")
    hers = await peer(juliet)
    his = await person(romeo, at=juliet, scripts=False)
    refresh = his.page.locator("meta[http-equiv=refresh]")
    await expect(refresh).to_have_attribute("content", re.compile(r"^\d+"))
    hers.send(romeo.jid, "Art thou there?")
    await his.reloads_until(his.message("Art thou there?"))
    # Who writes longer than that asks for a page that stands still.
    await his.page.get_by_role("link", name="Write without refreshing").click()
    await expect(refresh).to_have_count(0)


async def test_a_chat_starts_and_settings_are_kept(prosody: Lab, peer: OpenPeer, person: OpenPerson) -> None:
    (romeo,), (mercutio,) = prosody.add("romeo"), prosody.add("mercutio")
    friend = await peer(mercutio)
    his = await person(romeo, scripts=False)
    await his.page.get_by_label("Address").fill(mercutio.jid)
    await his.page.get_by_role("button", name="Start a chat").click()
    await his.say("Good morrow")
    await friend.hears_body("Good morrow")
    await his.page.goto("/configuration/preferences")
    await his.page.get_by_label("Language", exact=True).select_option("fr")
    await his.page.get_by_role("button", name="Save").click()
    await expect(his.page.locator("html")).to_have_attribute("lang", "fr")


async def test_a_failed_message_can_be_sent_again(prosody: Lab, person: OpenPerson) -> None:
    (romeo,), (rosaline,) = prosody.add("romeo"), prosody.add("rosaline")
    nobody = type(rosaline)(f"nobody-{rosaline.jid}", "", "Nobody")
    his = await person(romeo, at=nobody, scripts=False)
    await his.say("Is anybody there?")

    failed = his.log.get_by_text("Not sent")
    await his.reloads_until(failed)
    await his.page.get_by_role("button", name="Retry").click()
    await his.reloads_until(failed)
    await his.sees("Is anybody there?")
