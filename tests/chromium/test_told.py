"""Being told: notices and sounds from one tab of all, the quick switcher, keys, what is read and muted."""

import asyncio
import re
import time

import pytest
from playwright.async_api import expect

from tests.chromium.test_access import findings
from tests.lab.browser import Person
from tests.lab.fixtures import OpenPeer, OpenPerson
from tests.lab.prosody import Lab

STUB = """
window.lastNotice = null;
window.AudioContext = class {
  state = "running"; currentTime = 0; destination = {};
  resume() { return Promise.resolve(); }
  createOscillator() {
    return { frequency: {}, connect: (to) => to, start() {}, stop: () => window.tellTest("tone", "") };
  }
  createGain() {
    return { gain: { setValueAtTime() {}, exponentialRampToValueAtTime() {} }, connect: (to) => to };
  }
};
window.Notification = class extends EventTarget {
  static permission = sessionStorage.permission ?? "PERMISSION";
  static async requestPermission() {
    this.permission = sessionStorage.permission = "granted";
  }
  constructor(title, { body, tag }) {
    super();
    window.lastNotice = this;
    Object.assign(this, { said: `${title}: ${body}`, tag });
    window.tellTest("show", this.said);
  }
  close() { window.tellTest("close", this.said); this.dispatchEvent(new Event("close")); }
};
"""
CLICK = "(text) => Boolean(lastNotice?.said.endsWith(text)) && lastNotice.dispatchEvent(new Event('click'))"


class Corner:
    """The corner of the screen where notices appear: what was shown and taken away, of all tabs together."""

    def __init__(self) -> None:
        self.seen: asyncio.Queue[tuple[str, str]] = asyncio.Queue()

    async def watch(self, person: Person, permission: str = "granted") -> None:
        """From the next page on."""
        await person.context.expose_function("tellTest", self._hear)
        await person.context.add_init_script(STUB.replace("PERMISSION", permission))

    async def _hear(self, what: str, text: str) -> None:
        self.seen.put_nowait((what, text))

    async def next(self, what: str) -> str:
        """The text of the next thing, which must be of this kind."""
        async with asyncio.timeout(10):
            found = await self.seen.get()
        assert found[0] == what, found
        return found[1]

    async def shows(self, text: str) -> None:
        """A notice with its tone of two notes, and nothing before it."""
        said = [await self.seen.get() for _ in range(3)]
        assert sorted(said) == [("show", text), ("tone", ""), ("tone", "")]


async def test_44_notices_come_from_one_tab_and_never_for_what_is_in_view(
    prosody: Lab, peer: OpenPeer, person: OpenPerson
) -> None:
    romeo, juliet, mercutio = prosody.add("romeo", "juliet", "mercutio")
    hers, friend = await peer(juliet), await peer(mercutio)
    his, corner = await person(romeo, at="about:blank"), Corner()
    await corner.watch(his)
    second, third = await his.tab(), await his.tab()
    await his.open_chat(juliet)
    for tab in (second, third):
        await tab.page.goto("/chats")
        await tab.settled()
    hers.send(romeo.jid, "in view")
    await his.sees("in view")
    friend.send(romeo.jid, "*elsewhere*")
    await corner.shows("Mercutio: elsewhere")
    # Read in any tab, it goes.
    await his.row(mercutio).get_by_role("link").click()
    assert await corner.next("close") == "Mercutio: elsewhere"
    hers.send(romeo.jid, "hark")
    await corner.shows("Juliet: hark")
    clicked = [tab for tab in (his, second, third) if await tab.page.evaluate(CLICK, "hark")]
    assert await corner.next("close") == "Juliet: hark"
    assert len(clicked) == 1
    await expect(clicked[0].page).to_have_url(re.compile(re.escape(juliet.jid)))


