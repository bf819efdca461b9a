"""Every answer carries the security headers, whatever made it."""

import logging
from pathlib import Path

import pytest

from tests.web.site import Site, running

POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{n}'; style-src 'self'; img-src 'self' blob:; "
    "media-src 'self' blob:; font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'; "
    "require-trusted-types-for 'script'; trusted-types htmx worker; report-to csp"
)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 303),
        ("GET", "/login", 200),
        ("GET", "/configuration/account", 303),
        ("GET", "/no/such/page", 404),
        ("DELETE", "/login", 405),
        ("GET", "/livez", 200),
        ("GET", "/readyz", 200),
        ("GET", "/static/none/none.css", 404),
        ("GET", "/stream/plain/", 200),
        ("DISPATCH", "/chats", 404),
    ],
)
async def test_w06_w21_headers_are_exact_on_every_route(
    site: Site, method: str, path: str, status: int
) -> None:
    async with site.browser() as browser:
        answer = await browser.request(method, path)
    assert answer.status_code == status
    policy = answer.headers["content-security-policy"]
    nonce = policy.partition("'nonce-")[2].partition("'")[0]
    assert len(nonce) >= 22
    assert policy == POLICY.format(n=nonce)
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert answer.headers["permissions-policy"].startswith(
        "camera=(self), microphone=(self), geolocation=(self)"
    )
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["reporting-endpoints"] == 'csp="http://localhost:8080/csp-report"'
    assert "strict-transport-security" not in answer.headers


async def test_each_answer_has_its_own_nonce_and_the_page_uses_it(site: Site) -> None:
    async with site.browser() as browser:
        first, second = await browser.get("/login"), await browser.get("/login")
    nonces = [
        answer.headers["content-security-policy"].split("'nonce-")[1].split("'")[0]
        for answer in (first, second)
    ]
    assert nonces[0] != nonces[1]
    assert f'nonce="{nonces[0]}"' in first.text


async def test_hsts_is_sent_by_https_only(tmp_path: Path) -> None:
    async with running(tmp_path, base_url="https://chat.example.org") as site, site.browser() as browser:
        answer = await browser.get("/login")
    assert answer.headers["strict-transport-security"] == "max-age=63072000; includeSubDomains"


async def test_a_crash_tells_nothing_and_keeps_the_headers(
    site: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ValueError("some" + "body's message")

    monkeypatch.setattr("webchat.account.views.login_values", broken)
    async with site.browser() as browser:
        answer = await browser.get("/login")
    assert answer.status_code == 500
    assert "Something went wrong" in answer.text
    assert "somebody" not in answer.text + caplog.text
    assert "ValueError" in caplog.text
    assert "content-security-policy" in answer.headers
    assert site.app.state.metrics.count("crashes") == 1


def ours(caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    """What the site said, not its libraries."""
    return [record for record in caplog.records if record.name.startswith("webchat.")]


async def test_violations_of_the_policy_are_counted_and_told_in_one_line(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    body = '[{"type":"csp-violation","body":{"effectiveDirective":"img-src","blockedURL":"https://x.test/\\nfoo"}}]'
    async with site.browser(content_type="application/reports+json") as browser:
        answer = await browser.post("/csp-report", content=body)
        await browser.post("/csp-report", content="rubbish")
        await browser.post("/csp-report", content="[3]")
    assert answer.status_code == 204
    assert site.app.state.metrics.count("csp_reports") == 3
    assert [record.getMessage().count("\n") for record in ours(caplog)] == [0, 0, 0]
    assert "'img-src' 'https://x.test/" in caplog.text


async def test_one_address_does_not_fill_the_log(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    async with site.browser(content_type="application/reports+json") as browser:
        statuses = [(await browser.post("/csp-report", content="[]")).status_code for _ in range(32)]
    assert statuses[-3:] == [204, 429, 429]
    assert len(ours(caplog)) == 30


async def test_pages_are_compressed_and_streams_are_not(site: Site) -> None:
    async with site.browser(accept_encoding="gzip") as browser:
        assert (await browser.get("/login")).headers["content-encoding"] == "gzip"
        assert "content-encoding" not in (await browser.get("/stream/plain/")).headers
