"""This room is a process that we started, and that ends with us."""

import asyncio
import contextlib
import os
import signal
from collections.abc import Mapping
from pathlib import Path
from typing import IO

PATIENCE = 10.0
"""Seconds between asking a process to end and ending it."""


class Child:
    """One process at a time, known by its pid file.

    pid_file  where its number stands while it runs; a process left over from a run that was killed is ended
              before the next start
    mark      words of its command line, so that a number used again by somebody else is left alone
    """

    def __init__(self, pid_file: Path, mark: str) -> None:
        self._pid_file = pid_file
        self._mark = mark
        self._process: asyncio.subprocess.Process | None = None

    @property
    def pid(self) -> int:
        """The number of the process; 0 when none runs."""
        return self._process.pid if self._process is not None and self._process.returncode is None else 0

    async def start(self, *command: str, environ: Mapping[str, str], output: IO[bytes] | None = None) -> None:
        """Start `command`; its output goes to `output`, else to ours. OSError when there is none such."""
        await self._end_leftover()
        self._process = await asyncio.create_subprocess_exec(
            *command,
            env=environ,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            # Ctrl-C in a terminal reaches all its processes at once; the order of the end is ours to choose.
            start_new_session=True,
        )
        self._pid_file.write_text(f"{self._process.pid}\n", encoding="ascii")

    async def wait(self) -> int:
        """Until the process has ended; its exit code."""
        return await self._process.wait() if self._process is not None else 0

    async def answers(self, port: int, patience: float = 30.0) -> bool:
        """Wait until this loopback port accepts connections; False when the process ends first."""
        until = asyncio.get_running_loop().time() + patience
        while self.pid and asyncio.get_running_loop().time() < until:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.02)
            else:
                writer.close()
                await writer.wait_closed()
                return True
        return False

    async def stop(self) -> None:
        """Ask the process to end, wait, and end it if it does not."""
        await self._end(signal.SIGTERM)

    async def kill(self) -> None:
        """End the process at once, as a power cut would."""
        await self._end(signal.SIGKILL)

    async def _end(self, how: signal.Signals) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(how)
            try:
                async with asyncio.timeout(PATIENCE):
                    await self._process.wait()
            except TimeoutError:
                self._process.kill()
                await self._process.wait()
        self._pid_file.unlink(missing_ok=True)

    async def _end_leftover(self) -> None:
        pid = self._leftover()
        how = signal.SIGTERM
        until = asyncio.get_running_loop().time() + PATIENCE
        while pid and self._leftover() == pid:
            if asyncio.get_running_loop().time() > until:
                how = signal.SIGKILL
            # It may have ended since we looked.
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, how)
            await asyncio.sleep(0.1)
        self._pid_file.unlink(missing_ok=True)

    def _leftover(self) -> int:
        try:
            pid = int(self._pid_file.read_text(encoding="ascii"))
            command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except (OSError, ValueError):
            return 0
        return pid if self._mark in command else 0
