"""This room remembers, within one look at the database, what was read already: many draw from one look."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

_ONCE = "once"


def remember(db: AsyncSession) -> None:
    """From now on this look remembers; only for one that is short and changes nothing."""
    db.info.setdefault(_ONCE, {})


def kept(db: AsyncSession, what: str) -> dict[Any, Any]:
    """What this look remembers of one kind, to be asked and filled; nothing where it does not remember."""
    everything: dict[str, dict[Any, Any]] | None = db.info.get(_ONCE)
    return {} if everything is None else everything.setdefault(what, {})
