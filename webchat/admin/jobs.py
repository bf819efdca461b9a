"""This room notices what is different on the site, while somebody who runs it has their page open."""

import asyncio
import logging
from collections.abc import Callable, Collection

from webchat.admin import store
from webchat.admin.changes import NumbersChanged, SiteChanged
from webchat.change import Change
from webchat.session.registry import Sessions

log = logging.getLogger(__name__)

EVERY = 1.0
"""Seconds between two looks: they also see what commands and other processes wrote down."""

NUMBERS_EVERY = 30
"""Looks after which the numbers are drawn anew: they count whole tables."""


class Watch:
    """What was seen last; `admins` are told of what is different since."""

    def __init__(self, sessions: Sessions, admins: Collection[str]) -> None:
        self._sessions = sessions
        self._admins = admins
        self._before: object = None
        self._looks = 0

    def rest(self) -> None:
        """Nobody is looking."""
        self._before, self._looks = None, 0

    async def look(self) -> None:
        """Tell the operators' pages when something is different, and at the first look: a page was drawn
        before its stream began."""
        async with self._sessions.database.read() as db:
            kept = await store.signature(db)
        running = sorted((each.jid, each.state, each.tabs) for each in self._sessions.running)
        seen, self._looks = (kept, running), self._looks + 1
        changes: list[Change] = [SiteChanged()] if seen != self._before else []
        if self._looks % NUMBERS_EVERY == 0:
            changes.append(NumbersChanged())
        self._before = seen
        for session in self._sessions.running if changes else ():
            if session.jid in self._admins:
                session.feed.publish(changes)


async def watch(sessions: Sessions, admins: Collection[str], followed: Callable[[], bool]) -> None:
    """Until cancelled: look, as long as a page of an operator is `followed`."""
    seen = Watch(sessions, admins)
    while True:
        await asyncio.sleep(EVERY)
        if not followed():
            seen.rest()
            continue
        try:
            await seen.look()
        except Exception as error:
            log.warning("the operators' page is not told of changes (%s)", type(error).__name__)
