"""This room holds the queries about conversations: finding them, their list, how far they were read."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Select, Table, and_, bindparam, case, false, func, null, or_, select, true, update
from sqlalchemy.ext.asyncio import AsyncSession

from webchat.db import once
from webchat.db.insert import insert_or_ignore
from webchat.messages.models import ArchiveState, Attachment, Conversation, Draft, Message

A = cast(Table, ArchiveState.__table__).c
C = cast(Table, Conversation.__table__).c
F = cast(Table, Attachment.__table__).c
M = cast(Table, Message.__table__).c
_TABLE = cast(Table, Conversation.__table__)
_LAST = cast(Table, Message.__table__).alias("last")


@dataclass(frozen=True, slots=True)
class ConversationRow:
    """A conversation as a value; the last fields are filled by `conversations` only."""

    id: int
    jid: str
    unread: int
    displayed_position: int | None
    displayed_id: int | None
    displayed_stanza_id: str | None
    published_stanza_id: str | None
    mark_stanza_id: str | None
    last_message_id: int | None
    last_position: int | None
    last_at: datetime | None
    history_start: bool
    stranger: bool
    kind: str = "chat"
    mentions: int = 0
    title: str = ""
    nick: str = ""
    joined: bool = False
    pinned: bool = False
    notify: str = ""
    muted_until: datetime | None = None
    last_body: str = ""
    last_mine: bool = False
    last_state: str = ""
    draft: str = ""
    last_sender: str = ""
    last_note: str = ""


_COLUMNS = (
    C.id,
    C.jid,
    C.unread,
    C.displayed_position,
    C.displayed_id,
    C.displayed_stanza_id,
    C.published_stanza_id,
    C.mark_stanza_id,
    C.last_message_id,
    C.last_position,
    C.last_at,
    C.history_start,
    C.stranger,
    C.kind,
    C.mentions,
    C.title,
    C.nick,
    C.joined,
    C.pinned,
    C.notify,
    C.muted_until,
)
_BY_JID = select(*_COLUMNS).where(C.account_id == bindparam("account"), C.jid == bindparam("conversation"))
_BY_ID = select(*_COLUMNS).where(C.account_id == bindparam("account"), C.id == bindparam("conversation"))


async def conversation_by_jid(db: AsyncSession, account_id: int, jid: str) -> ConversationRow | None:
    """The conversation with this bare JID, if there is one."""
    known = once.kept(db, "conversation")
    if (account_id, jid) not in known:
        row = (await db.execute(_BY_JID, {"account": account_id, "conversation": jid})).first()
        known[account_id, jid] = _value(row)
    found: ConversationRow | None = known[account_id, jid]
    return found


async def conversation_by_id(db: AsyncSession, account_id: int, id: int) -> ConversationRow | None:
    """The conversation with this primary key, if it is the account's."""
    return _value((await db.execute(_BY_ID, {"account": account_id, "conversation": id})).first())


def _value(row: Any) -> ConversationRow | None:
    return None if row is None else ConversationRow(*row)


async def ensure_conversation(
    db: AsyncSession, account_id: int, jid: str, *, stranger: bool = False, kind: str = "chat"
) -> ConversationRow:
    """The conversation with this JID, made now if need be; `stranger` and `kind` only count for a new one."""
    while (found := await conversation_by_jid(db, account_id, jid)) is None:
        filled = await db.scalar(select(A.filled).where(A.account_id == account_id))
        # What comes after the first fill is new, until something says that it was displayed.
        start = {"displayed_position": 0} if filled else {}
        new = {"account_id": account_id, "jid": jid, "stranger": stranger, "kind": kind, **start}
        await insert_or_ignore(db, _TABLE, new)
    return found


async def update_conversation(db: AsyncSession, id: int, **values: Any) -> None:
    """Set columns of one conversation."""
    await db.execute(update(_TABLE).where(C.id == id).values(**values))


def _note(last: Any) -> Any:
    """Why the last message's words do not stand in the list: a key of webchat.messages.show.beside.NOTES."""
    return case(
        (last.gone != "", last.gone),
        (last.hidden == true(), "hidden"),
        (last.encryption != "", "encrypted"),
        (last.spoiler.is_not(None), "covered"),
        (last.body == "", func.coalesce(_file_note(last), "")),
        else_="",
    )


