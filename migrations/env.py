"""Alembic's entry: runs the migrations on the connection handed over, or on the settings' database."""

import asyncio
from typing import Any

from alembic import context
from sqlalchemy import Connection

import webchat.contacts.models
import webchat.messages.models
import webchat.messages.models.facts
import webchat.notifications.models
import webchat.posts.models
import webchat.publish.models
import webchat.rooms.models
import webchat.session.models
import webchat.settings.models  # noqa: F401  (their tables belong to the metadata)
from webchat.config import Settings
from webchat.db.base import Base
from webchat.db.engine import Database


def run(connection: Connection) -> None:
    """Run all migrations that are asked for, in one transaction."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


async def run_on_settings() -> None:
    """For the command line of Alembic itself."""
    database = Database(Settings.from_env().database_url)
    try:
        async with database.engine.begin() as connection:
            await connection.run_sync(run)
    finally:
        await database.close()


handed_over: Any = context.config.attributes.get("connection")
if handed_over is not None:
    run(handed_over)
else:
    asyncio.run(run_on_settings())
