"""This room puts pages of the archive in their place, so that the order here is the order there.

A page is an unbroken stretch of the archive. Each of its messages stands after the one before it in the
page; the first one stands after the *anchor*, the last settled message that comes before the page. A message
that is known and stands too early moves; one that is new goes between its neighbours.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, and_, bindparam, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from webchat.messages.models import DATED, FIRST, INNER, SETTLED, STEP, Conversation, Message
from webchat.messages.store.conversations import ConversationRow, refresh
from webchat.messages.store.files import add_files
from webchat.messages.store.known import Item, Known, recognise
from webchat.messages.store.record import carried
from webchat.messages.store.search import index_new
from webchat.messages.store.states import catch_up_states

_MESSAGE = cast(Table, Message.__table__)
_CONVERSATION = cast(Table, Conversation.__table__)
C = _CONVERSATION.c
M = _MESSAGE.c


@dataclass(slots=True)
class Placed:
    """What a page did to one conversation.

    appended   new messages at the end, in order
    learned    known messages whose state is different now
    disturbed  something came between others or changed places
    unread     how many are unread now
    newest_own position and id of the last own message of the page
    new        (message of somebody else that is new here)
    """

    appended: list[int] = field(default_factory=list)
    learned: list[int] = field(default_factory=list)
    disturbed: bool = False
    unread: int = 0
    newest_own: tuple[int, int] | None = None
    new: list[Item] = field(default_factory=list)


async def place(
    db: AsyncSession,
    account_id: int,
    conversation: ConversationRow,
    items: Sequence[Item],
    moment: datetime,
    *,
    before: str = "",
    whole: bool = True,
) -> Placed:
    """Store the messages that a page has of one conversation, in archive order.

    before  the archive id that the page ends before; "" when it was read forward or from the end
    whole   the page is of the whole archive, not of this conversation only
    """
    known = await recognise(db, account_id, conversation.id, items)
    items = [item for item in items if item.archive_id not in known.dropped]
    stretch = _Stretch(db, account_id, conversation, known, moment)
    await stretch.anchor(items, before)
    stretch.judge(items, whole=whole)
    await stretch.run(items)
    await stretch.learn(items)
    own = [id for item, id in stretch.inserted if item.event.mine]
    if own:
        await catch_up_states(db, conversation.id, own)
    placed = stretch.placed
    mine = [item for item in items if item.event.mine]
    if mine:
        placed.newest_own = await _position(db, conversation.id, mine[-1].archive_id)
    if stretch.touched:
        placed.unread = await refresh(db, conversation.id)
    else:
        placed.unread = conversation.unread
    return placed


async def _position(db: AsyncSession, conversation_id: int, archive_id: str) -> tuple[int, int] | None:
    where = select(M.position, M.id).where(M.conversation_id == conversation_id, M.stanza_id == archive_id)
    row = (await db.execute(where)).first()
    return None if row is None else (row[0], row[1])


_LEARN = (
    update(_MESSAGE)
    .where(M.id == bindparam("row"))
    .values(
        stanza_id=bindparam("archive_id"),
        stamp=bindparam("said_at", type_=M.stamp.type),
        state=bindparam("new_state"),
        state_at=bindparam("new_state_at", type_=M.state_at.type),
        settled=bindparam("certainty"),
    )
)


class _Stretch:
    """One conversation's part of one page, being put in place from the oldest to the newest."""

    def __init__(
        self, db: AsyncSession, account_id: int, conversation: ConversationRow, known: Known, moment: datetime
    ) -> None:
        self.db = db
        self.account_id = account_id
        self.conversation = conversation
        self.known = known
        self.moment = moment
        self.placed = Placed()
        self.inserted: list[tuple[Item, int]] = []
        self.touched = False
        self._after: int | None = None
        self._end_settled = False
        self._end: int | None = None
        self._settled: set[str] = set()

    async def anchor(self, items: Sequence[Item], before: str) -> None:
        """Find the position after which the page begins; None for the very beginning."""
        settled = select(func.max(M.position)).where(
            M.conversation_id == self.conversation.id,
            M.settled >= DATED,
            M.id.not_in([row.id for row in self.known]),
        )
        first = items[0].stamp if items else self.moment
        inside = [row.position for row in self.known if row.settled]
        limit = await self._limit(before) if before else None
        if limit is not None:
            self._end, self._end_settled = limit.id, limit.settled == SETTLED
        if inside:
            # The page is unbroken: what is settled and not in it lies before or behind all of it. The time
            # tells of one that lay inside and was deleted from the archive.
            settled = settled.where(M.position < min(inside), M.stamp <= first)
        elif limit is not None:
            settled = settled.where(M.position < limit.position, M.stamp <= first)
        elif before:
            settled = settled.where(M.stamp < first)
        else:
            # Of two with the same time, one whose place is not known may as well come later.
            earlier = and_(M.settled == DATED, M.stamp < first)
            settled = settled.where(or_(earlier, and_(M.settled == SETTLED, M.stamp <= first)))
        self._after = await self.db.scalar(settled) if items else None

    async def _limit(self, before: str) -> Any:
        """The row that the page ends before: id, position, settled; None when it is elsewhere."""
        rows = select(M.id, M.position, M.settled).where(M.conversation_id == self.conversation.id)
        return (await self.db.execute(rows.where(M.stanza_id == before))).first()

    def judge(self, items: Sequence[Item], *, whole: bool) -> None:
        """Find out which items this page settles.

        A page of the whole archive settles all of its messages. One of a single conversation may reach beyond
        what was read of the whole: it settles only what comes before something settled.
        """
        until = len(items)
        if not whole and not self._end_settled:
            rows = [self.known.get(item) for item in items]
            until = max((n for n, row in enumerate(rows) if row and row.settled == SETTLED), default=0)
        self._settled = {item.archive_id for item in items[:until]}

    def _certainty(self, item: Item) -> int:
        return SETTLED if item.archive_id in self._settled else DATED

    async def run(self, items: Sequence[Item]) -> None:
        """Put every item behind the one before it."""
        place = 0
        while place < len(items):
            row = self.known.get(items[place])
            if row is not None and not self._too_early(row.position):
                self._after = row.position
                place += 1
                continue
            end = place + 1
            while end < len(items) and self._goes_along(items[end]):
                end += 1
            await self._put(items[place:end])
            place = end

    def _too_early(self, position: int) -> bool:
        return self._after is not None and position <= self._after

    def _goes_along(self, item: Item) -> bool:
        row = self.known.get(item)
        return row is None or self._too_early(row.position)

    async def _put(self, items: Sequence[Item]) -> None:
        """Bring items that are new or stand too early between `_after` and what comes next."""
        following = await self._following(items[0].stamp)
        while (positions := spread(self._after, following, len(items))) is None:
            await self._renumber()
            following = await self._following(items[0].stamp)
        new: list[tuple[Item, int]] = []
        for item, position in zip(items, positions, strict=True):
            row = self.known.get(item)
            if row is None:
                new.append((item, position))
            else:
                await self._move(row.id, position)
                row.position = position
        if new:
            await self._insert(new, at_end=following is None)
        if following is not None or len(new) < len(items):
            self.placed.disturbed = True
        self._after = positions[-1]
        self.touched = True

    async def _following(self, stamp: datetime) -> int | None:
        """Position of the row to stand before.

        What is not in the archive, because it failed or was deleted there, keeps its place by its time: it is
        passed over when it is older than what is being put.
        """
        rows = select(M.id, M.position, M.stanza_id, M.stamp, M.settled)
        rows = rows.where(M.conversation_id == self.conversation.id).order_by(M.position).limit(1)
        while True:
            behind = rows if self._after is None else rows.where(M.position > self._after)
            row = (await self.db.execute(behind)).first()
            if row is None:
                return None
            id, position, stanza_id, other, settled = row
            absent = other <= stamp if stanza_id is None else settled == SETTLED and other < stamp
            if not absent or self.known.has(id) or id == self._end:
                return int(position)
            self._after = position

    async def _insert(self, new: Sequence[tuple[Item, int]], *, at_end: bool) -> None:
        rows = [self._row(item, position) for item, position in new]
        # No two rows stand in one place: that tells which is which without an order of the answer.
        inserted = await self.db.execute(insert(_MESSAGE).returning(M.position, M.id), rows)
        known: dict[int, int] = dict(iter(inserted.all()))
        ids = [known[position] for _, position in new]
        await add_files(self.db, {id: item.event.files for (item, _), id in zip(new, ids, strict=True)})
        await index_new(self.db, ids)
        self.inserted += zip((item for item, _ in new), ids, strict=True)
        self.placed.new += [item for item, _ in new if not item.event.mine]
        if at_end:
            self.placed.appended += ids

    def _row(self, item: Item, position: int) -> dict[str, Any]:
        event = item.event
        origin = (
            (event.origin_id or event.id) if event.mine and item.archive_id not in self.known.reused else ""
        )
        return {
            "account_id": self.account_id,
            "conversation_id": self.conversation.id,
            "position": position,
            "stamp": item.stamp,
            "arrived_at": self.moment,
            "sender": event.sender,
            "mine": event.mine,
            "body": event.body,
            "stanza_id": item.archive_id,
            "origin_id": origin or None,
            "said_id": event.id,
            "state": "sent" if event.mine else "",
            "state_at": item.stamp if event.mine else None,
            "markable": event.markable,
            "settled": self._certainty(item),
            **carried(event),
        }

    async def _move(self, id: int, position: int) -> None:
        await self.db.execute(update(_MESSAGE).where(M.id == id).values(position=position))
        follow = update(_CONVERSATION).where(C.id == self.conversation.id, C.displayed_id == id)
        await self.db.execute(follow.values(displayed_position=position))

    async def learn(self, items: Sequence[Item]) -> None:
        """Known rows learn their archive id, its time, and that the server has them."""
        lessons = []
        for item in items:
            row = self.known.get(item)
            if row is None or row.settled >= self._certainty(item):
                continue
            pending = row.state == "pending"
            lessons.append(
                {
                    "row": row.id,
                    "archive_id": item.archive_id,
                    "said_at": item.stamp,
                    "new_state": "sent" if pending else row.state,
                    "new_state_at": item.stamp if pending else row.state_at,
                    "certainty": self._certainty(item),
                }
            )
            if pending:
                self.placed.learned.append(row.id)
            self.touched = True
        if lessons:
            await self.db.execute(_LEARN, lessons)

    async def _renumber(self) -> None:
        """There is no room left between two rows: give all of the conversation their distance back."""
        after = await renumber(self.db, self.conversation.id, self._after)
        ids = [row.id for row in self.known]
        found = await self.db.execute(select(M.id, M.position).where(M.id.in_(ids)))
        positions = {id: position for id, position in found}
        for row in self.known:
            row.position = positions[row.id]
        self._after = after
        self.placed.disturbed = True


