"""This room is the command line: `python -m webchat serve | migrate | demo | healthcheck`."""

import argparse
import asyncio
import http.client
import json
import logging
import os
import socket
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from math import inf
from typing import TYPE_CHECKING, Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from webchat import __version__
from webchat.config import ConfigError, Settings
from webchat.session import memory

if TYPE_CHECKING:
    from sqlalchemy import Connection
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
    asyncio.run(_migrate(settings))
    return 0


async def _migrate(settings: Settings) -> None:
    from alembic import command
    from alembic.config import Config

    from webchat.db.engine import Database

    config = Config()
    config.set_main_option("script_location", str(settings.root / "migrations").replace("%", "%%"))

    def upgrade(connection: "Connection") -> None:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")

    database = Database(settings.database_url)
    try:
        async with database.engine.begin() as connection:
            await connection.run_sync(upgrade)
    finally:
        await database.close()


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


class JsonLines(logging.Formatter):
    """One JSON object a line, for machines that collect logs."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def start_logging(settings: Settings) -> None:
    """Everything to standard error. The XMPP library is never allowed its wire log: it holds secrets."""
    handler = logging.StreamHandler()
    text = logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s")
    handler.setFormatter(JsonLines() if settings.log_format == "json" else text)
    logging.basicConfig(level=settings.log_level.upper(), handlers=[handler], force=True)
    for name in ("aiosqlite", "alembic", "asyncio", "python_multipart", "slixmpp", "sqlalchemy", "uvicorn"):
        logging.getLogger(name).setLevel(logging.WARNING)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit status."""
    # What we keep (database, pepper) is nobody else's on this machine.
    os.umask(0o077)
    parser = argparse.ArgumentParser(prog="webchat", description="A web client for XMPP.")
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("serve", help="answer requests")
    commands.add_parser("migrate", help="bring the database to the newest form")
    commands.add_parser("demo", help="serve with a demo server and demo people")
    commands.add_parser("healthcheck", help="ask the running server whether it lives")
    chosen = parser.parse_args(arguments)
    if chosen.command == "demo":
        from webchat.demo.run import main as demo

        return demo()
    try:
        settings = Settings.from_env()
    except ConfigError as error:
        print(error, file=sys.stderr)
        return 2
    start_logging(settings)
    return {"serve": serve, "migrate": migrate, "healthcheck": healthcheck}[chosen.command](settings)


if __name__ == "__main__":
    sys.exit(main())
