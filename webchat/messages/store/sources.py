"""This room reads messages for those that need them: answers that quote them, sending them again."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Table, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from webchat.messages.models import Conversation, Message
from webchat.messages.models.facts import Correction
from webchat.messages.store.files import files_of
from webchat.xmpp.content import Reply, SharedFile

M = cast(Table, Message.__table__).c
C = cast(Table, Conversation.__table__).c
V = cast(Table, Correction.__table__).c

MOST_ANSWERS = 50
"""Answers that are drawn again when what they quote is different."""


@dataclass(frozen=True, slots=True)
class SourceRow:
    """What an answer quotes."""

    id: int
    mine: bool
    sender: str
    occupant_id: str
    body: str
    gone: str
    hidden: bool
    spoiler: str | None
    encryption: str


_SOURCE = (
    M.id,
    M.mine,
    M.sender,
    M.occupant_id,
    func.substr(M.body, 1, 2000),
    M.gone,
    M.hidden,
    M.spoiler,
    M.encryption,
)


async def sources(db: AsyncSession, conversation_id: int, ids: Sequence[str]) -> dict[str, SourceRow]:
    """The messages of a conversation that are meant by these ids, as far as they are here."""
    wanted = list(dict.fromkeys(ids))
    if not wanted:
        return {}
    rows = (
        select(M.stanza_id, M.origin_id, M.said_id, *_SOURCE)
        .where(
            M.conversation_id == conversation_id,
            or_(M.stanza_id.in_(wanted), M.origin_id.in_(wanted), M.said_id.in_(wanted)),
        )
        .order_by(M.position)
        .limit(500)
    )
    found: dict[str, SourceRow] = {}
    given: dict[str, SourceRow] = {}
    for stanza_id, origin_id, said_id, *rest in await db.execute(rows):
        source = SourceRow(*rest)
        found |= {id: source for id in (origin_id, said_id) if id}
        given |= {id: source for id in (stanza_id,) if id}
    # What a room gave nobody can have chosen: it outweighs ids of senders.
    found |= given
    if missing := [id for id in wanted if id not in found]:
        found |= await _by_version(db, conversation_id, missing)
    return {id: found[id] for id in wanted if id in found}


async def _by_version(db: AsyncSession, conversation_id: int, ids: Sequence[str]) -> dict[str, SourceRow]:
    """Corrected messages by the ids of their corrections: that is what some clients name them by."""
    rows = (
        select(V.said_id, V.stanza_id, *_SOURCE)
        .select_from(Message)
        .join(Correction, V.message_id == M.id)
        .where(M.conversation_id == conversation_id, or_(V.said_id.in_(ids), V.stanza_id.in_(ids)))
        .order_by(M.position)
        .limit(100)
    )
    found: dict[str, SourceRow] = {}
    for said_id, stanza_id, *rest in await db.execute(rows):
        found |= {id: SourceRow(*rest) for id in (said_id, stanza_id) if id}
    return found


async def answers(db: AsyncSession, conversation_id: int, ids: Sequence[str]) -> list[int]:
    """The newest messages that quote the message with these ids."""
    rows = select(M.id).where(M.conversation_id == conversation_id, M.reply_id.in_(ids), M.reply_id != "")
    return list((await db.execute(rows.order_by(M.position.desc()).limit(MOST_ANSWERS))).scalars())


@dataclass(frozen=True, slots=True)
class Whole:
    """A message with all that it takes to say it: again, elsewhere, or differently."""

    id: int
    conversation_id: int
    jid: str
    kind: str
    mine: bool
    sender: str
    body: str
    said_id: str
    origin_id: str | None
    stanza_id: str | None
    state: str
    gone: str
    spoiler: str | None
    encryption: str
    reply_id: str
    reply_to: str
    hidden: bool
    occupant_id: str = ""
    files: tuple[SharedFile, ...] = ()

    @property
    def name(self) -> str:
        """The id by which others are told of it: in a room the one that the room gave, "" for none."""
        if self.kind == "room":
            return self.stanza_id or ""
        return self.origin_id or self.said_id

    @property
    def as_source(self) -> Reply | None:
        """How an answer names it (XEP-0461 §3); None for a message without any id."""
        id = self.name or self.said_id
        return Reply(id, self.sender) if id else None

    @property
    def reply(self) -> Reply | None:
        """What it answers itself."""
        return Reply(self.reply_id, self.reply_to) if self.reply_id else None


async def whole(db: AsyncSession, account_id: int, id: int) -> Whole | None:
    """One message of the account."""
    rows = select(
        M.id,
        M.conversation_id,
        C.jid,
        C.kind,
        M.mine,
        M.sender,
        M.body,
        M.said_id,
        M.origin_id,
        M.stanza_id,
        M.state,
        M.gone,
        M.spoiler,
        M.encryption,
        M.reply_id,
        M.reply_to,
        M.hidden,
        M.occupant_id,
    ).join(Conversation, C.id == M.conversation_id)
    found: Any = await db.execute(rows.where(M.account_id == account_id, M.id == id))
    row = found.first()
    if row is None:
        return None
    return Whole(**row._mapping, files=(await files_of(db, [id])).get(id, ()))


async def quoted(db: AsyncSession, conversation_id: int, reply: Reply | None) -> str:
    """The words of what is answered, "" when they are not here or not to be repeated."""
    if reply is None:
        return ""
    source = (await sources(db, conversation_id, [reply.id])).get(reply.id)
    return "" if source is None or source.gone or source.spoiler is not None else source.body
