"""This room finds free ports."""

import socket


def free_port(wanted: int = 0) -> int:
    """`wanted` if nothing listens there on loopback, else any free port."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            # As servers do it: a port whose last connections are still dying away is free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            found: int = probe.getsockname()[1]
            return found
    raise OSError("no free port")
