"""The service worker: where it is served from and what it knows, and who learns of a new version."""

import json
from pathlib import Path

from tests.web.site import Site, Tab, running

WORKER = "default-src 'none'; script-src 'self'; connect-src 'self'; img-src 'self'"


async def test_m286_the_worker_serves_the_site_and_nothing_beside_it(tmp_path: Path) -> None:
    prefix = "/webchat"
    async with (
        running(tmp_path, base_url=f"http://localhost:8080{prefix}") as site,
        site.browser() as browser,
    ):
        answer = await browser.get(f"http://localhost:8080{prefix}/worker.js")
        assert answer.headers["content-type"].startswith("text/javascript")
        assert answer.headers["cache-control"] == "no-cache"
        assert answer.headers["content-security-policy"] == WORKER
        # Its address is its reach: nothing widens it.
        assert "service-worker-allowed" not in answer.headers
        first, _, script = answer.text.partition("\n")
        known = json.loads(first.removeprefix("const SITE = ").removesuffix(";"))
        assert known["prefix"] == f"{prefix}/"
        for path in (*known["files"], known["away"], known["pushed"]):
            assert path.startswith(f"{prefix}/")
            assert (await browser.get(f"http://localhost:8080{path}")).status_code == 200, path
        assert 'addEventListener("fetch"' in script


async def test_w22_the_page_without_a_line_is_nobodys(site: Site) -> None:
    """Signed in or not, it is the same: what may be read lies in the browser alone."""
    browser, me = await site.signed_in()
    async with browser:
        page = (await browser.get("/offline")).text
    assert me.jid not in page
    assert "<form" not in page


async def test_w27_only_a_login_that_stays_may_keep_words(site: Site) -> None:
    """The name that they are kept under is of the login, and says nothing of it; who is here only for now, or
    does not want it, has none."""
    browser, me = await site.signed_in()
    other, _ = await site.signed_in()
    async with browser, other:
        pages = [(await one.get("/configuration/account")).text for one in (browser, other)]
        kept = [page.partition('data-kept="')[2].partition('"')[0] for page in pages]
        assert len(set(kept)) == 2
        assert all(len(one) == 16 for one in kept)
        assert kept[0] not in me.login_id
        await site.sessions.set_preferences(me.account_id, {"offline": "off"})
        assert "data-kept" not in (await browser.get("/configuration/account")).text
    token, _ = await site.sessions.login(me.jid, "secret", keep=False, device="")
    async with site.browser() as here:
        here.cookies.set("s", token)
        page = (await here.get("/configuration/account")).text
        assert me.jid in page
        assert "data-kept" not in page


async def test_46_a_tab_is_told_that_it_is_of_another_version(site: Site) -> None:
    """Only who says so hears it, with the first words of the stream; nobody is reloaded."""
    browser, _ = await site.signed_in()
    version = site.app.state.static.hash
    async with browser:
        for its, first in (("", ""), (version, ""), ("0" * 16, "event: version")):
            tab = Tab(site, browser, "/stream/plain/", x_version=its)
            await tab.opened()
            site.app.state.streams.closing = True
            (await site.sessions.signed_in(browser.cookies["s"])).session.feed.nudge()  # type: ignore[union-attr]
            heard = await tab.ended()
            site.app.state.streams.closing = False
            assert ("event: version" in heard) is bool(first), heard
        told = (await browser.get("/version")).json()
        assert told == {"version": version, "says": "A new version is here.", "act": "Update"}
