"""This room brings what SQLite has committed to the disk, beside the loop, and says when it is there.

A commit only appends to the write-ahead log: everybody sees it at once, and it outlives the process, but a power
cut may take it. `Disk.flush` is what the world outside waits for (an acknowledgement, an answer to a form);
those who wait at the same time share one visit to the disk.
"""

import asyncio
import os
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

CHECKPOINT_EVERY = 200
"""Flushes between two copies of the log into the database itself, after which the log begins anew."""


class Disk:
    """The disk side of one database file.

    path  of the database; its log lies beside it
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._thread = ThreadPoolExecutor(1, "disk")
        self._next: asyncio.Future[None] | None = None
        self._task: asyncio.Task[None] | None = None
        self._log = -1
        self._flushes = 0

    async def flush(self) -> None:
        """Return when everything that was committed before is on the disk. Raises OSError."""
        if self._next is None:
            self._next = asyncio.get_running_loop().create_future()
        if self._task is None:
            self._task = asyncio.create_task(self._work())
        # Somebody who goes away must not take the flush from the others.
        await asyncio.shield(self._next)

    async def _work(self) -> None:
        loop = asyncio.get_running_loop()
        while self._next is not None:
            waiting, self._next = self._next, None
            try:
                await loop.run_in_executor(self._thread, self._sync)
            except OSError as error:
                waiting.set_exception(error)
                # Nobody may be waiting any more.
                waiting.exception()
            else:
                waiting.set_result(None)
        self._task = None

    async def close(self) -> None:
        """Finish what is under way; the log is put away by whoever closes the last connection."""
        if self._task is not None:
            await self._task
        await asyncio.get_running_loop().run_in_executor(self._thread, self._forget)
        self._thread.shutdown()

    # ---- in the thread

    def _sync(self) -> None:
        self._open()
        if self._log >= 0:
            os.fdatasync(self._log)
        self._flushes += 1
        if self._flushes % CHECKPOINT_EVERY == 0:
            self._checkpoint()

    def _open(self) -> None:
        """Look at the log that is there now: it goes with the last connection and comes with the next one."""
        name = self._path + "-wal"
        try:
            there = os.stat(name).st_ino
        except FileNotFoundError:
            self._forget()
            return
        if self._log >= 0 and os.fstat(self._log).st_ino == there:
            return
        self._forget()
        self._log = os.open(name, os.O_RDONLY)
        # A file is only as safe as its name in the folder.
        folder = os.open(os.path.dirname(os.path.abspath(name)), os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def _forget(self) -> None:
        if self._log >= 0:
            os.close(self._log)
        self._log = -1

    def _checkpoint(self) -> None:
        # PASSIVE waits for nobody; what it leaves, the next one takes.
        with suppress(sqlite3.OperationalError):
            connection = sqlite3.connect(self._path, isolation_level=None)
            try:
                connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
            finally:
                connection.close()
