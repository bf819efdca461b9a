"""This room is the command line: `python -m webchat serve | migrate | demo | doctor | backup …`."""

import argparse
import asyncio
import http.client
import logging
import os
import socket
import sys
import tempfile
from collections.abc import Sequence
from math import inf
from typing import TYPE_CHECKING

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from webchat import __version__
from webchat.config import ConfigError, Settings
from webchat.operate import logs
from webchat.operate.arguments import add as operator_commands
from webchat.operate.arguments import command, unsettled
from webchat.operate.trouble import Trouble
from webchat.session import memory

if TYPE_CHECKING:
    from starlette.applications import Starlette

LONGEST_HEAD = 64 * 1024
GRACEFUL = 8
"""Seconds that open answers get when the server stops; with the sessions' own end it stays below ten."""


class Protocol(HttpToolsProtocol):
    """Reads a request's head up to `LONGEST_HEAD`; the parser alone would collect headers for ever."""

    _head = 0.0

    def on_message_begin(self) -> None:
        """A head begins."""
        self._head = 0.0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """What follows is the body, which webchat.web.limits counts."""
        self._head = -inf
        super().on_headers_complete()

    def data_received(self, data: bytes) -> None:
        """Parse, and hang up on who is still not done with the head."""
        super().data_received(data)
        self._head += len(data)
        if self._head > LONGEST_HEAD:
            self.transport.close()


class Server(uvicorn.Server):
    """Ends the streams of all tabs before it waits for answers to end: streams never do so by themselves."""

    def __init__(self, config: uvicorn.Config, app: "Starlette") -> None:
        super().__init__(config)
        self._app = app

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop: streams, then requests, then (the app's lifespan) sessions and database."""
        from webchat.app import end_streams

        end_streams(self._app)
        await super().shutdown(sockets)


def serve(settings: Settings) -> int:
    """Answer requests until a signal comes."""
    from webchat.app import create_app
    from webchat.operate import lock

    with lock.serving(settings.data_dir):
        memory.keep_private()
        # Files on their way through us lie there, without a name: /tmp may be memory.
        tempfile.tempdir = str(settings.data_dir)
        app = create_app(settings)
        host, port = settings.listen
        server = Server(uvicorn_config(app, host, port), app)
        logging.getLogger(__name__).info("listening on %s:%s, reached at %s", host, port, settings.base_url)
        asyncio.run(_serve_all(server, app, settings))
    return 0 if server.started else 1


async def _serve_all(server: Server, app: "Starlette", settings: Settings) -> None:
    from webchat.operate import control

    async with control.listening(settings.data_dir, lambda: getattr(app.state, "sessions", None)):
        await _serve_metrics(server, app, settings)


async def _serve_metrics(server: Server, app: "Starlette", settings: Settings) -> None:
    if settings.metrics == "off" or settings.metrics.startswith("token:"):
        await server.serve()
        return
    from webchat.config import address
    from webchat.web.metrics import listen

    async with await listen(app.state.metrics, *address(settings.metrics)):
        await server.serve()


def uvicorn_config(app: "Starlette", host: str, port: int) -> uvicorn.Config:
    """How we use uvicorn: one loop, no log of visits, no word about itself, no trust in forwarded headers
    (webchat.web.request judges those)."""
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        loop="asyncio",
        http=Protocol,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=65,
        timeout_graceful_shutdown=GRACEFUL,
    )


def migrate(settings: Settings) -> int:
    """Bring the database to the newest form."""
    from webchat.operate import revisions

    asyncio.run(revisions.upgrade(settings.database_url))
    return 0


def healthcheck(settings: Settings) -> int:
    """Ask a running server of these settings whether it lives; for containers, which have no curl."""
    host, port = settings.listen
    local = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 (asks, does not listen)
    connection = http.client.HTTPConnection(local, port, timeout=5)
    try:
        connection.request("GET", "/livez")
        return 0 if connection.getresponse().status == 200 else 1
    except OSError as error:
        print(f"no answer: {type(error).__name__}", file=sys.stderr)
        return 1
    finally:
        connection.close()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit status."""
    # What we keep (database, pepper) is nobody else's on this machine.
    os.umask(0o077)
    chosen = parser().parse_args(arguments)
    if chosen.command == "demo":
        from webchat.demo.run import main as demo

        return demo()
    try:
        settings = Settings.from_env()
    except ConfigError as error:
        if chosen.command == "doctor":
            return unsettled(error, as_json=chosen.json)
        print(error, file=sys.stderr)
        return 2
    logs.start(settings)
    try:
        status: int = chosen.run(settings, chosen)
    except Trouble as trouble:
        print(trouble, file=sys.stderr)
        return 1
    return status


def parser() -> argparse.ArgumentParser:
    """What can be typed; each command but the demo's sets `run`."""
    made = argparse.ArgumentParser(prog="webchat", description="A web client for XMPP.")
    made.add_argument("--version", action="version", version=__version__)
    commands = made.add_subparsers(dest="command", required=True)
    settled = "Settings come from the environment, see docs/configuration.md."
    command(commands, "serve", "answer requests", settled, lambda settings, _: serve(settings))
    command(
        commands,
        "migrate",
        "bring the database to the newest form",
        "To be run before the first start and after each update; doing it twice does no harm.",
        lambda settings, _: migrate(settings),
    )
    commands.add_parser("demo", help="serve with a demo server and demo people")
    command(
        commands,
        "healthcheck",
        "ask the running server whether it lives",
        "",
        lambda settings, _: healthcheck(settings),
    )
    operator_commands(commands)
    return made


if __name__ == "__main__":
    sys.exit(main())
