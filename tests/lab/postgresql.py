"""This room runs a command beside a PostgreSQL of its own: python -m tests.lab.postgresql COMMAND...

The server lives in a folder for temporary files, listens on a free loopback port and ends with the command.
The command finds it in TEST_DATABASE_URL; where that is set already, it is left as it is.
"""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from webchat.demo.ports import free_port

# A database that dies with the test run need not survive a power cut.
CARELESS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def binaries() -> Path:
    """The folder of PostgreSQL's programs: the newest that the distribution has installed."""
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[4]), reverse=True
    )
    found += [Path(path) for path in (shutil.which("initdb"),) if path]
    if not found:
        raise SystemExit("PostgreSQL is not installed (Debian: apt install postgresql)")
    return found[0].parent


@contextmanager
def cluster() -> Iterator[str]:
    """A server with nothing in it; its address."""
    # PostgreSQL refuses to run as root.
    user = "postgres" if os.geteuid() == 0 else None
    programs = binaries()
    folder = Path(tempfile.mkdtemp(prefix="webchat-postgresql-"))
    port = free_port()
    try:
        if user is not None:
            os.chown(folder, pwd.getpwnam(user).pw_uid, -1)
        _run(user, programs / "initdb", "-D", folder / "data", "-U", "webchat", "-A", "trust", "--no-sync")
        server = _start(user, programs, folder, port)
        try:
            yield f"postgresql://webchat@127.0.0.1:{port}/postgres"
        finally:
            # Fast: it does not wait for connections that a test forgot.
            server.send_signal(signal.SIGINT)
            server.wait()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _start(user: str | None, programs: Path, folder: Path, port: int) -> subprocess.Popen[bytes]:
    settings = {"listen_addresses": "127.0.0.1", "port": str(port), "unix_socket_directories": str(folder)}
    options = [option for item in (CARELESS | settings).items() for option in ("-c", "=".join(item))]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [programs / "postgres", "-D", folder / "data", *options],
            user=user,
            cwd=folder,
            stdout=log,
            stderr=log,
        )
    ready: list[str | Path] = [programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)]
    while subprocess.run(ready, check=False).returncode:
        if server.poll() is not None:
            raise SystemExit(f"PostgreSQL did not start:\n{(folder / 'log').read_text()}")
        time.sleep(0.05)
    return server


def _run(user: str | None, *command: str | Path) -> None:
    subprocess.run(command, user=user, cwd="/", check=True, stdout=subprocess.DEVNULL)


def main(command: list[str]) -> int:
    """Run the command; its exit code."""
    if os.environ.get("TEST_DATABASE_URL"):
        return subprocess.run(command, check=False).returncode
    with cluster() as url:
        return subprocess.run(command, check=False, env={**os.environ, "TEST_DATABASE_URL": url}).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
