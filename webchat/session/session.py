"""This room is a session: one signed-in account and its live XMPP side. It knows no feature."""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from webchat.db.base import now
from webchat.db.engine import Database
from webchat.db.queue import whole
from webchat.errors import Offline, TimedOut
from webchat.session import store
from webchat.session.changes import ConnectionChanged, PreferenceChanged
from webchat.session.ending import end_tasks, say_last_words
from webchat.session.feed import Feed
from webchat.session.inbox import Handlers, Inbox
from webchat.session.outbox import Outbox
from webchat.session.pages import Pages
from webchat.session.work import Work
from webchat.xmpp import dates
from webchat.xmpp.client import Client
from webchat.xmpp.events import ConnectionStateChanged, Event
from webchat.xmpp.stream import Ticket
from webchat.xmpp.verbs import SendPresence

log = logging.getLogger(__name__)

T = TypeVar("T")

AWAY_AFTER = 45.0
"""Seconds without an open tab or a request after which we are away; a page without scripts reloads sooner."""

SYNC_AGAIN = (10.0, 0.0)
"""Seconds before what timed out is tried again; then the outbox goes on without it."""

PREPARE_AGAIN = 60.0
"""Seconds before it is asked for again after that what a session starts with: live copies, above all."""

JOB_AGAIN = 30.0
"""Seconds before background work that failed begins anew."""

NEEDED_FOR = 8 * 24 * 3600.0
"""Seconds without a tab for which a session lives on at most, because it still has something to do."""

