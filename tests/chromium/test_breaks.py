"""This room breaks the line in the middle of a chat, and expects the open page to go on by itself."""

import re

from playwright.async_api import Request, expect

from tests.lab.browser import BACK_OFF, Person
from tests.lab.fixtures import OpenPeer, OpenPerson
from tests.lab.prosody import Lab
from tests.lab.site import Site


async def test_40_the_site_is_killed_and_the_open_tab_goes_on(
    prosody: Lab, peer: OpenPeer, person: OpenPerson, site: Site
) -> None:
    romeo, juliet = prosody.add("romeo", "juliet")
    hers = await peer(juliet)
    his = await person(romeo, at=juliet)
    await his.say("just before")
    # What had not left by then would be said after what comes meanwhile.
    await his.sees_state("just before", "Sent")
    with his.patient():
        await site.kill()
        hers.send(romeo.jid, "meanwhile")
        await hers.round_trip()
        await site.start()
        await his.sees("meanwhile", BACK_OFF)
    await his.say("just after")
    await hers.hears_body("just after")
    await his.sees_state("just after", "Sent")
    assert await his.texts() == ["just before", "meanwhile", "just after"]
    assert [one.body for one in hers.heard if one.body] == ["just before", "just after"]


async def test_40_the_site_restarts_in_good_order(
    prosody: Lab, peer: OpenPeer, person: OpenPerson, site: Site
) -> None:
    """Tabs are told, and are there again without anybody's help (R11, R18)."""
    romeo, juliet = prosody.add("romeo", "juliet")
    hers = await peer(juliet)
    his = await person(romeo, at=juliet)
    await his.composer.press_sequentially("half a sen")
    with his.patient():
        await site.restart()
        hers.send(romeo.jid, "still there?")
        await his.sees("still there?", BACK_OFF)
    await expect(his.composer).to_have_value("half a sen")
    await his.composer.press_sequentially("tence")
    await his.composer.press("Enter")
    await hers.hears_body("half a sentence")


async def test_39_the_network_is_gone_for_a_while(prosody: Lab, peer: OpenPeer, person: OpenPerson) -> None:
    """The tab catches up by itself, and what was typed meanwhile goes out (R01)."""
    romeo, juliet = prosody.add("romeo", "juliet")
    hers = await peer(juliet)
    his = await person(romeo, at=juliet)
    with his.patient():
        await his.context.set_offline(True)
        await his.say("written in the dark")
        hers.send(romeo.jid, "said in the dark")
        await hers.round_trip()
        await expect(his.composer).to_be_editable()
        await his.context.set_offline(False)
        await his.sees("said in the dark")
    await hers.hears_body("written in the dark")
    await his.sees("written in the dark")
    wanted = [one.body for one in await hers.archive(romeo.jid)]
    await expect(his.log.locator("article.message .body")).to_contain_text(wanted)


async def test_39_a_server_that_is_away_is_told_in_words(
    prosody: Lab, peer: OpenPeer, person: OpenPerson
) -> None:
    romeo, juliet = prosody.add("romeo", "juliet")
    his = await person(romeo, at=juliet)
    await prosody.stop()
    notice = his.page.locator("#connection")
    await expect(notice).to_contain_text("Your server cannot be reached")
    await his.say("into the break")
    await his.sees_state("into the break", "Sending")
    await prosody.start()
    await expect(notice).to_be_empty(timeout=BACK_OFF)
    await his.sees_state("into the break", "Sent")
    hers = await peer(juliet)
    assert [one.body for one in await hers.archive(romeo.jid)] == ["into the break"]


async def test_42_a_page_that_slept_shows_the_right_state(
    prosody: Lab, peer: OpenPeer, person: OpenPerson, site: Site
) -> None:
    """Whatever happened while nobody looked (R14)."""
    romeo, juliet = prosody.add("romeo", "juliet")
    hers = await peer(juliet)
    his = await person(romeo, at=juliet)
    hers.send(romeo.jid, "line 0")
    await his.sees("line 0")
    with his.patient():
        await his.context.set_offline(True)
        await site.restart()
        # More than the ring of changes holds: the page has to fetch itself, and shows the first unread ones.
        for number in range(1, 300):
            hers.send(romeo.jid, f"line {number}")
        await hers.round_trip()
        await his.context.set_offline(False)
        await _goes_to(his, "line 299")
    await his.page.reload()
    await _goes_to(his, "line 299")


async def _goes_to(his: Person, text: str) -> None:
    """Find the newest message, below more unread ones than a page begins with."""
    pill = his.page.locator("#pill")
    await expect(his.message(text).or_(pill).first).to_be_visible(timeout=BACK_OFF)
    if await pill.is_visible():
        await pill.click()
    await his.sees(text)
    await expect(his.page).to_have_url(re.compile(r"@[^/?]+$"))


async def test_40_a_page_keeps_to_one_stream(
    prosody: Lab, peer: OpenPeer, person: OpenPerson, site: Site
) -> None:
    romeo, juliet = prosody.add("romeo", "juliet")
    hers = await peer(juliet)
    his = await person(romeo, at="about:blank")
    streams: set[Request] = set()
    his.page.on("request", lambda one: streams.add(one) if "/stream/" in one.url else None)
    his.page.on("requestfailed", lambda one: streams.discard(one))
    his.page.on("requestfinished", lambda one: streams.discard(one))
    await his.open_chat(juliet)
    with his.patient():
        for number in range(2):
            await site.kill()
            await site.start()
            hers.send(romeo.jid, f"line {number}")
            await his.sees(f"line {number}", BACK_OFF)
    before = await his.composer.element_handle()
    await his.row(juliet).get_by_role("link").click()
    # What is typed while a page is on its way becomes a draft of the page that comes.
    await before.wait_for_element_state("hidden")
    await his.say("and on")
    await hers.hears_body("and on")
    assert len(streams) == 1


async def test_a_revoked_device_goes_dark(prosody: Lab, person: OpenPerson) -> None:
    (romeo,) = prosody.add("romeo")
    laptop, his = await person(romeo), await person(romeo, at="/configuration/account")
    devices = his.page.locator("[aria-labelledby=devices-title] li")
    await expect(devices).to_have_count(2)
    other = devices.filter(has_not_text="This browser")
    await other.get_by_role("button").click()
    await expect(devices).to_have_count(1)
    await expect(laptop.page.get_by_role("button", name="Log in")).to_be_visible()
