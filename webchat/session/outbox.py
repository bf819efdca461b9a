"""This room brings durable verbs to the server: written with their work, sent in order, repeated if need be.

A row leaves when the server has acknowledged its stanza, or when an archive shows it. What was written to a
stream that could not be resumed is sent again with the same id, after the archive has been read.
"""

import asyncio
import logging
import secrets
import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from sqlalchemy import Table, bindparam, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from webchat.db.base import now
from webchat.db.engine import is_storage_fault
from webchat.errors import Offline
from webchat.session.models import OutboxRow
from webchat.xmpp import verbs_json
from webchat.xmpp.events import (
    ArchivePage,
    Event,
    MessageCorrected,
    MessageFailed,
    MessageReceived,
    MessageRetracted,
    ReactionReceived,
    StanzaAcked,
)
from webchat.xmpp.verbs import SendDisplayed, SendMessage, SendReaction, SendReceipt, SendRetraction, Verb

if TYPE_CHECKING:
    from webchat.session.session import Session

log = logging.getLogger(__name__)

POISON_WITHIN = 2.0
POISON_ATTEMPTS = 2
HARMLESS = frozenset({"", "cannot-connect", "connection-timeout", "end-of-stream", "closing"})
UNREADABLE = "unreadable"
"""Why a message was not sent that stands here in no form we know, or of which no stanza can be made."""

BATCH = 100
MOST_NOTES = 2000
RETRY = timedelta(seconds=1)

_TABLE = cast(Table, OutboxRow.__table__)
V = _TABLE.c
_MINE = V.account_id == bindparam("account")
_UNWRITTEN = (
    select(V.id, V.stanza_id, V.verb)
    .where(_MINE, V.id > bindparam("written"), V.held_until.is_(None))
    .order_by(V.id)
    .limit(BATCH)
)
_WRITE = insert(_TABLE).returning(V.id, V.stanza_id)
_FORGET = delete(_TABLE).where(_MINE, V.stanza_id.in_(bindparam("ids", expanding=True)))
_HELD = select(V.id, V.stanza_id, V.held_until, V.verb).where(_MINE, V.held_until.is_not(None))
_SOONEST = _HELD.order_by(V.held_until, V.id).limit(BATCH)
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class Row(NamedTuple):
    """A verb to be sent, under its stanza's id."""

    id: int
    stanza_id: str
    verb: Verb


def own_id(verb: Verb) -> str:
    """The id that a verb gives its stanza, "" when it leaves that to the outbox."""
    return verb.id if isinstance(verb, SendMessage | SendReaction | SendRetraction) else ""


async def write(
    db: AsyncSession, account_id: int, verbs: Iterable[Verb], held: Mapping[str, datetime] | None = None
) -> list[Row]:
    """Put verbs into the outbox, in this order, within the caller's transaction; those that are to leave.

    held  stanza id → the moment before which it is not sent
    """
    moment, holds = now(), held or {}
    said = {own_id(verb) or secrets.token_hex(12): verb for verb in verbs}
    rows = [
        {
            "account_id": account_id,
            "stanza_id": id,
            "verb": verbs_json.pack(verb),
            "attempts": 0,
            "created_at": moment,
            "held_until": holds.get(id),
        }
        for id, verb in said.items()
    ]
    written = (await db.execute(_WRITE, rows)).all() if rows else []
    return [Row(id, stanza, said[stanza]) for id, stanza in sorted(written) if stanza not in holds]


def confirmed_by(event: Event) -> list[str]:
    """Ids of own stanzas that this event proves to be with the server."""
    if isinstance(event, StanzaAcked):
        return [event.id]
    if isinstance(event, MessageCorrected):
        event = event.message
    if isinstance(event, MessageReceived) and event.mine:
        return [id for id in (event.origin_id, event.id) if id]
    if isinstance(event, ReactionReceived | MessageRetracted) and event.mine and event.id:
        return [event.id]
    if isinstance(event, ArchivePage):
        return [id for _, _, inner in event.results if inner is not None for id in confirmed_by(inner)]
    return []


