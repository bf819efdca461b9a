"""This room remembers which conversations pages were told of, so that they are told when it is over."""

from collections.abc import Iterable

MOST = 500


class Told:
    """Conversations whose messages were told since the session began; the newest few hundred."""

    def __init__(self) -> None:
        self._jids: dict[str, None] = {}

    def add(self, jid: str) -> None:
        """A notice of this conversation was shown, or may have been."""
        self._jids.pop(jid, None)
        self._jids[jid] = None
        while len(self._jids) > MOST:
            del self._jids[next(iter(self._jids))]

    def among(self, jids: Iterable[str]) -> list[str]:
        """Those of these conversations that were told of."""
        return [jid for jid in jids if jid in self._jids]
