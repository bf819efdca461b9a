"""This room reads stretches of a conversation for drawing."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, and_, bindparam, false, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from webchat.messages.models import Conversation, Message
from webchat.messages.models.facts import Reaction, Saved
from webchat.messages.store.files import files_of, has_files, of_strangers
from webchat.xmpp.content import SharedFile

M = cast(Table, Message.__table__).c
_TALKS = cast(Table, Conversation.__table__)
C = _TALKS.c
R = cast(Table, Reaction.__table__).c
S = cast(Table, Saved.__table__).c

_REACTED = select(R.id).where(R.message_id == M.id, R.emojis != "[]").exists()
_SAVED = select(S.message_id).where(S.message_id == M.id).exists()


@dataclass(frozen=True, slots=True)
class Line:
    """A message as a value, with what drawing it needs.

    reacted  somebody reacts to it
    saved    it stands on the page "Saved"
    meant_at when it was to go out by itself, if that was earlier
    strange  it comes from somebody the user neither knows nor has answered: nothing of it is fetched unasked
    """

    id: int
    position: int
    stamp: datetime
    mine: bool
    body: str
    state: str
    state_at: datetime | None
    error_condition: str
    sender: str = ""
    occupant_id: str = ""
    has_files: bool = False
    reply_id: str = ""
    spoiler: str | None = None
    unstyled: bool = False
    encryption: str = ""
    hidden: bool = False
    edited_at: datetime | None = None
    gone: str = ""
    gone_by: str = ""
    gone_reason: str = ""
    said_id: str = ""
    stanza_id: str | None = None
    reacted: bool = False
    saved: bool = False
    edit_error: str = ""
    meant_at: datetime | None = None
    emoji: str = ""
    files: tuple[SharedFile, ...] = field(default=(), kw_only=True)
    strange: bool = field(default=False, kw_only=True)


_COLUMNS = (
    M.id,
    M.position,
    M.stamp,
    M.mine,
    M.body,
    M.state,
    M.state_at,
    M.error_condition,
    M.sender,
    M.occupant_id,
    has_files,
    M.reply_id,
    M.spoiler,
    M.unstyled,
    M.encryption,
    M.hidden,
    M.edited_at,
    M.gone,
    M.gone_by,
    M.gone_reason,
    M.said_id,
    M.stanza_id,
    _REACTED,
    _SAVED,
    M.edit_error,
    M.meant_at,
    M.emoji,
)


_BODY = select(M.body).where(M.account_id == bindparam("account"), M.id == bindparam("id"))


async def body(db: AsyncSession, account_id: int, id: int) -> str | None:
    """All of a message's text; None when the account has no such message."""
    return cast("str | None", await db.scalar(_BODY, {"account": account_id, "id": id}))


_LINES = select(*_COLUMNS).where(M.conversation_id == bindparam("conversation")).limit(bindparam("most"))
_NEWEST = _LINES.order_by(M.position.desc())
_BEFORE = _NEWEST.where(M.position < bindparam("place"))
_AFTER = _LINES.order_by(M.position).where(M.position > bindparam("place"))
_TAIL = (
    select(C.id, C.kind, C.title, C.nick, *_COLUMNS)
    .join(_TALKS, C.id == M.conversation_id)
    .where(C.account_id == bindparam("account"), C.jid == bindparam("jid"))
    .order_by(M.position.desc())
    .limit(bindparam("most"))
)


async def lines(
    db: AsyncSession,
    conversation_id: int,
    *,
    before: int | None = None,
    after: int | None = None,
    limit: int = 50,
) -> list[Line]:
    """Messages in order: the newest (before a position, if given), or the first ones after a position."""
    keys = {"conversation": conversation_id, "most": limit}
    if after is not None:
        return await _made(db, await db.execute(_AFTER, keys | {"place": after}))
    if before is not None:
        found = await db.execute(_BEFORE, keys | {"place": before})
    else:
        found = await db.execute(_NEWEST, keys)
    return (await _made(db, found))[::-1]


async def _made(db: AsyncSession, rows: Iterable[Any]) -> list[Line]:
    """Lines with their files."""
    made = [Line(*row) for row in rows]
    having = [line.id for line in made if line.has_files or line.emoji]
    if not having:
        return made
    files = await files_of(db, [line.id for line in made if line.has_files])
    strange = await of_strangers(db, having)
    return [replace(line, files=files.get(line.id, ()), strange=line.id in strange) for line in made]


@dataclass(frozen=True, slots=True)
class Talk:
    """What drawing a message needs of its conversation; `id` is 0 where there is none."""

    id: int = 0
    kind: str = "chat"
    title: str = ""
    nick: str = ""


async def tail(db: AsyncSession, account_id: int, jid: str, limit: int) -> tuple[Talk, list[Line]]:
    """The newest messages of the conversation with this address, and what it is itself."""
    rows = (await db.execute(_TAIL, {"account": account_id, "jid": jid, "most": limit})).all()
    talk = Talk(*rows[0][:4]) if rows else Talk()
    return talk, await _made(db, (row[4:] for row in rows[::-1]))


async def lines_by_id(db: AsyncSession, conversation_id: int, ids: list[int]) -> list[Line]:
    """These messages of a conversation, in order."""
    rows = select(*_COLUMNS).where(M.conversation_id == conversation_id, M.id.in_(ids))
    return await _made(db, await db.execute(rows.order_by(M.position)))


async def line_before(db: AsyncSession, conversation_id: int, position: int) -> Line | None:
    """The message that stands before this position."""
    found = await lines(db, conversation_id, before=position, limit=1)
    return found[0] if found else None


async def message_by_id(db: AsyncSession, account_id: int, id: int) -> tuple[str, int, int] | None:
    """Conversation (its JID and primary key) and position of a message, if it is the account's."""
    found = select(C.jid, C.id, M.position).join(Message, C.id == M.conversation_id)
    row = (await db.execute(found.where(M.id == id, M.account_id == account_id))).first()
    return None if row is None else (row[0], row[1], row[2])


async def last_own(db: AsyncSession, conversation_id: int, limit: int = 1) -> list[int]:
    """Ids of the newest own messages, the newest first."""
    rows = select(M.id).where(M.conversation_id == conversation_id, M.mine == true())
    return list((await db.execute(rows.order_by(M.position.desc()).limit(limit))).scalars())


async def first_unread(db: AsyncSession, conversation_id: int, displayed: int | None) -> int | None:
    """Position of the first message of others after what was displayed."""
    if displayed is None:
        return None
    rows = _theirs(conversation_id).where(M.position > displayed)
    return cast("int | None", await db.scalar(rows.order_by(M.position).limit(1)))


def _theirs(conversation_id: int) -> Any:
    return select(M.position).where(M.conversation_id == conversation_id, M.mine == false())


async def last_markable(
    db: AsyncSession, conversation_id: int, *, after: int | None, up_to: int
) -> str | None:
    """The stanza's own id of their newest message in this stretch that asks for markers (XEP-0333 §4)."""
    rows = select(M.said_id).where(
        and_(M.conversation_id == conversation_id, M.mine == false(), M.markable == true(), M.said_id != ""),
        M.position > (-1 if after is None else after),
        M.position <= up_to,
    )
    return cast("str | None", await db.scalar(rows.order_by(M.position.desc()).limit(1)))
