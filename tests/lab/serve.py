"""This room is `python -m webchat` for a site that starts often: it compiles templates the first time only.

python -m tests.lab.serve COMMAND...; LAB_COMPILED is the folder that keeps them.
"""

import os
import sys
from collections.abc import Sequence

from jinja2 import FileSystemBytecodeCache
from jinja2.bccache import Bucket

from webchat.__main__ import main as program
from webchat.web.jinja import Compiled


def keep(folder: str) -> None:
    """Let whoever starts later in this folder find what is compiled now."""
    kept = FileSystemBytecodeCache(folder)

    def load(self: Compiled, bucket: Bucket) -> None:
        kept.load_bytecode(bucket)

    def dump(self: Compiled, bucket: Bucket) -> None:
        kept.dump_bytecode(bucket)

    Compiled.load_bytecode, Compiled.dump_bytecode = load, dump  # type: ignore[method-assign]


def main(command: Sequence[str]) -> int:
    """Run a command of webchat; its status."""
    keep(os.environ["LAB_COMPILED"])
    return program(command)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
