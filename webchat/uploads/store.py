"""This room keeps pictures that were fetched once, as files named by us, until they are old or too many."""

import asyncio
import contextlib
import os
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

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


class Cache:
    """A folder of pictures; keys are hexadecimal. Two who ask for the same at once cause one fetch."""

    def __init__(self, folder: Path, most: int = MOST_BYTES) -> None:
        self._folder = folder
        self._most = most
        self._written = 0
        self._open: dict[str, asyncio.Task[Kept]] = {}
        self._failed: dict[str, tuple[float, Exception]] = {}

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
        half.write_bytes(data)
        half.replace(path)
        self._written += len(data)
        if self._written > SWEEP_EVERY or self._written == len(data):
            self.sweep()
            self._written = 1
        return Kept(path, media_type)

    def forget(self, key: str) -> None:
        """Throw the picture under this key away, if it is here."""
        for ending in _TYPES:
            self._path(key, ending).unlink(missing_ok=True)

    async def get(self, key: str, make: Make) -> Kept:
        """The picture under this key, made if need be. Raises what `make` raises, for a while unasked."""
        if (kept := self.find(key)) is not None:
            return kept
        until, error = self._failed.get(key, (0.0, None))
        if error is not None and until > time.monotonic():
            raise error
        task = self._open.get(key)
        if task is None:
            task = self._open[key] = asyncio.create_task(self._make(key, make), name="picture")
            task.add_done_callback(lambda _: self._open.pop(key, None))
        # One reader who goes away takes nothing from the others.
        return await asyncio.shield(task)

    async def _make(self, key: str, make: Make) -> Kept:
        try:
            data, media_type = await make()
            return await asyncio.to_thread(self.put, key, data, media_type)
        except Exception as error:
            while len(self._failed) > 1000:
                del self._failed[next(iter(self._failed))]
            self._failed[key] = (time.monotonic() + FAILED_FOR, error)
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
