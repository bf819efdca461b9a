"""This room knows the forms a database can have: which are known, which one it has, how to bring it on."""

from collections.abc import Callable
from functools import cache
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from webchat.config import root
from webchat.db.engine import Database


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(root() / "migrations").replace("%", "%%"))
    return config


@cache
def known() -> tuple[str, ...]:
    """All forms that this version can work on, the newest first."""
    return tuple(each.revision for each in ScriptDirectory.from_config(_config()).walk_revisions())


def newest() -> str:
    """The form that this version needs."""
    return known()[0]


async def of(database: Database) -> str:
    """The form that this database has, "" for one without tables."""

    def read(connection: Connection) -> str:
        return MigrationContext.configure(connection).get_current_revision() or ""

    async with database.engine.connect() as connection:
        return await connection.run_sync(read)


async def upgrade(database_url: str) -> None:
    """Bring the database to the newest form."""
    config = _config()

    def walk(connection: Connection) -> None:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")

    await _with(database_url, walk)


async def _with(database_url: str, act: Callable[[Connection], Any]) -> None:
    database = Database(database_url)
    try:
        async with database.engine.begin() as connection:
            await connection.run_sync(act)
    finally:
        await database.close()
