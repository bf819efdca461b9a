"""This room remembers for a while what servers said of communities, so that not every page asks again."""

import time
from collections import OrderedDict
from dataclasses import dataclass

from webchat.xmpp.entries import NodeInfo

FRESH = 60.0
"""Seconds for which an answer counts."""

MOST = 200
"""Communities that are remembered."""

FEW = 8
"""Servers whose lists are."""


@dataclass(frozen=True, slots=True)
class Said:
    """What is known of a community.

    info      what its service says of it, None when it could not be had; `trouble` is the condition then
    standing  what we are there: "owner", "publisher", "member", "outcast" or "" (nothing, or not told)
    room      the chat room that it names, bare JID, "" for none
    keeps     how many items the node keeps, as its configuration tells its owner; None for many or unknown
    """

    info: NodeInfo | None = None
    trouble: str = ""
    standing: str = ""
    keeps: int | None = None
    room: str = ""

    @property
    def owner(self) -> bool:
        """Whether we look after it."""
        return self.standing == "owner"


class Known:
    """What was said lately; home: our own server's service, None while it was not asked."""

    def __init__(self) -> None:
        self._said: OrderedDict[tuple[str, str], tuple[float, Said]] = OrderedDict()
        self.home: str | None = None
        self._listed: dict[str, tuple[float, list[NodeInfo]]] = {}

    def listed(self, service: str) -> list[NodeInfo] | None:
        """What stood at a service a short while ago, or None."""
        since, found = self._listed.get(service, (0.0, None))
        return found if time.monotonic() - since < FRESH else None

    def put_list(self, service: str, found: list[NodeInfo]) -> None:
        """Remember what stands there; the pages of the list are drawn from it."""
        if len(self._listed) >= FEW:
            self._listed.clear()
        self._listed[service] = (time.monotonic(), found)

    def get(self, service: str, node: str) -> Said | None:
        """What was said a short while ago, or None."""
        since, said = self._said.get((service, node), (0.0, None))
        return said if time.monotonic() - since < FRESH else None

    def put(self, service: str, node: str, said: Said) -> None:
        """Remember it."""
        self._said[service, node] = (time.monotonic(), said)
        self._said.move_to_end((service, node))
        while len(self._said) > MOST:
            self._said.popitem(last=False)

    def drop(self, service: str, node: str) -> None:
        """It is different now: ask again."""
        self._said.pop((service, node), None)
        self._listed.pop(service, None)
