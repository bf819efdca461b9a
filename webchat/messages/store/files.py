"""This room holds the files of messages."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from sqlalchemy import Table, bindparam, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from webchat.messages.models import Attachment, Conversation, Message
from webchat.xmpp.content import SharedFile

_TABLE = cast(Table, Attachment.__table__)
A = _TABLE.c
M = cast(Table, Message.__table__).c
C = cast(Table, Conversation.__table__).c

_NAMES = (
    "url", "name", "media_type", "size", "width", "height", "duration", "description", "inline", "voice"
)  # fmt: skip

has_files = select(A.id).where(A.message_id == M.id).exists()
"""Whether the message of the enclosing statement has files."""

_FILES = (
    select(A.message_id, A.hashes, *(A[name] for name in _NAMES))
    .where(A.message_id.in_(bindparam("messages", expanding=True)))
    .order_by(A.message_id, A.place)
)
_STRANGE = (
    select(M.id)
    .join(Conversation, C.id == M.conversation_id)
    .where(M.id.in_(bindparam("messages", expanding=True)))
    .where(C.stranger.is_(True), M.mine.is_(False))
)


async def add_files(db: AsyncSession, files: Mapping[int, Sequence[SharedFile]]) -> None:
    """Write down the files of messages that are new here: message → files."""
    rows = [_row(id, place, file) for id, each in files.items() for place, file in enumerate(each)]
    if rows:
        await db.execute(insert(_TABLE), rows)


async def replace_files(db: AsyncSession, message_id: int, files: Sequence[SharedFile]) -> None:
    """From now on the message has these files; none when it is gone."""
    await db.execute(delete(_TABLE).where(A.message_id == message_id))
    await add_files(db, {message_id: files})


async def files_of(db: AsyncSession, ids: Iterable[int]) -> dict[int, tuple[SharedFile, ...]]:
    """Message → its files in order; messages without files are left out."""
    wanted = list(ids)
    found: dict[int, list[SharedFile]] = {}
    if wanted:
        for id, hashes, *values in (await db.execute(_FILES, {"messages": wanted})).all():
            known = dict(zip(_NAMES, values, strict=True))
            found.setdefault(id, []).append(SharedFile(**known, hashes=_hashes(hashes)))
    return {id: tuple(files) for id, files in found.items()}


async def of_strangers(db: AsyncSession, ids: Iterable[int]) -> set[int]:
    """Which of these messages come from somebody the user neither knows nor has answered."""
    wanted = list(ids)
    return set((await db.execute(_STRANGE, {"messages": wanted})).scalars()) if wanted else set()


def _row(message_id: int, place: int, file: SharedFile) -> dict[str, Any]:
    hashes = "\n".join(f"{algorithm} {value}" for algorithm, value in file.hashes)
    facts = {name: _kept(getattr(file, name)) for name in _NAMES}
    return {"message_id": message_id, "place": place, "hashes": _kept(hashes), **facts}


def _kept(value: Any) -> Any:
    # PostgreSQL takes no NUL in a text.
    return value.replace("\0", "") if isinstance(value, str) else value


def _hashes(lines: str) -> tuple[tuple[str, str], ...]:
    pairs = (line.partition(" ") for line in lines.split("\n") if line)
    return tuple((algorithm, value) for algorithm, _, value in pairs)
