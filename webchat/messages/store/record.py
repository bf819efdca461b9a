"""This room writes down what arrives live and what is sent; unique keys decide what is known already."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, cast

from sqlalchemy import Table, bindparam, case, false, func, literal, literal_column, or_, select, true, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from webchat.contacts import store as contacts
from webchat.messages.models import FIRST, STEP, Conversation, Message
from webchat.messages.store.conversations import mentions_after, unread_after
from webchat.messages.store.files import add_files
from webchat.messages.store.search import Found, index_later
from webchat.notifications.show import Telling
from webchat.xmpp.content import Emoji, Reply, SharedFile
from webchat.xmpp.events import MessageReceived

_CONVERSATION = cast(Table, Conversation.__table__)
_MESSAGE = cast(Table, Message.__table__)
C = _CONVERSATION.c
M = _MESSAGE.c

SURE_ID = 16
"""From this length on an id is taken for random; shorter ones may be counted and come again."""

NEAR = timedelta(minutes=10)
SOON = timedelta(minutes=1)
"""For messages without an id: a clock may go wrong by so much, and nobody says the same twice that soon."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A message that is new here, and what its conversation says now.

    subscription  of the contact it is with, None for somebody who is not in the roster
    telling       what is told of the conversation
    """

    id: int
    conversation_id: int
    position: int
    stamp: datetime
    unread: int
    mark_stanza_id: str | None
    subscription: str | None
    telling: Telling


_WRITTEN = (
    "stamp",
    "arrived_at",
    "sender",
    "mine",
    "body",
    "stanza_id",
    "origin_id",
    "said_id",
    "state",
    "state_at",
    "markable",
    "occupant_id",
    "reply_id",
    "reply_to",
    "spoiler",
    "unstyled",
    "encryption",
    "mentions_me",
    "emoji",
)


@cache
def _append(dialect: str) -> Any:
    """One statement that puts a message at the end of its conversation, unless a unique key knows it."""
    insert: Callable[..., Any] = (postgresql if dialect == "postgresql" else sqlite).insert
    end = func.coalesce(C.last_position + literal(STEP, M.position.type), literal(FIRST, M.position.type))
    written = [bindparam(name, type_=M[name].type).label(name) for name in _WRITTEN]
    source = select(C.account_id, C.id, end, *written).where(
        C.account_id == bindparam("account"), C.jid == bindparam("conversation")
    )
    return (
        insert(_MESSAGE)
        .from_select(["account_id", "conversation_id", "position", *_WRITTEN], source, include_defaults=False)
        .on_conflict_do_nothing()
        .returning(M.id, M.conversation_id, M.position)
    )


_AT: Any = bindparam("at", type_=M.position.type)
# What came before the first live message of a conversation counts as displayed.
_SINCE = func.coalesce(C.displayed_position, _AT - 1)
_APPENDED = (
    update(_CONVERSATION)
    .where(C.id == bindparam("conversation"))
    .values(
        last_message_id=bindparam("message"),
        last_position=_AT,
        last_at=bindparam("stamp", type_=C.last_at.type),
        displayed_position=_SINCE,
        unread=unread_after(_SINCE),
        mentions=mentions_after(_SINCE),
    )
    .returning(
        C.unread,
        C.mark_stanza_id,
        # In RETURNING names are written without their table, and would be the contact's own.
        contacts.subscription_of(
            literal_column("conversation.account_id"), literal_column("conversation.jid")
        ),
        C.kind,
        C.stranger,
        C.notify,
        C.muted_until,
    )
)
_LIKE = (
    select(M.id, M.stamp)
    .join(_CONVERSATION, C.id == M.conversation_id)
    .where(C.account_id == bindparam("account"), C.jid == bindparam("conversation"))
    .where(
        M.mine == false(),
        M.stanza_id.is_not(None),
        M.said_id == bindparam("said"),
        or_(M.body == bindparam("body"), M.edited_at.is_not(None), M.gone != ""),
    )
    .limit(20)
)


_TOLD = (
    select(M.stamp)
    .join(_CONVERSATION, C.id == M.conversation_id)
    .where(C.account_id == bindparam("account"), C.jid == bindparam("conversation"))
    .where(
        M.sender == bindparam("sender"),
        M.said_id == bindparam("said"),
        or_(M.body == bindparam("body"), M.edited_at.is_not(None), M.gone != ""),
    )
    .order_by(M.position.desc())
    .limit(200)
)


async def _insert(
    db: AsyncSession, account_id: int, jid: str, values: dict[str, Any], files: Sequence[SharedFile] = ()
) -> Recorded | None:
    statement = _append(db.get_bind().dialect.name)
    row = (await db.execute(statement, values | {"account": account_id, "conversation": jid})).first()
    if row is None:
        return None
    stamp = values["stamp"]
    said = await noted(db, {"conversation": row[1], "message": row[0], "at": row[2], "stamp": stamp})
    kept = values | {"account_id": account_id, "conversation_id": row[1], "position": row[2]}
    return await completed(db, said, row[0], kept, files)


async def completed(
    db: AsyncSession, said: "Noted", id: int, row: dict[str, Any], files: Sequence[SharedFile]
) -> Recorded:
    """A message is in its place: its files and its words for search follow. `row`: its columns."""
    if files:
        await add_files(db, {id: files})
    conversation_id, stamp = row["conversation_id"], row["stamp"]
    entry = Found(
        id, row["account_id"], conversation_id, stamp, row["sender"], row["mine"], said.telling.kind
    )
    index_later(db, entry, row["body"], files)
    return said.recorded(id, conversation_id, row["position"], stamp)


@dataclass(frozen=True, slots=True)
class Noted:
    """What a conversation says of itself once its last message was noted."""

    unread: int
    mark_stanza_id: str | None
    subscription: str | None
    telling: Telling

    def recorded(self, id: int, conversation_id: int, position: int, stamp: datetime) -> Recorded:
        """The same with one of the messages that are new in it."""
        said = self.unread, self.mark_stanza_id, self.subscription, self.telling
        return Recorded(id, conversation_id, position, stamp, *said)


async def noted(db: AsyncSession, appended: dict[str, Any]) -> Noted:
    """A conversation learns which message is its last now, and counts what is unread."""
    unread, mark, subscription, *telling = (await db.execute(_APPENDED, appended)).one()
    return Noted(unread, mark, subscription, Telling(*telling))


async def record_received(
    db: AsyncSession, account_id: int, event: MessageReceived, moment: datetime
) -> Recorded | None:
    """Put a live message of somebody else at the end; None when it is known, or its conversation is not.

    `moment` is when it arrived. A message that claims to come from the future is stamped with it.
    """
    stamp = min(event.stamp or moment, moment)
    if not event.stanza_id and await _known_from_archive(db, account_id, event, stamp):
        return None
    if await _told_before(db, account_id, event, stamp):
        return None
    return await _insert(db, account_id, event.conversation, received_values(event, moment), event.files)


def received_values(event: MessageReceived, moment: datetime) -> dict[str, Any]:
    """The row of somebody else's message that arrives now, without its place."""
    stamp = min(event.stamp or moment, moment)
    return _values(event, stamp, moment) | {"origin_id": None, "state": "", "state_at": None}


