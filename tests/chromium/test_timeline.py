"""This room reads: where a chat opens, what moves and what must not, how far back it goes."""

import re

import pytest
from playwright.async_api import Locator, expect

from tests.lab.browser import Person
from tests.lab.fixtures import OpenPeer, OpenPerson
from tests.lab.peer import Peer
from tests.lab.prosody import Account, Lab
from tests.lab.visitor import eventually


async def say_many(who: Peer, to: Account, count: int, start: int = 0) -> list[str]:
    """Lines with numbers, all with the server at the end."""
    lines = [f"line {number}" for number in range(start, start + count)]
    for line in lines:
        who.send(to.jid, line)
    await who.round_trip()
    return lines


async def place_of(row: Locator) -> float:
    """How far down the window it stands."""
    box = await row.bounding_box()
    assert box is not None
    return box["y"]


async def in_view(person: Person, row: Locator) -> bool:
    """Whether the row stands within the log's window."""
    outer, inner = await person.log.bounding_box(), await row.bounding_box()
    assert outer is not None
    assert inner is not None
    return outer["y"] - 1 <= inner["y"] and inner["y"] + inner["height"] <= outer["y"] + outer["height"] + 1


@pytest.mark.parametrize("width", ["desk", "phone"])
async def test_16_a_chat_opens_at_the_first_unread(
    prosody: Lab, peer: OpenPeer, person: OpenPerson, width: str
) -> None:
    romeo, juliet = prosody.add("romeo", "juliet")
    hers = await peer(juliet)
    his = await person(romeo, at=juliet, width=width)
    await say_many(hers, romeo, 30)
    await his.sees("line 29")
    await expect(his.row(juliet).locator(".badge")).to_have_count(0)
    await his.page.goto("/configuration/preferences")
    await say_many(hers, romeo, 30, start=30)
    await his.page.goto("/chats")
    await expect(his.row(juliet).locator(".badge")).to_contain_text("30")
    await his.open_chat(juliet)
    divider = his.page.locator("#new-divider")
    await expect(divider).to_be_in_viewport()
    assert await in_view(his, his.message("line 30"))
    assert not await in_view(his, his.message("line 59"))


async def test_16_with_nothing_unread_it_opens_at_the_end(
    prosody: Lab, peer: OpenPeer, person: OpenPerson
) -> None:
    romeo, juliet = prosody.add("romeo", "juliet")
    hers, phone = await peer(juliet), await peer(romeo, "phone")
    lines = await say_many(hers, romeo, 60)
    phone.send(juliet.jid, "the answer")
    await phone.round_trip()
    his = await person(romeo, at=juliet.path)
    await his.sees("the answer")
    await his.page.reload()
    assert await in_view(his, await his.sees("the answer"))
    await expect(his.page.locator("#new-divider")).to_have_count(0)
    assert (await his.texts())[-3:] == [*lines[-2:], "the answer"]


async def test_17_read_is_said_only_after_a_second_on_screen(
    prosody: Lab, peer: OpenPeer, person: OpenPerson
) -> None:
    romeo, juliet = prosody.add("romeo", "juliet")
    hers = await peer(juliet)
    his = await person(romeo)
    id = hers.send(romeo.jid, "Art thou there?")
    await expect(his.row(juliet).locator(".badge")).to_contain_text("1")
    await hers.hears_receipt(id)
    assert not [one for one in hers.heard if one.displayed]
    await his.open_chat(juliet)
    await expect(his.page.locator("#new-divider")).to_be_visible()
    await hers.hears_displayed(id)
    await expect(his.row(juliet).locator(".badge")).to_have_count(0)
    # The divider stays until one leaves.
    await expect(his.page.locator("#new-divider")).to_be_visible()


