"""This room keeps what messages are found by and asks for it.

A message is known by its folded words and by labels ("it is in conversation 7", "it has a link"). Each begins
with the account, so an account's words lie together and no question can reach those of another.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple, cast

from sqlalchemy import Table, and_, bindparam, delete, false, func, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from webchat.db import words as index
from webchat.db.late import do_now, put_off
from webchat.db.words import moment_of
from webchat.markup.words import Term, words
from webchat.messages.models import Conversation, Message, MessageWords
from webchat.messages.store.files import files_of, has_files
from webchat.web.dom import key as short
from webchat.xmpp import jid as jids
from webchat.xmpp.content import SharedFile

_WORDS = cast(Table, MessageWords.__table__)
W = _WORDS.c
M = cast(Table, Message.__table__).c
C = cast(Table, Conversation.__table__).c

_LINK = re.compile(r"https?://", re.IGNORECASE)

ME, THEM, LINK, IMAGE, FILE = ".me", ".them", ".link", ".image", ".file"
"""Labels of messages; those with a name in them are made by `in_conversation` and `by`."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for: every term, one label of each group, said between `since` and `until` (excluded).

    unread  only what others said and was not displayed
    """

    terms: Sequence[Term] = ()
    labels: Sequence[Collection[str]] = ()
    since: datetime | None = None
    until: datetime | None = None
    unread: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """A message that was found; `moment` is where older ones go on."""

    moment: int
    id: int
    jid: str
    kind: str
    title: str
    mine: bool
    sender: str
    stamp: datetime
    body: str
    spoiler: str | None


def in_conversation(id: int) -> str:
    """The label of what was said in a conversation."""
    return f".c{id:d}"


def by(name: str) -> str:
    """The label of what a person (bare JID) said, or an occupant of a room (nick)."""
    return f".f{short(name)}" if "@" in name else f".n{''.join(words(name))[:64]}"


# ---- keeping it

_ROWS = (
    select(
        M.id,
        M.account_id,
        M.conversation_id,
        M.stamp,
        M.sender,
        M.mine,
        M.body,
        C.kind,
        has_files.label("has_files"),
    )
    .join(Conversation, C.id == M.conversation_id)
    .where(M.id.in_(bindparam("ids", expanding=True)))
)


def entry(row: Any, body: str, files: Sequence[SharedFile] = ()) -> dict[str, Any]:
    """The row of the index for a message; `row` is one of `_ROWS`, `body` what is to be found."""
    labels = [in_conversation(row.conversation_id), ME if row.mine else THEM]
    if row.kind == "chat":
        labels.append(by(jids.bare(row.sender)))
    elif nick := jids.resource(row.sender):
        labels.append(by(nick.replace("@", "")))
    if _LINK.search(body):
        labels.append(LINK)
    for file in files:
        labels += [FILE, IMAGE] if file.media_type.startswith("image/") else [FILE]
    text = "\n".join([body, *(f"{file.name} {file.description}" for file in files)])
    known = dict.fromkeys([*labels, *words(text)])
    return {
        "moment": moment_of(row.stamp, row.id),
        "message_id": row.id,
        "words": " ".join(f"{row.account_id:d}_{word}" for word in known),
    }


class Found(NamedTuple):
    """What the index says of a message beside its words."""

    id: int
    account_id: int
    conversation_id: int
    stamp: datetime
    sender: str
    mine: bool
    kind: str


def index_later(db: AsyncSession, row: Found, body: str, files: Sequence[SharedFile] = ()) -> None:
    """Make a message that was just written down findable when the transaction ends, together with others."""
    put_off(db, _write, entry(row, body, files))


async def index_new(db: AsyncSession, ids: Sequence[int]) -> None:
    """Make messages that were just written down findable."""
    if ids:
        rows = (await db.execute(_ROWS, {"ids": list(ids)})).all()
        files = await files_of(db, [row.id for row in rows if row.has_files])
        await _write(db, [entry(row, row.body, files.get(row.id, ())) for row in rows])


async def index_message(db: AsyncSession, id: int, text: str) -> None:
    """Make a message findable by this text and its files from now on, e.g. by its newest correction."""
    await drop_from_index(db, id)
    row = (await db.execute(_ROWS, {"ids": [id]})).first()
    if row is not None:
        files = await files_of(db, [id])
        await _write(db, [entry(row, text, files.get(id, ()))])


async def drop_from_index(db: AsyncSession, id: int) -> None:
    """A message is not found any more: retracted or hidden."""
    await do_now(db, _write)
    await db.execute(delete(_WORDS).where(W.message_id == id))


async def _write(db: AsyncSession, rows: list[dict[str, Any]]) -> None:
    await index.write(db, _WORDS, "message_id", rows)


# ---- asking it


@cache
def statement(dialect: str) -> Any:
    """Messages of an account that a query finds, the newest first, with what a result shows of them."""
    found = index.found(dialect, "message_words", "message_fts")
    unread = M.position > func.coalesce(C.displayed_position, index.ANYTIME)
    columns = (
        M.id, C.jid, C.kind, C.title, M.mine, M.sender, M.stamp, M.body, M.spoiler,
        and_(M.mine == false(), unread).label("unread"),
        M.hidden,
    )  # fmt: skip
    return (
        select(found.c.moment, *columns)
        .select_from(found)
        .join(MessageWords, W.moment == found.c.moment)
        .join(Message, M.id == W.message_id)
        .join(Conversation, C.id == M.conversation_id)
        .where(M.account_id == bindparam("account"))
        .order_by(found.c.moment.desc())
    )


def query(dialect: str, account_id: int, wanted: Wanted) -> str:
    """The question in the language of the database's full text; "" asks for nothing."""
    return index.query(dialect, f"{account_id:d}", wanted.terms, wanted.labels)