async def test_35_a_muted_chat_says_nothing_and_all_is_read_at_once(
    prosody: Lab, peer: OpenPeer, person: OpenPerson
) -> None:
    romeo, juliet, mercutio = prosody.add("romeo", "juliet", "mercutio")
    hers, friend = await peer(juliet), await peer(mercutio)
    his, corner = await person(romeo, at="about:blank"), Corner()
    await corner.watch(his)
    await his.open_chat(juliet)
    await _open_modes(his)
    await his.page.get_by_role("button", name="Mute for 1 hour").click()
    await expect(his.page.locator(".modes .muted")).to_have_count(1)
    await _open_modes(his)
    await expect(his.page.locator(".modes")).to_contain_text("Muted until")
    assert not await findings(his)
    await his.page.goto("/chats")
    await his.settled()
    hers.send(romeo.jid, "quiet")
    await expect(his.row(juliet).locator(".badge")).to_contain_text("1")
    friend.send(romeo.jid, "loud")
    await corner.shows("Mercutio: loud")
    await expect(his.page).to_have_title(re.compile(r"^\(1\) "))
    await his.page.get_by_role("button", name="Mark all as read").click()
    await expect(his.page.locator(".conversation .badge")).to_have_count(0)
    await expect(his.page).not_to_have_title(re.compile(r"^\("))
    assert await corner.next("close") == "Mercutio: loud"
    await expect(his.page.get_by_role("button", name="Mark all as read")).to_be_hidden()


async def _open_modes(person: Person) -> None:
    """Unfold what the open chat tells, in its menu."""
    await person.page.locator("header.head details.more > summary").click()
    await person.page.locator(".modes summary").click()


@pytest.mark.parametrize("width", ["desk", "phone"])
async def test_44_permission_is_asked_after_an_explanation(
    prosody: Lab, person: OpenPerson, width: str
) -> None:
    (romeo,) = prosody.add("romeo")
    his, corner = await person(romeo, at="about:blank", width=width), Corner()
    await corner.watch(his, "default")
    await his.page.goto("/chats")
    await expect(his.page.locator("[data-offer]")).to_be_visible()
    found = await findings(his)
    await his.page.get_by_role("link", name="How it works").click()
    ask, test = (his.page.get_by_role("button", name=name) for name in ("Allow notifications", "Show a test"))
    await expect(ask).to_be_visible()
    await expect(test).to_be_hidden()
    found += await findings(his)
    await ask.click()
    await expect(test).to_be_visible()
    await expect(ask).to_be_hidden()
    await test.click()
    await corner.shows("A test: This is how a message will show.")
    await his.page.get_by_label("Which one").select_option("Falling")
    await his.page.get_by_role("button", name="Play it").click()
    assert [await corner.next("tone") for _ in range(3)] == [""] * 3
    assert not found + await findings(his)
    await his.page.goto("/chats")
    await expect(his.page.locator("[data-offer]")).to_be_hidden()


async def test_30_the_switcher_goes_anywhere_by_keyboard(
    prosody: Lab, peer: OpenPeer, person: OpenPerson
) -> None:
    romeo, juliet, mercutio = prosody.add("romeo", "juliet", "mercutio")
    friend = await peer(mercutio)
    friend.send(romeo.jid, "waiting")
    his = await person(romeo, at=juliet)
    keys, options = his.page.keyboard, his.page.locator("#switcher").get_by_role("option")
    await expect(his.row(mercutio).locator(".badge")).to_be_visible()
    await his.composer.fill("half a sentence")
    await keys.press("Control+k")
    box = his.page.get_by_role("combobox", name="Quick switcher")
    await expect(box).to_be_focused()
    await expect(options.first).to_contain_text("Mercutio")
    assert not await findings(his)
    await keys.type("jlt")
    await expect(options).to_have_text([re.compile("Juliet")])
    await keys.press("Escape")
    await expect(his.composer).to_be_focused()
    await expect(his.composer).to_have_value("half a sentence")
    await keys.press("Control+k")
    await keys.type(">conf")
    await expect(options.first).to_have_text("Configuration")
    await box.fill("zzz")
    await expect(his.page.locator("#switcher")).to_contain_text("Nothing has this name.")
    assert not await findings(his)
    await box.fill("")
    await keys.press("ArrowDown")
    await keys.press("ArrowUp")
    await keys.press("Enter")
    await expect(his.page).to_have_url(re.compile(re.escape(mercutio.jid)))
    await keys.press("Control+k")
    await keys.type(">dark")
    await expect(options).to_have_text(["Dark theme"])
    await keys.press("Enter")
    await expect(his.page.locator("html")).to_have_attribute("data-theme", "dark")


