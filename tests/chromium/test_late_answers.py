"""This room holds answers back on their way to the page: what the stream brought meanwhile stays in sight."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from playwright.async_api import Route, expect

from tests.lab.browser import Person
from tests.lab.fixtures import OpenPeer, OpenPerson
from tests.lab.prosody import Account, Lab
from tests.lab.site import Site


class Held:
    """The next answer for a page: made by the site, and kept from the tab until it is let go."""

    def __init__(self, tab: Person, chat: Account) -> None:
        self._tab = tab
        self._chat = chat
        self._made = asyncio.Event()
        self._free = asyncio.Event()

    async def ask(self) -> None:
        """Let the page fetch itself, as the stream does, and wait until the site has answered."""
        await self._tab.page.route(f"**{self._chat.path}", self._hold, times=1)
        await self._tab.page.evaluate(
            """() => {
                window.handled = new Promise((resolve) => {
                    const done = ({ detail: { ctx } }) => ctx.sourceElement.id === "main" && resolve();
                    document.addEventListener("htmx:finally:request", done);
                });
                document.body.dispatchEvent(new CustomEvent("resync"));
            }"""
        )
        await self._made.wait()

    async def let_go(self) -> None:
        """Let the answer come, and wait until the page has dealt with it."""
        self._free.set()
        await self._tab.page.evaluate("() => window.handled")

    async def _hold(self, route: Route) -> None:
        answer = await route.fetch()
        self._made.set()
        await self._free.wait()
        await route.fulfill(response=answer)


@asynccontextmanager
async def held(tab: Person, chat: Account) -> AsyncIterator[None]:
    """Inside, an answer that was asked for before is on its way; at the end it has come."""
    answer = Held(tab, chat)
    await answer.ask()
    yield
    await answer.let_go()


@contextmanager
def asleep(site: Site) -> Iterator[None]:
    """Inside, the site does nothing."""
    os.kill(site.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(site.pid, signal.SIGCONT)


async def test_a_late_answer_takes_no_message_away(prosody: Lab, peer: OpenPeer, person: OpenPerson) -> None:
    romeo, juliet = prosody.add("romeo", "juliet")
    hers = await peer(juliet)
    his = await person(romeo, at=juliet)
    await his.say("before")
    await his.sees_state("before", "Sent")
    async with held(his, juliet):
        hers.send(romeo.jid, "meanwhile")
        await his.sees("meanwhile")
    assert await his.texts() == ["before", "meanwhile"]
    hers.send(romeo.jid, "after")
    await his.sees("after")
    assert await his.texts() == ["before", "meanwhile", "after"]


async def test_a_late_answer_does_not_bring_an_old_order_back(
    prosody: Lab, peer: OpenPeer, person: OpenPerson, site: Site
) -> None:
    romeo, juliet = prosody.add("romeo", "juliet")
    his = await person(romeo, at=juliet)
    texts = his.log.locator("article.message .body")
    with his.patient():
        await prosody.stop()
        await expect(his.page.locator("#connection.online")).to_have_count(0)
        await his.say("his, waiting")
        await his.sees_state("his, waiting", "Sending")
        async with held(his, juliet):
            with asleep(site):
                await prosody.start()
                hers = await peer(juliet)
                hers.send(romeo.jid, "hers, sooner")
                await hers.round_trip()
            await expect(texts).to_contain_text(["hers, sooner", "his, waiting"], timeout=30_000)
        assert await his.texts() == ["hers, sooner", "his, waiting"]
    await hers.hears_body("his, waiting")
    assert await his.texts() == [one.body for one in await hers.archive(romeo.jid)]


async def test_a_late_older_page_does_not_bring_an_old_state_back(
    prosody: Lab, peer: OpenPeer, person: OpenPerson
) -> None:
    romeo, juliet = prosody.add("romeo", "juliet")
    his = await person(romeo)
    made, free = asyncio.Event(), asyncio.Event()

    async def hold(route: Route) -> None:
        answer = await route.fetch()
        made.set()
        await free.wait()
        await route.fulfill(response=answer)

    with his.patient():
        await prosody.stop()
        await expect(his.page.locator("#connection.online")).to_have_count(0)
        # Opened only now, so that what came before has not been asked for yet.
        await his.open_chat(juliet)
        await his.say("on its way")
        await his.sees_state("on its way", "Sending")
        older = await his.page.locator("[data-older]").get_attribute("data-older")
        assert older
        await his.page.route("**/older**", hold, times=1)
        # The site is asked while the message waits, and the answer comes when it has long been sent.
        await his.page.locator("[data-older] a").click()
        await made.wait()
        await prosody.start()
        await his.sees_state("on its way", "Sent")
        free.set()
        await expect(his.page.locator("[data-older]")).to_contain_text("does not give older messages")
    await his.sees_state("on its way", "Sent")


async def test_a_late_answer_does_not_bring_another_chat_back(
    prosody: Lab, peer: OpenPeer, person: OpenPerson
) -> None:
    romeo, juliet, mercutio = prosody.add("romeo", "juliet", "mercutio")
    hers, friend = await peer(juliet), await peer(mercutio)
    his = await person(romeo, at=juliet)
    hers.send(romeo.jid, "hers")
    await his.sees("hers")
    friend.send(romeo.jid, "his friend's")
    async with held(his, juliet):
        await his.row(mercutio).get_by_role("link").click()
        await his.sees("his friend's")
    assert await his.texts() == ["his friend's"]


async def test_an_answer_that_was_lost_is_asked_for_again(
    prosody: Lab, peer: OpenPeer, person: OpenPerson
) -> None:
    romeo, juliet = prosody.add("romeo", "juliet")
    hers = await peer(juliet)
    his = await person(romeo, at=juliet)
    hers.send(romeo.jid, "here")
    await his.sees("here")
    with his.patient():
        await his.page.route(f"**{juliet.path}", lambda route: route.abort(), times=2)
        await his.page.evaluate(
            """() => {
                document.querySelector("h2[id=list-title]").remove();
                document.body.dispatchEvent(new CustomEvent("resync"));
            }"""
        )
        await expect(his.page.locator("#list-title")).to_have_count(1)