async def search(
    db: AsyncSession, account_id: int, wanted: Wanted, *, before: int | None = None, limit: int = 20
) -> list[Hit]:
    """What an account has of what is wanted, the newest first; `before` is the `moment` of a former hit."""
    dialect = db.get_bind().dialect.name
    asked = query(dialect, account_id, wanted)
    if not asked or not all(wanted.labels):
        return []
    last = min(
        index.ANYTIME if before is None else before,
        index.ANYTIME if wanted.until is None else moment_of(wanted.until),
    )
    most = 10 * limit if wanted.unread else limit
    first = moment_of(wanted.since) if wanted.since else 0
    keys = {"query": asked, "account": account_id, "first": first, "most": most}
    hits: list[Hit] = []
    for _ in range(index.ROUNDS):
        rows = (await db.execute(statement(dialect), keys | {"last": last})).all()
        hits += [Hit(*row[:-2]) for row in rows if not row.hidden and (row.unread or not wanted.unread)]
        if len(hits) >= limit or len(rows) < most:
            break
        last = rows[-1].moment
    return hits[:limit]


_FIRST = {
    "sqlite": (
        "SELECT rowid AS moment FROM message_fts WHERE message_fts MATCH :query"
        " AND rowid >= :first ORDER BY rowid LIMIT 1"
    ),
    "postgresql": (
        "SELECT moment FROM message_words"
        " WHERE array_to_tsvector(string_to_array(words, ' ')) @@ CAST(:query AS tsquery)"
        " AND moment >= :first ORDER BY moment LIMIT 1"
    ),
}


async def first_since(
    db: AsyncSession, account_id: int, conversation_id: int, stamp: datetime
) -> tuple[int, int] | None:
    """Id and position of the first message of a conversation that was said at this moment or later."""
    dialect = db.get_bind().dialect.name
    asked = query(dialect, account_id, Wanted(labels=[{in_conversation(conversation_id)}]))
    keys = {"query": asked, "first": moment_of(stamp)}
    moment = await db.scalar(text(_FIRST[dialect]), keys)
    rows = select(M.id, M.position).join(MessageWords, W.message_id == M.id).where(W.moment == moment)
    row = (await db.execute(rows)).first() if moment is not None else None
    return None if row is None else (row[0], row[1])


# ---- names


@dataclass(frozen=True, slots=True)
class Named:
    """A conversation as it can be found by name."""

    id: int
    jid: str
    kind: str
    title: str
    unread: int


_NAMED = (
    select(C.id, C.jid, C.kind, C.title, C.unread)
    .where(C.account_id == bindparam("account"), or_(C.last_at.is_not(None), C.joined, C.title != ""))
    .order_by(C.last_at.desc().nulls_last(), C.id)
    .limit(5000)
)


async def named(db: AsyncSession, account_id: int) -> list[Named]:
    """Every conversation of an account, the one used last first."""
    return [Named(*row) for row in await db.execute(_NAMED, {"account": account_id})]


_FIRST_UNREAD = (
    select(func.min(M.stamp))
    .join(Conversation, C.id == M.conversation_id)
    .where(C.account_id == bindparam("account"), C.unread > 0)
    .where(M.mine == false(), M.position > C.displayed_position)
)


async def unread_since(db: AsyncSession, account_id: int) -> datetime | None:
    """When the oldest unread message was said."""
    return cast("datetime | None", await db.scalar(_FIRST_UNREAD, {"account": account_id}))
