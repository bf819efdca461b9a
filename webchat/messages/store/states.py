"""This room carries own messages from pending to displayed, never back, and holds early receipts."""

from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, and_, bindparam, delete, false, func, or_, select, text, true, update
from sqlalchemy.ext.asyncio import AsyncSession

from webchat.db.insert import insert_or_ignore
from webchat.messages.models import OPEN_STATES, SETTLED, Conversation, Gap, Message, Receipt, RemovedMessage
from webchat.messages.store.conversations import refresh
from webchat.messages.store.search import drop_from_index

_MESSAGE = cast(Table, Message.__table__)
_RECEIPT = cast(Table, Receipt.__table__)
_GAP = cast(Table, Gap.__table__)
_REMOVED = cast(Table, RemovedMessage.__table__)
C = cast(Table, Conversation.__table__).c
M = _MESSAGE.c
R = _RECEIPT.c
G = _GAP.c

_NOTHING_DISPLAYED = {"displayed_position": 0, "displayed_id": None}

MOST_HELD = 200
"""Receipts for messages that are not here which one conversation may have waiting."""


_ROW = M.id == bindparam("row")
_NOW: Any = bindparam("moment", type_=M.state_at.type)
# What is said in a room is sent when the room has said it to all, us among them (XEP-0045 §7.4).
_NOT_IN_A_ROOM = select(C.kind).where(C.id == M.conversation_id).scalar_subquery() != "room"
_SENT = (
    update(_MESSAGE)
    .where(M.account_id == bindparam("account"), M.said_id == bindparam("said"), M.mine == true())
    .where(M.state == "pending", _NOT_IN_A_ROOM)
    .values(state="sent", state_at=_NOW)
    .returning(M.id, M.conversation_id)
)
_TAKEN = (
    select(M.conversation_id, M.position)
    .where(M.account_id == bindparam("account"), M.said_id == bindparam("said"), M.mine == true())
    .where(M.settled != SETTLED, _NOT_IN_A_ROOM)
    .subquery()
)
_OVERTAKEN = (
    select(M.id)
    .where(M.conversation_id == _TAKEN.c.conversation_id, M.position > _TAKEN.c.position, M.mine == false())
    .limit(1)
)
_LAST_OWN = (
    select(M.settled)
    .where(M.conversation_id == bindparam("conversation"), M.mine == true())
    .where(M.position < bindparam("place"))
    .order_by(M.position.desc())
    .limit(1)
)
_SAID = (
    select(M.id, M.position)
    .where(M.conversation_id == bindparam("conversation"), M.mine == bindparam("mine"))
    .where(or_(M.said_id == bindparam("said"), M.origin_id == bindparam("said")))
    .order_by(M.position.desc())
    .limit(1)
)
_RECEIVED = (
    update(_MESSAGE)
    .where(_ROW, or_(M.state == "pending", M.state == "sent", M.state == "failed"))
    .values(state="received", state_at=_NOW, error_condition="", error_text="")
    .returning(M.id)
)
_DISPLAYED = (
    update(_MESSAGE)
    .where(
        M.conversation_id == bindparam("conversation"), M.position <= bindparam("up_to"), text(OPEN_STATES)
    )
    .values(state="displayed", state_at=_NOW)
    .returning(M.id)
)


async def sent(db: AsyncSession, account_id: int, said_id: str, moment: datetime) -> tuple[str, int] | None:
    """The server took our message over (XEP-0198 §4): conversation and message, if that is news."""
    row = (await db.execute(_SENT, {"account": account_id, "said": said_id, "moment": moment})).first()
    if row is None:
        return None
    return str(await db.scalar(select(C.jid).where(C.id == row[1]))), row[0]


async def overtaken(db: AsyncSession, account_id: int, said_id: str) -> bool:
    """Whether somebody else's message stands after this one of ours, which the server has only just taken.

    Not when the archive has told its place already. Its state may be anything: receipts come early, too.
    """
    return (await db.execute(_OVERTAKEN, {"account": account_id, "said": said_id})).first() is not None


async def follows_unsettled(db: AsyncSession, conversation_id: int, position: int) -> bool:
    """Whether the last own message before this position is one whose place the archive has not told."""
    last = await db.scalar(_LAST_OWN, {"conversation": conversation_id, "place": position})
    return last is not None and last != SETTLED


async def said(db: AsyncSession, conversation_id: int, said_id: str, *, mine: bool) -> tuple[int, int] | None:
    """Id and position of the newest message of this side with the stanza's own id (or our origin-id)."""
    keys = {"conversation": conversation_id, "said": said_id, "mine": mine}
    row = (await db.execute(_SAID, keys)).first()
    return None if row is None else (row[0], row[1])


async def received(db: AsyncSession, message_id: int, moment: datetime) -> bool:
    """XEP-0184: our message arrived; that outweighs an error from another of their devices. True if news."""
    return (await db.execute(_RECEIVED, {"row": message_id, "moment": moment})).first() is not None


async def displayed_up_to(
    db: AsyncSession, conversation_id: int, message_id: int, position: int, moment: datetime
) -> list[int]:
    """XEP-0333 §4: this own message and all earlier ones were displayed; ids of those for which it is news.

    A failed one stays failed unless it is the one that the marker names.
    """
    await received(db, message_id, moment)
    stretch = {"conversation": conversation_id, "up_to": position, "moment": moment}
    return sorted((await db.execute(_DISPLAYED, stretch)).scalars().all())


