"""Without a line (hands 45): what was seen last can be read; it goes back by itself, and with the login."""

import re

from playwright.async_api import expect

from tests.lab.fixtures import OpenPerson
from tests.lab.prosody import Lab
from tests.lab.visitor import eventually

# What a pause would bring: the worker, and a first look at what stands on the page.
SEEN = """async () => {
    const { src } = document.querySelector("script[type=module]");
    const { ready, look } = await import(src.replace("all.js", "install.js"));
    await ready();
    await navigator.serviceWorker.ready;
    await look();
}"""
ANOTHER = """() => {
    document.body.dataset.kept = "another login";
    for (const part of document.querySelectorAll("[data-list], [data-timeline]")) part.remove();
}"""
KEPT = """async () => {
    const found = [];
    for (const name of await caches.keys()) {
        for (const { url } of await (await caches.open(name)).keys()) found.push(new URL(url).pathname);
    }
    return { addresses: found, databases: (await indexedDB.databases()).length };
}"""


async def test_45_w22_w27_without_a_line_the_last_chats_can_be_read(prosody: Lab, person: OpenPerson) -> None:
    """No page lies in a cache, only files and the empty page; the words go with the login."""
    romeo, juliet = prosody.add("romeo", "juliet")
    his = await person(romeo, at=juliet, service_workers="allow")
    await his.say("But, soft!")
    await his.sees("But, soft!")
    await his.page.evaluate(SEEN)
    kept = await his.page.evaluate(KEPT)
    assert kept["databases"] == 1
    assert {path for path in kept["addresses"] if not path.startswith("/static/")} == {"/offline"}
    with his.patient():
        await his.context.set_offline(True)
        await his.composer.fill("What light")
        await his.page.reload()
        await expect(his.page.get_by_role("heading", name="You are offline.")).to_be_visible()
        await expect(his.page.get_by_role("status")).to_contain_text(re.compile(r"As of \d\d:\d\d"))
        shown = his.page.get_by_role("main")
        await expect(shown).to_contain_text("But, soft!")
        await expect(shown).to_contain_text("What light")
        await expect(his.page.get_by_role("navigation", name="Chats")).to_contain_text("But, soft!")
        await expect(his.page.locator("form, input, textarea")).to_have_count(0)
        await his.context.set_offline(False)
        await his.settled()
    await expect(his.composer).to_have_value("What light")
    await his.page.evaluate(SEEN)
    assert (await his.page.evaluate(KEPT))["databases"] == 1
    # As a page of another login, on which there is nothing to keep.
    await his.page.evaluate(ANOTHER)
    await his.page.evaluate(SEEN)
    assert (await his.page.evaluate(KEPT))["databases"] == 0
    await his.page.reload()
    await his.settled()
    await his.page.evaluate(SEEN)
    assert (await his.page.evaluate(KEPT))["databases"] == 1
    # As a page of a login that may keep nothing: what was there before goes.
    await his.page.evaluate("document.body.removeAttribute('data-kept')")
    await his.page.evaluate(SEEN)
    assert (await his.page.evaluate(KEPT))["databases"] == 0
    await his.page.locator("details.me summary").click()
    await his.page.get_by_role("button", name="Log out", exact=True).click()
    await expect(his.page.get_by_role("button", name="Log in")).to_be_visible()

    async def gone() -> bool:
        return bool(await his.page.evaluate(KEPT) == {"addresses": [], "databases": 0})

    await eventually(gone)
