"""This room writes down what was said about messages: corrections, retractions, moderation, reactions.

What is about a message that is not here waits in a table of its own.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, bindparam, delete, func, or_, select, true, update
from sqlalchemy.ext.asyncio import AsyncSession

from webchat.db.insert import insert_or_ignore, upsert
from webchat.messages.models import Conversation, Message
from webchat.messages.models.facts import Correction, Fact, Reaction
from webchat.messages.store.files import replace_files
from webchat.messages.store.search import drop_from_index, index_message
from webchat.notifications.store import hush
from webchat.xmpp.content import SharedFile

_MESSAGE = cast(Table, Message.__table__)
_REACTION = cast(Table, Reaction.__table__)
_CORRECTION = cast(Table, Correction.__table__)
_FACT = cast(Table, Fact.__table__)
_CONVERSATION = cast(Table, Conversation.__table__)
M = _MESSAGE.c
R = _REACTION.c
V = _CORRECTION.c
F = _FACT.c
C = _CONVERSATION.c

MOST_VERSIONS = 50
"""Versions of one message that are kept, beside the first."""

MOST_REACTORS = 250
"""People whose reactions to one message are kept."""

MOST_READ = 3000
"""Of them those that are read for one page, whose every message may have as many; one's own first."""

MOST_HELD = 200
"""Facts about messages that are not here which one conversation may have waiting."""


@dataclass(frozen=True, slots=True)
class Target:
    """A message that something is said about."""

    id: int
    mine: bool
    sender: str
    occupant_id: str
    body: str
    stamp: datetime
    said_id: str
    origin_id: str | None
    stanza_id: str | None
    gone: str
    edited_at: datetime | None
    state: str

    @property
    def ids(self) -> list[str]:
        """All ids under which others may speak of it."""
        return [id for id in (self.stanza_id, self.origin_id, self.said_id) if id]


_TARGET = (
    M.id,
    M.mine,
    M.sender,
    M.occupant_id,
    M.body,
    M.stamp,
    M.said_id,
    M.origin_id,
    M.stanza_id,
    M.gone,
    M.edited_at,
    M.state,
)
_HERE = (M.account_id == bindparam("account"), M.conversation_id == bindparam("conversation"))
_BY_ID = select(*_TARGET).where(*_HERE).order_by(M.position.desc()).limit(20)
_BY_STANZA_ID = _BY_ID.where(M.stanza_id == bindparam("target"))
_BY_OWN_ID = _BY_ID.where(or_(M.said_id == bindparam("target"), M.origin_id == bindparam("target")))
_BY_VERSION = _BY_ID.where(M.id.in_(select(V.message_id).where(V.said_id == bindparam("target"))))
_BY_GIVEN_VERSION = _BY_ID.where(
    M.id.in_(select(V.message_id).where(V.stanza_id == bindparam("target"), V.stanza_id != ""))
)
_ALONE = _BY_ID.where(
    M.id.in_(
        select(F.message_id).where(
            F.conversation_id == bindparam("conversation"), F.target == bindparam("target")
        )
    )
)


async def targets(
    db: AsyncSession, account_id: int, conversation_id: int, target: str, *, given: bool
) -> list[Target]:
    """The messages of a conversation that this id may mean, the likeliest first.

    given  ids given by a room or an archive come first; else those that senders gave
    """
    keys = {"account": account_id, "conversation": conversation_id, "target": target}
    by_given, by_own = (_BY_STANZA_ID, _BY_GIVEN_VERSION), (_BY_OWN_ID, _BY_VERSION)
    order = (*by_given, *by_own) if given else (_BY_OWN_ID, _BY_STANZA_ID, _BY_VERSION, _BY_GIVEN_VERSION)
    found: dict[int, Target] = {}
    for statement in order:
        rows: Any = await db.execute(statement, keys)
        for row in rows:
            found.setdefault(row[0], Target(*row))
    return list(found.values())


async def given(db: AsyncSession, account_id: int, conversation_id: int, target: str) -> Target | None:
    """The message to which, or to a version of which, a room gave this id; nobody else can choose it."""
    keys = {"account": account_id, "conversation": conversation_id, "target": target}
    for statement in (_BY_STANZA_ID, _BY_GIVEN_VERSION):
        rows: Any = await db.execute(statement, keys)
        for row in rows:
            return Target(*row)
    return None


async def alone(db: AsyncSession, account_id: int, conversation_id: int, target: str) -> list[Target]:
    """Rows that show a correction of this id by themselves, because what it corrects is not here."""
    keys = {"account": account_id, "conversation": conversation_id, "target": target}
    rows: Any = await db.execute(_ALONE, keys)
    return [Target(*row) for row in rows]


async def target_by_row(db: AsyncSession, account_id: int, id: int) -> Target | None:
    """One message of the account as the target of something."""
    row: Any = (await db.execute(select(*_TARGET).where(M.account_id == account_id, M.id == id))).first()
    return Target(*row) if row else None


# ---- corrections