def spread(after: int | None, following: int | None, count: int) -> list[int] | None:
    """`count` positions between two rows, None when there is no room; None stands for the open ends.

    Behind the last row and before the first one they have the full distance. Between two rows they keep near
    the earlier one, because what comes next from an archive mostly goes behind them.
    """
    if following is None:
        first = FIRST if after is None else after + STEP
        return [first + n * STEP for n in range(count)]
    if after is None:
        return [following - n * STEP for n in range(count, 0, -1)]
    step = min(INNER, (following - after) // (count + 1))
    return [after + n * step for n in range(1, count + 1)] if step else None


async def renumber(db: AsyncSession, conversation_id: int, follow: int | None = None) -> int | None:
    """Give all rows of a conversation new positions in the same order; the new one of the row at `follow`."""
    here = M.conversation_id == conversation_id
    rows = (await db.execute(select(M.id, M.position).where(here).order_by(M.position))).all()
    new = {position: FIRST + n * STEP for n, (_, position) in enumerate(rows)}
    # By way of negative numbers, so that no two rows ever meet in one place.
    await db.execute(update(_MESSAGE).where(here).values(position=-M.position))
    assign = update(_MESSAGE).where(M.id == bindparam("row")).values(position=bindparam("to"))
    await db.execute(assign, [{"row": id, "to": new[position]} for id, position in rows])
    conversation = select(C.displayed_position).where(C.id == conversation_id)
    displayed = await db.scalar(conversation)
    if displayed is not None:
        up_to = max((position for position in new if position <= displayed), default=None)
        moved = min(displayed, FIRST - 1) if up_to is None else new[up_to]
        await db.execute(
            update(_CONVERSATION).where(C.id == conversation_id).values(displayed_position=moved)
        )
    return None if follow is None else new[follow]
