"""This room makes a statement on SQLite cost one visit to the driver's thread instead of four.

SQLAlchemy asks aiosqlite to open a cursor, execute, fetch and close. Each of these is a message to a thread
and back, about a tenth of a millisecond of CPU; here the four happen in one visit. Results are always fetched
whole, as SQLAlchemy's own adapter does. A transaction begins in the visit of its first statement, and where
none is open no visit is made to roll it back.
"""

import asyncio
import sqlite3
from collections import deque
from collections.abc import Callable, Sequence
from time import monotonic
from typing import Any, cast
from weakref import WeakSet

import aiosqlite
from sqlalchemy.dialects.sqlite.aiosqlite import (
    AsyncAdapt_aiosqlite_connection,
    AsyncAdapt_aiosqlite_cursor,
    AsyncAdapt_aiosqlite_dbapi,
)

from webchat.db.spent import Spent

_PATIENCE = 5.0
_Done = tuple[Any, int, int | None, list[Any]]


def _begun(adapted: "OneHopConnection", function: Any, connection: sqlite3.Connection, *rest: Any) -> _Done:
    """Runs in the driver's thread: the beginning of a transaction, and its first statement."""
    connection.execute("BEGIN IMMEDIATE")
    adapted.to_begin = False
    done: _Done = function(connection, *rest)
    return done


def _execute(connection: sqlite3.Connection, sql: str, parameters: Sequence[Any]) -> _Done:
    """Runs in the driver's thread: everything a statement needs."""
    cursor = connection.execute(sql, parameters)
    rows = cursor.fetchall() if cursor.description else []
    done = cursor.description, cursor.rowcount, cursor.lastrowid, rows
    cursor.close()
    return done


def _execute_many(connection: sqlite3.Connection, sql: str, parameters: Sequence[Any]) -> _Done:
    cursor = connection.executemany(sql, parameters)
    done: _Done = (None, cursor.rowcount, cursor.lastrowid, [])
    cursor.close()
    return done


class OneHopCursor(AsyncAdapt_aiosqlite_cursor):
    """A cursor that exists only while its statement runs."""

    __slots__ = ("_done",)

    def __init__(self, adapt_connection: Any) -> None:
        self._adapt_connection = adapt_connection
        self._connection = adapt_connection._connection
        self._rows = deque()
        self._done: _Done = (None, -1, None, [])

    @property
    def description(self) -> Any:
        """Columns of the result, None when there is none."""
        return self._done[0]

    @property
    def rowcount(self) -> int:
        """Rows changed."""
        return self._done[1]

    @property
    def lastrowid(self) -> Any:
        """The id SQLite gave last."""
        return self._done[2]

    async def _execute_async(self, operation: Any, parameters: Any) -> Any:
        await self._run(_execute, operation, parameters or ())

    async def _executemany_async(self, operation: Any, seq_of_parameters: Any) -> Any:
        await self._run(_execute_many, operation, seq_of_parameters)

    async def _run(self, function: Any, operation: Any, parameters: Any) -> None:
        adapted = cast("OneHopConnection", self._adapt_connection)
        connection: Any = self._connection
        asked = monotonic()
        async with adapted._execute_mutex:
            first = (_begun, adapted, function) if adapted.to_begin else (function,)
            adapted.unsure = True
            self._done = await connection._execute(*first, connection._conn, operation, parameters)
            adapted.unsure = False
        adapted.spent.add(asked)
        self._rows = deque(self._done[3])

    async def _async_soft_close(self) -> None:
        """Nothing is open."""

    def close(self) -> None:
        """Forget the rows."""
        self._rows.clear()


class OneHopConnection(AsyncAdapt_aiosqlite_connection):
    """A connection that makes no visit for nothing.

    to_begin  a transaction is wanted, and begins with the next statement
    unsure    a visit did not end well: whoever asked may have gone while the thread is still at work
    spent     counts the statements
    """

    __slots__ = ("spent", "to_begin", "unsure")
    _cursor_cls = OneHopCursor

    def __init__(self, dbapi: "OneHopDriver", connection: Any) -> None:
        super().__init__(dbapi, connection)
        self.spent = dbapi.spent
        self.to_begin = self.unsure = False

    def commit(self) -> None:
        """End the transaction, if there is one."""
        self._end(super().commit)

    def rollback(self) -> None:
        """Undo the transaction, if there is one."""
        self._end(super().rollback)

    def _end(self, visit: Callable[[], None]) -> None:
        driver: Any = self._connection
        if self.unsure or (driver._connection is not None and driver._conn.in_transaction):
            self.unsure = True
            visit()
            self.unsure = False
        self.to_begin = False


class OneHopDriver(AsyncAdapt_aiosqlite_dbapi):
    """aiosqlite as SQLAlchemy wants it, with connections whose cursors make one hop."""

    def __init__(self, spent: Spent) -> None:
        super().__init__(aiosqlite, sqlite3)
        self.spent = spent
        self._made: WeakSet[Any] = WeakSet()

    def connect(self, *arg: Any, **kw: Any) -> AsyncAdapt_aiosqlite_connection:
        """Open a connection."""
        made = super().connect(*arg, **kw)
        self._made.add(made._connection)
        return OneHopConnection(self, made._connection)

    async def ended(self) -> None:
        """Wait, a few seconds at most, until the threads of all closed connections have ended.

        Where a task was cancelled in the middle of a statement the thread still answers, and the loop must be
        there to hear it.
        """
        until = asyncio.get_running_loop().time() + _PATIENCE
        for connection in list(self._made):
            while not connection._running and connection._thread.is_alive():
                if asyncio.get_running_loop().time() > until:
                    return
                await asyncio.sleep(0.001)
