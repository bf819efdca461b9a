"""This room opens several tabs of one account: all show the same, all the time."""

import asyncio
import re

from playwright.async_api import expect

from tests.lab.browser import BACK_OFF, Person
from tests.lab.fixtures import OpenPeer, OpenPerson
from tests.lab.prosody import Lab
from tests.lab.site import Site


async def test_three_tabs_stay_equal(prosody: Lab, peer: OpenPeer, person: OpenPerson, site: Site) -> None:
    """Also when the site was killed and the server was away: all show what the archive has (R08)."""
    romeo, juliet = prosody.add("romeo", "juliet")
    hers = await peer(juliet)
    his, phone = await person(romeo, at=juliet), await person(romeo, at=juliet, width="phone")
    tabs = [his, await his.tab(), phone]
    await tabs[1].open_chat(juliet)
    await his.say("from one tab")
    hers.send(romeo.jid, "from her")
    await _all_see(tabs, "from one tab", "from her")
    with his.patient(), tabs[1].patient(), tabs[2].patient():
        await site.kill()
        hers.send(romeo.jid, "while the site is away")
        await hers.round_trip()
        await site.start()
        await _all_see(tabs, "while the site is away")
        await prosody.stop()
        await tabs[1].say("while the server is away")
        await _all_see(tabs, "while the server is away")
        await prosody.start()
        hers = await peer(juliet, "again")
        # The longer the server has been away, the longer are the pauses between attempts to reach it.
        await expect(his.page.locator("#connection")).to_be_empty(timeout=BACK_OFF)
        hers.send(romeo.jid, "together again")
        await _all_see(tabs, "together again")
    for tab in tabs:
        await tab.sees_state("while the server is away", "Sent")
    wanted = [one.body for one in await hers.archive(romeo.jid)]
    assert len(wanted) == 5
    for tab in tabs:
        await expect(tab.log.locator("article.message .body")).to_have_text(
            [re.compile(rf"^\s*{body}\s*$") for body in wanted]
        )


async def _all_see(tabs: list[Person], *texts: str) -> None:
    await asyncio.gather(*(tab.sees(text, BACK_OFF) for tab in tabs for text in texts))


async def test_43_the_numbers_are_the_same_everywhere_and_go_together(
    prosody: Lab, peer: OpenPeer, person: OpenPerson
) -> None:
    """In every tab and in the title (R09)."""
    romeo, juliet, mercutio = prosody.add("romeo", "juliet", "mercutio")
    hers, friend = await peer(juliet), await peer(mercutio)
    his = await person(romeo)
    tabs = [his, await his.tab(), await his.tab()]
    for tab in tabs:
        await tab.page.goto("/chats")
    hers.send(romeo.jid, "one")
    hers.send(romeo.jid, "two")
    friend.send(romeo.jid, "three")
    for tab in tabs:
        await expect(tab.page).to_have_title(re.compile(r"^\(3\) "))
        await expect(tab.row(juliet).locator(".badge")).to_contain_text("2")
        await expect(tab.row(mercutio).locator(".badge")).to_contain_text("1")
    icon = his.page.locator("link[rel=icon]")
    calm = await icon.get_attribute("data-calm")
    await expect(icon).not_to_have_attribute("href", str(calm))
    await tabs[0].open_chat(juliet)
    for tab in tabs:
        await expect(tab.page).to_have_title(re.compile(r"^\(1\) "))
    # A page that is visited without a reload says its own name, and keeps the number.
    await tabs[1].page.get_by_role("navigation", name="Main").get_by_role("link", name="Search").click()
    await expect(tabs[1].page).to_have_title("(1) Search – Webchat")
    await tabs[0].open_chat(mercutio)
    for tab in tabs:
        await expect(tab.page).not_to_have_title(re.compile(r"^\("))
        await expect(tab.page.locator(".conversation .badge")).to_have_count(0)
        await expect(tab.page.locator("link[rel=icon]")).to_have_attribute("href", str(calm))


async def test_41_with_six_tabs_every_one_is_alive(prosody: Lab, peer: OpenPeer, person: OpenPerson) -> None:
    """A browser has six lines to a site, and a stream holds one of them."""
    romeo, juliet, mercutio = prosody.add("romeo", "juliet", "mercutio")
    hers, friend = await peer(juliet), await peer(mercutio)
    his = await person(romeo, at=juliet)
    tabs = [await his.tab() for _ in range(5)]
    for tab in tabs:
        await tab.visit("/chats")
    await his.say("from the first tab")
    await hers.hears_body("from the first tab")
    friend.send(romeo.jid, "to all of them")
    for tab in (his, *tabs):
        await expect(tab.page).to_have_title(re.compile(r"^\(1\) "))
    # Whoever comes back to a tab finds it as it is everywhere.
    for tab in tabs:
        await tab.page.keyboard.press("Shift")
        await expect(tab.row(mercutio)).to_contain_text("to all of them")


async def test_34_the_newest_chat_stands_first_and_is_bold_and_counted(
    prosody: Lab, peer: OpenPeer, person: OpenPerson
) -> None:
    romeo, juliet, mercutio = prosody.add("romeo", "juliet", "mercutio")
    hers, friend = await peer(juliet), await peer(mercutio)
    his = await person(romeo)
    first = his.page.locator("li.conversation").first
    hers.send(romeo.jid, "one")
    await expect(first).to_contain_text("Juliet")
    await expect(first).to_contain_text("one")
    friend.send(romeo.jid, "two")
    await expect(first).to_contain_text("Mercutio")
    weight = await first.locator(".name").evaluate("(name) => getComputedStyle(name).fontWeight")
    assert int(weight) >= 600
    await expect(first.get_by_role("link")).to_have_accessible_name(re.compile("1.*unread"))


async def test_strangers_are_shown_and_counted_quietly(
    prosody: Lab, peer: OpenPeer, person: OpenPerson
) -> None:
    (romeo,), (tybalt,) = prosody.add("romeo"), prosody.add("tybalt")
    enemy = await peer(tybalt)
    his = await person(romeo)
    enemy.send(romeo.jid, "Turn thee.")
    await expect(his.row(tybalt)).to_contain_text("Not a contact")
    await expect(his.row(tybalt).locator(".badge")).to_contain_text("1")
    await expect(his.page).not_to_have_title(re.compile(r"^\("))
