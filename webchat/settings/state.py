"""This room remembers what held before the last change of a session, so that it can be undone."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from secrets import token_hex

LASTS = 20
"""Changes that can still be undone; older ones are final."""


@dataclass(frozen=True, slots=True)
class Former:
    """What held before: `kind` is the form that changed it, None what was not chosen at all."""

    kind: str
    values: Mapping[str, str | None]


@dataclass
class Undoing:
    """What held before each of the last changes, by a name that only the page after it knows."""

    former: dict[str, Former] = field(default_factory=dict)

    def keep(self, kind: str, values: Mapping[str, str | None]) -> str:
        """Remember; the name to undo it by."""
        while len(self.former) >= LASTS:
            del self.former[next(iter(self.former))]
        name = token_hex(8)
        self.former[name] = Former(kind, values)
        return name

    def take(self, name: str) -> Former | None:
        """What held before, once."""
        return self.former.pop(name, None)