async def test_31_keys_step_and_are_listed_but_never_while_one_writes(
    prosody: Lab, peer: OpenPeer, person: OpenPerson
) -> None:
    romeo, juliet, mercutio, benvolio = prosody.add("romeo", "juliet", "mercutio", "benvolio")
    friend = await peer(benvolio)
    his = await person(romeo, at=juliet)
    keys = his.page.keyboard
    await his.say("one")
    await his.sees_state("one", "Sent")
    await his.open_chat(mercutio)
    # The archive counts in whole seconds, and what was said in the same one has no order.
    await his.page.wait_for_function("second => Date.now() / 1000 > second", arg=int(time.time()) + 1)
    await his.say("two")
    await his.sees_state("two", "Sent")
    await keys.press("Alt+ArrowDown")
    await expect(his.page).to_have_url(re.compile(re.escape(juliet.jid)))
    await expect(his.composer).to_be_focused()
    await keys.press("Alt+ArrowUp")
    await expect(his.page).to_have_url(re.compile(re.escape(mercutio.jid)))
    friend.send(romeo.jid, "three")
    await expect(his.row(benvolio).locator(".badge")).to_be_visible()
    await expect(his.composer).to_be_focused()
    await keys.type("what?")
    await keys.press("Alt+ArrowDown")
    await expect(his.composer).to_have_value("what?")
    await expect(his.page).to_have_url(re.compile(re.escape(mercutio.jid)))
    await his.composer.fill("")
    await keys.press("Alt+Shift+ArrowDown")
    await expect(his.page).to_have_url(re.compile(re.escape(benvolio.jid)))
    await his.page.locator("#conversation-title").focus()
    await keys.press("?")
    listed = his.page.get_by_role("dialog", name="Keys")
    await expect(listed).to_contain_text("Previous and next unread chat")
    assert not await findings(his)
    await keys.press("Escape")
    await expect(listed).to_be_hidden()
    await his.page.goto("/configuration/preferences")
    await his.page.get_by_label("Use these keys").uncheck()
    await his.page.get_by_role("button", name="Save").click()
    await expect(his.page.locator("body")).to_have_attribute("data-keys", "off")
    await keys.press("?")
    await keys.press("Control+k")
    await expect(his.page.get_by_role("dialog")).to_have_count(0)


async def test_35_from_a_message_on_all_is_unread_again(
    prosody: Lab, peer: OpenPeer, person: OpenPerson
) -> None:
    romeo, juliet = prosody.add("romeo", "juliet")
    hers = await peer(juliet)
    his = await person(romeo, at=juliet)
    for text in ("one", "two"):
        hers.send(romeo.jid, text)
    row = await his.sees("two")
    await expect(his.row(juliet).locator(".badge")).to_have_count(0)
    await row.hover()
    await row.locator(".more").click()
    await his.page.get_by_role("button", name="Mark as unread from here").click()
    await expect(his.page).to_have_url(re.compile("/chats$"))
    await expect(his.row(juliet).locator(".badge")).to_contain_text("1")
    await expect(his.page).to_have_title(re.compile(r"^\(1\) "))
    await his.row(juliet).get_by_role("link").click()
    await expect(his.page.locator("#new-divider, .new")).to_be_visible()
