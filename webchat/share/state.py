"""This room holds in memory what was shared, until it is sent or half an hour is over."""

import asyncio
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, field

from webchat.uploads.commands import Given

LASTS = 30 * 60.0
LOOK_EVERY = 60.0
MOST = 300
"""Shares of people who are not known: a few kilobytes of words each."""
MOST_WITH_FILES = 20
EACH = 3
"""Shares that one account has at once."""

Clock = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Shared:
    """What was shared: words, and files only of somebody who is signed in.

    left_out  files came along that could not be held
    """

    title: str = ""
    text: str = ""
    url: str = ""
    files: tuple[Given, ...] = ()
    left_out: bool = False

    @property
    def words(self) -> str:
        """All of it as one text; what stands in another part already is not said twice."""
        said: list[str] = []
        for part in (self.title, self.text, self.url):
            if part and not any(part in other for other in (*said, self.text if part != self.text else "")):
                said.append(part)
        return "\n".join(said)


@dataclass(frozen=True, slots=True)
class _Held:
    shared: Shared
    of: int | None
    until: float
    sending: asyncio.Lock = field(default_factory=asyncio.Lock)


class Shelf:
    """What is held at the moment, by names that nobody can guess; the oldest makes room for the newest."""

    def __init__(self, clock: Clock = time.monotonic) -> None:
        self._clock = clock
        self._held: OrderedDict[str, _Held] = OrderedDict()

    def put(self, shared: Shared, account_id: int | None) -> str:
        """Hold it for this account, or for whoever knows its name (None: words only). Its name."""
        token = secrets.token_urlsafe(16)
        self._held[token] = _Held(shared, account_id, self._clock() + LASTS)
        self._tidy()
        return token

    def find(self, token: str, account_id: int) -> Shared | None:
        """What is held under this name, if it is this account's to see."""
        self._tidy()
        found = self._held.get(token)
        return found.shared if found is not None and found.of in (None, account_id) else None

    def sending(self, token: str) -> AbstractAsyncContextManager[None]:
        """One after the other sends what is held under this name, and meanwhile it makes room for nothing."""
        found = self._held.get(token)
        return found.sending if found is not None else nullcontext()

    async def keep(self) -> None:
        """As long as the site runs: what is over goes, also where nobody shares or asks any more."""
        while True:
            await asyncio.sleep(LOOK_EVERY)
            self._tidy()

    def drop(self, token: str) -> None:
        """It was sent, or nobody wants it."""
        if (found := self._held.pop(token, None)) is not None:
            for each in found.shared.files:
                each.body.close()

    def close(self) -> None:
        """The site stops: nothing is held any more."""
        for token in list(self._held):
            self.drop(token)

    def _tidy(self) -> None:
        moment = self._clock()
        for token in [token for token, held in self._idle() if held.until <= moment]:
            self.drop(token)
        strangers = [token for token, held in self._idle() if held.of is None]
        filed = [token for token, held in self._idle() if held.shared.files]
        for token in (
            strangers[: max(0, len(strangers) - MOST)] + filed[: max(0, len(filed) - MOST_WITH_FILES)]
        ):
            self.drop(token)
        for of in {held.of for held in self._held.values() if held.of is not None}:
            own = [token for token, held in self._idle() if held.of == of]
            for token in own[: max(0, len(own) - EACH)]:
                self.drop(token)

    def _idle(self) -> list[tuple[str, _Held]]:
        """All that is not being sent just now."""
        return [(token, held) for token, held in self._held.items() if not held.sending.locked()]
