"""This room remembers for a session what people say they follow, so that it is not asked all the time."""

import time
from collections import OrderedDict

from webchat.xmpp.entries import Followed

FRESH = 600.0
"""Seconds for which an answer is taken as true."""

MOST = 200


class SharedLists:
    """Somebody's bare JID → what they show that they follow."""

    def __init__(self) -> None:
        self._told: OrderedDict[str, tuple[float, tuple[Followed, ...]]] = OrderedDict()

    def find(self, jid: str) -> tuple[Followed, ...] | None:
        """What they said, None when it is time to ask."""
        moment, told = self._told.get(jid, (0.0, ()))
        return told if moment and time.monotonic() - moment < FRESH else None

    def put(self, jid: str, told: tuple[Followed, ...]) -> None:
        """This is what they say now."""
        self._told[jid] = (time.monotonic(), told)
        self._told.move_to_end(jid)
        while len(self._told) > MOST:
            self._told.popitem(last=False)
