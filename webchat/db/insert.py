"""This room holds the one fork between the dialects: inserts that may meet a row already there."""

from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import FromClause, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

_AT_ONCE = 500


def _insert(db: AsyncSession, table: FromClause) -> Any:
    dialect = db.get_bind().dialect.name
    return (postgresql if dialect == "postgresql" else sqlite).insert(table)


async def insert_or_ignore(db: AsyncSession, table: FromClause, values: dict[str, Any]) -> int | None:
    """Insert one row; its primary key, or None when a unique key says that it is known already."""
    statement = (
        _insert(db, table)
        .values(**values)
        .on_conflict_do_nothing()
        .returning(*cast(Table, table).primary_key)
    )
    found: int | None = await db.scalar(statement)
    return found


async def upsert(db: AsyncSession, table: FromClause, values: dict[str, Any], keys: list[str]) -> None:
    """Insert one row, or update it where the unique key `keys` meets one."""
    await db.execute(_upsert(db, table, values, keys), values)


async def upsert_all(
    db: AsyncSession, table: FromClause, rows: Sequence[dict[str, Any]], keys: list[str]
) -> None:
    """`upsert` for rows that name the same columns, many in one visit to the database."""
    for start in range(0, len(rows), _AT_ONCE):
        # What is said to the database is prepared while everybody waits.
        await db.execute(_upsert(db, table, rows[0], keys), list(rows[start : start + _AT_ONCE]))


def _upsert(db: AsyncSession, table: FromClause, values: dict[str, Any], keys: list[str]) -> Any:
    statement = _insert(db, table)
    changed = {name: statement.excluded[name] for name in values if name not in keys}
    if changed:
        return statement.on_conflict_do_update(index_elements=keys, set_=changed)
    return statement.on_conflict_do_nothing(index_elements=keys)
