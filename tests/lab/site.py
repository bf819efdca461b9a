"""This room is the real site in a process of its own, as an operator would start it."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.lab.forked import Forked
from webchat.demo.child import Child
from webchat.demo.ports import free_port
from webchat.demo.prosody import Prosody


class Site:
    """One site over an XMPP server of the tests; what it keeps outlives its restarts.

    folder    of database, secret and log
    environ   more WEBCHAT_ settings
    forked    out of a process that has read the program already; for those that start often
    """

    def __init__(
        self, folder: Path, lab: Prosody, environ: Mapping[str, str] | None = None, *, forked: bool = False
    ) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://localhost:{self.port}"
        self._lab = lab
        self._environ = dict(environ or {})
        self._migrated = False
        self._forked = forked
        self._child = (Forked if forked else Child)(folder / "site.pid", "tests.lab.serve")

    @property
    def pid(self) -> int:
        """Its process; 0 when it does not run."""
        return self._child.pid

    @property
    def log_file(self) -> Path:
        """What it said."""
        return self.folder / "site.log"

    def log(self) -> str:
        """What it said so far."""
        return self.log_file.read_text(errors="replace") if self.log_file.exists() else ""

    async def start(self) -> None:
        """Start, on the same address as before, and wait until it answers; first make the database."""
        if not self._migrated:
            (self.folder / "compiled").mkdir(parents=True, exist_ok=True)
            await self._run("migrate")
            assert await self._child.wait() == 0, f"migrate failed:\n{self.log()[-4000:]}"
            self._migrated = True
        await self._run("serve")
        if not await self._child.answers(self.port):
            # What would come too late for this test must not stand half-ready before the next one.
            await self._child.kill()
            raise AssertionError(f"the site did not start:\n{self.log()[-4000:]}")

    async def stop(self) -> None:
        """End it in good order."""
        await self._child.stop()

    async def kill(self) -> None:
        """End it as a power cut would."""
        await self._child.kill()

    async def restart(self) -> None:
        """End it in good order and start it again."""
        await self.stop()
        await self.start()

    async def _run(self, command: str) -> None:
        program = () if self._forked else (sys.executable, "-W", "error", "-m", "tests.lab.serve")
        with self.log_file.open("ab") as log:
            await self._child.start(
                *program,
                command,
                environ={**self.variables(), "LAB_COMPILED": str(self.folder / "compiled")},
                output=log,
            )

    def variables(self) -> dict[str, str]:
        """The environment that it runs in."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("WEBCHAT_")}
        settings = {
            "WEBCHAT_LISTEN": f"127.0.0.1:{self.port}",
            "WEBCHAT_BASE_URL": self.url,
            "WEBCHAT_DATA_DIR": str(self.folder / "data"),
            "WEBCHAT_XMPP_HOSTS": self._lab.hosts,
            "WEBCHAT_XMPP_CA_FILE": str(self._lab.ca_file),
            # The lab's files are brought and fetched on loopback.
            "WEBCHAT_ALLOW_PRIVATE": "127.0.0.1/32",
            "WEBCHAT_DEFAULT_DOMAIN": self._lab.domain,
            # Every visitor of the tests comes from an address of their own: logins are limited by address.
            "WEBCHAT_TRUSTED_PROXIES": "127.0.0.0/8",
        }
        return kept | settings | self._environ