async def fail(
    db: AsyncSession,
    account_id: int,
    said_id: str,
    sources: list[str],
    condition: str,
    reason: str,
    moment: datetime,
) -> tuple[str, int] | None:
    """Our message came back as an error: conversation and message, if that is news.

    sources  conversations for which the error may speak; empty when it comes from our own server
    """
    known = (
        select(M.id, C.jid)
        .join(Conversation, C.id == M.conversation_id)
        .where(M.account_id == account_id, M.said_id == said_id, M.mine == true())
        .where(M.state.in_(("pending", "sent")))
    )
    if sources:
        known = known.where(
            or_(C.jid.in_(sources), *(C.jid.endswith("@" + jid, autoescape=True) for jid in sources))
        )
    row = (await db.execute(known)).first()
    if row is None:
        return None
    failed: dict[str, Any] = {"state": "failed", "state_at": moment}
    failed |= {"error_condition": condition[:64], "error_text": reason[:1000]}
    await db.execute(update(_MESSAGE).where(M.id == row[0]).values(**failed))
    return row[1], row[0]


async def retry(
    db: AsyncSession, account_id: int, message_id: int, moment: datetime
) -> tuple[str, str, str] | None:
    """Make a failed message pending again: conversation, text and id to send; None when it has not failed."""
    again = (
        update(_MESSAGE)
        .where(M.account_id == account_id, M.id == message_id, M.mine == true(), M.state == "failed")
        .values(state="pending", state_at=moment, error_condition="", error_text="")
        .returning(M.conversation_id, M.body, M.said_id)
    )
    row = (await db.execute(again)).first()
    if row is None:
        return None
    return str(await db.scalar(select(C.jid).where(C.id == row[0]))), row[1], row[2]


async def remove_failed(db: AsyncSession, account_id: int, message_id: int) -> str | None:
    """Forget an own failed message, also when the archive has it; its own id, None when there is none.

    Servers archive what they could not deliver (XEP-0313 §5.1 names no exception), and say nothing of the
    error there.
    """
    failed = M.account_id == account_id, M.id == message_id, M.mine == true(), M.state == "failed"
    row = (await db.execute(select(M.conversation_id, M.said_id).where(*failed))).first()
    if row is None:
        return None
    await insert_or_ignore(db, _REMOVED, {"conversation_id": row[0], "said_id": row[1]})
    return await remove(db, account_id, message_id)


async def remove(db: AsyncSession, account_id: int, message_id: int) -> str | None:
    """Forget a message; its own id, None when there is no such message.

    What stood at its place moves to the message before it: the next one may get the same position.
    """
    this = M.account_id == account_id, M.id == message_id
    row = (await db.execute(select(M.conversation_id, M.position, M.said_id).where(*this))).first()
    if row is None:
        return None
    here = M.conversation_id == row[0], M.position < row[1]
    rows = select(M.id, M.position).where(*here).order_by(M.position.desc()).limit(1)
    above = (await db.execute(rows)).first()
    marked = update(Conversation).where(C.id == row[0], C.displayed_position == row[1])
    mark = {"displayed_position": above[1], "displayed_id": above[0]} if above else _NOTHING_DISPLAYED
    await db.execute(marked.values(**mark))
    if above is not None:
        taken = select(G.id).where(G.message_id == above[0])
        if await db.scalar(taken) is None:
            await db.execute(update(_GAP).where(G.message_id == message_id).values(message_id=above[0]))
    await drop_from_index(db, message_id)
    await db.execute(delete(_MESSAGE).where(M.id == message_id))
    await refresh(db, row[0])
    return str(row[2])


async def hold_receipt(
    db: AsyncSession, conversation_id: int, said_id: str, kind: str, sender: str, moment: datetime
) -> None:
    """Keep a receipt whose message is not here, for when it comes from the archive; the newest few only."""
    keys = {"conversation_id": conversation_id, "said_id": said_id, "kind": kind, "sender": sender}
    new = await insert_or_ignore(db, _RECEIPT, keys | {"stamp": moment})
    if new is not None:
        kept = select(R.id).where(R.conversation_id == conversation_id).order_by(R.id.desc()).limit(MOST_HELD)
        limit = select(func.min(kept.subquery().c.id)).scalar_subquery()
        await db.execute(delete(_RECEIPT).where(R.conversation_id == conversation_id, R.id < limit))


async def catch_up_states(db: AsyncSession, conversation_id: int, ids: list[int]) -> None:
    """Own messages that just came from the archive learn what was said about them before they came."""
    early = (
        select(M.id, M.position, R.kind, R.stamp)
        .join(_RECEIPT, and_(R.conversation_id == M.conversation_id, R.said_id == M.said_id))
        .where(M.id.in_(ids), M.mine == true())
        .order_by(M.position)
    )
    for id, position, kind, stamp in (await db.execute(early)).all():
        if kind == "displayed":
            await displayed_up_to(db, conversation_id, id, position, stamp)
        else:
            await received(db, id, stamp)
    # What stands before something displayed was displayed with it.
    newest = select(M.position, M.state_at).where(M.conversation_id == conversation_id, M.mine == true())
    last = (
        await db.execute(newest.where(M.state == "displayed").order_by(M.position.desc()).limit(1))
    ).first()
    if last is not None:
        before = update(_MESSAGE).where(M.conversation_id == conversation_id, M.position < last[0])
        await db.execute(before.where(text(OPEN_STATES)).values(state="displayed", state_at=last[1]))