def _file_note(last: Any) -> Any:
    """What a message without words brings: its first file."""
    named = [func.lower(F.name).like(f"%.{ending}") for ending in ("jpg", "jpeg", "png", "gif", "webp")]
    kind = case(
        (F.voice == true(), "voice"),
        (or_(F.media_type.like("image/%"), *named), "picture"),
        (F.media_type.like("audio/%"), "sound"),
        (F.media_type.like("video/%"), "film"),
        else_="file",
    )
    return select(kind).where(F.message_id == last.id, F.place == 0).scalar_subquery()


def _list() -> Select[Any]:
    drafts = cast(Table, Draft.__table__).c
    last = _LAST.c
    return (
        select(
            *_COLUMNS,
            func.coalesce(func.substr(last.body, 1, 2000), ""),
            func.coalesce(last.mine, false()),
            func.coalesce(last.state, ""),
            func.coalesce(func.substr(drafts.text, 1, 2000), ""),
            func.coalesce(last.sender, ""),
            _note(last),
        )
        .select_from(
            _TABLE.outerjoin(_LAST, last.id == C.last_message_id).outerjoin(
                Draft.__table__, drafts.conversation_id == C.id
            )
        )
        .where(C.account_id == bindparam("account"))
        .order_by(C.last_at.desc(), C.id.desc())
        .limit(bindparam("most"))
    )


_LIST = _list()
_TALKS = _LIST.where(C.last_at.is_not(None))
_NAMED = _LIST.where(C.jid.in_(bindparam("jids", expanding=True)))


async def conversations(
    db: AsyncSession, account_id: int, *, jids: list[str] | None = None, limit: int = 500
) -> list[ConversationRow]:
    """The list of conversations, newest first, with what each row shows; only those of `jids` if given.

    A conversation without a message stands in it once it was opened on purpose (it has a `last_at`).
    """
    keys = {"account": account_id, "most": limit}
    statement = _TALKS if jids is None else _NAMED
    found: Any = await db.execute(statement, keys if jids is None else keys | {"jids": jids})
    return [ConversationRow(*row) for row in found]


def unread_after(position: Any) -> Any:
    """How many messages of others stand after `position` in the conversation of the enclosing statement."""
    return (
        select(func.count())
        .where(M.conversation_id == C.id, M.mine == false(), M.position > position)
        .correlate(_TABLE)
        .scalar_subquery()
    )


def mentions_after(position: Any) -> Any:
    """How many of them name the user."""
    return (
        select(func.count())
        .where(M.conversation_id == C.id, M.mine == false(), M.position > position, M.mentions_me == true())
        .correlate(_TABLE)
        .scalar_subquery()
    )


def _archive_id_up_to(position: Any) -> Any:
    return (
        select(M.stanza_id)
        .where(M.conversation_id == C.id, M.position <= position, M.stanza_id.is_not(None))
        .order_by(M.position.desc())
        .limit(1)
        .correlate(_TABLE)
        .scalar_subquery()
    )


_POSITION: Any = bindparam("up_to", type_=C.displayed_position.type)
_MOVE = (
    update(_TABLE)
    .where(C.id == bindparam("conversation"))
    .where(or_(C.displayed_position.is_(None), C.displayed_position < _POSITION))
    .values(
        displayed_position=_POSITION,
        displayed_id=bindparam("message"),
        displayed_stanza_id=func.coalesce(_archive_id_up_to(_POSITION), C.displayed_stanza_id),
        unread=unread_after(_POSITION),
        mentions=mentions_after(_POSITION),
    )
    .returning(C.id)
)


async def move_displayed(db: AsyncSession, conversation_id: int, position: int, message_id: int) -> bool:
    """Everything up to `message_id`, which stands at `position`, was displayed. True if that is news.

    The one function that moves the mark, and only forward; `unread` is counted anew with it.
    """
    values = {"conversation": conversation_id, "up_to": position, "message": message_id}
    return (await db.execute(_MOVE, values)).first() is not None


def _newest(column: Any) -> Any:
    return (
        select(column)
        .where(M.conversation_id == C.id)
        .order_by(M.position.desc())
        .limit(1)
        .correlate(_TABLE)
        .scalar_subquery()
    )


