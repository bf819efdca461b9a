"""This room keeps what a session knows of the choices that its server keeps, and changes them in order."""

import asyncio
import time
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
