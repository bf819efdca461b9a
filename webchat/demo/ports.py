"""This room finds free ports."""

import os
import socket
from collections.abc import Iterator
from itertools import count

FIRST, MANY, EACH = 20_000, 12_032, 64
"""Below those that systems give to connections (Linux: from 32768 on): a server that is away for a moment
finds its port free when it comes back. Every process looks among its own `EACH` first, and goes round in
them: those that work side by side do not find the same one."""

_numbers = count()


def free_port(wanted: int = 0) -> int:
    """`wanted` if nothing listens there on loopback, else any free port."""
    for port in _candidates(wanted):
        with socket.socket() as probe:
            # As servers do it: a port whose last connections are still dying away is free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise OSError("no free port")


def _candidates(wanted: int) -> Iterator[int]:
    if wanted:
        yield wanted
    own = os.getpid() % (MANY // EACH) * EACH
    for _ in range(EACH):
        yield FIRST + own + next(_numbers) % EACH
    for beyond in range(EACH, MANY):
        yield FIRST + (own + beyond) % MANY
