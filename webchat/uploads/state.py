"""This room is what uploads keep in the memory of a session: where files go, and how much was sent."""

import time
from collections import deque

from webchat.xmpp.upload import Service

PER_HOUR = 60
PER_DAY = 2 * 1024 * 1024 * 1024
_HOUR, _DAY = 3600.0, 86400.0


class Place:
    """The upload service of the account's server; `asked` once its server has answered at all."""

    def __init__(self) -> None:
        self.asked = False
        self.service: Service | None = None


class Quota:
    """What one account sent in the last hour (files) and day (bytes)."""

    def __init__(self) -> None:
        self._sent: deque[tuple[float, int]] = deque()

    def wait(self, size: int) -> int:
        """Seconds until a file of this size may go; 0 for now."""
        now = time.monotonic()
        while self._sent and self._sent[0][0] < now - _DAY:
            self._sent.popleft()
        hour = [moment for moment, _ in self._sent if moment > now - _HOUR]
        if len(hour) >= PER_HOUR:
            return int(hour[0] + _HOUR - now) + 1
        if self._sent and sum(each for _, each in self._sent) + size > PER_DAY:
            return int(self._sent[0][0] + _DAY - now) + 1
        return 0

    def take(self, size: int) -> None:
        """A file of this size goes."""
        self._sent.append((time.monotonic(), size))