async def _known_from_archive(
    db: AsyncSession, account_id: int, event: MessageReceived, stamp: datetime
) -> bool:
    """A server that keeps messages for later delivers them without the id that its archive gave them."""
    keys = {"account": account_id, "conversation": event.conversation, "said": event.id, "body": event.body}
    found = await db.execute(_LIKE, keys)
    return any(same_message(event.id, stamp, other) for _, other in found)


async def _told_before(db: AsyncSession, account_id: int, event: MessageReceived, stamp: datetime) -> bool:
    """A room without ids of its own tells its last words again to everybody who enters (XEP-0045 §7.2.13)."""
    if event.kind != "room" or not event.archived or event.stanza_id:
        return False
    keys = {"account": account_id, "conversation": event.conversation, "said": event.id, "body": event.body}
    found = await db.execute(_TOLD, keys | {"sender": event.sender})
    near = NEAR if event.id else SOON
    return any(abs(stamp - other) <= near for (other,) in found)


def same_message(said_id: str, stamp: datetime, other: datetime) -> bool:
    """Whether two messages of one sender with the same id and text are one, by their times."""
    return len(said_id) >= SURE_ID or abs(stamp - other) <= NEAR


def packed(emoji: Iterable[Emoji]) -> str:
    """Pictures that stand for words, as their column has them."""
    return "\n".join(f"{each.cid} {each.alt}" for each in emoji)


