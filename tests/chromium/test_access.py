"""This room asks for those who cannot see, point or wait: axe on every page, keyboard, focus, motion."""

import re
from importlib.resources import files
from typing import Any

import pytest
from playwright.async_api import expect

from tests.lab.browser import WIDTHS, Person
from tests.lab.fixtures import OpenPeer, OpenPerson
from tests.lab.prosody import Account, Lab

AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
RULES: dict[str, Any] = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "rules": {"label-content-name-mismatch": {"enabled": True}, "target-size": {"enabled": True}},
    "resultTypes": ["violations"],
    # Style sheets are asked for anew only for rules that are not among these.
    "preload": {"assets": ["media"], "timeout": 5_000},
}
COLOURS = {
    "runOnly": ["color-contrast", "link-in-text-block"],
    "resultTypes": ["violations"],
    "preload": False,
}
RUNS = {"light": RULES, "dark": COLOURS}
"""What is asked in which theme: only colours differ between them, and only by this attribute of the page."""
ALL_RUNS = {**RUNS, "contrast": COLOURS}
"""On the way through all pages also in the third, whose colours are further from each other."""
ON_A_PHONE = {"light": RULES}
"""The same elements at other places: in the other themes their colours were asked for on a desk."""
RUN = """async (runs) => {
    const root = document.documentElement;
    const chosen = root.dataset.theme;
    const found = [];
    for (const [theme, options] of Object.entries(runs)) {
        root.dataset.theme = theme;
        for (const { id, impact, nodes } of (await axe.run(options)).violations)
            for (const { target, failureSummary } of nodes)
                found.push(`${location}, ${theme}: ${id} (${impact}) at ${target}: ${failureSummary}`);
    }
    root.dataset.theme = chosen;
    return found;
}"""


async def findings(person: Person, runs: dict[str, Any] = RUNS) -> list[str]:
    """What axe finds on the page as it is."""
    if await person.page.evaluate("typeof axe === 'undefined'"):
        await person.page.evaluate(AXE)
    found: list[str] = await person.page.evaluate(RUN, ON_A_PHONE if person.touch else runs)
    return found


def pages_of_a_desk(friend: Account) -> tuple[str, ...]:
    """Those that are made of the same parts on a phone."""
    return (
        "/rooms/join",
        "/saved",
        "/later",
        f"/search?q=fiddlestick&in={friend.jid}",
        "/configuration/account",
        "/configuration/notifications",
        "/configuration/media",
        "/configuration/actions/server",
        "/notifications",
        "/communities",
        "/nothing-here",
    )


@pytest.mark.parametrize("width", WIDTHS)
async def test_58_59_axe_finds_nothing(prosody: Lab, peer: OpenPeer, person: OpenPerson, width: str) -> None:
    romeo, juliet, mercutio = prosody.add("romeo", "juliet", "mercutio")
    hers, friend = await peer(juliet), await peer(mercutio)
    friend.send(romeo.jid, "Here's my fiddlestick")
    his = await person(romeo, at=juliet, width=width)
    hers.send(romeo.jid, "> quoted\n*bold* `code` https://example.org")
    await expect(his.log.locator("article.message")).to_have_count(1)
    await his.say("An answer")
    await his.sees_state("An answer", "Sent")
    hers.compose(romeo.jid)
    await expect(his.page.locator(".typing")).to_contain_text("Juliet")
    found = await findings(his, ALL_RUNS)
    row = await his.sees("An answer")
    message = str(await row.locator(".more").get_attribute("href"))
    if width == "desk":
        await his.page.locator("details.me summary").click()
        found += await findings(his, ALL_RUNS)
    for path in (
        "/chats",
        mercutio.path,
        message,
        f"/people/{juliet.jid}",
        "/configuration/preferences",
        *(pages_of_a_desk(mercutio) if width == "desk" else ()),
    ):
        with his.refused():
            await his.page.goto(path)
        await expect(his.page.get_by_role("heading", level=1)).to_have_count(1)
        found += await findings(his, ALL_RUNS)
    assert not found, "\n".join(found)


