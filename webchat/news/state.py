"""This room remembers for a session what its contacts follow, as far as they let others see it."""

import time
from dataclasses import dataclass, field

AGAIN = 24 * 3600.0
"""Seconds after which a contact is asked again."""

MOST = 200
"""Nodes that are remembered."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A node that contacts follow: what they call it, and who they are."""

    service: str
    node: str
    title: str
    by: tuple[str, ...]


@dataclass
class Suggestions:
    """What contacts follow, by service and node; `asked`: when each of them was asked last."""

    found: dict[tuple[str, str], Suggestion] = field(default_factory=dict)
    asked: dict[str, float] = field(default_factory=dict)
    running: bool = False

    def wants(self, jid: str) -> bool:
        """Whether this contact is to be asked (again)."""
        since = self.asked.get(jid)
        return since is None or time.monotonic() - since > AGAIN

    def ask(self, jid: str) -> None:
        """They are asked now."""
        self.asked[jid] = time.monotonic()

    def learn(self, jid: str, service: str, node: str, title: str) -> bool:
        """They follow this; False when that says nothing new."""
        known = self.found.get((service, node))
        if known is None and len(self.found) >= MOST:
            return False
        by = known.by if known else ()
        if jid in by:
            return False
        called = (known.title if known else "") or title
        self.found[service, node] = Suggestion(service, node, called, (*by, jid))
        return True