def carried(event: MessageReceived) -> dict[str, Any]:
    """What a message carries beside its text, by column."""
    return {
        "occupant_id": event.occupant_id,
        "reply_id": event.reply.id if event.reply else "",
        "reply_to": event.reply.to if event.reply else "",
        "spoiler": event.spoiler,
        "unstyled": event.unstyled,
        "encryption": event.encryption,
        "mentions_me": event.mentions_me,
        "emoji": packed(event.emoji),
    }


def _values(event: MessageReceived, stamp: datetime, moment: datetime) -> dict[str, Any]:
    return {
        **carried(event),
        "stamp": stamp,
        "arrived_at": moment,
        "sender": event.sender,
        "mine": event.mine,
        "body": event.body,
        "stanza_id": event.stanza_id or None,
        "said_id": event.id,
        "markable": event.markable,
    }


_OWN_BY_ID = (
    select(M.id, M.body, M.stanza_id, or_(M.edited_at.is_not(None), M.gone != ""))
    .join(_CONVERSATION, C.id == M.conversation_id)
    .where(C.account_id == bindparam("account"), C.jid == bindparam("conversation"))
    .where(M.mine == true(), or_(M.origin_id == bindparam("origin"), M.said_id == bindparam("origin")))
    .order_by(M.position.desc())
)


async def record_own(
    db: AsyncSession, account_id: int, event: MessageReceived, moment: datetime
) -> Recorded | int | None:
    """Put an own message that another client sent at the end.

    Returns what was recorded; or the id of our own row that this is, with what it taught us written down; or
    None when there is nothing new in it.
    """
    origin = event.origin_id or event.id
    stamp = min(event.stamp or moment, moment)
    if not origin and await _told_before(db, account_id, event, stamp):
        return None
    if origin:
        keys = {"account": account_id, "conversation": event.conversation, "origin": origin}
        for id, body, stanza_id, altered in (await db.execute(_OWN_BY_ID, keys)).all():
            if not event.stanza_id or stanza_id in (None, event.stanza_id):
                return await _learn(db, id, event.stanza_id, moment)
            if altered or body == event.body:
                return None
            # A client that counts its ids began anew: this is another message.
            origin = ""
    values = _values(event, stamp, moment)
    values |= {"origin_id": origin or None, "state": "sent", "state_at": stamp}
    return await _insert(db, account_id, event.conversation, values, event.files)


async def _learn(db: AsyncSession, id: int, stanza_id: str, moment: datetime) -> int | None:
    """Our own row came back: the server has it."""
    pending = M.state == "pending"
    news = or_(pending, M.stanza_id.is_(None)) if stanza_id else pending
    learned = (
        update(_MESSAGE)
        .where(M.id == id, news)
        .values(
            stanza_id=func.coalesce(M.stanza_id, stanza_id or None),
            state=case((pending, "sent"), else_=M.state),
            state_at=case((pending, moment), else_=M.state_at),
        )
        .returning(M.id)
    )
    return cast("int | None", await db.scalar(learned))


async def is_said(db: AsyncSession, account_id: int, id: str) -> bool:
    """Whether an own message of this id is here (a form sent twice)."""
    known = select(M.id).where(M.account_id == account_id, M.said_id == id, M.mine == true())
    return await db.scalar(known) is not None


async def add_outgoing(
    db: AsyncSession,
    account_id: int,
    to: str,
    text: str,
    *,
    id: str,
    sender: str,
    moment: datetime,
    reply: Reply | None = None,
    spoiler: str | None = None,
    files: Sequence[SharedFile] = (),
    emoji: Sequence[Emoji] = (),
) -> Recorded | None:
    """Put what the user just wrote at the end, pending; None when `id` is known (a form sent twice)."""
    if await is_said(db, account_id, id):
        return None
    values = {
        "stamp": moment,
        "arrived_at": moment,
        "sender": sender,
        "mine": True,
        "body": text,
        "stanza_id": None,
        "origin_id": id,
        "said_id": id,
        "state": "pending",
        "state_at": moment,
        "markable": False,
        "occupant_id": "",
        "reply_id": reply.id if reply else "",
        "reply_to": reply.to if reply else "",
        "spoiler": spoiler,
        "unstyled": False,
        "encryption": "",
        "mentions_me": False,
        "emoji": packed(emoji),
    }
    return await _insert(db, account_id, to, values, files)
