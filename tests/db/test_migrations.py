"""This room tests the one line of migrations: it makes the tables of the models, and can be walked back."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from tests.lab.databases import KINDS, empty_database
from webchat.config import root
from webchat.db.base import Base
from webchat.db.engine import Database

CONFIG = Config()
CONFIG.set_main_option("script_location", str(root() / "migrations"))


@pytest.fixture(params=KINDS)
async def nothing(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """A database without any table."""
    async with empty_database(request.param, tmp_path) as database:
        yield database


async def migrate(database: Database, step: Callable[[Config, str], Any], revision: str) -> None:
    """Walk up or down to a revision."""

    def walk(connection: Connection) -> None:
        CONFIG.attributes["connection"] = connection
        step(CONFIG, revision)

    async with database.engine.begin() as connection:
        await connection.run_sync(walk)


async def tables(database: Database) -> set[str]:
    """The names of all tables but the one in which Alembic notes the revision, and the index of full text."""
    async with database.engine.connect() as connection:
        found = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
    return {name for name in found if name != "alembic_version" and not is_full_text(name)}


def is_full_text(name: str | None) -> bool:
    """Whether a table or index is made by the statements of models.FULL_TEXT, not for Alembic to compare."""
    return (name or "").startswith(("message_fts", "post_fts"))


def revisions() -> list[str]:
    """All revisions, the first one first."""
    return [each.revision for each in ScriptDirectory.from_config(CONFIG).walk_revisions()][::-1]


async def test_migrations_make_the_tables_of_the_models(nothing: Database) -> None:
    """Whoever changes a model writes the migration with it."""
    await migrate(nothing, command.upgrade, "head")

    def differences(connection: Connection) -> list[Any]:
        opts = {"compare_type": True, "include_object": lambda _, name, *__: not is_full_text(name)}
        context = MigrationContext.configure(connection, opts=opts)
        found: list[Any] = compare_metadata(context, Base.metadata)
        return found

    async with nothing.engine.connect() as connection:
        assert await connection.run_sync(differences) == []
    assert await tables(nothing) == set(Base.metadata.tables)


async def test_each_step_can_be_walked_back(nothing: Database) -> None:
    """An operator who has to return to the former version can."""
    before: list[set[str]] = []
    for revision in revisions():
        before.append(await tables(nothing))
        await migrate(nothing, command.upgrade, revision)
    for revision in reversed(revisions()):
        await migrate(nothing, command.downgrade, f"{revision}-1")
        assert await tables(nothing) == before.pop()
    await migrate(nothing, command.upgrade, "head")


async def test_migrating_twice_changes_nothing(nothing: Database) -> None:
    """Every start may ask for it."""
    await migrate(nothing, command.upgrade, "head")
    made = await tables(nothing)
    await migrate(nothing, command.upgrade, "head")
    assert await tables(nothing) == made


def test_migrations_are_one_line() -> None:
    """Two heads would mean that two people have to be asked which one comes first."""
    script = ScriptDirectory.from_config(CONFIG)
    assert len(script.get_heads()) == 1
    assert revisions()
