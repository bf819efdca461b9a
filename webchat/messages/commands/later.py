"""This room is what a user can do with messages that wait for their hour, and with reminders."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from webchat.db.base import now
from webchat.errors import Invalid, NotFound
from webchat.messages import commands, store
from webchat.messages.changes import ConversationChanged, DraftChanged, LaterChanged
from webchat.messages.commands import twice
from webchat.messages.commands.saying import say
from webchat.messages.state import Clock
from webchat.messages.state.seats import kind_of
from webchat.messages.store import later, sources
from webchat.messages.store.later import LaterRow
from webchat.session.session import Session
from webchat.session.work import Work
from webchat.web.language import N_

MOST = 100
"""Messages of one account that wait, and reminders."""

GONE_ALREADY = N_("The message that waited was sent or deleted meanwhile. Your text is kept here.")
TOO_MANY = N_("A hundred messages wait to be sent later already. Send or delete one of them first.")
TOO_MANY_REMINDERS = N_("You have a hundred reminders already. Cancel one of them first.")
CANNOT_REMIND = N_("This message is gone; there is nothing to be reminded of.")


@dataclass(frozen=True, slots=True)
class Words:
    """What a form brings for later; see commands.send_message. `instead_of`: row of what it replaces."""

    text: str
    id: str
    draft_version: int = 0
    reply_id: int = 0
    spoiler: str | None = None
    instead_of: int = 0


async def schedule(session: Session, to: str, words: Words, at: datetime | None) -> None:
    """Keep a message till its hour; without one it takes the hour of what it replaces, and goes at once when
    that is over.

    Raises Invalid for a text that cannot be sent, too many that wait, and when what it replaces is gone.
    """
    text = commands.sendable(words.text)
    commands.check_id(words.id)
    async with session.work() as work:
        moment = now()
        conversation = await store.ensure_conversation(
            work.db, work.account_id, to, kind=kind_of(session, to)
        )
        id = await _own_id(work, conversation.id, words.id, text)
        if not id:
            return
        at = await _replaced(work, to, words.instead_of, at)
        # What is written anew is not the draft, which stays.
        version = -1 if words.instead_of else words.draft_version
        if at is None:
            more: dict[str, Any] = {"reply_id": words.reply_id, "spoiler": words.spoiler}
            await say(work, to, text, id=id, draft_version=version, **more)
        else:
            if await later.total(work.db, work.account_id) >= MOST:
                raise Invalid({"text": TOO_MANY})
            answers = await _answered(work, conversation.id, words.reply_id)
            row = {"said_id": id, "body": text, "answers": answers, "spoiler": words.spoiler, "send_at": at}
            await later.put(work.db, work.account_id, conversation.id, **row)
            if await store.clear_draft(work.db, conversation.id, text, version, moment):
                work.changed(DraftChanged(to), ConversationChanged(to))
        _tell(work, to)


async def _own_id(work: Work, conversation_id: int, id: str, text: str) -> str:
    """Under which id a text will be said; "" when this very form was sent before."""
    known = await later.by_said_id(work.db, work.account_id, id)
    if known is not None:
        id = "" if known.body == text else twice.derived(id, text)
    elif await store.is_said(work.db, work.account_id, id):
        id = await twice.other_id(work.db, work.account_id, conversation_id, id, text)
    if id and await later.by_said_id(work.db, work.account_id, id) is not None:
        return ""
    return id


async def _replaced(work: Work, to: str, id: int, at: datetime | None) -> datetime | None:
    """The hour of what takes the place of another one, which goes. None: its hour is over, send it now."""
    if not id:
        return at
    former = await later.by_id(work.db, work.account_id, id)
    if former is None or former.jid != to or not await later.take(work.db, work.account_id, id):
        raise Invalid({"text": GONE_ALREADY})
    if at is None and not former.trouble and former.send_at > now():
        return former.send_at
    return at


async def _answered(work: Work, conversation_id: int, row: int) -> int | None:
    source = await sources.whole(work.db, work.account_id, row) if row else None
    return row if source is not None and source.conversation_id == conversation_id else None


def _tell(work: Work, jid: str) -> None:
    """Pages draw it, and the job looks up when the next one is due."""
    work.changed(LaterChanged(jid))
    work.after(work.session[Clock].changed.set)


async def send_now(session: Session, id: int) -> str:
    """Send what waits at once. Returns the conversation. Raises NotFound, Invalid."""
    async with session.work() as work:
        row = await _taken(work, id)
        await send(work, row)
    return row.jid


async def send(work: Work, row: LaterRow, *, meant_at: datetime | None = None) -> None:
    """Say what was taken out of what waits, in the same work. Raises Invalid where one may not speak."""
    await say(
        work,
        row.jid,
        row.body,
        id=row.said_id,
        reply_id=row.answers or 0,
        spoiler=row.spoiler,
        meant_at=meant_at,
        typed=False,
    )
    _tell(work, row.jid)


async def delete(session: Session, id: int) -> str:
    """Do not send it, and forget it. Returns the conversation. Raises NotFound."""
    async with session.work() as work:
        row = await _taken(work, id)
        _tell(work, row.jid)
    return row.jid


async def move(session: Session, id: int, at: datetime) -> str:
    """Send it at another hour. Returns the conversation. Raises NotFound."""
    async with session.work() as work:
        row = await later.by_id(work.db, work.account_id, id)
        if row is None or not await later.set_hour(work.db, work.account_id, id, at):
            raise NotFound
        _tell(work, row.jid)
    return row.jid


async def _taken(work: Work, id: int) -> LaterRow:
    row = await later.by_id(work.db, work.account_id, id)
    if row is None or not await later.take(work.db, work.account_id, id):
        raise NotFound
    return row


async def remind(session: Session, id: int, at: datetime) -> str:
    """Tell of a message at this hour. Returns its conversation. Raises NotFound, Invalid."""
    async with session.work() as work:
        message = await sources.whole(work.db, work.account_id, id)
        if message is None:
            raise NotFound
        if message.gone:
            raise Invalid({"message": CANNOT_REMIND})
        known = await later.reminder_of(work.db, work.account_id, id)
        if known is None and await later.reminders_total(work.db, work.account_id) >= MOST:
            raise Invalid({"message": TOO_MANY_REMINDERS})
        await later.remind(work.db, work.account_id, id, at)
        _tell(work, "")
    return message.jid


async def forget_reminder(session: Session, id: int) -> str:
    """Do not tell of it. Returns its conversation. Raises NotFound."""
    async with session.work() as work:
        message = await sources.whole(work.db, work.account_id, id)
        if message is None:
            raise NotFound
        if await later.forget_reminder(work.db, work.account_id, id):
            _tell(work, "")
    return message.jid
