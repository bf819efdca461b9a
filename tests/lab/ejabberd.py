"""This room is another XMPP server of the tests: ejabberd, whose rooms and archives have their own ways."""

import json
import os
import secrets
import shutil
from collections.abc import Mapping
from pathlib import Path
from urllib.request import Request, urlopen

from tests.lab.prosody import DOMAIN, Account
from tests.media import samples
from webchat.config import root
from webchat.demo.child import Child
from webchat.demo.ports import free_port

CONFIG = Path(__file__).with_name("ejabberd.yml")
ROUTES = Path(__file__).with_name("lab_routes.erl")
START_ROUTES = (
    f'{{ok, Name, Code}} = compile:file("{ROUTES}", [binary]), '
    f'{{module, Name}} = code:load_binary(Name, "{ROUTES}", Code), lab_routes:start().'
)
CERTIFICATES = root() / "deploy" / "prosody" / "certificates.sh"
LIBRARIES = Path("/usr/lib")


class Ejabberd:
    """One server, without a node name: nothing but its own process is started.

    folder  where it keeps everything; the same folder again means the same accounts and archives
    domain  of the accounts
    beside  the port where it speaks with servers, and where others on loopback do: name → port
    """

    occupant_ids = False  # before ejabberd 23.10

    def __init__(
        self, folder: Path, *, domain: str = DOMAIN, beside: tuple[int, Mapping[str, int]] | None = None
    ) -> None:
        self.folder = folder.absolute()
        self.domain = domain
        self.port, self.http_port = free_port(), free_port()
        self._s2s, self._routes = beside or (free_port(), {})
        self._child = Child(self.folder / "started.pid", "ejabberd")

    @staticmethod
    def possible() -> bool:
        """Whether the programs it needs are here."""
        return bool(_libraries()) and bool(shutil.which("erl")) and bool(shutil.which("openssl"))

    @property
    def pid(self) -> int:
        """Its process; 0 when it does not run."""
        return self._child.pid

    @property
    def ca_file(self) -> Path:
        """The authority that its certificate comes from."""
        return self.folder / "certs" / "ca.crt"

    async def start(self) -> None:
        """Start it and wait until it answers, on the same ports as before. OSError when it cannot."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        await self._make_certificates()
        config = CONFIG.read_text(encoding="utf-8")
        for name, value in {
            "DOMAIN": self.domain,
            "FOLDER": self.folder,
            "PORT": self.port,
            "HTTP_PORT": self.http_port,
            "S2S_PORT": self._s2s,
        }.items():
            config = config.replace(f"@{name}@", str(value))
        (self.folder / "ejabberd.yml").write_text(config, encoding="utf-8")
        self._make_riddles()
        with (self.folder / "output.log").open("ab") as log:
            await self._child.start(
                *("erl", "-noinput", "+K", "true"),
                *("-mnesia", "dir", f'"{self.folder / "data"}"'),
                *(("-eval", START_ROUTES) if self._routes else ()),
                *("-s", "ejabberd"),
                environ=self._variables(),
                output=log,
            )
        # The listeners are what it starts last.
        if not (await self._child.answers(self.port) and await self._child.answers(self.http_port)):
            await self._child.stop()
            raise OSError(f"ejabberd did not start:\n{self.log()[-4000:]}")

    async def stop(self) -> None:
        """End it in good order: streams are closed, everything is written."""
        await self._child.stop()

    async def kill(self) -> None:
        """End it as a power cut would."""
        await self._child.kill()

    def add(self, *names: str) -> list[Account]:
        """New accounts by these names, each in the roster of all the others."""
        made = [
            Account(
                f"{name}-{secrets.token_hex(3)}@{self.domain}", secrets.token_urlsafe(12), name.capitalize()
            )
            for name in names
        ]
        for account in made:
            self._ask("register", user=_local(account), host=self.domain, password=account.password)
        for account in made:
            for other in made:
                if other is not account:
                    self._befriend(account, other)
        return made

    def log(self) -> str:
        """What it said so far."""
        files = (self.folder / name for name in ("output.log", "ejabberd.log"))
        return "".join(file.read_text(errors="replace") for file in files if file.exists())

    @property
    def riddle(self) -> str:
        """The answer to what one of its rooms asked last (captcha_cmd)."""
        return (self.folder / "riddle.txt").read_text()

    def _make_riddles(self) -> None:
        """The program that draws what a room asks: always the same picture, and a note of the answer."""
        (self.folder / "riddle.png").write_bytes(samples.picture(size=(140, 60)))
        program = self.folder / "captcha.sh"
        program.write_text(
            f'#!/bin/sh\nprintf %s "$1" >"{self.folder}/riddle.txt"\ncat "{self.folder}/riddle.png"\n'
        )
        program.chmod(0o755)

    def _befriend(self, account: Account, other: Account) -> None:
        self._ask(
            "add_rosteritem",
            **{"localuser": _local(account), "localhost": self.domain},
            **{"user": _local(other), "host": self.domain, "nick": other.name},
            **{"group": "", "subs": "both"},
        )

    def _ask(self, command: str, **arguments: str) -> None:
        """One command of its administrator (mod_http_api)."""
        request = Request(
            f"http://127.0.0.1:{self.http_port}/api/{command}",
            json.dumps(arguments).encode(),
            {"content-type": "application/json"},
        )
        with urlopen(request, timeout=10) as answer:  # noqa: S310 (our own server on loopback)
            assert answer.status == 200, answer.read()

    async def _make_certificates(self) -> None:
        maker = Child(self.folder / "certificates.pid", CERTIFICATES.name)
        command = (str(CERTIFICATES), str(self.folder / "certs"), self.domain)
        await maker.start(*command, environ=dict(os.environ))
        if await maker.wait():
            raise OSError("openssl did not make a certificate")

    def _variables(self) -> dict[str, str]:
        found = _libraries()
        return {
            **os.environ,
            "ERL_LIBS": str(found[0].parent) if found else "",
            "LAB_ROUTES": ",".join(f"{name}={port}" for name, port in self._routes.items()),
            "ERL_CRASH_DUMP": str(self.folder / "crash.dump"),
            "EJABBERD_CONFIG_PATH": str(self.folder / "ejabberd.yml"),
            "EJABBERD_LOG_PATH": str(self.folder / "ejabberd.log"),
        }


def _libraries() -> list[Path]:
    """Where Debian keeps ejabberd, below the name of the machine's architecture."""
    return sorted(LIBRARIES.glob("*/ejabberd-*/"))


def _local(account: Account) -> str:
    return account.jid.partition("@")[0]
