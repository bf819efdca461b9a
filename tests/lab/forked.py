"""This room forks the site out of a process that has read the program, which takes longer than to start it.

What runs is the same `main()`; that `python -m webchat` leads there, tests/web/test_serving.py tells.
"""

import asyncio
import multiprocessing
import os
import signal
import sys
import warnings
from collections.abc import Mapping
from typing import IO, cast

from tests.lab import serve
from webchat.demo.child import Child

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["tests.lab.serve", "webchat.app"])


class Forked(Child):
    """The same as a `Child`, for commands of webchat."""

    async def start(self, *command: str, environ: Mapping[str, str], output: IO[bytes] | None = None) -> None:
        """Fork and run a command of webchat; `output` is a file with a name."""
        assert output is not None
        await self._end_leftover()
        process = _Process(command, environ, output.name)
        self._process = cast(asyncio.subprocess.Process, process)
        self._pid_file.write_text(f"{process.pid}\n", encoding="ascii")


class _Process:
    """What `Child` needs of a process."""

    def __init__(self, command: tuple[str, ...], environ: Mapping[str, str], output: str) -> None:
        self._process = _CONTEXT.Process(target=_run, args=(command, dict(environ), output), daemon=True)
        self._process.start()
        self.pid = self._process.pid or 0

    @property
    def returncode(self) -> int | None:
        """The exit code, negative for a signal; None while it runs."""
        return self._process.exitcode

    async def wait(self) -> int:
        """Until it has ended; the exit code."""
        loop = asyncio.get_running_loop()
        while (code := self._process.exitcode) is None:
            ended = asyncio.Event()
            loop.add_reader(self._process.sentinel, ended.set)
            try:
                await ended.wait()
            finally:
                loop.remove_reader(self._process.sentinel)
        return code

    def send_signal(self, how: signal.Signals) -> None:
        """Tell it something."""
        os.kill(self.pid, how)

    def kill(self) -> None:
        """End it at once."""
        self._process.kill()


def _run(command: tuple[str, ...], environ: Mapping[str, str], output: str) -> None:
    os.setsid()
    os.environ.clear()
    os.environ.update(environ)
    log = os.open(output, os.O_WRONLY | os.O_APPEND)
    for stream, file in ((0, os.open(os.devnull, os.O_RDONLY)), (1, log), (2, log)):
        os.dup2(file, stream)
    warnings.simplefilter("error")
    sys.exit(serve.main(command))
