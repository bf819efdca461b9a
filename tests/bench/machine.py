"""This room reads the clocks of the machine: CPU and memory of processes, and how much others use."""

import asyncio
import gc
import math
import os
import platform
import time
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

PAGE = os.sysconf("SC_PAGE_SIZE")
TICKS = os.sysconf("SC_CLK_TCK")


def cpu(pid: int) -> float:
    """Seconds of CPU that all threads of a process have used, to the microsecond.

    A thread that ended takes its figure along, so use it for processes whose threads stay.
    """
    used = 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        try:
            used += int((task / "schedstat").read_text().split()[0])
        except OSError:
            continue
    return used / 1e9


def memory(pid: int = 0) -> float:
    """Resident memory of a process in KiB; of this one after a collection."""
    if not pid:
        gc.collect()
    return int(Path(f"/proc/{pid or 'self'}/statm").read_text().split()[1]) * PAGE / 1024


def quantile(values: Iterable[float], part: float) -> float:
    """The value below which this part of the values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(part * (len(ordered) - 1)))] if ordered else math.nan


class Others:
    """How much of the machine others used inside the block than we and what we started, in percent."""

    percent = 0.0

    def __enter__(self) -> "Others":
        self._before = self._read()
        return self

    def __exit__(self, *_: object) -> None:
        total, busy, ours = (after - before for after, before in zip(self._read(), self._before, strict=True))
        self.percent = 100 * max(0.0, busy - ours) / max(total, 1e-9)

    def _read(self) -> tuple[float, float, float]:
        ticks = [int(n) for n in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
        total = sum(ticks) / TICKS
        return total, total - (ticks[3] + ticks[4]) / TICKS, _family(os.getpid())


def _family(pid: int) -> float:
    """Seconds of CPU of a process and all its descendants, also of those that have ended."""
    parents: dict[int, list[int]] = {}
    used: dict[int, float] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        number = int(stat.parent.name)
        parents.setdefault(int(fields[1]), []).append(number)
        used[number] = sum(map(int, fields[11:15])) / TICKS
    total, left = 0.0, [pid]
    while left:
        one = left.pop()
        total += used.get(one, 0.0)
        left += parents.get(one, [])
    return total


async def quiet(seconds: float, percent: float = 15) -> float:
    """Wait until others use less than `percent` of the machine, but not longer than so many seconds."""
    until = time.monotonic() + seconds
    while True:
        with Others() as others:
            await asyncio.sleep(1)
        if others.percent < percent or time.monotonic() > until:
            return others.percent


class Stalls:
    """How late a ticker of 2 ms wakes up while the block runs: the longest time the loop stood still.

    longest       of it what the loop itself used: on a busy machine it also waits for a core
    longest_wall  all of it
    """

    EVERY = 0.002

    def __init__(self) -> None:
        self.longest = self.longest_wall = 0.0

    async def __aenter__(self) -> "Stalls":
        self._task = asyncio.create_task(self._tick())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _tick(self) -> None:
        while True:
            wall, used = time.perf_counter(), time.thread_time()
            await asyncio.sleep(self.EVERY)
            late = time.perf_counter() - wall - self.EVERY
            self.longest_wall = max(self.longest_wall, late)
            self.longest = max(self.longest, min(late, time.thread_time() - used))


def state() -> list[str]:
    """What was measured on: for the head of the report."""
    model = next(
        (line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")),
        platform.processor(),
    )
    total = next(int(line.split()[1]) for line in _lines("/proc/meminfo") if line.startswith("MemTotal"))
    packages = ("slixmpp", "starlette", "sqlalchemy", "aiosqlite", "uvicorn", "jinja2")
    return [
        f"{os.cpu_count()} cores ({model}), {total / 2**20:.0f} GiB, "
        f"{platform.system()} {platform.release()}",
        f"Python {platform.python_version()}, " + ", ".join(f"{name} {version(name)}" for name in packages),
    ]


def _lines(path: str) -> list[str]:
    return Path(path).read_text(encoding="utf-8", errors="replace").splitlines()
