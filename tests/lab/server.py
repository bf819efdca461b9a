"""This room says what the tests ask of an XMPP server, whichever it is."""

from pathlib import Path
from typing import Protocol

from tests.lab.prosody import Account


class Reachable(Protocol):
    """What a client needs of a server."""

    port: int

    @property
    def ca_file(self) -> Path:
        """The authority that its certificate comes from."""


class Server(Reachable, Protocol):
    """A server of the tests: the same one through a whole run, with new people for every test."""

    domain: str
    occupant_ids: bool
    """Whether its rooms give them (XEP-0421)."""

    @property
    def pid(self) -> int:
        """Its process; 0 when it does not run."""

    async def start(self) -> None:
        """Start it and wait until it answers, on the same ports as before. OSError when it cannot."""

    async def stop(self) -> None:
        """End it in good order."""

    async def kill(self) -> None:
        """End it as a power cut would."""

    def add(self, *names: str) -> list[Account]:
        """New accounts by these names, each in the roster of all the others."""
