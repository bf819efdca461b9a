"""The process: slices added up, started, asked, stopped."""

import asyncio
import contextlib
import json
import os
import re
import sys
from pathlib import Path

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.web.site import Site, running
from webchat import account
from webchat.__main__ import Server, healthcheck, main, uvicorn_config
from webchat.app import SLICES, SlicesDisagree, add_up
from webchat.config import Settings
from webchat.demo.ports import free_port
from webchat.slice import NavEntry, Slice
from webchat.web.metrics import Metrics, listen
from webchat.xmpp.events import ConnectionStateChanged, StanzaAcked


async def nothing(*_: object) -> None:
    """Any handler."""


async def page(request: Request) -> Response:
    """Any page."""
    return Response()


@pytest.mark.parametrize(
    ("claim", "words"),
    [
        ({"routes": [Route("/x", page)]}, "the route"),
        ({"handlers": {StanzaAcked: nothing}}, "the event StanzaAcked"),
        ({"counters": {"chats": nothing}}, "the counter chats"),
        ({"features": ["urn:xmpp:receipts"]}, "the feature urn:xmpp:receipts"),
    ],
)
def test_what_has_one_owner_is_not_claimed_twice(claim: dict[str, object], words: str) -> None:
    with pytest.raises(SlicesDisagree, match=f"first and second both claim {words}"):
        add_up([Slice("first", **claim), Slice("second", **claim)])  # type: ignore[arg-type]


def test_the_connection_belongs_to_the_session() -> None:
    with pytest.raises(SlicesDisagree, match="the session and greedy both claim"):
        add_up([Slice("greedy", handlers={ConnectionStateChanged: nothing})])


def test_a_change_may_have_many_readers_and_entries_have_an_order() -> None:
    first = Slice("first", nav=[NavEntry("B", "/b", "send", 2)])
    second = Slice("second", nav=[NavEntry("A", "/a", "send", 1)])
    assert [entry.label for entry in add_up([first, second]).nav] == ["A", "B"]


def test_the_slices_of_the_program_agree() -> None:
    house = add_up(SLICES)
    assert house.routes
    assert len(house.behaviour.features) == len(set(house.behaviour.features))


async def test_a_stopping_server_says_bye_to_open_tabs(tmp_path: Path) -> None:
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    async with running(tmp_path, (account.slice,), base_url=base) as site:
        config = uvicorn_config(site.app, "127.0.0.1", port)
        # The sessions are the test's own; and signals stay with pytest.
        config.lifespan = "off"
        server = Server(config, site.app)
        serving = asyncio.create_task(server._serve())
        token, session = await site.sessions.login("romeo@example.org", "secret", keep=True)
        async with asyncio.timeout(10), httpx.AsyncClient(cookies={"s": token}, base_url=base) as browser:
            while (await _status(browser)) != 200:
                await asyncio.sleep(0.01)
            async with browser.stream("GET", "/stream/plain/") as tab:
                lines = tab.aiter_lines()
                assert await anext(lines) == ": welcome"
                began = asyncio.get_running_loop().time()
                server.should_exit = True
                assert "event: bye" in [line async for line in lines]
            await serving
        assert asyncio.get_running_loop().time() - began < 5
        assert session.tabs == 0
        assert tab.headers.get("server") is None


CHUNKED = b"POST /login HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"