@dataclass(frozen=True, slots=True)
class VersionRow:
    """What a message said at some time."""

    said_id: str
    body: str
    stamp: datetime


async def versions(db: AsyncSession, message_id: int) -> list[VersionRow]:
    """All versions of a corrected message, the first one first; nothing when it was never corrected."""
    rows = select(V.said_id, V.body, V.stamp).where(V.message_id == message_id).order_by(V.stamp, V.id)
    return [VersionRow(*row) for row in await db.execute(rows)]


async def correct(
    db: AsyncSession,
    target: Target,
    said_id: str,
    body: str,
    stamp: datetime,
    files: Sequence[SharedFile] | None = None,
    stanza_id: str = "",
    **carried: Any,
) -> bool:
    """Another version of a message; the newest one is shown, with what it carries. True if it is news.

    files      those of this version; None leaves them as they are
    stanza_id  given to this version by a room or an archive
    """
    if target.gone or said_id == target.said_id:
        return False
    if target.edited_at is None:
        first = {"message_id": target.id, "said_id": target.said_id, "body": target.body}
        await insert_or_ignore(db, _CORRECTION, first | {"stamp": target.stamp})
    new = {"message_id": target.id, "said_id": said_id, "body": body, "stamp": stamp, "stanza_id": stanza_id}
    if await insert_or_ignore(db, _CORRECTION, new) is None:
        # Our own comes back from the room with the id that it was given.
        own = update(_CORRECTION).where(V.message_id == target.id, V.said_id == said_id, V.stanza_id == "")
        await db.execute(own.values(stanza_id=stanza_id))
        await _got_through(db, target.id, said_id)
        return False
    known = await versions(db, target.id)
    for old in known[1 : max(1, len(known) - MOST_VERSIONS)]:
        await db.execute(delete(_CORRECTION).where(V.message_id == target.id, V.said_id == old.said_id))
    newest = known[-1]
    values: dict[str, Any] = {"body": newest.body, "edited_at": newest.stamp, "edit_error": ""}
    if newest.said_id == said_id:
        values |= carried
        if files is not None:
            await replace_files(db, target.id, files)
    await db.execute(update(_MESSAGE).where(M.id == target.id).values(**values))
    await index_message(db, target.id, newest.body)
    return True


async def _got_through(db: AsyncSession, message_id: int, said_id: str) -> None:
    known = await versions(db, message_id)
    if known and known[-1].said_id == said_id:
        await db.execute(update(_MESSAGE).where(M.id == message_id).values(edit_error=""))


async def fail_correction(
    db: AsyncSession, account_id: int, said_id: str, sources: Sequence[str], condition: str
) -> tuple[str, int] | None:
    """A version of ours came back as an error: conversation and message, if it is the one that is shown.

    sources  conversations for which the error may speak; empty when it comes from our own server
    """
    known = (
        select(M.id, C.jid)
        .join(_CORRECTION, V.message_id == M.id)
        .join(_CONVERSATION, C.id == M.conversation_id)
        .where(M.account_id == account_id, M.mine == true(), M.gone == "", V.said_id == said_id)
        .where(M.edit_error == "", M.said_id != said_id)
    )
    for message_id, jid in (await db.execute(known)).all():
        may = not sources or any(jid == source or jid.endswith(f"@{source}") for source in sources)
        if may and (await versions(db, message_id))[-1].said_id == said_id:
            failed = update(_MESSAGE).where(M.id == message_id)
            await db.execute(failed.values(edit_error=condition[:64] or "undefined-condition"))
            return jid, message_id
    return None


async def retry_correction(db: AsyncSession, message_id: int) -> str | None:
    """The id under which the shown version of a message is to be sent again; None when it did not fail."""
    failed = update(_MESSAGE).where(M.id == message_id, M.mine == true(), M.edit_error != "", M.gone == "")
    if await db.scalar(failed.values(edit_error="").returning(M.id)) is None:
        return None
    return (await versions(db, message_id))[-1].said_id


async def rewrite(db: AsyncSession, message_id: int, body: str, spoiler: Any, emoji: str = "") -> None:
    """Another text for an own message that nobody has got yet: there is no former version of it."""
    values = {"body": body, "spoiler": spoiler, "emoji": emoji}
    await db.execute(update(_MESSAGE).where(M.id == message_id).values(**values))
    await index_message(db, message_id, body)


# ---- taken back


async def take_away(db: AsyncSession, message_id: int, how: str, by: str = "", reason: str = "") -> bool:
    """Leave nothing of a message but that it was there. True if it is news."""
    gone = (
        update(_MESSAGE)
        .where(M.id == message_id, M.gone == "")
        .values(gone=how, gone_by=by, gone_reason=reason, body="", spoiler=None, encryption="", emoji="")
        .returning(M.account_id)
    )
    if (account_id := await db.scalar(gone)) is None:
        return False
    await hush(db, account_id, f"?at={message_id}")
    await db.execute(delete(_CORRECTION).where(V.message_id == message_id))
    await db.execute(delete(_REACTION).where(R.message_id == message_id))
    await replace_files(db, message_id, ())
    await drop_from_index(db, message_id)
    return True


