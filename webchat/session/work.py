"""This room is the unit of work: one transaction, the changes it causes, the verbs it sends."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy.ext.asyncio import AsyncSession

from webchat.change import Change
from webchat.session import outbox
from webchat.xmpp.events import Event
from webchat.xmpp.verbs import Verb

if TYPE_CHECKING:
    from webchat.session.session import Session


class Work:
    """Everything inside `async with session.work() as work:` is committed together or not at all.

    After the commit the changes are published to the tabs, the verbs leave through the outbox and the
    callbacks of `after` run, in this order. An exception rolls everything back and publishes nothing.
    Works of one session never overlap and must not be nested.

    ahead  events that are handled after this one in the same transaction
    memo   what an owner of events keeps till then, for the next ones
    """

    def __init__(self, session: "Session", db: AsyncSession) -> None:
        self.session = session
        self.db = db
        self.account_id = session.account_id
        self.jid = session.jid
        self.changes: list[Change] = []
        self.verbs: list[Verb] = []
        self.written: list[outbox.Row] = []
        self.held: dict[str, datetime] = {}
        self.callbacks: list[Callable[[], None]] = []
        self.ahead: Sequence[Event] = ()
        self.memo: dict[Any, Any] = {}

    def changed(self, *changes: Change) -> None:
        """Say what pages may have to redraw once this work is committed."""
        self.changes.extend(changes)

    def send(self, verb: Verb, held_until: datetime | None = None) -> None:
        """Write a durable verb into the outbox of this transaction; it leaves after the commit, in order.

        held_until  not before this moment, till then `unsend` takes it back; for verbs with ids of their own
        """
        self.verbs.append(verb)
        if held_until is not None:
            self.held[outbox.own_id(verb)] = held_until

    async def unsend(self, id: str) -> bool:
        """Take the verb with this stanza id out of the outbox; False when it is not there (any more)."""
        return await outbox.take_back(self.db, self.account_id, id)

    async def finish(self) -> None:
        """Write down what is to be sent; the last thing before the commit."""
        if self.verbs:
            self.written = await outbox.write(self.db, self.account_id, self.verbs, self.held)

    def after(self, callback: Callable[[], None]) -> None:
        """Run `callback` after the commit (state in memory, background work)."""
        self.callbacks.append(callback)