_REFRESH = (
    update(_TABLE)
    .where(C.id == bindparam("conversation"))
    .values(
        last_message_id=_newest(M.id),
        last_position=_newest(M.position),
        # A closed conversation stays so when only older messages were read.
        last_at=case(
            (and_(C.last_at.is_(None), C.last_message_id == _newest(M.id)), null()),
            else_=func.coalesce(_newest(M.stamp), C.last_at),
        ),
        unread=unread_after(C.displayed_position),
        mentions=mentions_after(C.displayed_position),
    )
    .returning(C.unread)
)


async def refresh(db: AsyncSession, conversation_id: int) -> int:
    """Say anew what a conversation says of its messages: the last one, and how many are unread (returned)."""
    return int(await db.scalar(_REFRESH, {"conversation": conversation_id}) or 0)


async def first_line(db: AsyncSession, conversation_id: int) -> int | None:
    """Id of the first message."""
    rows = select(M.id).where(M.conversation_id == conversation_id).order_by(M.position).limit(1)
    return cast("int | None", await db.scalar(rows))


async def display_before(db: AsyncSession, conversation_id: int, message_id: int | None) -> None:
    """Everything that stands before this message counts as displayed; None: everything there is."""
    rows = select(M.position, M.id).where(M.conversation_id == conversation_id)
    if message_id is not None:
        limit = select(M.position).where(M.id == message_id).scalar_subquery()
        rows = rows.where(M.position < limit)
    row = (await db.execute(rows.order_by(M.position.desc()).limit(1))).first()
    if row is not None:
        await move_displayed(db, conversation_id, row[0], row[1])


async def welcome(db: AsyncSession, conversation_id: int) -> None:
    """The other side is no stranger: they are in the roster, or were answered."""
    stranger = update(_TABLE).where(C.id == conversation_id, C.stranger == true())
    await db.execute(stranger.values(stranger=False))


async def strangers(db: AsyncSession, account_id: int) -> list[str]:
    """The newest conversations with strangers."""
    rows = select(C.jid).where(C.account_id == account_id, C.stranger == true())
    return list((await db.execute(rows.order_by(C.last_at.desc()).limit(200))).scalars())


async def note_mark(db: AsyncSession, conversation_id: int, stanza_id: str, *, here: bool) -> None:
    """What other clients know about a conversation; a mark whose message is not here yet waits for it."""
    if here:
        await update_conversation(db, conversation_id, published_stanza_id=stanza_id, mark_stanza_id=None)
    else:
        await update_conversation(db, conversation_id, mark_stanza_id=stanza_id)


async def by_archive_id(db: AsyncSession, conversation_id: int, stanza_id: str) -> tuple[int, int] | None:
    """Id and position of the message with this archive id."""
    found = select(M.id, M.position).where(M.conversation_id == conversation_id, M.stanza_id == stanza_id)
    row = (await db.execute(found)).first()
    return None if row is None else (row[0], row[1])


async def unpublished(db: AsyncSession, account_id: int) -> list[str]:
    """Conversations whose read mark our other clients do not know yet."""
    rows = select(C.jid).where(C.account_id == account_id, C.displayed_stanza_id.is_not(None))
    # XEP-0490 §3 knows bare addresses only.
    rows = rows.where(C.kind != "whisper")
    news = or_(C.published_stanza_id.is_(None), C.published_stanza_id != C.displayed_stanza_id)
    return list((await db.execute(rows.where(news).order_by(C.last_at.desc()).limit(200))).scalars())


async def open_conversation(db: AsyncSession, account_id: int, jid: str, moment: datetime) -> ConversationRow:
    """A conversation that the user wants to begin: it stands in the list before anything is said."""
    found = await ensure_conversation(db, account_id, jid)
    if found.last_at is None:
        await update_conversation(db, found.id, last_at=moment)
    return found


async def close_conversation(db: AsyncSession, account_id: int, jid: str) -> bool:
    """Out of the list, unless something in it is unread; the next message brings it back. True if news."""
    listed = C.account_id == account_id, C.jid == jid, C.last_at.is_not(None), C.unread == 0
    return await db.scalar(update(_TABLE).where(*listed).values(last_at=None).returning(C.id)) is not None
