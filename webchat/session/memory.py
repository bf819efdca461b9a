"""This room keeps what is in memory out of files: no core dumps, no other process that attaches and reads."""

import ctypes
import logging
import resource
import sys

log = logging.getLogger(__name__)

_PR_SET_DUMPABLE = 4


def keep_private() -> None:
    """Forbid core dumps and attaching to this process; passwords pass through it at login."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux" and ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0):
        log.warning("the kernel does not keep this process private")
