"""Public pages in real browsers: without a login, without scripts, on a phone, in both themes, and in w3m."""

import asyncio
from datetime import UTC, datetime
from typing import Any

from playwright.async_api import expect

from tests.chromium.test_access import findings
from tests.lab.fixtures import OpenPerson
from tests.lab.prosody import Account, Lab
from tests.lab.site import Site
from webchat.db.engine import Database
from webchat.posts import store
from webchat.posts.store.public import set_public
from webchat.session.store import ensure_account
from webchat.xmpp.entries import COMMENTS, MICROBLOG, Entry, PostItem, Ref

BODY = "<p>We <em>walked</em> until the fog opened.</p><h2>What we carried</h2><ul><li>bread</li></ul>"
THEN = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)


async def published(site: Site, author: Account, reader: Account, *, name: str = "") -> None:
    """What the author's server has told the site: a post with a comment and a heart."""
    via = author.jid.partition("@")[2]
    service, node = f"comments.{via}", f"{COMMENTS}walk"
    web = f"{site.url}/@{author.jid}/walk"
    comments = (Ref(service, node),)
    given: dict[str, Any] = {"published": THEN, "updated": THEN}
    post = Entry("A walk", html=BODY, tags=("hills",), web=web, comments=comments, **given)
    database = Database(f"sqlite:///{site.folder / 'data' / 'webchat.sqlite'}")
    async with database.write() as db:
        account = await ensure_account(db, author.jid, "webchat", "SCRAM-SHA-256")
        if name:
            assert await set_public(db, account.id, name, public=True)
        await store.record(db, via, author.jid, MICROBLOG, PostItem("walk", "", post))
        for item, title in (("c1", "Take me along"), ("l1", "♥")):
            said = Entry(title, **given)
            await store.record(db, via, service, node, PostItem(item, reader.jid, said))
    await database.close()


async def test_m122_m129_from_the_switch_to_a_reader_without_scripts(
    prosody: Lab, site: Site, person: OpenPerson
) -> None:
    juliet, romeo = prosody.add("juliet", "romeo")
    await published(site, juliet, romeo)
    his = await person(romeo, login=False, scripts=False, width="phone", color_scheme="dark")
    with his.refused():
        await his.page.goto(f"/@{juliet.jid}")
    await expect(his.page.get_by_role("heading", level=1)).to_have_text("Nothing public here")
    hers = await person(juliet, at="/configuration/preferences")
    await hers.page.get_by_label("My blog is public").check()
    await hers.page.locator("#public").get_by_role("button", name="Apply").click()
    await expect(hers.page.get_by_role("link", name="My blog")).to_be_visible()
    await his.page.goto(f"/@{juliet.jid}")
    await his.page.get_by_role("link", name="A walk").click()
    await expect(his.page.get_by_role("heading", level=1)).to_have_text("A walk")
    await expect(his.page.locator(".comments .words")).to_have_text("Take me along")
    assert await his.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await his.page.get_by_role("link", name="Follow").click()
    await expect(his.page.get_by_role("button", name="Log in")).to_be_visible()


async def test_m125_axe_and_w3m(prosody: Lab, site: Site, person: OpenPerson) -> None:
    juliet, romeo = prosody.add("juliet", "romeo")
    name = juliet.jid.partition("@")[0]
    await published(site, juliet, romeo, name=name)
    anybody = await person(romeo, login=False)
    for path in (f"/@{name}", f"/@{name}/walk"):
        await anybody.page.goto(path)
        assert await findings(anybody) == []
    reader = await asyncio.create_subprocess_exec(
        "w3m", "-dump", f"{site.url}/@{name}/walk", stdout=asyncio.subprocess.PIPE
    )
    text = (await reader.communicate())[0].decode()
    for words in (
        "A walk",
        "We walked until the fog opened.",
        "• bread",
        "#hills",
        "1 comment",
        "Take me along",
    ):
        assert words in text, text
