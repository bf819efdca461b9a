"""This room is the consumer: every event goes to its one owner, in order, up to 50 in one transaction."""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable, Collection, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from webchat.db.engine import is_storage_fault
from webchat.errors import Offline
from webchat.session import outbox
from webchat.session.work import Work
from webchat.xmpp.events import Event, StanzaAcked
from webchat.xmpp.stream import Ticket

if TYPE_CHECKING:
    from webchat.session.session import Session

log = logging.getLogger(__name__)

BATCH = 50
FLOOD = 2000
EASED = 200
RETRY = 1.0

GATHER = 0.08
"""Seconds for which events are gathered while they keep coming: what a batch costs is paid once for them."""

AT_ONCE = 10
"""So many batches in a row are handled without gathering: people who talk with each other never wait."""

LINGER = 2.0
"""Seconds that the news of something that may linger waits for company in its transaction."""

Handlers = Mapping[type[Event], Callable[[Work, Any], Awaitable[None]]]


class _Item(NamedTuple):
    event: Event
    ticket: Ticket | None
    done: "asyncio.Future[None] | None"


class Inbox:
    """Events of one session, waiting for their owners."""

    def __init__(self, session: "Session", handlers: Handlers) -> None:
        self._session = session
        self._handlers = handlers
        self._items: deque[_Item] = deque()
        self._filled = asyncio.Event()
        self._awaited = asyncio.Event()
        self._handling: list[_Item] = []
        self._due = 0.0
        self._alarm: asyncio.TimerHandle | None = None
        self._flooded = self._ended = False
        self.dropped = 0

    def __len__(self) -> int:
        return len(self._items)

    def put(self, event: Event, ticket: Ticket | None = None) -> None:
        """Queue an event; `ticket` is called once its effects are committed."""
        if isinstance(event, StanzaAcked) and self._session.outbox.may_linger(event.id):
            self._items.append(_Item(event, ticket, None))
            if self._alarm is None:
                self._alarm = asyncio.get_running_loop().call_later(LINGER, self._filled.set)
        else:
            self._put(_Item(event, ticket, None))

    async def handled(self, event: Event) -> None:
        """Queue an event and wait until its effects are committed. Raises Offline when the session ends."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        item = _Item(event, None, done)
        if self._ended:
            _abandon(item)
        else:
            self._put(item)
        await done

    def _put(self, item: _Item) -> None:
        self._items.append(item)
        self._filled.set()
        if item.done is not None:
            self._awaited.set()
        if len(self._items) > FLOOD and not self._flooded:
            # Memory stays bounded: what is not read waits at the server's side.
            self._flooded = True
            self._session.client.pause(True)

    async def run(self) -> None:
        """Handle events until the session ends."""
        try:
            while True:
                await self._filled.wait()
                await self._gather()
                if self._alarm is not None:
                    self._alarm.cancel()
                    self._alarm = None
                self._handling = [self._items.popleft() for _ in range(min(BATCH, len(self._items)))]
                if not self._items:
                    self._filled.clear()
                    self._awaited.clear()
                await self._handle(self._handling)
                self._handling = []
                if self._flooded and len(self._items) < EASED:
                    self._flooded = False
                    self._session.client.pause(False)
        finally:
            self._ended = True
            if self._alarm is not None:
                self._alarm.cancel()
            for item in (*self._handling, *self._items):
                _abandon(item)

    async def _gather(self) -> None:
        """Let events gather while they keep coming, unless somebody waits for one of them.

        Every batch moves the moment when the next one is due by `GATHER`; a quiet while gives `AT_ONCE` free.
        """
        moment = time.monotonic()
        if self._due > moment and len(self._items) < BATCH:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._due - moment):
                    await self._awaited.wait()
        if not all(isinstance(item.event, StanzaAcked) for item in self._items):
            self._due = max(self._due, moment - AT_ONCE * GATHER) + GATHER

    async def _handle(self, batch: list[_Item]) -> None:
        try:
            await self._commit(batch)
        except Exception as error:
            if len(batch) == 1:
                await self._alone(batch[0], error)
                return
            log.warning("%d events together failed with %s", len(batch), type(error).__name__)
            # Alone, each event shows whether it is the guilty one.
            for item in batch:
                await self._handle([item])

    async def _commit(self, batch: list[_Item]) -> None:
        # A note is known once only, and the batch may be run again.
        notes = {item.event.id for item in batch if isinstance(item.event, StanzaAcked)}
        notes = {id for id in notes if self._session.outbox.was_note(id)}

        async def act(work: Work) -> None:
            confirmed = [id for item in batch for id in outbox.confirmed_by(item.event)]
            if confirmed:
                await outbox.confirm(work.db, work.account_id, confirmed)
            events = [item.event for item in batch]
            for number, event in enumerate(events, 1):
                work.ahead = events[number:]
                await self._dispatch(work, event, notes)

        await self._session.share(act)
        _finish(batch)

    async def _dispatch(self, work: Work, event: Event, notes: Collection[str]) -> None:
        if isinstance(event, StanzaAcked) and event.id in notes:
            return
        handler = self._handlers.get(type(event))
        if handler is not None:
            await handler(work, event)

    async def _alone(self, item: _Item, error: Exception) -> None:
        """One event that failed by itself: tried again while the database is the reason, else dropped."""
        while is_storage_fault(error):
            # Nothing is wrong with the event: wait for the database, unacknowledged.
            log.error("the database does not take events (%s)", type(error).__name__)
            await asyncio.sleep(RETRY)
            try:
                await self._commit([item])
            except Exception as again:
                error = again
            else:
                return
        self.dropped += 1
        log.error("an event was dropped: %s", type(item.event).__name__, exc_info=error)
        _finish([item])


def _abandon(item: _Item) -> None:
    """Nobody handles this event any more; what its sender keeps comes again."""
    if item.done is not None and not item.done.done():
        item.done.set_exception(Offline())


def _finish(batch: list[_Item]) -> None:
    for item in batch:
        if item.ticket is not None:
            item.ticket()
        if item.done is not None and not item.done.done():
            item.done.set_result(None)
