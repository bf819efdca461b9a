"""This room is what writing posts keeps in the memory of a session: when to look up, what servers said."""

import asyncio

MOST = 200


class Clock:
    """Rings when something else is due first; `tries`: how often a server was silent about a draft."""

    def __init__(self) -> None:
        self.changed = asyncio.Event()
        self.tries: dict[str, int] = {}


class Grounds:
    """How places were when their server was last asked."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], object] = {}

    def get(self, service: str, node: str) -> object:
        """What was said of this place, None for nothing."""
        return self._known.get((service, node))

    def put(self, service: str, node: str, ground: object) -> None:
        """It is so now."""
        if len(self._known) >= MOST:
            self._known.clear()
        self._known[service, node] = ground