async def test_w25_a_head_without_end_is_hung_up_on(site: Site) -> None:
    port = free_port()
    config = uvicorn_config(site.app, "127.0.0.1", port)
    config.lifespan = "off"
    server = Server(config, site.app)
    serving = asyncio.create_task(server._serve())
    async with asyncio.timeout(10):
        while not server.started:
            await asyncio.sleep(0.01)
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(
            b"POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 900000\r\n\r\n" + b"a" * 900_000
        )
        assert b" 400 " in await reader.readline()
        writer.close()
        for begun in (
            b"GET /livez HTTP/1.1\r\nHost: localhost\r\nX-Long: ",
            CHUNKED + b"1\r\na\r\n0\r\nX-Long: ",
            CHUNKED + b"1;",
        ):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(begun)
            sent = 0
            with contextlib.suppress(OSError):
                while sent < 4_000_000 and not reader.at_eof():
                    writer.write(b"a" * 16_000)
                    await writer.drain()
                    await asyncio.sleep(0)
                    sent += 16_000
            assert sent < 4_000_000, begun
            writer.close()
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(
            CHUNKED + b"1\r\na\r\n" * 50_000 + b"0\r\n\r\nGET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n"
        )
        writer.write_eof()
        assert (await reader.read()).endswith(b"ok\n")
        writer.close()
        server.should_exit = True
        await serving


async def _status(browser: httpx.AsyncClient) -> int:
    try:
        return (await browser.get("/livez")).status_code
    except httpx.ConnectError:
        return 0


def test_nobody_answers_a_healthcheck_before_the_start(tmp_path: Path) -> None:
    listen = f"127.0.0.1:{free_port()}"
    settings = Settings.from_env({"WEBCHAT_DATA_DIR": str(tmp_path), "WEBCHAT_LISTEN": listen})
    assert healthcheck(settings) == 1


def test_a_wrong_setting_stops_the_start_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WEBCHAT_LISTN", "x")
    assert main(["healthcheck"]) == 2
    assert "did you mean WEBCHAT_LISTEN?" in capsys.readouterr().err


async def test_the_program_migrates_starts_and_stops(tmp_path: Path) -> None:
    environ = {
        "PATH": os.environ["PATH"],
        "WEBCHAT_DATA_DIR": str(tmp_path),
        "WEBCHAT_LISTEN": f"127.0.0.1:{free_port()}",
        "WEBCHAT_LOG_FORMAT": "json",
    }

    async def run(command: str) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            sys.executable, "-m", "webchat", command, env=environ, stderr=asyncio.subprocess.PIPE
        )

    async with asyncio.timeout(60):
        migrated = await run("migrate")
        _, said = await migrated.communicate()
        assert migrated.returncode == 0, said.decode()
        server = await run("serve")
        assert server.stderr is not None
        first = json.loads(await server.stderr.readline())
        assert first["message"].startswith("listening on 127.0.0.1:")
        while await (await run("healthcheck")).wait() != 0:
            assert server.returncode is None
        assert (tmp_path / "control.sock").is_socket()
        server.terminate()
        _, said = await server.communicate()
        assert server.returncode in (0, -15), said.decode()
        assert b"Traceback" not in said


async def test_metrics_are_told_to_the_holder_of_the_token(tmp_path: Path) -> None:
    token = "t" * 20
    async with (
        running(tmp_path, (account.slice,), metrics=f"token:{token}") as site,
        site.browser() as browser,
    ):
        refused = await browser.get("/metrics")
        told = await browser.get("/metrics", headers={"authorization": f"Bearer {token}"})
    assert refused.status_code == 404
    assert "webchat_streams_open 0\n" in told.text
    assert told.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    # Prometheus would throw all of it away for one line that it cannot read.
    line = re.compile(r'# (HELP|TYPE) webchat_\w+ .+|webchat_\w+(\{(kind|version)="[\w.+-]+"\})? [\d.e+-]+')
    assert [each for each in told.text.splitlines() if not line.fullmatch(each)] == []


async def test_metrics_are_off_by_default(site: Site) -> None:
    async with site.browser() as browser:
        assert (await browser.get("/metrics")).status_code == 404


async def test_metrics_may_have_an_address_of_their_own() -> None:
    metrics = Metrics()
    metrics.add("logins", 3)
    port = free_port()
    async with await listen(metrics, "127.0.0.1", port), httpx.AsyncClient() as scraper:
        told = await scraper.get(f"http://127.0.0.1:{port}/metrics")
    assert "webchat_logins_total 3\n" in told.text
