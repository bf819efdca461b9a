"""This room is what messages keep in the memory of a session: who is typing, which read marks wait."""

import asyncio
from collections.abc import Callable

TYPING_SECONDS = 30.0
MOST_TYPING = 200
"""More people than this typing at once are a flood, and nobody could read it."""


class Typing:
    """Conversations whose other side is typing; forgotten after half a minute without news (XEP-0085 §5)."""

    def __init__(self) -> None:
        self._until: dict[str, asyncio.TimerHandle] = {}

    def __contains__(self, conversation: object) -> bool:
        return conversation in self._until

    def start(
        self, conversation: str, forgotten: Callable[[], None], seconds: float = TYPING_SECONDS
    ) -> bool:
        """Note that the other side types; `forgotten` is called when that runs out. True if it is news."""

        def expire() -> None:
            del self._until[conversation]
            forgotten()

        news = not self.stop(conversation)
        if len(self._until) >= MOST_TYPING:
            return False
        self._until[conversation] = asyncio.get_running_loop().call_later(seconds, expire)
        return news

    def stop(self, conversation: str) -> bool:
        """Note that the other side stopped. True if it had been typing."""
        timer = self._until.pop(conversation, None)
        if timer:
            timer.cancel()
        return timer is not None


class WaitingMarks:
    """Conversations whose read mark waits to be published; one publisher at a time works them off."""

    def __init__(self) -> None:
        self.conversations: dict[str, None] = {}
        self.publishing = False


class Settling:
    """Whether the archive will be asked soon for the order in which things were said."""

    def __init__(self) -> None:
        self.waiting = False
