"""This room is the demo's XMPP server: a private Prosody on loopback that keeps everything in one folder."""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from webchat.config import root
from webchat.demo.child import Child
from webchat.demo.ports import free_port

START = root() / "deploy" / "prosody" / "start.sh"

PORT, TLS_PORT, HTTP_PORT = 15222, 15223, 15280


class Prosody:
    """One server; the same folder again means the same accounts, archives and certificates.

    folder   where it keeps everything
    domain   of the accounts
    people   make the people of the demo
    config   another configuration than the demo's
    environ  more variables for the configuration
    """

    def __init__(
        self,
        folder: Path,
        *,
        domain: str = "demo.localhost",
        people: bool = True,
        config: Path | None = None,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        self.folder = folder.absolute()
        self.domain = domain
        self.port = self.tls_port = self.http_port = 0
        self._people = people
        self._config = config
        self._environ = dict(environ or {})
        # Prosody writes a file prosody.pid of its own.
        self._child = Child(self.folder / "started.pid", "prosody")

    @staticmethod
    def possible() -> bool:
        """Whether the programs it needs are here."""
        return START.is_file() and bool(shutil.which("prosody")) and bool(shutil.which("openssl"))

    @property
    def pid(self) -> int:
        """Its process; 0 when it does not run."""
        return self._child.pid

    @property
    def hosts(self) -> str:
        """WEBCHAT_XMPP_HOSTS that leads a site here."""
        return f"{self.domain}=127.0.0.1:{self.port}"

    @property
    def ca_file(self) -> Path:
        """The authority that its certificate comes from."""
        return self.folder / "certs" / "ca.crt"

    @property
    def log_file(self) -> Path:
        """What it said."""
        return self.folder / "prosody.log"

    async def start(self) -> None:
        """Start it and wait until it answers, on the same ports as before. OSError when it cannot."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.port = self.port or free_port(PORT)
        self.tls_port = self.tls_port or free_port(TLS_PORT)
        self.http_port = self.http_port or free_port(self._former() or HTTP_PORT)
        self._port_file.write_text(str(self.http_port))
        with self.log_file.open("ab") as log:
            await self._child.start(str(START), environ=self._variables(), output=log)
        if not await self._child.answers(self.port):
            await self._child.stop()
            raise OSError(f"Prosody did not start; {self.log_file} says why")

    @property
    def _port_file(self) -> Path:
        return self.folder / "http.port"

    def _former(self) -> int:
        """The port that files were brought to before: what was said names it."""
        try:
            return int(self._port_file.read_text())
        except (OSError, ValueError):
            return 0

    async def stop(self) -> None:
        """End it in good order: streams are closed, everything is written."""
        await self._child.stop()

    async def kill(self) -> None:
        """End it as a power cut would."""
        await self._child.kill()

    def _variables(self) -> dict[str, str]:
        variables = {
            "DEMO_DIR": str(self.folder),
            "DEMO_DOMAIN": self.domain,
            "DEMO_PORT": str(self.port),
            "DEMO_TLS_PORT": str(self.tls_port),
            "DEMO_HTTP_PORT": str(self.http_port),
        }
        if self._people:
            variables["DEMO_PEOPLE"] = "1"
        if self._config is not None:
            variables["DEMO_CONFIG"] = str(self._config)
        return {**os.environ, **variables, **self._environ}
