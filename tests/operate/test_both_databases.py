"""Backups on both databases; PostgreSQL by its own programs, and a sentence where they are missing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import nullcontext
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.lab.databases import KINDS, empty_database
from tests.operate.conftest import Command
from webchat.config import Settings
from webchat.db.engine import Database
from webchat.operate import lock, revisions

ADD = text(
    "INSERT INTO account (jid, resource, mechanism, preferences, created_at, last_seen_at) "
    "VALUES (:jid, 'r', '', '{}', '2026-01-01 00:00:00', '2026-01-01 00:00:00')"
)


@pytest.fixture(params=KINDS)
async def database(
    request: pytest.FixtureRequest, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Database]:
    """A database with the tables of the migrations; the settings name it."""
    if request.param == "sqlite":
        made = Database(settings.database_url)
        yield made
        await made.close()
        return
    async with empty_database(request.param, tmp_path) as made:
        url = made.url.set(drivername="postgresql").render_as_string(hide_password=False)
        monkeypatch.setenv("WEBCHAT_DATABASE_URL", url)
        await revisions.upgrade(url)
        yield made


async def let_go(database: Database) -> None:
    """No connection of ours is open after this."""
    await database.engine.dispose()
    await database.reader.dispose()


async def people(database: Database) -> list[str]:
    """Who is in it."""
    async with database.read() as db:
        found = list(await db.scalars(text("SELECT jid FROM account ORDER BY jid")))
    await let_go(database)
    return found


async def add(database: Database, *jids: str) -> None:
    async with database.write() as db:
        for jid in jids:
            await db.execute(ADD, {"jid": jid})
    await let_go(database)


async def test_a_backup_is_put_back_and_what_was_there_is_kept(
    database: Database, settings: Settings, command: Command, tmp_path: Path
) -> None:
    await add(database, "romeo@example.org")
    file = tmp_path / "one.tar"
    assert await asyncio.to_thread(command, "backup", str(file)) == 0
    await add(database, "tybalt@example.org")
    assert await asyncio.to_thread(command, "restore", str(file)) == 0
    assert await people(database) == ["romeo@example.org"]
    if database.dialect == "postgresql":
        await add(database, "juliet@example.org")
        (former,) = (settings.data_dir / "backups").glob("before-*.tar")
        assert await asyncio.to_thread(command, "restore", str(former)) == 0
        assert await people(database) == ["romeo@example.org", "tybalt@example.org"]


async def test_a_database_that_is_in_use_is_not_overwritten(
    database: Database,
    settings: Settings,
    command: Command,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """PostgreSQL knows who is connected, from whatever machine; for SQLite the lock of the site tells."""
    file = tmp_path / "one.tar"
    assert await asyncio.to_thread(command, "backup", str(file)) == 0
    on_postgresql = database.dialect == "postgresql"
    async with database.read() as db:
        await db.execute(text("SELECT 1"))
        with nullcontext() if on_postgresql else lock.serving(settings.data_dir):
            assert await asyncio.to_thread(command, "restore", str(file)) == 1
    said = (
        "Somebody is using this database (1 connection)" if on_postgresql else "The site is running (process "
    )
    assert said in capsys.readouterr().err


def test_without_its_programs_there_is_a_sentence(
    settings: Settings, command: Command, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WEBCHAT_DATABASE_URL", "postgresql://webchat@127.0.0.1:1/nothing")
    monkeypatch.setattr("shutil.which", lambda _: None)
    assert command("backup") == 1
    assert "pg_dump is not installed here" in capsys.readouterr().err


async def test_a_database_of_another_kind_is_not_restored(
    settings: Settings,
    command: Command,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = tmp_path / "one.tar"
    assert await asyncio.to_thread(command, "backup", str(file)) == 0
    monkeypatch.setenv("WEBCHAT_DATABASE_URL", "postgresql://webchat@127.0.0.1:1/nothing")
    assert await asyncio.to_thread(command, "restore", str(file)) == 1
    assert "This backup is of a sqlite database" in capsys.readouterr().err
