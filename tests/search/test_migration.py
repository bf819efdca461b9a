"""What was said before there was a search is found after the migration."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import text

from tests.db.test_migrations import migrate
from tests.lab.databases import KINDS, empty_database
from webchat.db.engine import Database
from webchat.markup.words import terms
from webchat.messages.store import search as index
from webchat.messages.store.search import Wanted

COUNT = 2500
"""More than the migration reads at once."""

ACCOUNT = (
    "INSERT INTO account (id, jid, resource, mechanism, preferences, created_at, last_seen_at)"
    " VALUES (7, 'romeo@montague.example', 'webchat', 'SCRAM-SHA-256', '{}', '2025-01-01', '2025-01-01')"
)
CONVERSATION = "INSERT INTO conversation (id, account_id, jid) VALUES (3, 7, 'juliet@capulet.example')"
MESSAGE = (
    "INSERT INTO message (id, account_id, conversation_id, position, stamp, arrived_at, sender, mine, body)"
    " VALUES (:id, 7, 3, :id, '2025-03-01 12:00:00.000000', '2025-03-01 12:00:00.000000',"
    " 'juliet@capulet.example/x', :mine, :body)"
)


@pytest.fixture(params=KINDS)
async def nothing(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """A database without any table."""
    async with empty_database(request.param, tmp_path) as database:
        yield database


async def test_what_was_said_before_is_found(nothing: Database) -> None:
    await migrate(nothing, command.upgrade, "0006")
    rows = [{"id": n + 1, "mine": n % 2 == 0, "body": f"déjà vu {n}"} for n in range(COUNT)]
    async with nothing.write() as db:
        await db.execute(text(ACCOUNT))
        await db.execute(text(CONVERSATION))
        await db.execute(text(MESSAGE), rows)
    await migrate(nothing, command.upgrade, "head")
    async with nothing.read() as db:
        everything = await index.search(db, 7, Wanted(terms("deja", 8)), limit=2 * COUNT)
        (one,) = await index.search(db, 7, Wanted(terms("vu 1234 ", 8), [{index.ME}]))
    assert len(everything) == COUNT
    assert one.body == "déjà vu 1234"