async def confirm(db: AsyncSession, account_id: int, ids: list[str]) -> None:
    """Forget rows that need not be sent again."""
    await db.execute(_FORGET, {"account": account_id, "ids": ids})


async def take_back(db: AsyncSession, account_id: int, id: str) -> bool:
    """Forget one row; False when it is not there."""
    row = delete(_TABLE).where(V.account_id == account_id, V.stanza_id == id)
    return await db.scalar(row.returning(V.id)) is not None


async def held_until(db: AsyncSession, account_id: int, ids: Collection[str]) -> dict[str, datetime]:
    """Which of these stanzas can still be taken back, and until when."""
    rows = await db.execute(_HELD.where(V.stanza_id.in_(list(ids))), {"account": account_id})
    return {row.stanza_id: row.held_until for row in rows}


async def waiting(db: AsyncSession, account_id: int, ids: list[str]) -> set[str]:
    """Those of these own stanzas that the server has not taken over yet."""
    rows = select(V.stanza_id).where(V.account_id == account_id, V.stanza_id.in_(ids))
    return set((await db.execute(rows)).scalars())


async def oldest(db: AsyncSession) -> datetime | None:
    """Since when the longest waiting stanza of all accounts waits; those that are held on purpose do not."""
    waits = select(V.created_at).where(V.held_until.is_(None))
    found: datetime | None = await db.scalar(waits.order_by(V.id).limit(1))
    return found


def _read(text: str) -> Verb | None:
    """The verb of a row; None where an older or a newer version wrote it in a form of its own, or a fault."""
    try:
        return verbs_json.unpack(text)
    except (ValueError, RecursionError):
        return None


