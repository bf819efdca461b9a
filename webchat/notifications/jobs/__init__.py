"""This room brings what is worth a notice to the push services of browsers that have no page open (RFC 8030).

The service learns that something came, when, and to which browser; what it is can only that browser read.
"""

import asyncio
import json
import logging
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Literal

from yarl import URL

from webchat.config import Settings
from webchat.db.base import now
from webchat.errors import TooMany
from webchat.media.fetch import Fetcher, FetchFailed
from webchat.notifications import store
from webchat.notifications.changes import DevicesChanged
from webchat.notifications.jobs import sealed
from webchat.notifications.state import Pushed
from webchat.notifications.store import Subscription
from webchat.session.session import Session
from webchat.web.limits import Rate

log = logging.getLogger(__name__)

LASTS = 24 * 3600
"""Seconds that a push service keeps what it cannot bring at once (RFC 8030 §5.2)."""

SIGNED = 12 * 3600
"""Seconds for which a signature holds; more than a day is refused (RFC 8292 §2)."""

AGAIN = (5.0, 30.0, 120.0)
"""Seconds before what a push service could not take is tried again; then it is given up."""

LONGEST_PAUSE = 300.0
"""Seconds: who wants us to come later than that is not waited for."""

NOTED = timedelta(minutes=10)
"""That a browser is reached is written down no more often."""

TESTS_A_MINUTE = 6

A_MINUTE = 120
"""Attempts for the browsers of one account: their addresses are what those browsers said."""

Outcome = Literal["taken", "gone", "later", "refused"]


@dataclass(frozen=True, slots=True)
class Message:
    """What a push service is given.

    data     what the browser reads (static/js/pushed.js), as JSON
    topic    a later message with the same one takes its place while it waits (RFC 8030 §5.4)
    urgency  "high" for what somebody waits for, "normal" for what has time (§5.3)
    """

    data: bytes
    topic: str
    urgency: str = "high"
    lasts: int = LASTS