async def test_18_what_arrives_does_not_move_what_one_reads(
    prosody: Lab, peer: OpenPeer, person: OpenPerson
) -> None:
    romeo, juliet = prosody.add("romeo", "juliet")
    hers, phone = await peer(juliet), await peer(romeo, "phone")
    await say_many(hers, romeo, 80)
    phone.send(juliet.jid, "the answer")
    await phone.round_trip()
    his = await person(romeo, at=juliet)
    await his.sees("the answer")
    await his.page.mouse.move(900, 400)
    await his.page.mouse.wheel(0, -1500)
    pill = his.page.locator("#pill")
    await expect(his.message("the answer")).not_to_be_in_viewport()
    reading = his.message("line 50")
    await reading.scroll_into_view_if_needed()
    before = await place_of(reading)
    await say_many(hers, romeo, 3, start=100)
    await expect(pill).to_contain_text("3 new")
    assert abs(await place_of(reading) - before) <= 2
    await pill.click()
    await expect(his.message("line 100")).to_be_in_viewport()
    await expect(his.message("line 102")).to_be_in_viewport()
    await expect(pill).to_be_hidden()


async def test_19_scrolling_up_brings_older_messages_in_place(
    prosody: Lab, peer: OpenPeer, person: OpenPerson
) -> None:
    romeo, juliet = prosody.add("romeo", "juliet")
    hers, phone = await peer(juliet), await peer(romeo, "phone")
    await say_many(hers, romeo, 260)
    phone.send(juliet.jid, "the answer")
    await phone.round_trip()
    his = await person(romeo, at=juliet)
    await his.sees("the answer")
    await expect(his.message("line 0")).to_have_count(0)
    await his.page.mouse.move(900, 400)
    for _ in range(60):
        await his.page.mouse.wheel(0, -4000)
        if await his.message("line 0").count():
            break
        await his.page.wait_for_timeout(100)
    await expect(his.message("line 0")).to_have_count(1)
    await expect(his.log.get_by_text("Start of history")).to_have_count(1)
    assert await his.texts() == [*(f"line {number}" for number in range(260)), "the answer"]


async def test_20_back_returns_to_where_one_read(prosody: Lab, peer: OpenPeer, person: OpenPerson) -> None:
    romeo, juliet, mercutio = prosody.add("romeo", "juliet", "mercutio")
    hers, phone = await peer(juliet), await peer(romeo, "phone")
    await say_many(hers, romeo, 80)
    for other in (juliet, mercutio):
        phone.send(other.jid, "the answer")
    await phone.round_trip()
    his = await person(romeo, at=juliet)
    await his.sees("the answer")
    reading = his.message("line 40")
    await reading.scroll_into_view_if_needed()
    before = await place_of(reading)
    await his.row(mercutio).get_by_role("link").click()
    await expect(his.page).to_have_url(re.compile(re.escape(mercutio.jid)))
    await expect(his.message("line 40")).to_have_count(0)
    await his.page.go_back()
    await expect(his.page).to_have_url(re.compile(re.escape(juliet.jid)))
    await expect(reading).to_be_in_viewport()
    assert abs(await place_of(reading) - before) <= 2
    await his.page.go_forward()
    await expect(his.message("line 40")).to_have_count(0)


async def test_21_every_message_has_an_address(prosody: Lab, peer: OpenPeer, person: OpenPerson) -> None:
    romeo, juliet = prosody.add("romeo", "juliet")
    hers, phone = await peer(juliet), await peer(romeo, "phone")
    await say_many(hers, romeo, 120)
    phone.send(juliet.jid, "the answer")
    await phone.round_trip()
    his = await person(romeo, at=juliet)
    await his.sees("the answer")
    row = his.message("line 80")
    address = await row.locator("a.stamp").get_attribute("href")
    assert address
    await say_many(hers, romeo, 120, start=200)
    # The mark is gone after two seconds: on a busy machine that is before all of the page is there.
    await his.page.goto(address, wait_until="commit")
    await expect(row).to_be_in_viewport()
    await expect(row).to_have_class(re.compile(r"\blit\b"))


