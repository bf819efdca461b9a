"""This room is the command line: `python -m webchat serve | migrate | demo | doctor | backup …`."""

import argparse
import asyncio
import http.client
import logging
import os
import signal
import socket
import sys
import tempfile
from collections.abc import Sequence
from types import FrameType
from typing import TYPE_CHECKING

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from webchat import __version__
from webchat.config import ConfigError, Settings
from webchat.operate import logs, notify
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
    """Reads so much of what is no body: a head, the line of a chunk, its trailers (RFC 9112 §7.1).

    The parser alone would collect them for ever. What follows them in the same packet is not counted.
    """

    _head = 0

    def on_headers_complete(self) -> None:
        """What follows is the body, which webchat.web.limits counts."""
        self._head = 0
        super().on_headers_complete()

    def on_chunk_header(self) -> None:
        """A chunk begins; the trailers come behind the last one."""
        self._head = 0

    def on_body(self, body: bytes) -> None:
        """A part of the body."""
        self._head -= len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The next head may begin."""
        self._head = 0
        super().on_message_complete()

    def data_received(self, data: bytes) -> None:
        """Parse, and hang up on who does not come to an end."""
        self._head += len(data)
        super().data_received(data)
        if self._head > LONGEST_HEAD:
            self.transport.close()


class Server(uvicorn.Server):
    """Ends the streams of all tabs before it waits for answers to end: streams never do so by themselves."""

    def __init__(self, config: uvicorn.Config, app: "Starlette") -> None:
        super().__init__(config)
        self._app = app

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start: database, sessions, the port; whoever started us hears when requests are answered."""
        await super().startup(sockets)
        if self.started:
            notify.tell("READY=1")

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop: streams, then requests, then (the app's lifespan) sessions and database."""
        from webchat.app import end_streams

        notify.tell("STOPPING=1")
        end_streams(self._app)
        await super().shutdown(sockets)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop in good order; Ctrl-C a second time at once.

        The signal is not raised again afterwards, as uvicorn would: what is still to be put away would stay.
        """
        if self.should_exit and sig == signal.SIGINT:
            self.force_exit = True
        self.should_exit = True


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

    listening = control.listening(settings.data_dir, lambda: getattr(app.state, "sessions", None))
    async with notify.alive(), listening:
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


def migrate(settings: Settings, chosen: argparse.Namespace) -> int:
    """Bring the database to the newest form, what is there being saved before."""
    from webchat.operate import upgrade

    asyncio.run(upgrade.upgrade(settings, backed_up=not chosen.without_backup))
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
    except BrokenPipeError:
        # `webchat admin users | head`: whoever read has seen enough, and nothing is to be said to them.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return status


def parser() -> argparse.ArgumentParser:
    """What can be typed; each command but the demo's sets `run`."""
    made = argparse.ArgumentParser(prog="webchat", description="A web client for XMPP.")
    made.add_argument("--version", action="version", version=__version__)
    commands = made.add_subparsers(dest="command", required=True)
    settled = "Settings come from the environment, see docs/configuration.md."
    command(commands, "serve", "answer requests", settled, lambda settings, _: serve(settings))
    migrates = command(
        commands,
        "migrate",
        "bring the database to the newest form",
        "To be run before the first start and after each update; doing it twice does no harm. A database in "
        "SQLite that has to be changed is saved before, into backups/ of the data directory.",
        migrate,
    )
    migrates.add_argument("--without-backup", action="store_true", help="save nothing before")
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
