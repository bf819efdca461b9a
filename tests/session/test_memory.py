"""The process that sees passwords leaves no dump of its memory (security §8)."""

import subprocess
import sys

CODE = """
import ctypes, resource
from webchat.session import memory
memory.keep_private()
print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0), resource.getrlimit(resource.RLIMIT_CORE))
"""


def test_o01_the_process_cannot_be_dumped() -> None:
    command = [sys.executable, "-c", CODE]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30)
    assert done.stdout.split(maxsplit=1) == ["0", "(0, 0)\n"]