async def test_58_59_axe_finds_nothing_at_login(prosody: Lab, person: OpenPerson) -> None:
    (romeo,) = prosody.add("romeo")
    his = await person(romeo, login=False)
    await his.page.goto("/login")
    found = await findings(his)
    await his.page.get_by_label("Address").fill(romeo.jid)
    await his.page.get_by_label("Password", exact=True).fill("wrong")
    with his.refused():
        await his.page.get_by_role("button", name="Log in").click()
        await expect(his.page.get_by_role("alert")).to_be_visible()
    found += await findings(his)
    assert not found, "\n".join(found)


async def test_61_from_login_to_a_sent_message_by_keyboard(
    prosody: Lab, peer: OpenPeer, person: OpenPerson
) -> None:
    romeo, juliet, _ = prosody.add("romeo", "juliet", "mercutio")
    hers = await peer(juliet)
    hers.send(romeo.jid, "Come, gentle night")
    his = await person(romeo, login=False)
    await his.page.goto("/login")
    # A browser gives the cursor to the field that asks for it only when it draws: sooner, a key goes nowhere.
    await expect(his.page.get_by_label("Address")).to_be_focused()
    keys = his.page.keyboard
    await keys.type(romeo.jid)
    await keys.press("Tab")
    await keys.type(romeo.password)
    await keys.press("Enter")
    await expect(his.page.get_by_role("navigation", name="Main")).to_be_visible()
    await _tab_to(his, his.page.get_by_role("link", name="Chats").and_(his.page.locator(".nav a:focus")))
    await keys.press("Enter")
    await expect(his.row(juliet)).to_contain_text("Come, gentle night")
    await _tab_to(his, his.page.locator(".conversation a:focus"))
    for _ in range(3):
        if await his.row(juliet).locator("a:focus").count():
            break
        await keys.press("ArrowDown")
    await keys.press("Enter")
    await expect(his.page).to_have_url(re.compile(re.escape(juliet.jid)))
    await expect(his.composer).to_be_focused()
    await keys.type("Good night")
    await keys.press("Enter")
    await hers.hears_body("Good night")


async def _tab_to(person: Person, focused: Any) -> None:
    """Press Tab until the focus is there."""
    for _ in range(20):
        if await focused.count():
            return
        await person.page.keyboard.press("Tab")
    raise AssertionError("the Tab key does not lead there")


async def test_56_the_list_is_one_stop_and_arrows_walk_it(
    prosody: Lab, peer: OpenPeer, person: OpenPerson
) -> None:
    romeo, juliet, mercutio = prosody.add("romeo", "juliet", "mercutio")
    hers, friend = await peer(juliet), await peer(mercutio)
    hers.send(romeo.jid, "one")
    friend.send(romeo.jid, "two")
    his = await person(romeo)
    await expect(his.page.locator(".conversation .badge")).to_have_count(2)
    await expect(his.page.locator('.conversation a[tabindex="0"]')).to_have_count(1)
    await _tab_to(his, his.page.locator(".conversation a:focus"))
    first = await his.page.locator(".conversation a:focus").get_attribute("href")
    await his.page.keyboard.press("ArrowDown")
    await expect(his.page.locator(".conversation a:focus")).not_to_have_attribute("href", str(first))


async def test_57_focus_goes_where_one_goes_on(prosody: Lab, peer: OpenPeer, person: OpenPerson) -> None:
    romeo, juliet = prosody.add("romeo", "juliet")
    hers = await peer(juliet)
    his, phone = await person(romeo), await person(romeo, width="phone")
    await his.row(juliet).get_by_role("link").click()
    await expect(his.composer).to_be_focused()
    await phone.row(juliet).get_by_role("link").tap()
    await expect(phone.composer).to_be_visible()
    await expect(phone.composer).not_to_be_focused()
    # What the stream brings takes neither the focus nor the caret away.
    await his.composer.press_sequentially("half a sentence")
    for _ in range(4):
        await his.composer.press("ArrowLeft")
    hers.send(romeo.jid, "an interruption")
    await his.sees("an interruption")
    await his.composer.press_sequentially("X")
    await expect(his.composer).to_have_value("half a sentXence")


