"""This room is the XMPP server of the tests: one for a whole run, with new people for every test."""

import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from webchat.config import root
from webchat.demo.ports import free_port
from webchat.demo.prosody import Prosody

DOMAIN = "verona.localhost"
OLDER = f"mantua.{DOMAIN}"
PLAIN = f"padua.{DOMAIN}"
CONFIG = Path(__file__).with_name("prosody.cfg.lua")
BASE = root() / "deploy" / "prosody" / "demo.cfg.lua"


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who has an address and a password here; `name` is what others call them."""

    jid: str
    password: str
    name: str

    @property
    def path(self) -> str:
        """The page of the chat with them."""
        return f"/chats/{self.jid}"


class Lab(Prosody):
    """A server whose accounts and rosters are files that we write ourselves: nothing has to be waited for.

    resume  seconds for which a stream that broke can be taken up
    beside  the port where it speaks with servers, and where others on loopback do: name → port
    """

    occupant_ids = True

    def __init__(
        self, folder: Path, *, resume: int = 300, beside: tuple[int, Mapping[str, int]] | None = None
    ) -> None:
        environ = {"LAB_BASE": str(BASE), "DEMO_RESUME": str(resume)}
        if beside is not None:
            port, others = beside
            environ["LAB_MODULES"] = str(CONFIG.parent)
            environ["LAB_S2S_PORT"] = str(port)
            environ["LAB_ROUTES"] = ",".join(f"{name}={there}" for name, there in others.items())
        super().__init__(folder, domain=DOMAIN, people=False, config=CONFIG, environ=environ)
        self.port, self.tls_port, self.http_port = free_port(), free_port(), free_port()

    @property
    def hosts(self) -> str:
        """WEBCHAT_XMPP_HOSTS that leads to this server."""
        return ",".join(f"{domain}=127.0.0.1:{self.port}" for domain in (DOMAIN, OLDER, PLAIN))

    def add(self, *names: str, domain: str = DOMAIN, exact: bool = False) -> list[Account]:
        """New accounts by these names, each in the roster of all the others; `exact`: by no longer ones."""
        made = [
            Account(
                f"{name}{'' if exact else '-' + secrets.token_hex(3)}@{domain}",
                secrets.token_urlsafe(12),
                name.capitalize(),
            )
            for name in names
        ]
        for account in made:
            # Prosody makes SCRAM keys of it at the first login.
            self._write(account, "accounts", f'{{ ["password"] = "{account.password}"; }}')
            self.befriend(account, (other for other in made if other is not account))
        return made

    def befriend(self, account: Account, others: Iterable[Account]) -> None:
        """Write the whole roster of somebody who is not signed in."""
        both = '["subscription"] = "both"; ["groups"] = {};'
        items = "".join(f'["{other.jid}"] = {{ ["name"] = "{other.name}"; {both} }};' for other in others)
        self._write(account, "roster", f'{{ [false] = {{ ["version"] = 1; ["pending"] = {{}}; }}; {items} }}')

    def log(self) -> str:
        """What the server said so far."""
        return self.log_file.read_text(errors="replace")

    def _write(self, account: Account, store: str, table: str) -> None:
        local, _, domain = account.jid.partition("@")
        folder = self.folder / "data" / _file_name(domain) / store
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{_file_name(local)}.dat").write_text(f"return {table};\n", encoding="utf-8")


def _file_name(text: str) -> str:
    """As Prosody's internal storage writes names: everything but ASCII letters and digits as %xx."""
    return re.sub(rb"[^A-Za-z0-9]", lambda found: b"%%%02x" % found[0][0], text.encode()).decode()
