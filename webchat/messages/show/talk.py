"""This room reads what the page of a conversation shows besides its head, as its address asks for it."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from webchat.db import once
from webchat.db.base import now
from webchat.errors import XmppError
from webchat.messages import commands, show, store
from webchat.messages.commands import days
from webchat.messages.show import later as waiting
from webchat.notifications.show import mode_view
from webchat.session.session import Session
from webchat.web.reader import reader

Asked = Mapping[str, str]
"""The query of an address."""


async def elsewhere(session: Session, jid: str, asked: Asked) -> str:
    """Where the address leads on to, "" when to this very page: a day is found first (?date=)."""
    day = asked.get("date", "")
    return await days.path_to(session, jid, day, reader.get().zone) if day else ""


async def reach(session: Session, jid: str, asked: Asked) -> None:
    """Fetch the older messages that the address asks for (?before=), if the archive can be asked."""
    if before := asked.get("before", ""):
        with suppress(XmppError):
            await commands.reach_older(session, jid, before)


async def values(db: AsyncSession, session: Session, jid: str, asked: Asked) -> dict[str, Any]:
    """What templates/messages/_talk.html and the menu of a conversation need."""
    once.remember(db)
    before, after = asked.get("before", ""), asked.get("after", "")
    at, reply, edit, later = (_number(asked.get(name, "")) for name in ("at", "reply", "edit", "later"))
    timeline = await show.timeline(db, session, jid, before=before, after=after, at=at)
    composer = await show.composer(db, session, jid, reply=reply, edit=edit, later=later)
    return {
        "mode": mode_view(jid, await store.telling(db, session.account_id, jid), now()),
        "timeline": timeline,
        "composer": composer,
        "later": await waiting.line(db, session, jid),
        "comings": show.comings(session, jid),
        "typing": await show.typing(db, session, jid, reader.get().language),
        "missing": "at" in asked and not timeline.at,
        "still": "write" in asked
        or bool(before or after or composer.reply or composer.editing or composer.later),
    }


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0
