"""The operator's page: for nobody else, and what is decided on it happens."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from lxml import html

from tests.web.site import PASSWORD, Site, running
from webchat import account, admin
from webchat.errors import LoginFailed

ROMEO, JULIET, TYBALT = "romeo@example.org", "juliet@capulet.example", "tybalt@capulet.example"


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    """A site that Romeo runs."""
    async with running(tmp_path, (account.slice, admin.slice), admins=ROMEO) as made:
        yield made


@pytest.fixture
async def romeo(site: Site) -> AsyncIterator[httpx.AsyncClient]:
    """Romeo's browser."""
    browser, _ = await site.signed_in(ROMEO)
    async with browser:
        yield browser


async def page(browser: httpx.AsyncClient, path: str, status: int = 200) -> html.HtmlElement:
    """A page at a path."""
    answer = await browser.get(path)
    assert answer.status_code == status, answer.text
    return html.document_fromstring(answer.text)


def text(element: html.HtmlElement) -> str:
    """What one reads."""
    return " ".join(element.text_content().split())


async def test_it_is_there_for_operators_only(site: Site, romeo: httpx.AsyncClient) -> None:
    juliet, _ = await site.signed_in(JULIET)
    async with juliet, site.browser() as stranger:
        for browser in (juliet, stranger):
            for path in ("/admin", "/admin/end", "/admin/block?who=example.net"):
                assert (await browser.get(path)).status_code == 404
            for path in ("/admin/end", "/admin/block", "/admin/unblock", "/admin/reports/close"):
                assert (await browser.post(path, data={"who": "example.net"})).status_code == 404
        own = await page(juliet, "/nowhere", 404)
        assert not own.cssselect('.nav a[href="/admin"]')
    assert (await page(romeo, "/nowhere", 404)).cssselect('.nav .menu a[href="/admin"]')
    assert len(site.sessions.running) == 2


async def test_it_shows_who_is_signed_in_since_when_and_finds_them(
    site: Site, romeo: httpx.AsyncClient
) -> None:
    for jid in (JULIET, TYBALT, TYBALT):
        await site.sessions.login(jid, PASSWORD, keep=True)
    shown = await page(romeo, "/admin")
    rows = [text(row) for row in shown.cssselect("#admin-people li")]
    assert sorted(row.partition(" ")[0] for row in rows) == [JULIET, ROMEO, TYBALT]
    assert "2 browsers" in next(row for row in rows if TYBALT in row)
    assert all("since" in row for row in rows)
    assert "3 addresses, 4 browsers · 3 sessions run, 0 open tabs" in text(shown)
    found = await page(romeo, "/admin?find=TYB")
    assert [text(row) for row in found.cssselect(".device")] == [TYBALT]
    assert "Nobody is signed in with such an address." in text(await page(romeo, "/admin?find=%25"))


async def test_sessions_are_ended_after_a_question(site: Site, romeo: httpx.AsyncClient) -> None:
    juliet, _ = await site.signed_in(JULIET)
    shown = await page(romeo, "/admin")
    link = next(a for a in shown.cssselect("a") if JULIET in (a.get("aria-label") or ""))
    asked = await page(romeo, link.get("href"))
    assert JULIET in text(asked)
    assert len(site.sessions.running) == 2, "a link only asks"
    answer = await romeo.post("/admin/end", data={"jid": JULIET})
    assert (answer.status_code, answer.headers["location"]) == (303, "/admin")
    async with juliet:
        assert (await juliet.get("/configuration/account")).headers["location"].startswith("/login")
    assert [session.jid for session in site.sessions.running] == [ROMEO]
    assert "you too" in text(await page(romeo, "/admin/end"))
    everybody = await romeo.post("/admin/end")
    assert everybody.headers["location"] == "/login"
    assert site.sessions.running == []


async def test_a_block_signs_out_keeps_out_and_can_be_taken_back(
    site: Site, romeo: httpx.AsyncClient
) -> None:
    await site.sessions.login(JULIET, PASSWORD, keep=True)
    asked = await page(romeo, "/admin/block?who=Capulet.Example&reason=A+feud+%3Cb%3E")
    assert "Nobody of this server can log in here any more: capulet.example" in text(asked)
    assert "1 address is signed out at once." in text(asked)
    fields = {field.get("name"): field.get("value") for field in asked.cssselect("form.card input")}
    answer = await romeo.post("/admin/block", data={k: v for k, v in fields.items() if k != "form_token"})
    assert answer.status_code == 303
    assert [session.jid for session in site.sessions.running] == [ROMEO]
    with pytest.raises(LoginFailed, match="blocked-here"):
        await site.sessions.login(TYBALT, PASSWORD, keep=True)
    row = (await page(romeo, "/admin")).cssselect("#admin-blocks li")[0]
    assert "capulet.example" in text(row)
    assert "A feud <b>" in text(row)
    await romeo.post("/admin/unblock", data={"kind": "domain", "value": "capulet.example"})
    await site.sessions.login(TYBALT, PASSWORD, keep=True)


@pytest.mark.parametrize(
    ("who", "sentence"),
    [
        ("not an address", "neither an address nor a domain"),
        (ROMEO, "lock out somebody who runs this site"),
        ("Example.org", "lock out somebody who runs this site"),
        ("", "neither an address nor a domain"),
    ],
)
async def test_what_cannot_be_blocked_gets_a_sentence(
    site: Site, romeo: httpx.AsyncClient, who: str, sentence: str
) -> None:
    asked = await romeo.get("/admin/block", params={"who": who})
    assert asked.status_code == 422
    field = html.document_fromstring(asked.text).cssselect("#who")[0]
    assert (field.get("value"), field.get("aria-invalid")) == (who, "true")
    assert sentence in asked.text
    assert (await romeo.post("/admin/block", data={"who": who})).status_code == 422
    assert (await site.sessions.signed_in(romeo.cookies["s"])) is not None
