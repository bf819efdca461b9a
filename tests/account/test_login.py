"""Logging in and out, as a browser does it."""

import re
from pathlib import Path
from typing import Any

import pytest

from tests.web.site import PASSWORD, ROMEO, Site, field, running
from webchat.account import commands
from webchat.account.forms import complete, destination, device
from webchat.account.show import SENTENCES
from webchat.errors import LoginFailed, TooMany


async def log_in(site: Site, **data: str) -> Any:
    """Fill in the form and send it."""
    async with site.browser() as browser:
        page = await browser.get("/login")
        given = {"jid": ROMEO, "password": PASSWORD, "form_token": field(page.text, "form_token")}
        return await browser.post("/login", data=given | data)


def refuse(site: Site, monkeypatch: pytest.MonkeyPatch, error: Exception) -> list[dict[str, Any]]:
    """Make the server say no; what it was asked."""
    asked: list[dict[str, Any]] = []

    async def login(jid: str, password: str, **options: Any) -> Any:
        asked.append({"jid": jid, **options})
        raise error

    monkeypatch.setattr(site.sessions, "login", login)
    monkeypatch.setattr(commands, "FAILED_TAKES", 0.0)
    return asked


async def test_a_login_gives_a_cookie_and_the_landing_page(site: Site) -> None:
    answer = await log_in(site)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    found = await site.sessions.signed_in(answer.cookies["s"])
    assert found is not None
    assert (found.jid, found.keep) == (ROMEO, True)
    assert site.app.state.metrics.count("logins") == 1


async def test_w01_cookies_have_all_their_attributes(tmp_path: Path) -> None:
    async with running(tmp_path, base_url="https://chat.example.org") as site, site.browser() as browser:
        form = (await browser.get("/login")).headers["set-cookie"]
        data = {"jid": ROMEO, "password": PASSWORD}
        login = (await browser.post("/login", data=data)).headers["set-cookie"]
    assert re.match(r"__Host-f=[\w-]{32}; ", form)
    assert re.match(r"__Host-s=[\w-]{43}; ", login)
    assert {"HttpOnly", "Secure", "Path=/", "SameSite=Strict"} <= set(form.split("; "))
    kept = {part.lower() for part in login.split("; ")}
    assert {"httponly", "secure", "path=/", "samesite=lax", "max-age=2592000"} <= kept
    assert "domain" not in (form + login).lower()


async def test_w02_the_cookie_stands_in_no_page(site: Site) -> None:
    browser, _ = await site.signed_in()
    async with browser:
        page = await browser.get("/configuration/account")
    assert browser.cookies["s"] not in page.text + str(page.headers)


async def test_only_while_i_am_here_is_a_cookie_of_the_browser_session(site: Site) -> None:
    answer = await log_in(site, only_here="1")
    assert "max-age" not in answer.headers["set-cookie"].lower()
    found = await site.sessions.signed_in(answer.cookies["s"])
    assert found is not None
    assert not found.keep


async def test_w03_a_login_always_makes_a_new_token_and_ends_the_former(site: Site) -> None:
    browser, _ = await site.signed_in()
    fixed = browser.cookies["s"]
    async with browser:
        answer = await browser.post("/login", data={"jid": ROMEO, "password": PASSWORD})
    assert answer.cookies["s"] != fixed
    assert await site.sessions.signed_in(fixed) is None
    async with site.browser() as stranger:
        stranger.cookies.set("s", "a" * 43)
        answer = await stranger.post("/login", data={"jid": ROMEO, "password": PASSWORD})
    assert answer.cookies["s"] != "a" * 43


@pytest.mark.parametrize("condition", sorted(SENTENCES))
async def test_each_refusal_has_its_sentence_and_keeps_the_address(
    site: Site, monkeypatch: pytest.MonkeyPatch, condition: str
) -> None:
    refuse(site, monkeypatch, LoginFailed(condition))
    answer = await log_in(site, jid=" Romeo@Example.ORG ", password="top secret", only_here="1")
    assert answer.status_code == 422
    assert SENTENCES[condition] in answer.text
    assert 'value="Romeo@Example.ORG"' in answer.text
    assert "top secret" not in answer.text
    assert re.search(r'name="only_here"[^>]*checked', answer.text)
    assert ('name="allow_plain"' in answer.text) == (condition == "plain-only")
    assert len(set(SENTENCES.values())) == len(SENTENCES)