Background = Callable[["Session"], Coroutine[Any, Any, None]]


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What the features put into every session, added up by the app: owners of events, sync steps, jobs."""

    handlers: Handlers = field(default_factory=dict)
    sync: Sequence[Background] = ()
    jobs: Sequence[Background] = ()
    features: Sequence[str] = ()


class Session:
    """One account's live side.

    account_id   primary key of the account's row
    jid          bare JID, normalised
    client       webchat.xmpp.client.Client: `say(verb)`, `connected`, `request(kind, payload, to)`
    feed         webchat.session.feed.Feed
    state        "connecting" | "online" | "offline" | "failed", `reason` beside it
    preferences  what the user chose in Configuration
    tabs         open streams of browsers, `tabs_of` by login; `pages`: what they show
    asked_at     when anybody asked for a page last (time.monotonic)
    needed_until when a feature has done what it still has to do for the user by itself, None for nothing
    told_elsewhere  a browser is told of what happens although no page is open: somebody has to listen
    last_words   by name, what a feature does before the account leaves for good; bounded in time
    """

    def __init__(
        self, jid: str, database: Database, behaviour: Behaviour, make_client: Callable[["Session"], Client]
    ) -> None:
        self.account_id = 0
        self.jid = jid
        self.feed = Feed()
        self.state = "connecting"
        self.reason = ""
        self.preferences: Mapping[str, str] = {}
        self.tabs = 0
        self.needed_until: datetime | None = None
        self.told_elsewhere = False
        self.tabs_of: Counter[str] = Counter()
        self.asked_at = 0.0
        self.pages = Pages()
        self.photo: str | None = None
        self.last_words: dict[str, Callable[[], Awaitable[None]]] = {}
        self.on_state: Callable[[Session], None] = lambda _: None
        self.on_tabs: Callable[[Session], None] = lambda _: None
        self.on_chosen: Callable[[Mapping[str, str | None]], None] = lambda _: None
        self._database = database
        self._behaviour = behaviour
        self._states: dict[type[Any], Any] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._working = asyncio.Lock()
        self._looked_at = False
        self._idle: datetime | None = None
        self._appeared = False
        self._away: asyncio.TimerHandle | None = None
        self._syncing: asyncio.Task[None] | None = None
        self._caught_up = False
        self.inbox = Inbox(self, {ConnectionStateChanged: _on_connection_state} | dict(behaviour.handlers))
        self.outbox = Outbox(self)
        self.client = make_client(self)

    # ---- for slices

    @asynccontextmanager
    async def work(self) -> AsyncIterator[Work]:
        """A transaction whose changes are published after its commit; works of one account never overlap."""
        async with self._working:
            async with self._database.write() as db:
                work = Work(self, db)
                yield work
                await work.finish()
            self.feed.publish(work.changes)
        self._committed(work)

    async def share(self, act: Callable[[Work], Awaitable[None]]) -> None:
        """A work whose transaction others may share (webchat.db.engine.Database.together)."""

        async def act_in(db: AsyncSession) -> Work:
            work = Work(self, db)
            await act(work)
            await work.finish()
            return work

        async with self._working:
            work = await self._database.together(act_in)
            self.feed.publish(work.changes)
        self._committed(work)

    def _committed(self, work: Work) -> None:
        if work.held:
            self.outbox.expect(min(work.held.values()))
        if work.written:
            self.outbox.written(work.written)
        for callback in work.callbacks:
            callback()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """A database session for reading."""
        async with self._database.read() as db:
            yield db

    def __getitem__(self, kind: type[T]) -> T:
        """The slice's own state object of this class, made without arguments on first use."""
        found = self._states.get(kind)
        if found is None:
            found = self._states[kind] = kind()
        state: T = found
        return state

    def spawn(self, coroutine: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
        """Background work that is logged when it fails and ends with the session."""
        task = asyncio.create_task(coroutine, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def put(self, event: Event, ticket: Ticket | None = None) -> None:
        """Hand an event to the inbox."""
        self.inbox.put(event, ticket)

    async def handled(self, event: Event) -> None:
        """Hand an event to the inbox and wait until its effects are committed."""
        await self.inbox.handled(event)

    def presence(self) -> SendPresence:
        """What we show now: what the user chose, and away while nobody looks, unless that says more.

        XEP-0352 tells the server the same.
        """
        chosen = self.preferences.get("show", "")
        told = self._idle if self.preferences.get("last_seen", "off") == "on" else None
        return SendPresence(
            chosen if self._looked_at or chosen in ("dnd", "xa") else "away",
            self.preferences.get("status", ""),
            self.photo,
            dates.text(told) if told is not None else "",
        )

    def appear(self) -> None:
        """Say that we are here, and from now on how. The roster comes first: what answers is the presence of
        our contacts (RFC 6121 §4.2.2), and it is kept for known ones only."""
        self._appeared = True
        self.tell_presence()

    def tell_presence(self) -> None:
        """How we are here is different now: contacts hear it, and rooms that we are in (XEP-0045 §7.7)."""
        if not self._appeared:
            return
        self.client.say(self.presence())

    async def prefer(
        self, wanted: Mapping[str, str | None], *, instead_of: Mapping[str, str] | None = None
    ) -> dict[str, str | None]:
        """Other preferences from now on, here and in all tabs; None is what was never chosen.

        What is not named stays as it is, whoever changes it at the same time; with `instead_of` also what is
        another one by now. Gives what held before of those that are different now.
        """
        async with self.work() as work:
            before = {key: self.preferences.get(key) for key in wanted}
            former = {
                key: value
                for key, value in before.items()
                if value != wanted[key] and (instead_of is None or value == instead_of.get(key))
            }
            merged = {**self.preferences, **{key: wanted[key] for key in former}}
            kept = {key: value for key, value in merged.items() if value is not None}
            if former:
                await store.set_preferences(work.db, self.account_id, kept)
                work.after(lambda: setattr(self, "preferences", kept))
                work.after(lambda: self.on_chosen({key: wanted[key] for key in former}))
                work.changed(*[PreferenceChanged(key) for key in former])
        return former

    # ---- who looks

    def attach(self, login_id: str = "") -> None:
        """A tab of this login opened its stream."""
        self.tabs += 1
        self.tabs_of[login_id] += 1
        self.glance()
        self.on_tabs(self)

    def detach(self, login_id: str = "") -> None:
        """A tab's stream ended."""
        self.tabs -= 1
        self.tabs_of[login_id] -= 1
        self.tabs_of += Counter()
        self.glance()
        self.on_tabs(self)

    def glance(self) -> None:
        """Somebody asked for a page: we are here, and for a while longer when no tab stays open."""
        self.asked_at = time.monotonic()
        if self._away is not None:
            self._away.cancel()
            self._away = None
        if not self.tabs:
            self._away = asyncio.get_running_loop().call_later(AWAY_AFTER, self._leave)
        if not self._looked_at:
            self._show(looked_at=True)

    def _leave(self) -> None:
        self._away = None
        self._show(looked_at=False)

    def _show(self, *, looked_at: bool) -> None:
        self._looked_at = looked_at
        self._idle = None if looked_at else now()
        self.client.active(looked_at)
        self.tell_presence()

    def outlives(self, linger: float) -> float:
        """Seconds that it outlives its last tab: those of the site, and more while it is needed."""
        needed = self.told_elsewhere or (self.needed_until is not None and now() < self.needed_until)
        return max(linger, NEEDED_FOR) if needed and linger > 0 else linger

    # ---- life

    def start(self, *, opened: bool) -> None:
        """Begin handling events; `opened` when the client's stream is open already."""
        self.client.active(self._looked_at)
        self.spawn(self.inbox.run(), "inbox")
        self.spawn(self.client.run(opened=opened), "client")
        for job in self._behaviour.jobs:
            self.spawn(self._keep_on(job), _name(job))

    async def _keep_on(self, job: Background) -> None:
        """Background work of a session lasts as long as it: what fails begins anew after a pause."""
        while True:
            try:
                await whole(job(self))
                return
            except Exception:
                log.exception("background work failed and begins anew: %s", _name(job))
            await asyncio.sleep(JOB_AGAIN)

    async def stop(self, *, resumable: bool) -> None:
        """End everything; `resumable` leaves the XMPP session to be resumed or replaced by a later login.

        Otherwise what features have yet to tell the server is told first (`last_words`).
        """
        try:
            if not resumable and self.client.connected:
                await say_last_words(self.last_words)
        finally:
            # Also when whoever ends it is cancelled: nobody else knows of it any more.
            self.feed.close()
            if self._away is not None:
                self._away.cancel()
            await self.client.close(resumable=resumable)
            await end_tasks(self._tasks)

    def online(self, *, resumed: bool) -> None:
        """The stream is there: after a new login everybody catches up first, then the outbox goes on.

        One that broke before they had done so catches up from the beginning, resumed or not.
        """
        if not resumed:
            self._appeared = self._caught_up = False
            self.outbox.forget_written()
        if self._caught_up:
            self.outbox.release()
            return
        self.outbox.hold()
        if self._syncing is not None:
            self._syncing.cancel()
        self._syncing = self.spawn(self._sync(), "sync")

    async def _sync(self) -> None:
        behind: list[Background] = [_prepare, *self._behaviour.sync]
        try:
            for pause in SYNC_AGAIN:
                behind = [step for step in behind if not await self._synced(step)]
                if not behind:
                    break
                # What was sent before the break is sent again only by the archive's word: ask once more.
                await asyncio.sleep(pause)
        except Offline:
            log.info("the stream was lost before all had caught up; the next one begins anew")
            return
        self._caught_up = self.client.connected
        if self._caught_up:
            self.outbox.release()
        while _prepare in behind:
            await asyncio.sleep(PREPARE_AGAIN)
            with suppress(Offline):
                behind = [] if await self._synced(_prepare) else behind

    async def _synced(self, step: Background) -> bool:
        """One feature that cannot catch up keeps no other waiting; False when it is worth a retry.

        Raises Offline.
        """
        try:
            await whole(step(self))
        except TimedOut:
            return False
        except Offline:
            raise
        except Exception as error:
            log.error("a sync step failed: %s", _name(step), exc_info=error)
        return True

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("background work failed: %s", task.get_name(), exc_info=task.exception())


async def _prepare(session: Session) -> None:
    await session.client.prepare()


def _name(background: Background) -> str:
    return getattr(background, "__name__", "step")


async def _on_connection_state(work: Work, event: ConnectionStateChanged) -> None:
    session = work.session

    def apply() -> None:
        session.state, session.reason = event.state, event.reason
        session.feed.publish([ConnectionChanged()])
        session.on_state(session)
        if event.state == "online":
            session.online(resumed=event.resumed)
        elif event.state == "offline":
            session.outbox.hold()
            session.spawn(session.outbox.suspect(event.reason), "suspect")

    work.after(apply)
