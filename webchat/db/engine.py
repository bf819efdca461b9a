"""This room opens the database: engines, pragmas, pools; the address decides SQLite or PostgreSQL.

SQLite is always reached through aiosqlite, in its thread: a long search or a slow disk must never hold up the
loop that all accounts share, even where a statement on the loop would cost less CPU.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext, suppress
from typing import Any, TypeVar

from sqlalchemy import URL, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, InterfaceError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.pool import QueuePool, StaticPool

from webchat.db.late import do_all
from webchat.db.one_hop import OneHopDriver
from webchat.db.queue import Act, Queue, whole
from webchat.db.spent import Spent

T = TypeVar("T")

_POSTGRESQL = "postgresql+asyncpg"
_DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": _POSTGRESQL, "postgres": _POSTGRESQL}

_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    # FULL costs one fsync a commit and keeps what was accepted through a power cut.
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA busy_timeout = 15000",
    "PRAGMA cache_size = -16000",
)


_PATIENCE = 5.0
"""Seconds that closing waits for what is still at work."""


class Database:
    """The engines and their sessions.

    engine   for transactions; on SQLite they queue here instead of meeting as "database is locked"
    reader   for reading; on SQLite every statement sees what is committed, without a transaction around it
    spent    how many statements there were, and the seconds that they took
    """

    def __init__(self, url: str) -> None:
        parsed = make_url(url)
        driver = parsed.drivername
        self.url = parsed.set(drivername=_DRIVERS.get(driver, driver))
        self.dialect = self.url.get_backend_name()
        self.spent = Spent()
        self._driver = OneHopDriver(self.spent)
        if self.dialect == "sqlite":
            self.engine, self.reader = _sqlite(self.url, self._driver)
        else:
            self.engine = self.reader = create_async_engine(
                self.url, pool_size=10, max_overflow=10, pool_pre_ping=True, hide_parameters=True
            )
            self.spent.watch(self.engine)
        self._writing = asyncio.Lock() if self.dialect == "sqlite" else None
        self._writers = async_sessionmaker(self.engine, expire_on_commit=False)
        self._queue = Queue(self.write) if self._writing is not None else None
        self._readers = async_sessionmaker(self.reader, expire_on_commit=False)

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        """One transaction for writing: committed at the end, rolled back on an exception."""
        # What is not committed is rolled back as the session closes: no cancelling interrupts that.
        async with self._writing or nullcontext(), self._writers() as db:
            yield db
            await do_all(db)
            await db.commit()

    async def together(self, act: Act[T]) -> T:
        """Do this in a transaction that it may share with others who come at the same time.

        What a transaction costs is paid once for them; one that fails takes nobody along: then everybody is
        done again, alone. So `act` must leave nothing behind outside the database. Where writers do not queue
        (PostgreSQL) nobody shares.
        """
        if self._queue is None:
            async with self.write() as db:
                return await whole(act(db))
        return await self._queue.put(act)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """A session for reading; nothing is committed."""
        async with self._readers() as db:
            yield db

    async def close(self) -> None:
        """Give all connections back."""
        if self._queue is not None:
            await self._queue.close()
        for engine in {self.engine, self.reader}:
            await _all_back(engine)
            await engine.dispose()
        await self._driver.ended()


async def _all_back(engine: AsyncEngine) -> None:
    """Wait for connections on their way back: whose task was cancelled still rolls back."""
    pool = engine.pool
    with suppress(TimeoutError):
        async with asyncio.timeout(_PATIENCE):
            while isinstance(pool, QueuePool) and pool.checkedout():  # noqa: ASYNC110 (no event tells it)
                await asyncio.sleep(0.01)


def _sqlite(url: URL, driver: OneHopDriver) -> tuple[AsyncEngine, AsyncEngine]:
    memory = url.database in (None, "", ":memory:")
    pool: dict[str, Any] = {"poolclass": StaticPool} if memory else {"pool_size": 2, "max_overflow": 2}
    writer = create_async_engine(url, module=driver, hide_parameters=True, **pool)
    event.listen(writer.sync_engine, "connect", _prepare)
    event.listen(writer.sync_engine, "begin", _begin)
    if memory:
        # One connection is all there is: it cannot read outside the transaction that is open.
        return writer, writer
    reader = create_async_engine(
        url,
        module=driver,
        hide_parameters=True,
        isolation_level="AUTOCOMMIT",
        skip_autocommit_rollback=True,
        pool_reset_on_return=None,
        # Connections that come and go cost more than a reader's work.
        pool_size=8,
        max_overflow=0,
    )
    event.listen(reader.sync_engine, "connect", _prepare_reader)
    return writer, reader


def _prepare(connection: Any, _record: Any) -> None:
    # The driver must not open transactions by its own rules: `_begin` does.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _prepare_reader(connection: Any, record: Any) -> None:
    _prepare(connection, record)
    # Without a transaction a write would stay; none is wanted here.
    cursor = connection.cursor()
    cursor.execute("PRAGMA query_only = ON")
    cursor.close()


def _begin(connection: Any) -> None:
    # A transaction that starts by reading and then writes could meet SQLITE_BUSY at once; IMMEDIATE waits.
    connection.connection.dbapi_connection.to_begin = True


_SQLITE_FAULTS = frozenset({5, 6, 8, 10, 13, 14})
"""BUSY, LOCKED, READONLY, IOERR, FULL, CANTOPEN: primary codes of https://sqlite.org/rescode.html."""

_POSTGRESQL_FAULTS = ("08", "40", "53", "55", "57")
"""Classes of SQLSTATE: connection, rollback by concurrency, resources, object state, operator."""


def is_storage_fault(error: BaseException) -> bool:
    """The database could not work, whatever it was asked: waiting may mend it."""
    if not isinstance(error, DBAPIError):
        return isinstance(error, PoolTimeout)
    if error.connection_invalidated or isinstance(error, InterfaceError):
        return True
    code = getattr(error.orig, "sqlite_errorcode", None)
    if code is not None:
        return code & 0xFF in _SQLITE_FAULTS
    return str(getattr(error.orig, "sqlstate", "")).startswith(_POSTGRESQL_FAULTS)