async def test_24_times_are_for_people_and_machines(prosody: Lab, peer: OpenPeer, person: OpenPerson) -> None:
    romeo, juliet = prosody.add("romeo", "juliet")
    hers = await peer(juliet)
    his = await person(romeo, at=juliet, timezone_id="Europe/Rome")
    hers.send(romeo.jid, "Tis almost morning")
    row = await his.sees("Tis almost morning")
    time = row.locator(".stamp time")
    moment = await time.get_attribute("datetime")
    there = "document.documentElement.lang, {timeStyle: 'short', timeZone: 'Europe/Rome'}"
    shown = await his.page.evaluate(f"(at) => new Date(at).toLocaleTimeString({there})", moment)
    assert (await time.inner_text()).split() == shown.split()
    day = his.log.locator("article .day time")
    await expect(day).to_have_text(re.compile("Today|Yesterday"))
    assert str(await time.get_attribute("title")).startswith(str(await day.get_attribute("data-day")))


async def test_25_one_senders_lines_stand_together(prosody: Lab, peer: OpenPeer, person: OpenPerson) -> None:
    romeo, juliet = prosody.add("romeo", "juliet")
    hers = await peer(juliet)
    his = await person(romeo, at=juliet)
    for line in ("one", "two", "three"):
        hers.send(romeo.jid, line)
    await his.sees("three")
    await his.say("four")
    await his.sees("four")
    starts = [
        "starts" in str(await row.get_attribute("class")).split()
        for row in await his.log.locator("article.message").all()
    ]
    assert starts == [True, False, False, True]


async def test_26_copying_several_messages_says_who_said_what(
    prosody: Lab, peer: OpenPeer, person: OpenPerson
) -> None:
    romeo, juliet = prosody.add("romeo", "juliet")
    hers = await peer(juliet)
    his = await person(romeo, at=juliet, permissions=["clipboard-read", "clipboard-write"])
    hers.send(romeo.jid, "What man art thou?")
    await his.sees("What man art thou?")
    await his.say("By a name I know not")
    await his.sees_state("By a name I know not", "Sent")

    async def copied() -> list[str]:
        # A row is drawn anew when its state moves on, and what was selected in it is let go.
        await his.page.evaluate(
            "() => getSelection().setBaseAndExtent(document.querySelectorAll('.body')[0], 0,"
            " document.querySelectorAll('.body')[1], 1)"
        )
        await his.page.keyboard.press("Control+c")
        text = await his.page.evaluate("() => navigator.clipboard.readText()")
        lines = str(text).replace("\u202f", " ").splitlines()
        return lines if len(lines) == 2 else []

    lines = await eventually(copied)
    assert re.fullmatch(r"\d?\d:\d\d( [AP]M)? Juliet: What man art thou\?", lines[0])
    assert re.fullmatch(r"\d?\d:\d\d( [AP]M)? .*: By a name I know not", lines[1])


async def test_own_words_and_links_are_drawn_safely(prosody: Lab, peer: OpenPeer, person: OpenPerson) -> None:
    romeo, juliet = prosody.add("romeo", "juliet")
    hers = await peer(juliet)
    his = await person(romeo, at=juliet)
    hers.send(romeo.jid, "*bold* `<img src=x onerror=alert(1)>` https://example.org/?a=1&b=2")
    body = his.log.locator("article.message .body")
    await expect(body.locator("strong")).to_have_text(re.compile("bold"))
    await expect(body.locator("img")).to_have_count(0)
    await expect(body.get_by_role("link")).to_have_attribute("href", "https://example.org/?a=1&b=2")
    await expect(body.get_by_role("link")).to_have_attribute("rel", re.compile("noopener|noreferrer"))
    hers.send(romeo.jid, "/me sighs")
    await expect(his.log.locator("article.message").last).to_contain_text("sighs")
    await expect(his.log.locator("article.message").last).not_to_contain_text("/me")
