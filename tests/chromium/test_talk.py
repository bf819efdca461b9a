"""This room lets two people talk: at both widths, live, with words for what became of a message."""

import pytest
from playwright.async_api import expect

from tests.lab.browser import WIDTHS
from tests.lab.fixtures import OpenPeer, OpenPerson
from tests.lab.prosody import Lab


@pytest.mark.parametrize("width", WIDTHS)
async def test_two_people_see_each_other_write(prosody: Lab, person: OpenPerson, width: str) -> None:
    romeo, juliet = prosody.add("romeo", "juliet")
    his = await person(romeo, at=juliet, width=width)
    hers = await person(juliet, at=romeo, width=width)
    await his.say("If I profane with my unworthiest hand")
    await hers.sees("If I profane with my unworthiest hand")
    await his.sees("If I profane with my unworthiest hand")
    await expect(his.composer).to_have_value("")
    await hers.say("Good pilgrim, you do wrong your hand too much")
    await his.sees("Good pilgrim, you do wrong your hand too much")
    assert await his.texts() == await hers.texts()


async def test_13_sent_delivered_and_read_in_words(prosody: Lab, peer: OpenPeer, person: OpenPerson) -> None:
    romeo, juliet = prosody.add("romeo", "juliet")
    hers = await peer(juliet)
    his = await person(romeo, at=juliet)
    await his.say("O, speak again!")
    heard = await hers.hears_body("O, speak again!")
    await his.sees_state("O, speak again!", "Sent")
    hers.confirm(romeo.jid, heard.id)
    await his.sees_state("O, speak again!", "Delivered")
    hers.display(romeo.jid, heard.id)
    await his.sees_state("O, speak again!", "Read")


async def test_13_a_message_that_failed_says_so_and_can_be_sent_again(
    prosody: Lab, person: OpenPerson
) -> None:
    (romeo,), (rosaline,) = prosody.add("romeo"), prosody.add("rosaline")
    nobody = type(rosaline)(f"nobody-{rosaline.jid}", "", "Nobody")
    his = await person(romeo, at=nobody)
    await his.say("Is anybody there?")
    row = await his.sees("Is anybody there?")
    await his.sees_state("Is anybody there?", "Not sent")
    await row.get_by_role("button", name="Retry").click()
    await his.sees_state("Is anybody there?", "Not sent")
    await his.sees("Is anybody there?")


async def test_14_typing_is_shown_within_a_second_and_ends(
    prosody: Lab, peer: OpenPeer, person: OpenPerson
) -> None:
    romeo, juliet = prosody.add("romeo", "juliet")
    hers = await peer(juliet)
    his = await person(romeo, at=juliet)
    before = await his.composer.bounding_box()
    hers.compose(romeo.jid)
    typing = his.page.locator(".typing")
    await expect(typing).to_contain_text("Juliet")
    assert await his.composer.bounding_box() == before
    hers.send(romeo.jid, "There.")
    await his.sees("There.")
    await expect(typing).to_be_empty()


async def test_14_our_typing_is_told_and_stops(prosody: Lab, peer: OpenPeer, person: OpenPerson) -> None:
    romeo, juliet = prosody.add("romeo", "juliet")
    hers = await peer(juliet)
    his = await person(romeo, at=juliet)
    await his.composer.press_sequentially("So tho")
    await hers.hears(lambda one: one.state == "composing", timeout=3)
    await hers.hears(lambda one: one.state == "paused", timeout=12)


async def test_presence_is_shown_in_words(prosody: Lab, peer: OpenPeer, person: OpenPerson) -> None:
    romeo, juliet = prosody.add("romeo", "juliet")
    his = await person(romeo, at=juliet)
    head = his.page.locator("header.head")
    await expect(head).to_contain_text("Offline")
    hers = await peer(juliet)
    await expect(head).to_contain_text("Online")
    await head.locator(".more > summary").click()
    hers.available("dnd", "At the friar's cell")
    await expect(head).to_contain_text("At the friar's cell")
    await expect(head.locator(".more[open]")).to_have_count(1)
    hers.unavailable()
    await expect(head).to_contain_text("Offline")


async def test_a_second_client_of_ours_takes_part(prosody: Lab, peer: OpenPeer, person: OpenPerson) -> None:
    romeo, juliet = prosody.add("romeo", "juliet")
    hers, phone = await peer(juliet), await peer(romeo, "phone")
    his = await person(romeo, at=juliet)
    phone.send(juliet.jid, "from the phone")
    await his.sees("from the phone")
    await hers.hears_body("from the phone")
    await his.say("from the desk")
    await phone.hears_body("from the desk")


async def test_a_chat_starts_with_any_address(prosody: Lab, peer: OpenPeer, person: OpenPerson) -> None:
    (romeo,), (mercutio,) = prosody.add("romeo"), prosody.add("mercutio")
    friend = await peer(mercutio)
    his = await person(romeo)
    await his.page.get_by_label("Address").fill(f"  {mercutio.jid.upper()} ")
    await his.page.get_by_role("button", name="Start a chat").click()
    await expect(his.composer).to_be_visible()
    await his.say("Where the devil should this Romeo be?")
    await friend.hears_body("Where the devil should this Romeo be?")
    friend.send(romeo.jid, "Here!")
    await his.sees("Here!")