class Outbox:
    """What one session has still to say.

    It is held back from the moment a new stream starts until the archive was read (`release`), because only
    the archive can tell what an earlier stream already brought over.
    """

    def __init__(self, session: "Session") -> None:
        self._session = session
        self._written = 0  # rows up to this id were written to the stream that is open now
        self._held = True
        self._left = True  # there may be rows that were not written yet
        self.sending = False
        self._again = False
        self._last_written = (0.0, 0)
        self._notes: dict[str, bool] = {}
        self._broken: dict[int, str] = {}  # rows that cannot be said, and their stanzas
        self._due: datetime | None = _LONG_AGO  # when a held row is to be sent; at first nobody has looked
        self._alarm: asyncio.TimerHandle | None = None

    def was_note(self, id: str) -> bool:
        """Whether this stanza of ours was no message: nobody but the outbox cares what became of it."""
        return self._notes.pop(id, None) is not None

    def may_linger(self, id: str) -> bool:
        """Whether the row of this stanza may stay for a while: sending it twice would mean nothing new."""
        return self._notes.get(id, False)

    def hold(self) -> None:
        """A new stream: send nothing until `release`."""
        self._held = self._left = True

    def release(self) -> None:
        """The archive was read, or the stream was resumed: send what is left."""
        if self._held:
            self._held = False
            self.wake()

    def forget_written(self) -> None:
        """The stream they were written to is lost for good."""
        self._written, self._left = 0, True

    def expect(self, moment: datetime) -> None:
        """A row is held until this moment."""
        if self._due is None or moment < self._due:
            self._due = moment
        if self._alarm is not None:
            self._alarm.cancel()
        wait = max(0.0, (self._due - now()).total_seconds())
        self._alarm = asyncio.get_running_loop().call_later(wait, self.wake)

    def wake(self) -> None:
        """There may be something to send."""
        self._left = True
        if self._held or not self._session.client.connected:
            return
        if self.sending:
            self._again = True
            return
        self.sending = True
        self._session.spawn(self._send(), "outbox")

    def written(self, rows: Sequence[Row]) -> None:
        """These rows were just committed: they leave at once where nothing stands before them."""
        if self._held or self._left or self.sending or not all(self._say(row) for row in rows):
            self.wake()

    async def _send(self) -> None:
        try:
            while True:
                self._again = False
                if self._due is not None and self._due <= now():
                    await self._let_go()
                written = self._written
                async with self._session.read() as db:
                    rows = await self._unwritten(db)
                if self._written != written:
                    continue  # Another stream has come meanwhile: it gets all of them.
                said = self._say_all(rows)
                if self._broken:
                    await self._set_aside()
                elif not said:
                    return
                elif len(rows) < BATCH and not self._again:
                    self._left = False
                    return
        except Offline:
            log.info("the session ended while something was set aside")
        except Exception as error:
            if not is_storage_fault(error):
                raise
            log.error("the database does not give what is to be sent (%s)", type(error).__name__)
            self.expect(now() + RETRY)
        finally:
            self.sending = False

    def _say_all(self, rows: Sequence[Any]) -> bool:
        """Say these in their order; False when it ended before the last of them."""
        for row in rows:
            verb = _read(row.verb)
            if verb is None:
                self._broken[row.id] = row.stanza_id
                return False
            if self._held or not self._say(Row(row.id, row.stanza_id, verb)):
                return False
        return True

    async def _set_aside(self) -> None:
        """What cannot be said keeps nothing else back: its message says so, and its text stays there.

        Raises Offline when the session ends.
        """
        while self._broken:
            row_id, stanza_id = next(iter(self._broken.items()))
            log.error("something in the outbox cannot be sent and was set aside")
            await self._session.handled(MessageFailed("", stanza_id, UNREADABLE))
            async with self._session.work() as work:
                # By its row: under this stanza's id the message may have been sent anew meanwhile.
                await work.db.execute(delete(_TABLE).where(V.id == row_id))
            del self._broken[row_id]

    async def _let_go(self) -> None:
        """What was held long enough goes to the end of the queue, in the order of its moments."""
        self._due = None
        async with self._session.read() as db:
            rows = (await db.execute(_SOONEST, {"account": self._session.account_id})).all()
        later = [row.held_until for row in rows if row.held_until > now()]
        due = [(row, _read(row.verb)) for row in rows[: len(rows) - len(later)]]
        if due:
            async with self._session.work() as work:
                for row, verb in due:
                    # Somebody may have taken it back meanwhile.
                    if verb is not None and await work.unsend(row.stanza_id):
                        work.send(verb)
            self._broken |= {row.id: row.stanza_id for row, verb in due if verb is None}
        if later:
            self.expect(later[0])
        elif len(rows) == BATCH:
            self.expect(now())

    async def _unwritten(self, db: AsyncSession) -> Sequence[Any]:
        keys = {"account": self._session.account_id, "written": self._written}
        return (await db.execute(_UNWRITTEN, keys)).all()

    def _say(self, row: Row) -> bool:
        if not isinstance(row.verb, SendMessage):
            self._notes[row.stanza_id] = isinstance(row.verb, SendReceipt | SendDisplayed)
            if len(self._notes) > MOST_NOTES:
                del self._notes[next(iter(self._notes))]
        try:
            if not self._session.client.say(row.verb, id=row.stanza_id):
                return False
        except Exception as error:
            log.error("no stanza can be made of it (%s)", type(error).__name__)
            self._broken[row.id] = row.stanza_id
            return False
        self._written = row.id
        self._last_written = (time.monotonic(), row.id)
        if not self._session.client.acknowledges:
            self._session.put(StanzaAcked(row.stanza_id))
        return True

    async def suspect(self, condition: str) -> None:
        """The stream broke with a stream error: what was written just before may be the reason.

        The second time, the row is failed instead of being sent a third time.
        """
        moment, id = self._last_written
        if time.monotonic() - moment > POISON_WITHIN or condition in HARMLESS:
            return
        async with self._session.work() as work:
            row = await work.db.get(OutboxRow, id)
            if row is None:
                return
            attempts = row.attempts + 1
            await work.db.execute(update(_TABLE).where(V.id == id).values(attempts=attempts))
            verb = _read(row.verb)
            if attempts >= POISON_ATTEMPTS:
                await work.unsend(row.stanza_id)
        if attempts >= POISON_ATTEMPTS:
            to = verb.to if isinstance(verb, SendMessage) else ""
            log.warning("an outgoing stanza was given up: the stream broke after it twice (%s)", condition)
            self._session.put(MessageFailed(to, row.stanza_id, "policy-violation"))
