"""Who may cause an action: our own pages only."""

from pathlib import Path

import httpx
import pytest

from tests.web.site import BASE, Site, field, running

ACTION = "/configuration/account"
PROOFS = {
    "foreign page": {"sec-fetch-site": "cross-site", "origin": "https://evil.test"},
    "foreign page, old browser": {"origin": "https://evil.test"},
    "our word, foreign origin": {"sec-fetch-site": "same-origin", "origin": "https://evil.test"},
    "neighbour": {"sec-fetch-site": "same-site", "origin": "http://other.localhost:8080"},
    "typed address": {"sec-fetch-site": "none"},
    "another port": {"origin": "http://localhost:8081"},
    "another scheme": {"origin": "https://localhost:8080"},
    "hidden origin": {"origin": "null"},
    "nothing": {},
}


async def post(browser: httpx.AsyncClient, headers: dict[str, str], **data: str) -> httpx.Response:
    """A POST with exactly these headers on where it comes from."""
    browser.headers.pop("sec-fetch-site", None)
    return await browser.post(ACTION, data=data or {"end": "x"}, headers=headers)


@pytest.mark.parametrize("headers", PROOFS.values(), ids=list(PROOFS))
async def test_w07_foreign_actions_are_refused(site: Site, headers: dict[str, str]) -> None:
    browser, _ = await site.signed_in()
    async with browser:
        assert (await post(browser, headers)).status_code == 403


@pytest.mark.parametrize("headers", [{"sec-fetch-site": "same-origin"}, {"origin": BASE}])
async def test_our_own_pages_may_act(site: Site, headers: dict[str, str]) -> None:
    browser, _ = await site.signed_in()
    async with browser:
        assert (await post(browser, headers)).status_code == 303


@pytest.mark.parametrize("headers", [{}, {"origin": "null"}])
async def test_the_form_token_decides_where_headers_say_nothing(site: Site, headers: dict[str, str]) -> None:
    browser, me = await site.signed_in()
    async with browser:
        first, second = [field((await browser.get(ACTION)).text, "form_token") for _ in range(2)]
        assert first != second
        assert me.form_token not in first
        for token in (first, second, me.form_token):
            assert (await post(browser, headers, form_token=token, end="x")).status_code == 303
        for token in ("", "wrong", first + "00", "zz.zz", "é", "0" * 3000):
            assert (await post(browser, headers, form_token=token, end="x")).status_code == 403


async def test_another_logins_token_does_not_count(site: Site) -> None:
    browser, _ = await site.signed_in()
    _, juliet = await site.signed_in("juliet@example.org")
    async with browser:
        assert (await post(browser, {}, form_token=juliet.form_token)).status_code == 403


@pytest.mark.parametrize("type_", ["text/plain", "application/json", "text/xml; charset=utf-8"])
async def test_w07_only_forms_are_read(site: Site, type_: str) -> None:
    browser, _ = await site.signed_in()
    async with browser:
        answer = await browser.post(ACTION, content="end=x", headers={"content-type": type_})
    assert answer.status_code == 415


async def test_w07_getting_changes_nothing_and_no_method_is_overridden(site: Site) -> None:
    browser, me = await site.signed_in()
    async with browser:
        await browser.get("/logout")
        await browser.request("HEAD", "/logout")
        await browser.get(ACTION, params={"everywhere": "1"})
        await browser.get("/logout", headers={"x-http-method-override": "POST"})
    assert await site.sessions.still_signed_in(me.login_id)


@pytest.mark.parametrize(
    "host",
    [
        "evil.test",
        "localhost",
        "localhost:8081",
        "evil@localhost:8080",
        "localhost:8080/x",
        "",
        "127.0.0.1:8080",
    ],
)
async def test_w09_other_host_names_are_refused_and_never_repeated(site: Site, host: str) -> None:
    async with site.browser() as browser:
        answer = await browser.get("/login", headers={"host": host})
    assert answer.status_code == 400
    assert answer.text == "This site is reached at http://localhost:8080 only.\n"


async def test_w09_two_host_names_are_refused(site: Site) -> None:
    async with site.browser() as browser:
        request = browser.build_request("GET", "/login")
        request.headers = httpx.Headers([*request.headers.raw, (b"Host", b"evil.test")])
        assert (await browser.send(request)).status_code == 400


async def test_w09_forwarded_names_do_not_matter(site: Site) -> None:
    claims = {"x-forwarded-host": "evil.test", "forwarded": "host=evil.test", "x-forwarded-proto": "https"}
    async with site.browser(**{name.replace("-", "_"): value for name, value in claims.items()}) as browser:
        answers = [await browser.get("/login"), await browser.get("/configuration/account")]
    assert not any("evil" in answer.text + str(answer.headers) for answer in answers)


async def test_machines_may_ask_for_life_by_any_name(site: Site) -> None:
    async with site.browser(host="10.0.0.7:8080") as browser:
        assert (await browser.get("/livez")).text == "ok\n"
        assert (await browser.get("/readyz")).text == "ok\n"


@pytest.mark.parametrize("asked", ["/talk/login", "/login"])
async def test_a_prefix_is_honoured_whether_the_proxy_keeps_it_or_not(tmp_path: Path, asked: str) -> None:
    async with running(tmp_path, base_url="http://localhost:8080/talk") as site, site.browser() as browser:
        page = await browser.get(f"http://localhost:8080{asked}")
        away = await browser.get("http://localhost:8080/talk/configuration/account")
    assert 'action="/talk/login"' in page.text
    assert 'href="/talk/static/' in page.text
    assert away.headers["location"] == "/talk/login?next=/configuration/account"


@pytest.mark.parametrize("charset", ["punycode", "utf-7", "idna", "unicode_escape", "undefined", '"UTF-16"'])
async def test_w26_a_form_names_no_decoder_of_its_own(site: Site, charset: str) -> None:
    """Some decoders take minutes for a megabyte, and anybody may post to the login page."""
    headers = {
        "content-type": f"multipart/form-data; boundary=x; charset={charset}",
        "sec-fetch-site": "same-origin",
    }
    body = b'--x\r\ncontent-disposition: form-data; name="jid"\r\n\r\nromeo\r\n--x--\r\n'
    browser, _ = await site.signed_in()
    async with browser:
        assert (await browser.post("/login", content=body, headers=headers)).status_code == 415