# ---- reactions


@dataclass(frozen=True, slots=True)
class ReactionRow:
    """What one person thinks of one message."""

    message_id: int
    who: str
    sender: str
    mine: bool
    emojis: tuple[str, ...]
    stamp: datetime
    occupant_id: str = ""


async def react(
    db: AsyncSession,
    message_id: int,
    *,
    who: str,
    sender: str,
    mine: bool,
    emojis: Sequence[str],
    stamp: datetime,
) -> bool:
    """From `stamp` on this is all that somebody thinks of a message. True if it is news."""
    old = (
        await db.execute(select(R.emojis, R.stamp).where(R.message_id == message_id, R.who == who))
    ).first()
    new = json.dumps(list(emojis), ensure_ascii=False)
    if old is not None and (old[1] > stamp or old[0] == new):
        return False
    if old is None:
        count = select(func.count()).select_from(_REACTION).where(R.message_id == message_id)
        if (await db.scalar(count) or 0) >= MOST_REACTORS:
            return False
    values = {"message_id": message_id, "who": who, "sender": sender, "mine": mine}
    await upsert(db, _REACTION, values | {"emojis": new, "stamp": stamp}, ["message_id", "who"])
    return old is not None or bool(emojis)


async def reactions(db: AsyncSession, message_ids: Sequence[int]) -> dict[int, list[ReactionRow]]:
    """Who reacts to these messages, the earliest first."""
    if not message_ids:
        return {}
    rows = select(R.message_id, R.who, R.sender, R.mine, R.emojis, R.stamp).where(
        R.message_id.in_(message_ids), R.emojis != "[]"
    )
    found: dict[int, list[ReactionRow]] = {}
    rows = rows.order_by(R.mine.desc(), R.stamp, R.id).limit(MOST_READ)
    for id, who, sender, mine, emojis, stamp in sorted(await db.execute(rows), key=lambda row: row.stamp):
        row = ReactionRow(id, who, sender, mine, tuple(json.loads(emojis)), stamp, who.partition("id:")[2])
        found.setdefault(id, []).append(row)
    return found


async def reactions_of(db: AsyncSession, message_id: int, who: str) -> tuple[str, ...]:
    """What one person thinks of one message."""
    rows = select(R.emojis).where(R.message_id == message_id, R.who == who)
    return tuple(json.loads(await db.scalar(rows) or "[]"))


# ---- what waits for its message


@dataclass(frozen=True, slots=True)
class FactRow:
    """Something that was said about a message, by whom and when; `payload` is what else there is to it."""

    kind: str
    target: str
    who: str
    sender: str
    mine: bool
    stamp: datetime
    payload: dict[str, Any] = field(default_factory=dict)
    message_id: int | None = None
    id: int = 0


async def hold(db: AsyncSession, conversation_id: int, fact: FactRow) -> None:
    """Keep a fact whose message is not here; of one person the newest, of all the newest few."""
    key = (
        F.conversation_id == conversation_id,
        F.target == fact.target,
        F.kind == fact.kind,
        F.who == fact.who,
    )
    old = (await db.execute(select(F.stamp).where(*key))).first()
    if old is not None and old[0] > fact.stamp:
        return
    values = {
        "conversation_id": conversation_id,
        "target": fact.target,
        "kind": fact.kind,
        "who": fact.who,
        "sender": fact.sender,
        "mine": fact.mine,
        "payload": json.dumps(fact.payload, ensure_ascii=False),
        "stamp": fact.stamp,
        "message_id": fact.message_id,
    }
    await upsert(db, _FACT, values, ["conversation_id", "target", "kind", "who"])
    if old is None:
        kept = select(F.id).where(F.conversation_id == conversation_id).order_by(F.id.desc()).limit(MOST_HELD)
        oldest = select(func.min(kept.subquery().c.id)).scalar_subquery()
        await db.execute(delete(_FACT).where(F.conversation_id == conversation_id, F.id < oldest))


async def waiting(db: AsyncSession, conversation_id: int, ids: Sequence[str]) -> list[FactRow]:
    """What waits for messages with these ids, in the order in which it was said."""
    rows = select(F.kind, F.target, F.who, F.sender, F.mine, F.stamp, F.payload, F.message_id, F.id).where(
        F.conversation_id == conversation_id, F.target.in_(ids)
    )
    return [
        FactRow(*row[:6], json.loads(row[6]), *row[7:])
        for row in await db.execute(rows.order_by(F.stamp, F.id))
    ]


async def drop_fact(db: AsyncSession, id: int) -> None:
    """It waits no longer."""
    await db.execute(delete(_FACT).where(F.id == id))


async def hide(db: AsyncSession, account_id: int, message_id: int, hidden: bool) -> bool:
    """Whether the user wants to see this message. True if it is news."""
    news = (
        update(_MESSAGE)
        .where(M.account_id == account_id, M.id == message_id, M.hidden != hidden)
        .values(hidden=hidden)
        .returning(M.id)
    )
    return await db.scalar(news) is not None
