"""This room lets writers who come at the same time share one transaction and one wait for the disk."""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any, NamedTuple, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

T = TypeVar("T")
Act = Callable[[AsyncSession], Awaitable[T]]

LONGEST = 0.03
"""Seconds after which a shared transaction takes nobody else in: others wait for the database, too."""

MOST = 64

LAST_WORK = 10.0
"""Seconds that whoever closes waits for those who are at work."""


class Interrupted(Exception):
    """Some work was cancelled, but not by whoever waits for it; of a transaction nothing is kept."""


class _Waiting(NamedTuple):
    act: Act[Any]
    done: "asyncio.Future[Any]"


class Queue:
    """Those who wait for a transaction; whoever waits when it begins has a part in it."""

    def __init__(self, write: Callable[[], AbstractAsyncContextManager[AsyncSession]]) -> None:
        self._write = write
        self._waiting: deque[_Waiting] = deque()
        self._working: asyncio.Task[None] | None = None

    async def put(self, act: Act[T]) -> T:
        """What `act` gives, once it is committed; raises what it raises."""
        done: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(act, done))
        if self._working is None or self._working.done():
            self._working = asyncio.create_task(self._work(), name="shared transactions")
        return await done

    async def close(self, patience: float = LAST_WORK) -> None:
        """Wait until nobody is at work; who needs longer is told that it was not done."""
        if self._working is not None:
            await asyncio.wait({self._working}, timeout=patience)
            self._working.cancel()
            await asyncio.wait({self._working}, timeout=patience)

    async def _work(self) -> None:
        some: list[_Waiting] = []
        try:
            while self._waiting:
                some = []
                try:
                    await self._share(some)
                except Exception as error:
                    if len(some) == 1:
                        _fail(some[0], error)
                    else:
                        for one in some:
                            await self._alone(one)
        except asyncio.CancelledError:
            # The program ends: whoever still waits is told, nobody else would do it.
            for one in (*some, *self._waiting):
                _fail(one, Interrupted())
            self._waiting.clear()
            raise

    async def _share(self, some: list[_Waiting]) -> None:
        """One transaction; `some` is filled with those who have a part in it."""
        results = []
        try:
            async with self._write() as db:
                until = time.monotonic() + LONGEST
                while self._waiting and len(some) < MOST and (not some or time.monotonic() < until):
                    one = self._waiting.popleft()
                    if not one.done.cancelled():
                        some.append(one)
                        results.append(await whole(one.act(db)))
        except Exception:
            if not some and self._waiting:
                # The transaction did not even begin: somebody has to be told.
                some.append(self._waiting.popleft())
            raise
        for one, result in zip(some, results, strict=True):
            if not one.done.done():
                one.done.set_result(result)

    async def _alone(self, one: _Waiting) -> None:
        if one.done.cancelled():
            return
        try:
            async with self._write() as db:
                result = await whole(one.act(db))
        except Exception as error:
            _fail(one, error)
        else:
            if not one.done.done():
                one.done.set_result(result)


async def whole(work: Awaitable[T]) -> T:
    """What this work gives. Raises what it raises, and Interrupted for a cancellation of which this task
    knows nothing: taken for one of its own it would end whoever works for others here."""
    try:
        return await work
    except asyncio.CancelledError as error:
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            raise
        raise Interrupted from error


def _fail(one: _Waiting, error: Exception) -> None:
    if not one.done.done():
        one.done.set_exception(error)
