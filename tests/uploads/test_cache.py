"""Pictures that were fetched once: whole on the disk or not at all, and what failed holds on to nothing."""

import asyncio
import gc
from pathlib import Path
from weakref import ref

import pytest

from webchat.media.fetch import FetchFailed
from webchat.uploads.store import Cache

KEY = "ab" * 32


class Bytes:
    """Stands for what a server sent before it turned out to be no picture."""


async def test_what_could_not_be_had_is_not_asked_for_again_and_keeps_nothing_in_memory(
    tmp_path: Path,
) -> None:
    cache, fetched = Cache(tmp_path), []

    async def strange() -> tuple[bytes, str]:
        sent = Bytes()
        fetched.append(ref(sent))
        raise FetchFailed("strange")

    for _ in range(3):
        with pytest.raises(FetchFailed, match="strange") as failed:
            await cache.get(KEY, strange)
        assert failed.value.reason == "strange"
    del failed
    # The loop holds on to what woke us until we wait for something else.
    await asyncio.sleep(0)
    gc.collect()
    assert [sent() for sent in fetched] == [None]


def test_r16_a_disk_that_is_full_keeps_no_half_picture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, data: bytes) -> int:
        path.touch()
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space"):
        Cache(tmp_path).put(KEY, b"pixels", "image/png")
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
