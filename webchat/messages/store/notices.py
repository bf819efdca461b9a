"""This room holds the queries about what is told: modes and mutes, what a notice says, what is unread."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, and_, bindparam, case, false, func, literal, or_, select, true, update
from sqlalchemy.ext.asyncio import AsyncSession

from webchat.db.base import now
from webchat.messages.models import Conversation, Message
from webchat.messages.store.conversations import unread_after
from webchat.notifications.show import FRESH, NEVER, Telling

_TABLE = cast(Table, Conversation.__table__)
C = _TABLE.c
M = cast(Table, Message.__table__).c

_TELLING = (C.kind, C.stranger, C.notify, C.muted_until)
_ONE = select(*_TELLING).where(C.account_id == bindparam("account"), C.jid == bindparam("jid"))


async def telling(db: AsyncSession, account_id: int, jid: str) -> Telling:
    """What is told of this conversation; the usual where there is none yet."""
    row = (await db.execute(_ONE, {"account": account_id, "jid": jid})).first()
    return Telling() if row is None else Telling(*row)


async def set_telling(
    db: AsyncSession, account_id: int, jid: str, *, notify: str, muted_until: datetime | None
) -> None:
    """Choose what is told of a conversation; "" is what is usual for its kind."""
    chosen = update(_TABLE).where(C.account_id == account_id, C.jid == jid)
    await db.execute(chosen.values(notify=notify, muted_until=muted_until))


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """An unread message as a notice shows it."""

    id: int
    jid: str
    kind: str
    title: str
    sender: str
    body: str
    encryption: str
    spoiler: str | None


_THESE = (
    select(M.id, C.jid, C.kind, C.title, M.sender, func.substr(M.body, 1, 2000), M.encryption, M.spoiler)
    .join(_TABLE, C.id == M.conversation_id)
    .where(M.account_id == bindparam("account"), M.id.in_(bindparam("ids", expanding=True)))
    .order_by(M.id)
)
_NOTICES = _THESE.where(
    M.arrived_at > bindparam("since", type_=M.arrived_at.type), M.hidden == false()
).where(or_(C.displayed_position.is_(None), C.displayed_position < M.position))


async def notices(db: AsyncSession, account_id: int, ids: list[int], moment: datetime) -> list[NoticeRow]:
    """Those of these messages that are still news, in order of arrival."""
    keys = {"account": account_id, "ids": ids, "since": moment - FRESH}
    return [NoticeRow(*row) for row in await db.execute(_NOTICES, keys)]


async def notices_of(db: AsyncSession, account_id: int, ids: list[int]) -> list[NoticeRow]:
    """These messages, whenever they came."""
    return [NoticeRow(*row) for row in await db.execute(_THESE, {"account": account_id, "ids": ids})]


_READ = select(C.jid).where(
    C.account_id == bindparam("account"), C.jid.in_(bindparam("jids", expanding=True)), C.unread == 0
)


async def all_read(db: AsyncSession, account_id: int, jids: list[str]) -> list[str]:
    """Those of these conversations in which nothing is unread."""
    return list((await db.execute(_READ, {"account": account_id, "jids": jids})).scalars()) if jids else []


async def unread_ends(db: AsyncSession, account_id: int) -> list[tuple[str, int]]:
    """Conversations in which something is unread, and the last message of each."""
    rows = select(C.jid, C.last_message_id).where(C.account_id == account_id, C.unread > 0)
    found = await db.execute(rows.where(C.last_message_id.is_not(None)).order_by(C.last_at.desc()))
    return [(row[0], row[1]) for row in found]


async def chosen(db: AsyncSession, account_id: int, moment: datetime) -> list[tuple[str, str, Telling]]:
    """Conversations with a mode of their own or a mute: JID, title, what is told; the newest first."""
    own = or_(C.notify != "", C.muted_until > moment)
    rows = select(C.jid, C.title, *_TELLING).where(C.account_id == account_id, own)
    found = await db.execute(rows.order_by(C.last_at.desc(), C.id.desc()).limit(200))
    return [(row[0], row[1], Telling(*row[2:])) for row in found]


def _meant() -> Any:
    """Unread messages that are meant for the user: all of a person's, those of a room that name them."""
    quiet = or_(
        C.stranger == true(),
        C.notify == NEVER,
        C.muted_until > bindparam("moment", type_=C.muted_until.type),
    )
    return case((quiet, 0), (C.kind == "room", C.mentions), else_=C.unread)


_TOTAL = select(func.coalesce(func.sum(_meant()), 0)).where(
    C.account_id == bindparam("account"), C.unread > 0
)


async def unread_total(db: AsyncSession, account_id: int) -> int:
    """The number of the title: direct messages and mentions; nothing of strangers or of what is muted."""
    return int(await db.scalar(_TOTAL, {"account": account_id, "moment": now()}) or 0)


async def mark_unread(db: AsyncSession, conversation_id: int, position: int) -> None:
    """From this position on everything is unread again: the one way back that the mark has."""
    here = and_(M.conversation_id == conversation_id, M.position < position)
    before = (
        await db.execute(select(M.position, M.id).where(here).order_by(M.position.desc()).limit(1))
    ).first()
    known = select(M.stanza_id).where(here, M.stanza_id.is_not(None)).order_by(M.position.desc()).limit(1)
    at, id = before or (0, None)
    mentioned = and_(M.conversation_id == C.id, M.mine == false(), M.mentions_me == true(), M.position > at)
    back = {
        "displayed_position": at,
        "displayed_id": id,
        "displayed_stanza_id": await db.scalar(known),
        "mark_stanza_id": None,
        "unread": unread_after(literal(at, M.position.type)),
        "mentions": select(func.count()).where(mentioned).correlate(_TABLE).scalar_subquery(),
    }
    moved = update(_TABLE).where(C.id == conversation_id)
    await db.execute(
        moved.where(or_(C.displayed_position.is_(None), C.displayed_position > at)).values(**back)
    )
