"""This room looks for something, as one types, where it was said, and back again; and at cards of links."""

import re
from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, expect

from tests.chromium.test_access import findings
from tests.lab.browser import WIDTHS, Person
from tests.lab.fixtures import OpenPeer, OpenPerson, TwoTalking
from tests.lab.pages import TlsHost
from tests.lab.prosody import Lab
from tests.lab.site import Site


def results(person: Person) -> Locator:
    """The messages that were found."""
    return person.page.locator("#results ol.found a")


@pytest.mark.parametrize("width", WIDTHS)
async def test_20_21_33_results_follow_the_typing_and_open_in_context(
    prosody: Lab, peer: OpenPeer, person: OpenPerson, width: str
) -> None:
    romeo, juliet = prosody.add("romeo", "juliet")
    hers = await peer(juliet)
    for number in range(120):
        hers.send(romeo.jid, f"the déjà vu {number}" if number % 4 == 0 else f"line {number}")
    await hers.round_trip()
    his = await person(romeo, at=juliet, width=width)
    await his.sees("line 119")
    await his.page.goto("/search")
    box = his.page.get_by_role("searchbox", name="Search")
    await box.press_sequentially("deja vu", delay=20)
    await expect(results(his)).to_have_count(20)
    await expect(results(his).first.locator("mark")).to_have_text(["déjà", "vu"])
    await expect(box).to_be_focused()
    await expect(his.page).to_have_url(re.compile(r"/search\?q=deja\+vu$"))
    assert await findings(his) == []
    await box.fill(f"in:{juliet.jid} vu after:2020-01-01")
    await expect(his.page).to_have_url(re.compile("after"))
    await expect(results(his)).to_have_count(20)
    await his.page.get_by_role("link", name="Older results").click()
    await expect(results(his)).to_have_count(10)
    wanted = results(his).nth(6)
    await expect(wanted).to_contain_text("the déjà vu 12")
    await wanted.scroll_into_view_if_needed()
    await wanted.click()
    row = his.log.locator("article.message.lit")
    await expect(row.locator(".body")).to_have_text(re.compile(r"^\s*the déjà vu 12\s*$"))
    await expect(row).to_be_in_viewport()
    await his.page.go_back()
    await expect(results(his)).to_have_count(10)
    await expect(results(his).nth(6)).to_be_in_viewport()
    await expect(results(his).nth(6)).to_be_focused()


async def test_32_ctrl_f_looks_in_this_conversation(two_talking: TwoTalking) -> None:
    his, hers = await two_talking()
    for text in ("what light through yonder window", "breaks"):
        hers.send(his.account.jid, text)
    await his.sees("breaks")
    await his.composer.press("/")
    await expect(his.composer).to_have_value("/")
    await his.composer.fill("")
    await his.page.keyboard.press("Control+f")
    box = his.page.get_by_role("searchbox", name="Search")
    await expect(box).to_be_focused()
    await expect(his.page.get_by_role("heading", level=1)).to_contain_text("Search in")
    await his.page.keyboard.type("yonder")
    await expect(results(his)).to_have_count(1)
    await his.page.evaluate(
        "addEventListener('keydown', (e) => { document.body.dataset.taken = e.defaultPrevented; })"
    )
    await his.page.keyboard.press("Control+f")
    await expect(his.page.locator("body")).to_have_attribute("data-taken", "false")
    await his.page.goto("/chats")
    await his.page.locator("h1").focus()
    await his.page.keyboard.press("/")
    await expect(box).to_be_focused()
    await expect(his.page.get_by_role("heading", level=1)).to_have_text(re.compile(r"^\s*Search\s*$"))


@pytest.mark.parametrize("width", WIDTHS)
async def test_search_and_go_to_a_day_without_scripts(
    prosody: Lab, peer: OpenPeer, person: OpenPerson, width: str
) -> None:
    romeo, juliet = prosody.add("romeo", "juliet")
    hers = await peer(juliet)
    for number in range(60):
        hers.send(romeo.jid, f"line {number}")
    await hers.round_trip()
    his = await person(romeo, width=width, scripts=False)
    await his.page.goto("/chats")
    await his.reloads_until(his.row(juliet).locator(".badge"))
    await his.page.goto("/search")
    await his.page.get_by_role("searchbox", name="Search").fill("line")
    await his.page.get_by_role("search").get_by_role("button", name="Search").click()
    await expect(results(his)).to_have_count(20)
    await his.page.get_by_text("More", exact=True).click()
    await his.page.get_by_label("From this day on").fill((date.today() + timedelta(days=2)).isoformat())
    await his.page.get_by_role("search").get_by_role("button", name="Search").click()
    await expect(his.page.get_by_text("Nothing was found.")).to_be_visible()
    await his.page.goto(f"/search?q=line&in={juliet.jid}")
    await his.page.get_by_label("Go to a day").fill((date.today() - timedelta(days=1)).isoformat())
    await his.page.get_by_role("button", name="Go", exact=True).click()
    await expect(his.message("line 0")).to_be_visible()
    assert "?at=" in his.page.url
    await his.page.goto(f"/search?q=line&in={juliet.jid}")
    await results(his).first.click()
    await expect(his.message("line 59")).to_be_visible()


@pytest_asyncio.fixture(loop_scope="session")
async def pages(tmp_path: Path) -> AsyncIterator[TlsHost]:
    """A web site that is not ours."""
    made = await TlsHost().start_in(tmp_path)
    yield made
    await made.stop()


def both_trusted(path: Path, prosody: Lab, pages: TlsHost) -> Path:
    """A file with the authorities of both."""
    path.write_text(prosody.ca_file.read_text() + pages.authority.read_text())
    return path


async def test_a_link_card_comes_under_the_message(
    prosody: Lab, peer: OpenPeer, browser: Browser, pages: TlsHost, tmp_path: Path
) -> None:
    trusted = both_trusted(tmp_path / "trusted.pem", prosody, pages)
    site = Site(
        tmp_path / "site",
        prosody,
        {"WEBCHAT_XMPP_CA_FILE": str(trusted), "WEBCHAT_ALLOW_PRIVATE": "127.0.0.0/8"},
        forked=True,
    )
    await site.start()
    romeo, juliet = prosody.add("romeo", "juliet")
    hers = await peer(juliet)
    his = await Person.open(browser, site, romeo)
    try:
        await his.login()
        await his.open_chat(juliet)
        url = pages.page("/play", "<title>Romeo &amp; Juliet</title><meta name=description content='A play'>")
        hers.send(romeo.jid, f"read {url}")
        card = his.page.locator("a.link-card")
        await expect(card).to_contain_text("Romeo & Juliet")
        await expect(card).to_contain_text("A play")
        await expect(card).to_have_attribute("href", url)
        await expect(card).to_be_in_viewport()
        assert await findings(his) == []
        assert his.problems == []
    finally:
        await his.close()
        await site.stop()