async def test_58_the_skip_link_comes_first(prosody: Lab, person: OpenPerson) -> None:
    (romeo,) = prosody.add("romeo")
    his = await person(romeo, at="/configuration/account")
    await _tab_to(his, his.page.locator("a.skip:focus"))
    await expect(his.page.locator("a.skip:focus")).to_be_in_viewport()
    await his.page.keyboard.press("Enter")
    await expect(his.page.locator("#main")).to_be_focused()


async def test_60_nothing_moves_for_those_who_asked(prosody: Lab, peer: OpenPeer, person: OpenPerson) -> None:
    romeo, juliet = prosody.add("romeo", "juliet")
    hers = await peer(juliet)
    his = await person(romeo, at=juliet)
    hers.compose(romeo.jid)
    await expect(his.page.locator(".typing")).to_contain_text("Juliet")
    hers.send(romeo.jid, "There.")
    await his.sees("There.")
    moving = await his.page.evaluate(
        "() => document.getAnimations().filter((one) => one.effect.getComputedTiming().duration > 1).length"
    )
    assert moving == 0


async def test_64_text_runs_in_its_own_direction(prosody: Lab, peer: OpenPeer, person: OpenPerson) -> None:
    romeo, juliet = prosody.add("romeo", "juliet")
    hers = await peer(juliet)
    his = await person(romeo, at=juliet)
    hers.send(romeo.jid, "مرحبا يا روميو")
    row = await his.sees("مرحبا يا روميو")
    await expect(row.locator(".body")).to_have_css("direction", "rtl")
    await expect(his.page.locator("body")).to_have_css("direction", "ltr")


@pytest.mark.parametrize("width", [320, 390])
async def test_no_page_scrolls_sideways(prosody: Lab, peer: OpenPeer, person: OpenPerson, width: int) -> None:
    romeo, juliet = prosody.add("romeo", "juliet")
    hers = await peer(juliet)
    his = await person(romeo, at=juliet, width="phone", viewport={"width": width, "height": 700})
    hers.send(romeo.jid, "https://example.org/" + "long" * 100)
    await expect(his.log.locator("article.message")).to_have_count(1)
    wider = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
    configuration = ("profile", "preferences", "account", "notifications", "media", "actions", "blocked")
    for path in (juliet.path, "/chats", "/news", *(f"/configuration/{name}" for name in configuration)):
        await his.page.goto(path)
        assert await his.page.evaluate(wider) <= 0, path
        if width < 390:
            continue
        # Text twice as large (WCAG 1.4.4).
        await his.page.evaluate("() => document.documentElement.style.setProperty('font-size', '32px')")
        inside = wider.replace("document.documentElement", "document.querySelector('main')")
        assert await his.page.evaluate(inside) <= 0, f"{path} with large text"


async def test_touch_targets_are_large_enough(prosody: Lab, person: OpenPerson) -> None:
    romeo, juliet = prosody.add("romeo", "juliet")
    his = await person(romeo, width="phone")
    small = await _small(his)
    await his.open_chat(juliet)
    small += await _small(his)
    assert not small, "\n".join(small)


async def _small(person: Person) -> list[str]:
    """Visible buttons and links that a finger cannot hit; links within text are left out."""
    found: list[str] = await person.page.evaluate(
        """() => [...document.querySelectorAll("nav a, nav summary, button, .conversation a, .back")]
            .map((one) => [one.getBoundingClientRect(), one])
            .filter(([box, one]) => one.checkVisibility() && box.width && (box.width < 44 || box.height < 44))
            .map(([box, one]) => `${one.outerHTML.slice(0, 120)} is ${box.width} x ${box.height}`)"""
    )
    return found
