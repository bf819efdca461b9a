"""This room keeps a restore and a running site apart: both hold a lock on one file in the data directory.

The lock belongs to the open file, so the kernel lets go of it however the process ends.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from webchat.operate.trouble import Trouble

NAME = "serve.lock"


@contextmanager
def serving(data_dir: Path) -> Iterator[None]:
    """Held by a site while it runs; others may run beside it. Raises Trouble during a restore."""
    with _opened(data_dir) as handle:
        if not _locked(handle, fcntl.LOCK_SH):
            raise Trouble("A backup is being restored here: start the site when that is over.")
        os.truncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        yield


@contextmanager
def alone(data_dir: Path) -> Iterator[None]:
    """Held by whoever replaces the database. Raises Trouble when a site runs on this data directory."""
    with _opened(data_dir) as handle:
        if not _locked(handle, fcntl.LOCK_EX):
            process = os.pread(handle, 20, 0).decode("ascii", "replace").strip()
            running = f"The site is running (process {process or 'unknown'})"
            raise Trouble(f"{running}: stop it, then restore. Nothing was changed.")
        yield


def held(data_dir: Path) -> bool:
    """Whether a site runs on this data directory."""
    with _opened(data_dir) as handle:
        return not _locked(handle, fcntl.LOCK_EX)


@contextmanager
def _opened(data_dir: Path) -> Iterator[int]:
    handle = os.open(data_dir / NAME, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        yield handle
    finally:
        os.close(handle)


def _locked(handle: int, kind: int) -> bool:
    """False when somebody else has it; a file system without locks lets everybody in."""
    try:
        fcntl.flock(handle, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True
