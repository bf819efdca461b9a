"""This room holds how many sessions a process may have, also while some are just coming."""

from collections.abc import Iterator
from contextlib import contextmanager

from webchat.errors import Full

LATER = 600
"""Seconds after which somebody who found no place may ask again."""


class Places:
    """The cap, None for none."""

    def __init__(self, most: int | None) -> None:
        self._most = most
        self._coming = 0

    @contextmanager
    def one(self, held: int, *, more: bool = True) -> Iterator[None]:
        """A place beside those that are `held`, until it is one of them; not `more` than they are, none.

        Raises Full.
        """
        if more and self._most is not None and held + self._coming >= self._most:
            raise Full(LATER)
        self._coming += more
        try:
            yield
        finally:
            self._coming -= more
