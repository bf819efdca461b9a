"""This room keeps what is typed and not sent, so that two devices never lose each other's words."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import Table, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from webchat.db.insert import upsert
from webchat.messages.models import Draft

_DRAFT = cast(Table, Draft.__table__)
D = _DRAFT.c


@dataclass(frozen=True, slots=True)
class DraftRow:
    """A draft as a value; version 0 means that none was ever saved."""

    text: str = ""
    other_text: str = ""
    version: int = 0


async def draft_of(db: AsyncSession, conversation_id: int) -> DraftRow:
    """The draft of a conversation."""
    found = select(D.text, D.other_text, D.version).where(D.conversation_id == conversation_id)
    row = (await db.execute(found)).first()
    return DraftRow(*row) if row else DraftRow()


async def write_draft(
    db: AsyncSession, conversation_id: int, text: str, version: int, moment: datetime
) -> tuple[DraftRow, bool]:
    """Save what was typed on top of `version`; the draft as it is now, and whether that is news.

    When somebody else saved in between, the newest text stands and the other is kept beside it.
    """
    old = await draft_of(db, conversation_id)
    if text == old.text:
        return old, False
    other = old.other_text
    if version != old.version and old.text and not text.startswith(old.text):
        other = old.text
    new = DraftRow(text, other, old.version + 1)
    values = {"conversation_id": conversation_id, "text": text, "other_text": other}
    await upsert(
        db, _DRAFT, values | {"version": new.version, "updated_at": moment}, keys=["conversation_id"]
    )
    return new, True


async def clear_draft(
    db: AsyncSession, conversation_id: int, sent: str, version: int, moment: datetime
) -> bool:
    """Forget the draft that became the message `sent`; True if that is news.

    What another device saved after `version` stays, unless it is the beginning of what was sent.
    """
    old = await draft_of(db, conversation_id)
    if not old.text or (old.version != version and not sent.startswith(old.text.strip())):
        return False
    cleared = update(_DRAFT).where(D.conversation_id == conversation_id)
    await db.execute(cleared.values(text="", version=old.version + 1, updated_at=moment))
    return True


async def drop_other_text(db: AsyncSession, conversation_id: int, moment: datetime) -> None:
    """The user has dealt with the text of the other device."""
    dropped = update(_DRAFT).where(D.conversation_id == conversation_id)
    await db.execute(dropped.values(other_text="", version=D.version + 1, updated_at=moment))