async def test_consent_to_plain_is_passed_on_and_asked_for_again(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = refuse(site, monkeypatch, LoginFailed("not-authorized"))
    answer = await log_in(site, allow_plain="1")
    assert asked[0]["allow_plain"] is True
    assert 'name="allow_plain"' in answer.text


async def test_a_wrong_password_is_told_from_an_unreachable_server(site: Site) -> None:
    answer = await log_in(site, password="wrong")
    assert answer.status_code == 422
    assert SENTENCES["not-authorized"] in answer.text
    assert re.search(r'name="password"[^>]*autofocus', answer.text)
    assert site.app.state.metrics.count("logins_failed") == 1


@pytest.mark.parametrize("jid", ["", "   ", "@", "a b@example.org", "example.org", "romeo@", "@example.org"])
async def test_what_is_no_address_is_said_at_once(
    site: Site, monkeypatch: pytest.MonkeyPatch, jid: str
) -> None:
    asked = refuse(site, monkeypatch, AssertionError())
    answer = await log_in(site, jid=jid)
    assert answer.status_code == 422
    assert 'id="login-error"' in answer.text
    assert asked == []


async def test_only_allowed_domains_log_in(tmp_path: Path) -> None:
    async with running(tmp_path, allowed_domains="example.net") as site:
        answer = await log_in(site)
        assert answer.status_code == 422
        assert SENTENCES["not-allowed"] in answer.text
        assert site.connector.clients == []


async def test_the_default_domain_is_filled_in(tmp_path: Path) -> None:
    async with running(tmp_path, default_domain="example.org") as site:
        answer = await log_in(site, jid=" ROMEO ")
        assert answer.status_code == 303
        assert site.connector.clients[0].jid == ROMEO


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("romeo@example.org", "romeo@example.org"),
        (" Romeo@EXAMPLE.org. ", "romeo@example.org"),
        ("xmpp:romeo@example.org", "romeo@example.org"),
        ("romeo@example.org/phone", "romeo@example.org"),
        ("romeo", "romeo@example.net"),
    ],
)
def test_addresses_are_completed(typed: str, meant: str) -> None:
    assert complete(typed, "example.net") == meant


async def test_too_many_tries_are_told_with_the_time_to_wait(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse(site, monkeypatch, TooMany(17))
    answer = await log_in(site)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "17")
    assert "Too many tries" in answer.text


async def test_l13_an_unreachable_server_is_answered_not_before_its_time(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []

    async def until(moment: float) -> None:
        waited.append(moment)

    for condition in ("unknown-host", "cannot-connect", "not-secure", "not-authorized"):
        refuse(site, monkeypatch, LoginFailed(condition))
        monkeypatch.setattr(commands, "until", until)
        await log_in(site)
    assert len(waited) == 3


async def test_l17_foreign_pages_cannot_log_anybody_in(site: Site) -> None:
    async with site.browser(sec_fetch_site="cross-site", origin="https://evil.test") as browser:
        answer = await browser.post("/login", data={"jid": ROMEO, "password": PASSWORD})
    assert answer.status_code == 403
    assert "s" not in answer.cookies
    assert site.connector.clients == []


async def test_l17_a_text_browser_needs_the_token_of_its_own_form(site: Site) -> None:
    async with site.browser() as browser, site.browser() as other:
        for one in (browser, other):
            one.headers.pop("sec-fetch-site")
        token = field((await browser.get("/login")).text, "form_token")
        foreign = field((await other.get("/login")).text, "form_token")
        data = {"jid": ROMEO, "password": PASSWORD}
        for wrong in ("", foreign, "x"):
            assert (await browser.post("/login", data=data | {"form_token": wrong})).status_code == 403
        assert (await browser.post("/login", data=data | {"form_token": token})).status_code == 303


@pytest.mark.parametrize(
    "wanted",
    [
        "//evil.test/chats",
        "https://evil.test/chats",
        "/\\evil.test",
        "/chats/../../evil",
        "/chats//evil.test",
        "/chats/%2f%2fevil.test",
        "/chatsevil",
        "javascript:alert(1)",
        "/logout",
        "/chats\r\nSet-Cookie: a=b",
        "/chats?x=//evil.test",
        "chats",
        "",
    ],
)
def test_w12_a_login_leads_to_pages_of_ours_only(wanted: str) -> None:
    assert destination(wanted) == "/"


async def test_a_login_leads_to_the_page_that_was_wanted(site: Site) -> None:
    answer = await log_in(site, next="/chats/juliet@example.org")
    assert answer.headers["location"] == "/chats/juliet@example.org"
    answer = await log_in(site, next="/people/juliet@example.org/posts")
    assert answer.headers["location"] == "/people/juliet@example.org/posts"


async def test_who_is_signed_in_sees_no_login_form(site: Site) -> None:
    browser, _ = await site.signed_in()
    async with browser:
        answer = await browser.get("/login", params={"next": "/configuration/account"})
    assert answer.headers["location"] == "/configuration/account"


async def test_logging_out_ends_the_login_and_clears_the_browser(site: Site) -> None:
    browser, me = await site.signed_in()
    async with browser:
        answer = await browser.post("/logout")
        assert (answer.status_code, answer.headers["location"]) == (303, "/login")
        assert answer.headers["clear-site-data"] == '"cache", "storage"'
        assert 's=""' in answer.headers["set-cookie"]
        assert not await site.sessions.still_signed_in(me.login_id)
        assert (await browser.post("/logout")).status_code == 303
    assert site.connector.clients[0].closed == [False]


@pytest.mark.parametrize(
    ("agent", "said"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox, Linux"),
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0",
            "Edge, Windows",
        ),
        (
            "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36",
            "Chrome, Android",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1",
            "Safari, iPhone",
        ),
        ("<script>alert(1)</script>", "?"),
        ("", "?"),
    ],
)
def test_devices_are_named_in_our_own_words(agent: str, said: str) -> None:
    assert device(agent) == said
