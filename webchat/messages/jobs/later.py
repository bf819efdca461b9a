"""This room sends messages at their hour, also while no page is open, and tells of reminders.

What is due is taken out of what waits in the transaction that makes the message and its place in the outbox:
whoever is killed in between has done both or nothing.
"""

import logging
from datetime import datetime, timedelta

from webchat.db.base import now
from webchat.errors import Invalid
from webchat.markup.excerpt import excerpt
from webchat.messages import store
from webchat.messages.changes import LaterChanged
from webchat.messages.commands import later as commands
from webchat.messages.show.paths import path_of
from webchat.messages.state import Clock
from webchat.messages.state.occupants import Rooms
from webchat.messages.store import later
from webchat.messages.store.later import Hours, LaterRow, ReminderRow, Trouble
from webchat.notifications import store as notifications
from webchat.notifications.changes import NotificationsChanged, Reminded
from webchat.session.bells import called
from webchat.session.session import Session
from webchat.session.work import Work
from webchat.web.language import N_
from webchat.xmpp import jid as jids

log = logging.getLogger(__name__)

TOO_LATE = timedelta(hours=1)
"""Who would be surprised by a message of this morning that goes out in the evening is asked first."""

LATE = timedelta(minutes=2)
"""From here on a message says that it went out late."""

LOOK_AGAIN = 3600.0
"""Seconds after which the clock is read anew, should the machine have slept."""

TRY_AGAIN = 10.0
"""Seconds before what could not go out yet is tried again."""

PERHAPS_ANOTHER = N_("This nickname may be somebody else’s by now. Look who has it, and send it yourself.")

LINGERS = timedelta(minutes=5)
"""A session that only lives on for what it still has to send is needed so long after it."""


async def keep_hours(session: Session) -> None:
    """Send and tell what is due, wait for the next."""
    while True:
        wait = await tick(session)
        await called(session[Clock].changed, wait)


async def ring(session: Session) -> None:
    """Sync step: what waits for a connection goes out now that there is one."""
    if session[Clock].waits:
        session[Clock].changed.set()


async def tick(session: Session) -> float:
    """Send and tell all whose hour has come; seconds until somebody has to look again."""
    waits = False
    hours = await _hours(session)
    moment = now()
    if hours.next is not None and hours.next <= moment:
        async with session.read() as db:
            due = await later.due(db, session.account_id, moment)
            reminders = await later.reminders_due(db, session.account_id, moment)
        if reminders:
            await _tell(session, reminders)
        waits = not all([await _done(session, row, moment) for row in due])
        hours = await _hours(session)
    session.needed_until = hours.last + LINGERS if hours.last is not None else None
    if waits:
        return TRY_AGAIN
    if hours.next is None:
        return LOOK_AGAIN
    return min(LOOK_AGAIN, max(0.0, (hours.next - now()).total_seconds()))


async def _hours(session: Session) -> Hours:
    # Every login asks this, and mostly nothing waits: one statement says so.
    async with session.read() as db:
        return await later.hours(db, session.account_id)


async def _done(session: Session, row: LaterRow, moment: datetime) -> bool:
    """Send one, or ask the user; False when it waits for a connection or for its room."""
    waits = session[Clock].waits
    if moment - row.send_at > TOO_LATE:
        await _ask(session, row, waits.pop(row.id, "away"))
        return True
    hindered = _hindrance(session, row)
    if hindered:
        if waits.get(row.id) != hindered:
            waits[row.id] = hindered
            session.feed.publish([LaterChanged(row.jid)])
        return False
    waits.pop(row.id, None)
    late = row.send_at if moment - row.send_at > LATE else None
    try:
        async with session.work() as work:
            # Somebody may have sent, moved or deleted it this very moment.
            if await later.by_id(work.db, work.account_id, row.id) != row:
                return True
            await _sure_to_whom(work, row)
            await later.take(work.db, work.account_id, row.id)
            await commands.send(work, row, meant_at=late)
    except Invalid as error:
        await _ask(session, row, "refused", next(iter(error.fields.values()), ""))
    return True


async def _sure_to_whom(work: Work, row: LaterRow) -> None:
    """Hours later a nickname may be anybody's: where nobody can tell the user decides (security case A17).

    Raises Invalid; webchat.messages.state.seats refuses who is known to be somebody else.
    """
    if row.kind != "whisper":
        return
    talk = await store.conversation_by_jid(work.db, work.account_id, row.jid)
    if talk is None or not await store.last_occupant_id(work.db, talk.id):
        raise Invalid({"text": PERHAPS_ANOTHER})


def _hindrance(session: Session, row: LaterRow) -> Trouble:
    """Why it cannot go out at this moment, "" when it can."""
    if not session.client.connected:
        return "offline"
    room = session[Rooms].get(jids.bare(row.jid)) if row.kind != "chat" else None
    return "outside" if row.kind != "chat" and (room is None or room.phase != "in") else ""


async def _ask(session: Session, row: LaterRow, trouble: Trouble, why: str = "") -> None:
    """It is kept, and the user decides: on the page of what waits, which the bell leads to."""
    log.info("a message did not go out at its hour: %s", trouble)
    async with session.work() as work:
        if await later.set_trouble(work.db, work.account_id, row.id, trouble, why):
            # The same message may fail to go out at several hours.
            about = f"{row.said_id} {row.send_at.timestamp()}"
            await _note(work, "unsent", about, row.jid, "/later", "" if row.spoiler is not None else row.body)
            work.changed(LaterChanged(row.jid))


async def _tell(session: Session, due: list[ReminderRow]) -> None:
    async with session.work() as work:
        for row in due:
            if not await later.forget_reminder(work.db, work.account_id, row.message_id) or row.gone:
                continue
            path = f"{path_of(row.jid, row.kind)}?at={row.message_id}"
            about = f"{row.message_id} {row.remind_at.timestamp()}"
            covered = row.encryption or row.spoiler is not None
            await _note(work, "reminder", about, row.jid, path, "" if covered else row.body)
            work.changed(Reminded(row.jid, row.message_id))
        work.changed(LaterChanged(""))


async def _note(work: Work, kind: notifications.Kind, about: str, jid: str, path: str, text: str) -> None:
    """A line under the bell; what is covered has no words there."""
    who, words = jids.bare(jid), excerpt(text, 200)
    await notifications.add(work.db, work.account_id, kind, about, who, now(), path=path, text=words)
    work.changed(NotificationsChanged())
