"""This room runs SQLite's statements where they are asked for: on the loop, without a visit to a thread.

A statement on an index takes five to fifty microseconds, a message to a thread and back takes three hundred and
more, all of it CPU. Only what waits for the disk is done elsewhere (`webchat.db.disk`), so a commit here does not.
Results are always fetched whole, as SQLAlchemy's own adapter does.
"""

import sqlite3
from collections import deque
from collections.abc import Iterator, Sequence
from typing import Any, NoReturn

from sqlalchemy.connectors.asyncio import AsyncAdapt_dbapi_connection, AsyncAdapt_dbapi_cursor
from sqlalchemy.dialects.sqlite.aiosqlite import AsyncAdapt_aiosqlite_dbapi
from sqlalchemy.util.concurrency import await_


class _Ready:
    """Awaited, it is there: SQLAlchemy insists that somebody awaits something in a statement."""

    def __await__(self) -> Iterator[None]:
        return iter(())


_READY = _Ready()


class _Cursor(AsyncAdapt_dbapi_cursor):
    """A cursor that is open only while its statement runs."""

    __slots__ = ("_description", "_lastrowid", "_rowcount")

    def __init__(self, adapt_connection: Any) -> None:
        self._connection = adapt_connection._connection
        self._rows = deque()
        self._description: Any = None
        self._rowcount = -1
        self._lastrowid: Any = None

    @property
    def description(self) -> Any:
        """Columns of the result, None when there is none."""
        return self._description

    @property
    def rowcount(self) -> int:
        """Rows changed."""
        return self._rowcount

    @property
    def lastrowid(self) -> Any:
        """The id SQLite gave last."""
        return self._lastrowid

    def execute(self, operation: Any, parameters: Sequence[Any] | None = None) -> None:
        """Run one statement and fetch what it gives."""
        await_(_READY)
        connection: Any = self._connection
        cursor = connection.execute(operation, parameters or ())
        self._description = cursor.description
        if cursor.description is not None:
            self._rows = deque(cursor.fetchall())
        self._rowcount, self._lastrowid = cursor.rowcount, cursor.lastrowid
        cursor.close()

    def executemany(self, operation: Any, seq_of_parameters: Sequence[Any]) -> None:
        """Run one statement for many rows; it gives none back."""
        await_(_READY)
        connection: Any = self._connection
        cursor = connection.executemany(operation, seq_of_parameters)
        self._rowcount, self._lastrowid = cursor.rowcount, cursor.lastrowid
        cursor.close()

    async def _async_soft_close(self) -> None:
        """Nothing is open."""

    def close(self) -> None:
        """Forget the rows."""
        self._rows.clear()


class _Connection(AsyncAdapt_dbapi_connection):
    """A connection of the standard library's driver as SQLAlchemy's asyncio side wants to see it."""

    __slots__ = ()
    _cursor_cls = _Cursor
    _connection: Any

    @property
    def isolation_level(self) -> str | None:
        """When the driver itself would open transactions; None for never."""
        level: str | None = self._connection.isolation_level
        return level

    @isolation_level.setter
    def isolation_level(self, value: str | None) -> None:
        self._connection.isolation_level = value

    def create_function(self, *args: Any, **kw: Any) -> None:
        """Teach SQLite a function of ours."""
        self._connection.create_function(*args, **kw)

    def commit(self) -> None:
        """End the transaction; whoever opened the connection has it not wait for the disk."""
        self._connection.commit()

    def rollback(self) -> None:
        """Undo the transaction."""
        self._connection.rollback()

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _handle_exception(self, error: Exception) -> NoReturn:
        raise error


class InlineDriver(AsyncAdapt_aiosqlite_dbapi):
    """The standard library's sqlite3 in the place of aiosqlite."""

    def __init__(self) -> None:
        super().__init__(sqlite3, sqlite3)

    def connect(self, *arg: Any, **kw: Any) -> Any:
        """Open a connection."""
        kw["check_same_thread"] = False
        return _Connection(self, sqlite3.connect(*arg, **kw))
