"""This room keeps pictures that were fetched once, as files named by us, until they are old or too many."""

import asyncio
import contextlib
import os
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from typing import Any

from webchat.media.fetch import FetchFailed

MOST_BYTES = 512 * 1024 * 1024
OLDEST = 90 * 86400.0
"""Seconds after which a picture that nobody looked at is forgotten."""

FAILED_FOR = 60.0
"""Seconds for which what could not be had is not asked for again."""

SWEEP_EVERY = 64 * 1024 * 1024
"""Bytes written between two looks at the whole."""

_ENDINGS = {"image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp"}
_TYPES = {ending: media_type for media_type, ending in _ENDINGS.items()}

Make = Callable[[], Awaitable["tuple[bytes, str]"]]
"""Fetches what is missing: its bytes and media type."""


@dataclass(frozen=True, slots=True)
class Kept:
    """One picture on the disk."""

    path: Path
    media_type: str


@dataclass(frozen=True, slots=True)
class _Failure:
    """What is needed to raise an error once more."""

    kind: type[Exception]
    args: tuple[Any, ...]
    more: Mapping[str, Any]

    def error(self) -> Exception:
        """The same once more; some errors say by themselves what they are made of."""
        made = self.kind.__new__(self.kind, *self.args)
        made.args = self.args
        vars(made).update(self.more)
        return made


class Cache:
    """A folder of pictures; keys are hexadecimal. Two who ask for the same at once cause one fetch."""

    def __init__(self, folder: Path, most: int = MOST_BYTES) -> None:
        self._folder = folder
        self._most = most
        self._written = 0
        self._open: dict[str, asyncio.Task[Kept]] = {}
        self._failed: dict[str, tuple[float, _Failure]] = {}

    def find(self, key: str) -> Kept | None:
        """The picture under this key, noted as looked at."""
        for ending, media_type in _TYPES.items():
            path = self._path(key, ending)
            with contextlib.suppress(OSError):
                os.utime(path)
                return Kept(path, media_type)
        return None

    def put(self, key: str, data: bytes, media_type: str) -> Kept:
        """Keep these bytes, whole or not at all. Raises OSError, KeyError for a type that is not kept."""
        path = self._path(key, _ENDINGS[media_type])
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        half = path.with_name(f"{token_hex(8)}.half")
        try:
            half.write_bytes(data)
            half.replace(path)
        finally:
            half.unlink(missing_ok=True)
        self._written += len(data)
        if self._written > SWEEP_EVERY or self._written == len(data):
            self.sweep()
            self._written = 1
        return Kept(path, media_type)

    def forget(self, key: str) -> None:
        """Throw the picture under this key away, if it is here."""
        for ending in _TYPES:
            self._path(key, ending).unlink(missing_ok=True)

    async def get(self, key: str, make: Make, *, way: str = "") -> Kept:
        """The picture under this key, made if need be. Raises what `make` raises, for a while unasked.

        way  who asks whom, where it can be had in several ways: what fails in one may succeed in another
        """
        if (kept := self.find(key)) is not None:
            return kept
        asked = f"{key} {way}"
        until, failure = self._failed.get(asked, (0.0, None))
        if failure is not None and until > time.monotonic():
            raise failure.error()
        task = self._open.get(asked)
        if task is None:
            task = self._open[asked] = asyncio.create_task(self._make(key, asked, make), name="picture")
            task.add_done_callback(lambda _: self._open.pop(asked, None))
        # One reader who goes away takes nothing from the others.
        return await asyncio.shield(task)

    async def _make(self, key: str, asked: str, make: Make) -> Kept:
        try:
            data, media_type = await make()
            return await asyncio.to_thread(self.put, key, data, media_type)
        except Exception as error:
            if isinstance(error, FetchFailed) and error.reason == "busy":
                # That says nothing about the picture.
                raise
            while len(self._failed) > 1000:
                del self._failed[next(iter(self._failed))]
            # Not the error itself: with the way that it took it holds on to all bytes that came.
            failure = _Failure(type(error), error.args, dict(vars(error)))
            self._failed[asked] = (time.monotonic() + FAILED_FOR, failure)
            raise

    def sweep(self) -> None:
        """Forget what nobody looked at for long, and the longest unseen of what is too much."""
        found = []
        for path in self._folder.glob("*/*"):
            with contextlib.suppress(OSError):
                facts = path.stat()
                found.append((facts.st_mtime, facts.st_size, path))
        total = sum(size for _, size, _ in found)
        oldest = time.time() - OLDEST
        for seen, size, path in sorted(found):
            if total <= self._most and seen >= oldest:
                break
            with contextlib.suppress(OSError):
                path.unlink()
            total -= size

    async def close(self) -> None:
        """End what is being fetched."""
        for task in list(self._open.values()):
            task.cancel()
        await asyncio.gather(*self._open.values(), return_exceptions=True)

    def _path(self, key: str, ending: str) -> Path:
        return self._folder / key[:2] / f"{key[2:]}{ending}"
