"""This room breaks what the site stands on: a disk without room, a database that hangs up, a dead line."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError

from tests.hostile.lab_certs import Lab
from tests.hostile.logins import login
from tests.hostile.scene import Scene, chat
from tests.hostile.server import HostileServer
from tests.lab.databases import KINDS, empty_database
from tests.lab.people import JULIET
from tests.messages.speaking import says
from webchat.db.base import Base
from webchat.db.engine import Database, is_storage_fault
from webchat.session import inbox
from webchat.xmpp import client as client_room

# ---- R16: a disk without room


@asynccontextmanager
async def full(database: Database) -> AsyncIterator[None]:
    """Inside, SQLite itself finds no room for another page (its own limit stands for the disk's)."""

    async with database.read() as db:
        most = int(await db.scalar(text("PRAGMA page_count")) or 0)

    def limit(connection: Any, _record: Any, _proxy: Any) -> None:
        connection.execute(f"PRAGMA max_page_count = {most}")

    # It stays: a connection that is being taken out just then goes through the listeners one by one.
    event.listen(database.engine.sync_engine.pool, "checkout", limit)
    try:
        yield
    finally:
        most = 1 << 30


async def test_r16_a_disk_that_is_full_loses_nothing_that_was_accepted(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What comes in waits, unacknowledged; who writes is told; both go on by themselves. Reading goes on."""
    monkeypatch.setattr(inbox, "RETRY", 0.01)
    session = scene.romeo.session
    database: Any = session._database
    acknowledged: list[str] = []
    async with full(database):
        session.put(says("x" * 50_000, "large", stanza_id="s9"), lambda: acknowledged.append("large"))
        form = {
            "message_id": "99999999-0d0e-4f5e-9d0c-0a5b6c7d8e9f",
            "text": "y" * 40_000,
            "draft_version": "0",
        }
        answer = await scene.web.client.post(f"/conversations/{JULIET}/messages", data=form)
        assert answer.status_code == 503
        assert "cannot store anything at the moment" in answer.text
        assert answer.headers["retry-after"] == "60"
        page = await scene.web.get(f"/chats/{JULIET}")
        assert "But soft!" in page.text_content()
        assert acknowledged == []
    answer = await scene.web.client.post(f"/conversations/{JULIET}/messages", data=form)
    assert answer.status_code == 303
    await scene.hear(chat("after", "after", sender=f"{JULIET}/b"))
    assert acknowledged == ["large"]
    bodies = await scene.bodies()
    assert [len(body) for body in bodies].count(50_000) == 1
    assert [len(body) for body in bodies].count(40_000) == 1
    async with database.read() as db:
        assert await db.scalar(text("PRAGMA integrity_check")) == "ok"


# ---- R21: a database that hangs up


@pytest.mark.parametrize("kind", KINDS)
async def test_r21_a_database_that_hangs_up_costs_one_attempt(kind: str, tmp_path: Path) -> None:
    """The transaction under way is lost and says so as a fault of storage; the next one has a connection."""
    async with empty_database(kind, tmp_path, Base.metadata) as database:
        with pytest.raises((DBAPIError, sqlite3.OperationalError)) as failed:
            await _interrupted(database)
        assert kind == "sqlite" or is_storage_fault(failed.value)
        for _ in range(3):
            async with database.write() as db:
                assert await db.scalar(text("SELECT count(*) FROM account")) == 0


async def _interrupted(database: Database) -> None:
    """A transaction in the middle of which the connection ends."""
    async with database.write() as db:
        await db.execute(text("SELECT 1"))
        await _hang_up(database, db)
        await db.execute(text("DELETE FROM account"))


async def _hang_up(database: Database, db: Any) -> None:
    """End the connection under somebody who uses it."""
    if database.dialect == "postgresql":
        own = await db.scalar(text("SELECT pg_backend_pid()"))
        async with database.write() as other:
            await other.execute(text("SELECT pg_terminate_backend(:own)"), {"own": own})
        return
    raise sqlite3.OperationalError("disk I/O error")


# ---- R05: a line that is dead


async def test_r05_a_line_that_is_dead_is_noticed_and_the_session_comes_back(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody says goodbye on it: a question without an answer ends it, and there is a new stream."""
    monkeypatch.setattr(client_room, "IDLE_BEFORE_PING", 0.05)
    monkeypatch.setattr(client_room, "PING_ANSWER", 0.05)
    monkeypatch.setattr(client_room, "BACKOFF_WATCHED", 0.01)
    async with HostileServer(lab) as server, login(lab, server) as romeo:
        await romeo.client.open()
        running = asyncio.ensure_future(romeo.client.run(opened=True))
        dead = await server.session()
        assert (await asyncio.wait_for(dead.element(), 5)).find("{urn:xmpp:ping}ping") is not None
        alive = await asyncio.wait_for(server.session(1), 10)
        assert b"</stream:stream>" not in dead.received, "the old session stays resumable"
        assert alive.ready.is_set()
        running.cancel()
