"""This room knows which pages of an account stand open: what each of them shows, and when that changed."""

import asyncio
from collections import Counter


class Pages:
    """What open pages show, (kind, key) as in webchat.web.scope; `bell` rings when one comes or goes."""

    def __init__(self) -> None:
        self._open: Counter[tuple[str, str]] = Counter()
        self.bell = asyncio.Event()

    def opened(self, kind: str, key: str) -> None:
        """One more page shows this."""
        self._open[kind, key] += 1
        self._ring()

    def closed(self, kind: str, key: str) -> None:
        """One page less shows this."""
        self._open[kind, key] -= 1
        if self._open[kind, key] <= 0:
            del self._open[kind, key]
        self._ring()

    def keys(self, kind: str) -> list[str]:
        """What pages of this kind show, each once; the longest open ones come first."""
        return [key for of, key in self._open if of == kind]

    def shown(self, kind: str, key: str) -> bool:
        """Whether a page shows this."""
        return (kind, key) in self._open

    def _ring(self) -> None:
        # A new bell for the next one: whoever took this one before looking misses nothing.
        ringing, self.bell = self.bell, asyncio.Event()
        ringing.set()
