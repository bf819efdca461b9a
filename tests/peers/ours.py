"""This room is what hands do on our pages in front of other people's clients."""

from playwright.async_api import Locator, expect

from tests.chromium.test_files import PNG, choose, tray
from tests.lab.browser import Person

PICTURE = PNG["name"]


async def _entry(his: Person, text: str, role: str, name: str) -> None:
    """Take an entry of a message's menu."""
    row = await his.sees(text)
    await row.hover()
    await row.get_by_role("link", name="More").click()
    menu = his.page.get_by_role("dialog", name="More")
    entry = menu.get_by_role("link" if role == "link" else "button", name=name, exact=True)
    await entry.click()


async def replies(his: Person, text: str, answer: str) -> None:
    """Answer a message."""
    await _entry(his, text, "link", "Reply")
    await expect(his.page.locator("[data-bar]")).to_contain_text(text)
    await his.say(answer)
    await expect(source(his, answer)).to_contain_text(text)


async def corrects(his: Person, text: str, better: str) -> None:
    """Write an own message anew."""
    await _entry(his, text, "link", "Edit")
    await expect(his.composer).to_have_value(text)
    await his.say(better)
    await sees_corrected(his, text, better)


async def retracts(his: Person, text: str) -> None:
    """Take an own message back."""
    await _entry(his, text, "link", "Take it back")
    await his.page.locator("#retract").get_by_role("button", name="Take it back").click()
    await sees_gone(his, text)


async def reacts(his: Person, text: str, emoji: str = "👍") -> None:
    """Press an emoji."""
    await _entry(his, text, "button", emoji)
    await expect(chip(his, text)).to_contain_text(emoji)


async def sends_picture(his: Person) -> None:
    """Send `PICTURE`."""
    await choose(his, PNG)
    await tray(his).get_by_role("button", name="Send files").click()
    await expect(tray(his)).to_have_count(0)


async def sees_picture(his: Person) -> None:
    """Wait until a picture of somebody else is drawn."""
    picture = his.log.locator("article.message:not(.mine) .files img")
    await expect(picture).to_be_visible()
    await expect(picture).to_have_js_property("complete", True)
    assert await picture.evaluate("it => it.naturalWidth")


async def sees_corrected(his: Person, text: str, better: str) -> None:
    """Wait until one message took another's place, and says so."""
    row = await his.sees(better)
    await expect(his.message(text)).to_have_count(0)
    await expect(row.locator(".edited")).to_have_count(1)


async def sees_gone(his: Person, text: str) -> None:
    """Wait until a message is taken back."""
    await expect(his.message(text)).to_have_count(0)
    await expect(his.log.locator("article.retracted")).to_have_count(1)


async def sees_typing(his: Person, name: str) -> None:
    """Wait until somebody is said to write."""
    await expect(his.page.locator(".typing")).to_contain_text(f"{name} is typing")


def source(his: Person, answer: str) -> Locator:
    """What an answer quotes."""
    return his.message(answer).locator(".source")


def chip(his: Person, text: str) -> Locator:
    """The reactions to a message."""
    return his.message(text).locator(".chip")


async def looks_away(his: Person) -> None:
    """Go to a page without a conversation."""
    await his.page.goto("/saved")
    await his.settled()


async def is_named(his: Person, room: str) -> None:
    """Wait until the list says that a room has a message for the user in person."""
    await his.page.goto("/chats")
    row = his.page.locator("li.conversation.room", has_text=room)
    await expect(row.locator(".badge:not(.quiet)")).to_contain_text("for you")
