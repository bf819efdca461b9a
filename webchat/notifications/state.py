"""This room remembers what was told, by pages and by push services, so that they are told when it is over."""

import asyncio
from collections.abc import Iterable

MOST = 500
MOST_PUSHED = 100


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


class Pushed:
    """What browsers without an open page were told.

    some    set while the account has such a browser at all
    shown   tags of notices that may stand on a screen, with their conversation ("" for none)
    newest  (subscription, topic) → the number of the message that was meant for it last
    """

    def __init__(self) -> None:
        self.some = asyncio.Event()
        self.shown: dict[str, str] = {}
        self.newest: dict[tuple[int, str], int] = {}
        self._number = 0

    def show(self, tag: str, conversation: str = "") -> None:
        """A notice with this tag was sent."""
        self.shown.pop(tag, None)
        self.shown[tag] = conversation
        while len(self.shown) > MOST_PUSHED:
            del self.shown[next(iter(self.shown))]

    def claim(self, subscription: int, topic: str) -> int:
        """A number for what is sent next: whoever waits with an older one has nothing to say any more."""
        self._number += 1
        self.newest[subscription, topic] = self._number
        return self._number

    def done(self, subscription: int, topic: str, number: int) -> None:
        """It was sent, or given up."""
        if self.newest.get((subscription, topic)) == number:
            del self.newest[subscription, topic]
