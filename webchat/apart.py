"""This room keeps processes that work on what strangers sent: they may hang, swell or die, and nobody else.

Such a process has nothing of our environment, no file and no socket of ours, so much memory and, for each
piece of work, so many seconds of the processor: beyond them the system ends it. What comes back of it is
numbers, words and bytes, never an object. It is begun when there is work, stays for more, and goes away after
a while without any, when we go, and when we are no more.
"""

import asyncio
import atexit
import json
import os
import resource
import signal
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO, Any

IDLE = 60.0
"""Seconds after which a process without work goes away, and its memory with it."""

LONGEST_LINE = 1000
"""Bytes of what is said beside the work itself."""

Facts = dict[str, Any]
"""What is said beside the work: numbers and words, as JSON."""

Work = Callable[[Facts, bytes], tuple[Facts, bytes]]


class Refused(Exception):
    """The process looked at the work and cannot do it; the text is why, in one word."""


class Ended(Exception):
    """The process hung, swelled, died or made no sense; it is gone, and the next work finds a new one."""


class Pool:
    """Processes of one kind.

    module   what they run: a module whose `__main__` calls `serve`
    most     processes at once; what comes beyond them waits in line
    answers  bytes of one answer
    """

    def __init__(self, module: str, most: int, *, answers: int) -> None:
        self._module = module
        self._answers = answers
        self._local = threading.local()
        self._all: list[_Process] = []
        self._threads = ThreadPoolExecutor(most, thread_name_prefix=module)
        atexit.register(self.end)

    async def ask(self, facts: Facts, data: bytes, *, seconds: float) -> tuple[Facts, bytes]:
        """What comes of the work within so many seconds, those in line not counted. Raises Refused, Ended."""
        return await asyncio.get_running_loop().run_in_executor(
            self._threads, self._ask, facts, data, seconds
        )

    def _ask(self, facts: Facts, data: bytes, seconds: float) -> tuple[Facts, bytes]:
        # Each thread has a process to itself.
        process: _Process | None = getattr(self._local, "process", None)
        if process is None:
            process = self._local.process = _Process(self._module, self._answers)
            self._all.append(process)
        return process.ask(facts, data, seconds)

    @property
    def ids(self) -> list[int]:
        """The processes that live now."""
        return [id for process in self._all if (id := process.id) is not None]

    def end(self) -> None:
        """End all processes once their work is done; work that comes later begins new ones."""
        for process in list(self._all):
            process.end()


class _Process:
    """One process, begun when there is work; only its own thread talks with it."""

    def __init__(self, module: str, answers: int) -> None:
        self._module = module
        self._answers = answers
        self._process: subprocess.Popen[bytes] | None = None
        self._idle: threading.Timer | None = None
        self._lock = threading.Lock()

    @property
    def id(self) -> int | None:
        process = self._process
        return process.pid if process is not None and process.poll() is None else None

    def ask(self, facts: Facts, data: bytes, seconds: float) -> tuple[Facts, bytes]:
        with self._lock:
            if self._idle is not None:
                self._idle.cancel()
            process = self._started()
            deadline = _timer(seconds, process.kill)
            try:
                answer, made = self._exchange(process, facts, data)
            except (OSError, ValueError, KeyError, TypeError, OverflowError) as error:
                self._end()
                raise Ended from error
            finally:
                deadline.cancel()
            self._idle = _timer(IDLE, self.end)
        if "refused" in answer:
            raise Refused(str(answer["refused"]))
        return answer, made

    def _exchange(self, process: subprocess.Popen[bytes], facts: Facts, data: bytes) -> tuple[Facts, bytes]:
        if process.stdin is None or process.stdout is None:
            raise OSError
        process.stdin.write(json.dumps(facts | {"size": len(data)}).encode() + b"\n" + data)
        process.stdin.flush()
        answer = json.loads(process.stdout.readline(LONGEST_LINE))
        size = int(answer["size"])
        if not 0 <= size <= self._answers:
            raise ValueError("size")
        made = process.stdout.read(size)
        if len(made) != size:
            raise OSError("cut short")
        return answer, made

    def end(self) -> None:
        with self._lock:
            if self._idle is not None:
                self._idle.cancel()
            self._end()

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self._end()
            # Nothing of our environment: secrets may stand in it.
            self._process = subprocess.Popen(  # noqa: S603 (a module of ours)
                [sys.executable, "-m", self._module],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={"PYTHONPATH": str(Path(__file__).parent.parent), "PATH": os.defpath},
                cwd="/",
            )
        return self._process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    try:
                        pipe.close()
                    except OSError:
                        continue


def _timer(seconds: float, act: Callable[[], None]) -> threading.Timer:
    timer = threading.Timer(seconds, act)
    timer.daemon = True
    timer.start()
    return timer


# ---- the other side: the process


def serve(work: Work, *, memory: int, seconds: float) -> None:
    """Be such a process: do what is asked until nobody asks any more.

    memory   bytes that the process may have
    seconds  of the processor for each piece of work; the system ends the process then, whatever it does
    """
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    warnings.simplefilter("ignore")
    given, answers = sys.stdin.buffer, sys.stdout.buffer
    while line := given.readline(LONGEST_LINE):
        signal.setitimer(signal.ITIMER_PROF, seconds)
        _write(answers, *_worked(work, given, line))
        signal.setitimer(signal.ITIMER_PROF, 0)


def _worked(work: Work, given: IO[bytes], line: bytes) -> tuple[Facts, bytes]:
    facts = json.loads(line)
    data = given.read(facts["size"])
    try:
        return work(facts, data)
    except MemoryError:
        return {"refused": "memory"}, b""
    except Exception as error:
        return {"refused": type(error).__name__}, b""


def _write(answers: IO[bytes], facts: Facts, made: bytes) -> None:
    answers.write(json.dumps(facts | {"size": len(made)}).encode() + b"\n" + made)
    answers.flush()