def written(words: Mapping[str, object]) -> bytes:
    """A notice as a message brings it, in few bytes: what is half of a character cannot be sent."""
    return json.dumps(words, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def topic(tag: str) -> str:
    """The topic of a tag: 32 characters that say nothing to the push service."""
    return urlsafe_b64encode(sha256(b"webchat push " + tag.encode()).digest()[:24]).decode()


class Pusher:
    """One for the whole program.

    sender  who we are to push services
    count   is told each outcome by name (webchat.web.metrics)
    """

    def __init__(self, fetcher: Fetcher, sender: sealed.Sender, count: Callable[[str], None]) -> None:
        self._fetcher = fetcher
        self._count = count
        self.sender = sender
        self.tests = Rate(TESTS_A_MINUTE, 60)
        self.rate = Rate(A_MINUTE, 60)

    @classmethod
    def of(cls, fetcher: Fetcher, settings: Settings, count: Callable[[str], None]) -> "Pusher | None":
        """The one of a site; None where its operator wants no push services.

        They want to know whom to write to when something is wrong with us (RFC 8292 §2.1).
        """
        if not settings.push:
            return None
        site = str(settings.base_url) if settings.secure else ""
        contact = settings.contact if settings.contact.startswith(("https:", "mailto:")) else site
        return cls(fetcher, sealed.Sender.of(settings.secret_key, contact), count)

    def takes(self, endpoint: str) -> bool:
        """Whether this is an address that we would send something to; names are judged when it is used."""
        try:
            self._fetcher.check(endpoint, secure=True)
        except FetchFailed:
            return False
        return True

    async def once(self, who: str, to: Subscription, message: Message) -> tuple[Outcome, float]:
        """One attempt, for the account `who`: what became of it, and how long the service wants to be
        left alone, in seconds."""
        origin = str(URL(to.endpoint).origin())
        headers = {
            "Accept-Encoding": "identity",
            "Authorization": self.sender.authorization(origin, int(time.time()) + SIGNED),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(message.lasts),
            "Topic": message.topic,
            "Urgency": message.urgency,
        }
        try:
            body = sealed.seal(message.data, to.shared, to.secret)
            status, after = await self._fetcher.post(to.endpoint, headers, body, who)
        except FetchFailed as error:
            outcome: Outcome = "refused" if error.reason == "refused" else "later"
            status, after = 0, error.reason
        except sealed.NotSealed:
            outcome, status, after = "refused", 0, "keys"
        else:
            outcome = _outcome(status)
        self._count("pushes" if outcome == "taken" else "pushes_failed")
        if outcome != "taken":
            log.info("%s did not take a push: %s (%d)", URL(to.endpoint).host, outcome, status)
        return outcome, float(after) if after.isdecimal() and len(after) < 9 else 0.0

    async def deliver(
        self, session: Session, to: Subscription, message: Message, wanted: Callable[[], bool]
    ) -> None:
        """Bring it, trying again a few times while nothing newer of its topic came, it is `wanted`, and its
        browser is still one of the account's."""
        pushed = session[Pushed]
        number = pushed.claim(to.id, message.topic)
        try:
            outcome, after = await self._attempt(session, to, message)
            for pause in AGAIN:
                if outcome != "later" or after > LONGEST_PAUSE:
                    break
                await asyncio.sleep(max(pause, after))
                if pushed.newest.get((to.id, message.topic)) != number or not wanted():
                    return
                if not await _is_told(session, to):
                    return
                outcome, after = await self._attempt(session, to, message)
            await note(session, to, outcome)
        finally:
            pushed.done(to.id, message.topic, number)

    async def _attempt(self, session: Session, to: Subscription, message: Message) -> tuple[Outcome, float]:
        try:
            self.rate.take(session.jid)
        except TooMany:
            return "later", 0.0
        return await self.once(session.jid, to, message)

    async def test(self, session: Session, to: Subscription, message: Message) -> Outcome:
        """Bring it now, once; what became of it. Raises TooMany."""
        self.tests.take(session.jid)
        outcome, _ = await self.once(session.jid, to, message)
        await note(session, to, outcome)
        return outcome


def _outcome(status: int) -> Outcome:
    """RFC 8030 §5, §7.3; a browser that is gone never comes back under the same address."""
    if 200 <= status < 300:
        return "taken"
    if status in (404, 410):
        return "gone"
    return "later" if status == 429 or status >= 500 else "refused"


async def _is_told(session: Session, to: Subscription) -> bool:
    """Whether it is still to be told: its login may have ended while its push service was waited for."""
    async with session.read() as db:
        return any(one.id == to.id for one in await store.subscriptions(db, session.account_id, active=True))


async def note(session: Session, to: Subscription, outcome: Outcome) -> None:
    """Write down whether a browser was reached; one that is gone is forgotten."""
    moment = now()
    if outcome == "taken" and to.failed_at is None and to.reached_at and moment - to.reached_at < NOTED:
        return
    async with session.work() as work:
        if outcome == "gone":
            await store.unsubscribe(work.db, work.account_id, to.id)
        else:
            said = {"reached_at": moment, "failed_at": None} if outcome == "taken" else {"failed_at": moment}
            await store.change_subscription(work.db, work.account_id, to.id, **said)
        work.changed(DevicesChanged())
    if outcome == "gone":
        await look(session)


async def look(session: Session) -> None:
    """Whether the account has a browser that is told: who waits for the first one goes on, and the session
    outlives its pages."""
    async with session.read() as db:
        some = bool(await store.subscriptions(db, session.account_id, active=True))
    session.told_elsewhere = some
    (session[Pushed].some.set if some else session[Pushed].some.clear)()


_pusher: Pusher | None = None


def install(pusher: Pusher | None) -> None:
    """Who brings it from now on; None where the operator wants no push services."""
    global _pusher
    _pusher = pusher


def installed() -> Pusher | None:
    """Who brings it, if anybody."""
    return _pusher
