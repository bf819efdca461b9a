"""The list of signed-in browsers: see them, end one, end all."""

import re
from pathlib import Path

from tests.web.site import Site, running
from webchat import account

PATH = "/configuration/account"


async def test_the_list_shows_every_browser_and_marks_this_one(site: Site) -> None:
    browser, me = await site.signed_in()
    _, other = await site.signed_in()
    _, stranger = await site.signed_in("juliet@example.org")
    async with browser:
        page = await browser.get(PATH)
    assert page.text.count("Firefox, Linux</p>") + page.text.count("Firefox, Linux <span") == 2
    assert page.text.count(">This browser<") == 1
    assert "This browser too." in page.text
    assert re.search(r'· since\s+<time datetime="[^"]+">\w+, .*\d{4}', page.text)
    assert page.text.index(me.login_id) < page.text.index(other.login_id)
    assert stranger.login_id not in page.text


async def test_one_browser_is_ended(site: Site) -> None:
    browser, me = await site.signed_in()
    _, other = await site.signed_in()
    async with browser:
        answer = await browser.post(PATH, data={"end": other.login_id})
        assert (answer.status_code, answer.headers["location"]) == (303, PATH)
    assert await site.sessions.still_signed_in(me.login_id)
    assert not await site.sessions.still_signed_in(other.login_id)


async def test_w15_nobody_ends_another_accounts_login(site: Site) -> None:
    browser, _ = await site.signed_in()
    _, juliet = await site.signed_in("juliet@example.org")
    async with browser:
        assert (await browser.post(PATH, data={"end": juliet.login_id})).status_code == 303
    assert await site.sessions.still_signed_in(juliet.login_id)


async def test_ending_this_browser_is_logging_out(site: Site) -> None:
    browser, me = await site.signed_in()
    async with browser:
        answer = await browser.post(PATH, data={"end": me.login_id})
    assert answer.headers["location"] == "/login"
    assert not await site.sessions.still_signed_in(me.login_id)


async def test_logging_out_everywhere_ends_all_and_the_session(site: Site) -> None:
    browser, me = await site.signed_in()
    _, other = await site.signed_in()
    async with browser:
        answer = await browser.post(PATH, data={"everywhere": "1"})
        assert answer.headers["location"] == "/login"
        assert "clear-site-data" in answer.headers
        assert (await browser.get(PATH)).headers["location"] == f"/login?next={PATH}"
    for login in (me, other):
        assert not await site.sessions.still_signed_in(login.login_id)
    assert site.sessions.running == []


async def test_where_accounts_are_managed_elsewhere_the_page_says_so(tmp_path: Path) -> None:
    managed = {"account_managed_domains": "example.org", "account_help_url": "https://help.example.org/"}
    async with running(tmp_path, (account.slice,), **managed) as site:
        romeo, _ = await site.signed_in()
        mercutio, _ = await site.signed_in("mercutio@example.net")
        async with romeo, mercutio:
            assert "https://help.example.org/" in (await romeo.get(PATH)).text
            assert "https://help.example.org/" not in (await mercutio.get(PATH)).text
