"""This room keeps what a session knows of the choices that its server keeps, and changes them in order."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

FRESH = 60.0
"""Seconds for which an answer counts."""


@dataclass
class Choosing:
    """Whoever reads what the server has, changes it and writes it back holds this lock meanwhile."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    _answer: tuple[float, object] | None = None

    def known(self) -> object:
        """What the server said a short while ago, or None."""
        since, answer = self._answer or (0.0, None)
        return answer if time.monotonic() - since < FRESH else None

    def learn(self, answer: object) -> None:
        """The server says so; None for what it is asked again."""
        self._answer = None if answer is None else (time.monotonic(), answer)


@dataclass
class Roaming:
    """Preferences that were chosen here and that the account's server does not know yet.

    expected  what is being taken over from there, which is nobody's choice
    """

    chosen: set[str] = field(default_factory=set)
    something: asyncio.Event = field(default_factory=asyncio.Event)
    expected: Mapping[str, str] = field(default_factory=dict)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    def note(self, values: Mapping[str, str | None]) -> None:
        """These are different now; None is what is not chosen any more."""
        mine = {key for key, value in values.items() if self.expected.get(key) != value or value is None}
        if mine:
            self.chosen |= mine
            self.something.set()
