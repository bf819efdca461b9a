"""This room tells which messages of an archive page are here already (XEP-0359), trusting no stranger."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from webchat.messages.models import Conversation, Message, RemovedMessage
from webchat.messages.store.record import same_message
from webchat.xmpp.events import MessageReceived

M = cast(Table, Message.__table__).c
C = cast(Table, Conversation.__table__).c
R = cast(Table, RemovedMessage.__table__).c


@dataclass(frozen=True, slots=True)
class Item:
    """One message of a page: its id in the archive, when the archive has it from, what it was."""

    archive_id: str
    stamp: datetime
    event: MessageReceived


@dataclass(slots=True)
class KnownRow:
    """A row that a page shows again."""

    id: int
    position: int
    settled: int
    state: str
    state_at: datetime | None


@dataclass(slots=True)
class Known:
    """What of a page is here.

    rows     by archive id of the page
    dropped  archive ids that are another copy of an own message, sent twice, or one that was removed
    reused   archive ids of own messages whose id another own message has
    """

    rows: dict[str, KnownRow] = field(default_factory=dict)
    dropped: set[str] = field(default_factory=set)
    reused: set[str] = field(default_factory=set)

    def __iter__(self) -> Iterator[KnownRow]:
        return iter(self.rows.values())

    def get(self, item: Item) -> KnownRow | None:
        """The row that this item is."""
        return self.rows.get(item.archive_id)

    def has(self, message_id: int) -> bool:
        """Whether this row is in the page."""
        return any(row.id == message_id for row in self)


_ROW = (M.id, M.position, M.settled, M.state, M.state_at)
_ALTERED = or_(M.edited_at.is_not(None), M.gone != "").label("altered")
"""What was corrected or taken back does not say what the archive has of it."""


async def recognise(db: AsyncSession, account_id: int, conversation_id: int, items: Sequence[Item]) -> Known:
    """Find the rows of these items.

    By the archive's own id; own messages also by the id they were sent with; others only when the same
    sender said the same under the same id and the row has no archive id yet.
    """
    known = Known()
    ids = [item.archive_id for item in items]
    rows = select(M.stanza_id, M.conversation_id, C.kind, *_ROW).join(Conversation, C.id == M.conversation_id)
    rows = rows.where(M.account_id == account_id, M.stanza_id.in_(ids))
    room = any(item.event.kind == "room" for item in items)
    for stanza_id, conversation, kind, *row in (await db.execute(rows)).all():
        if conversation == conversation_id:
            known.rows[stanza_id] = KnownRow(*row)
        elif not room and kind != "room":
            # Rooms give ids of their own, which say nothing about those of others.
            known.dropped.add(stanza_id)
    rest = [
        item for item in items if item.archive_id not in known.rows and item.archive_id not in known.dropped
    ]
    await _own(db, conversation_id, [item for item in rest if item.event.mine], known)
    await _others(db, conversation_id, [item for item in rest if not item.event.mine], known)
    return known


async def _own(db: AsyncSession, conversation_id: int, items: Sequence[Item], known: Known) -> None:
    origins = {item.archive_id: item.event.origin_id or item.event.id for item in items}
    ids = [origin for origin in origins.values() if origin]
    if not ids:
        return
    rows = select(M.origin_id, M.said_id, M.body, M.stanza_id, _ALTERED, *_ROW).where(
        M.conversation_id == conversation_id, M.mine == true(), or_(M.origin_id.in_(ids), M.said_id.in_(ids))
    )
    gone = select(R.said_id).where(R.conversation_id == conversation_id, R.said_id.in_(ids))
    removed = set((await db.scalars(gone)).all())
    known.dropped |= {archive_id for archive_id, origin in origins.items() if origin in removed}
    here: dict[str, tuple[str | None, str | None, KnownRow]] = {}
    for origin_id, said_id, body, stanza_id, altered, *row in (await db.execute(rows)).all():
        entry = (None if altered else body, stanza_id, KnownRow(*row))
        here.setdefault(said_id, entry)
        if origin_id:
            here[origin_id] = entry
    first: dict[str, Item] = {}
    for item in items:
        origin = origins[item.archive_id]
        if not origin or origin in removed:
            continue
        body, stanza_id, found = here.get(origin, (None, None, None))
        earlier = first.setdefault(origin, item)
        if found is not None and stanza_id is None and earlier is item:
            known.rows[item.archive_id] = found
        elif found is not None or earlier is not item:
            same = body is None if found is not None else False
            same = same or item.event.body == (body if found is not None else earlier.event.body)
            (known.dropped if same else known.reused).add(item.archive_id)


async def _others(db: AsyncSession, conversation_id: int, items: Sequence[Item], known: Known) -> None:
    ids = {item.event.id for item in items}
    if not ids:
        return
    rows = select(M.said_id, M.body, M.stamp, M.sender, _ALTERED, *_ROW).where(
        M.conversation_id == conversation_id,
        M.mine.is_(False),
        M.stanza_id.is_(None),
        M.said_id.in_(ids),
    )
    here: list[tuple[str, str | None, datetime, str, Any]] = []
    for said_id, body, stamp, sender, altered, *row in (await db.execute(rows.order_by(M.position))).all():
        here.append((said_id, None if altered else body, stamp, sender, row))
    for item in items:
        for entry in here:
            said_id, body, stamp, sender, row = entry
            same = said_id == item.event.id and body in (None, item.event.body)
            # In a room many speak, and each counts ids of their own.
            same = same and (item.event.kind != "room" or sender == item.event.sender)
            if same and same_message(said_id, stamp, item.stamp):
                known.rows[item.archive_id] = KnownRow(*row)
                here.remove(entry)
                break
