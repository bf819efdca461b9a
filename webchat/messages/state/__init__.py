"""This room is what messages keep in the memory of a session: who is typing, which read marks wait."""

import asyncio
from collections import Counter
from collections.abc import Callable

from webchat.messages.store.later import Trouble
from webchat.xmpp.reactions import Limits

TYPING_SECONDS = 30.0
MOST_TYPING = 200
"""More people than this typing at once are a flood, and nobody could read it."""

MOST_TYPING_TOGETHER = 20
"""So many of one room."""


class Typing:
    """Conversations in which somebody is typing; forgotten after half a minute without news (XEP-0085 §5)."""

    def __init__(self) -> None:
        self._until: dict[str, dict[str, asyncio.TimerHandle]] = {}

    def __contains__(self, conversation: object) -> bool:
        return conversation in self._until

    def who(self, conversation: str) -> list[str]:
        """Who types there, the first to begin first: what `start` was told."""
        return list(self._until.get(conversation, ()))

    def start(
        self,
        conversation: str,
        forgotten: Callable[[], None],
        seconds: float = TYPING_SECONDS,
        who: str = "",
    ) -> bool:
        """Note that somebody types; `forgotten` is called when that runs out. True if it is news."""

        def expire() -> None:
            if self.stop(conversation, who):
                forgotten()

        here = self._until.get(conversation, {})
        if who in here:
            here.pop(who).cancel()
            news = False
        elif len(self._until) >= MOST_TYPING or len(here) >= MOST_TYPING_TOGETHER:
            return False
        else:
            here, news = self._until.setdefault(conversation, {}), True
        here[who] = asyncio.get_running_loop().call_later(seconds, expire)
        return news

    def stop(self, conversation: str, who: str = "") -> bool:
        """Note that somebody stopped. True if they had been typing."""
        here = self._until.get(conversation, {})
        timer = here.pop(who, None)
        if timer:
            timer.cancel()
        if not here:
            self._until.pop(conversation, None)
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


class Refused:
    """How many facts about messages were not believed, by kind (security cases A12-A15)."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()

    def count(self, kind: str) -> None:
        """One more."""
        self.counts[kind] += 1


class ReactionLimits:
    """What rooms allow to react with (XEP-0444 §4), as far as they were asked."""

    def __init__(self) -> None:
        self.of: dict[str, Limits] = {}


class Clock:
    """Rings when something else is due first. `waits`: why what is due does not go out, by its row."""

    def __init__(self) -> None:
        self.changed = asyncio.Event()
        self.waits: dict[int, Trouble] = {}
