"""The site behind the proxies that docs/operations.md recommends, with the very files of deploy/."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from tests.proxies.proxy import Proxy, proxies
from tests.web.site import PASSWORD, ROMEO, Site, running
from webchat import account
from webchat.__main__ import Server, uvicorn_config
from webchat.demo.ports import free_port
from webchat.session.changes import ConnectionChanged
from webchat.slice import Slice
from webchat.web.request import client_address, login_cookie

LARGE = 24 << 20
"""Bytes: more than a proxy takes that was not told anything, less than the site does."""


async def whence(request: Request) -> Response:
    """Where the site thinks that a request comes from."""
    return PlainTextResponse(client_address(request))


async def weigh(request: Request) -> Response:
    """How many bytes came."""
    total = 0
    async for chunk in request.stream():
        total += len(chunk)
    return PlainTextResponse(str(total))


PROBE = Slice("probe", routes=[Route("/whence", whence), Route("/weigh/files", weigh, methods=["POST"])])


@asynccontextmanager
async def serving(site: Site, port: int) -> AsyncIterator[None]:
    """The site on a port."""
    config = uvicorn_config(site.app, "127.0.0.1", port)
    config.lifespan = "off"
    server = Server(config, site.app)
    task = asyncio.create_task(server._serve())
    try:
        async with asyncio.timeout(10):
            while not server.started:
                await asyncio.sleep(0.01)
        yield
    finally:
        server.should_exit = True
        await task


@asynccontextmanager
async def behind(sample: str, folder: Path) -> AsyncIterator[tuple[Site, httpx.AsyncClient]]:
    """A site behind this proxy, and a browser with Romeo's login that comes through it from 127.0.0.2."""
    port, site_port = free_port(), free_port()
    base = f"https://localhost:{port}" + ("/webchat" if "path" in sample else "")
    (folder / "proxy").mkdir()
    proxy = Proxy(sample, folder / "proxy", port, site_port)
    async with running(folder, (account.slice, PROBE), base_url=base, trusted_proxies="127.0.0.1") as site:
        token, _ = await site.sessions.login(ROMEO, PASSWORD, keep=True)
        try:
            async with serving(site, site_port):
                await proxy.start()
                trusted = ssl.create_default_context(cafile=str(proxy.certificate))
                transport = httpx.AsyncHTTPTransport(verify=trusted, local_address="127.0.0.2")
                cookies = {login_cookie(site.settings): token}
                own = {"sec-fetch-site": "same-origin"}
                async with httpx.AsyncClient(
                    transport=transport, base_url=base, cookies=cookies, headers=own, timeout=10
                ) as browser:
                    yield site, browser
        finally:
            await proxy.stop()


@pytest.mark.parametrize("sample", proxies())
async def test_the_site_works_behind_this_proxy(sample: str, tmp_path: Path) -> None:
    async with behind(sample, tmp_path) as (site, browser):
        await _pages(site, browser)
        await _large_files(browser)
        await _addresses(browser)
        await _stream(site, browser)


async def _pages(site: Site, browser: httpx.AsyncClient) -> None:
    """The way in and a static file, each with the headers that the site gave."""
    prefix = site.settings.base_url.prefix
    page = await browser.get("/login", headers={"cookie": ""})
    assert page.status_code == 200
    assert f'action="{prefix}/login"' in page.text
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["strict-transport-security"]
    assert page.headers["content-security-policy"].startswith("default-src 'none'")
    style = await browser.get(site.app.state.static.path("css/tokens.css"))
    assert (style.status_code, style.headers["content-encoding"]) == (200, "gzip")
    assert style.headers["cache-control"] == "public, max-age=31536000, immutable"
    home = await browser.get("/")
    assert home.status_code == 303
    assert home.headers["location"].startswith(f"{prefix}/")
    if prefix:
        bare = await browser.get(str(browser.base_url).rstrip("/"))
        assert httpx.URL(bare.headers["location"]).path == f"{prefix}/"


async def _large_files(browser: httpx.AsyncClient) -> None:
    """A file passes whole."""
    assert (await browser.post("/weigh/files", content=_bytes(LARGE))).text == str(LARGE)


async def _bytes(total: int) -> AsyncIterator[bytes]:
    for _ in range(total >> 20):
        yield bytes(1 << 20)


async def _addresses(browser: httpx.AsyncClient) -> None:
    """The site sees the visitor's own address, whatever they claim; who is no proxy is not believed."""
    claim = {"x-forwarded-for": "192.0.2.77"}
    assert (await browser.get("/whence", headers=claim)).text == "127.0.0.2"


async def _stream(site: Site, browser: httpx.AsyncClient) -> None:
    """What happens is on the page at once, and the tab that closes is counted out."""
    session = site.sessions.running[0]
    async with asyncio.timeout(5), browser.stream("GET", "/stream/plain/") as tab:
        assert tab.headers["content-type"].startswith("text/event-stream")
        lines = tab.aiter_lines()
        async with asyncio.timeout(2):
            assert await anext(lines) == ": welcome"
        session.state = "offline"
        session.feed.publish([ConnectionChanged()])
        async with asyncio.timeout(2):
            while "cannot be reached" not in await anext(lines):
                pass
    async with asyncio.timeout(5):
        while session.tabs:
            await asyncio.sleep(0.01)
