"""What works on the bytes of strangers may fail in every way: it is replaced, nobody waits, nothing stays."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from webchat import apart
from webchat.apart import Ended, Pool, Refused

MODULE = "tests.apart.stuck"


@pytest.fixture
def pool() -> Iterator[Pool]:
    """One process, as soon as there is work."""
    made = Pool(MODULE, 1, answers=1000)
    yield made
    made.end()


@asynccontextmanager
async def innocent() -> AsyncIterator[list[float]]:
    """Somebody else, who wants to be served all the time: the moments when they were."""
    moments: list[float] = []

    async def live() -> None:
        while True:
            moments.append(time.monotonic())
            await asyncio.sleep(0.005)

    task = asyncio.create_task(live())
    try:
        yield moments
    finally:
        task.cancel()


def alive(id: int) -> bool:
    """Whether there is such a process, be it a dead one that nobody has buried."""
    return Path(f"/proc/{id}").exists()


async def process(pool: Pool) -> int:
    """Its present process, after it did some work."""
    facts, data = await pool.ask({"act": "echo"}, b"Hark", seconds=20)
    assert data == b"Hark"
    id = int(facts["id"])
    assert pool.ids == [id]
    return id


@pytest.mark.parametrize("act", ["spin", "sleep", "die", "nonsense", "endless", "much"])
async def test_d07_what_hangs_or_dies_is_replaced(pool: Pool, act: str) -> None:
    former = await process(pool)
    async with innocent() as moments:
        with pytest.raises(Ended):
            await pool.ask({"act": act}, b"", seconds=0.5 if act == "sleep" else 20)
        # Whatever the process did, others went on: this much at least, on the slowest of machines.
        assert act not in ("spin", "sleep") or len(moments) > 10
    assert not alive(former)
    assert await process(pool) != former


async def test_u03_memory_and_files_are_bounded_by_the_system(pool: Pool, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="memory"):
        await pool.ask({"act": "swell"}, b"", seconds=20)
    with pytest.raises((Refused, Ended)):
        await pool.ask({"act": "write"}, str(tmp_path / "left").encode(), seconds=20)
    assert not any(path.stat().st_size for path in tmp_path.iterdir())  # noqa: ASYNC240 (a moment)
    await process(pool)


async def test_nothing_of_ours_is_there(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither secrets of the environment nor connections, though they could be inherited."""
    monkeypatch.setenv("WEBCHAT_SECRET_KEY", "x" * 32)
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.set_inheritable(True)
        facts, _ = await pool.ask({"act": "look"}, b"", seconds=20)
    assert (facts["secret"], facts["sockets"]) == (False, 0)


async def test_it_goes_when_nobody_needs_it_and_comes_back(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apart, "IDLE", 0.05)
    former = await process(pool)
    for _ in range(200):
        if not alive(former):
            break
        await asyncio.sleep(0.05)
    assert not alive(former)
    assert pool.ids == []
    monkeypatch.undo()
    again = await process(pool)
    await asyncio.to_thread(pool.end)
    assert not alive(again)
    assert await process(pool) not in (former, again)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_no_process_outlives_the_program(how: signal.Signals) -> None:
    """However it ends, and though the process be at work."""
    program = (
        "import asyncio, os\n"
        "from webchat.apart import Pool\n"
        f"pool = Pool({MODULE!r}, 1, answers=1000)\n"
        "async def main():\n"
        "    facts, _ = await pool.ask({'act': 'echo'}, b'', seconds=20)\n"
        "    print(facts['id'], flush=True)\n"
        "    await pool.ask({'act': 'spin'}, b'', seconds=3600)\n"
        "asyncio.run(main())\n"
    )
    root = str(Path(apart.__file__).parent.parent)
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, cwd=root) as parent:
        assert parent.stdout is not None
        id = int(parent.stdout.readline())
        assert alive(id)
        os.kill(parent.pid, how)
        parent.wait(20)
    for _ in range(400):
        if not alive(id) or b"Z" in Path(f"/proc/{id}/stat").read_bytes():
            return
        time.sleep(0.05)
    pytest.fail("the process is still there")
