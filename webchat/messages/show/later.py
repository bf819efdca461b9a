"""This room makes the values that pages draw of what waits for its hour."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from sqlalchemy.ext.asyncio import AsyncSession

from webchat.db.base import now
from webchat.markup import names as safe
from webchat.markup.excerpt import excerpt
from webchat.messages import store
from webchat.messages.commands import hours
from webchat.messages.commands.hours import Hour
from webchat.messages.show.paths import path_of
from webchat.messages.show.row import name_of
from webchat.messages.state import Clock
from webchat.messages.store import later
from webchat.messages.store.later import LaterRow, ReminderRow
from webchat.session.session import Session
from webchat.web.language import N_
from webchat.web.reader import reader
from webchat.xmpp import jid as jids

LONGEST = 400
"""Characters of a text that the list shows."""

NOT_SENT = {
    "away": N_("Not sent: you were signed out at that time."),
    "offline": N_("Not sent: there was no connection to your server at that time."),
    "outside": N_("Not sent: you were not in this room at that time."),
}
REFUSED = N_("Not sent.")
WAITS = {
    "offline": N_("It waits for the connection to your server."),
    "outside": N_("It waits until you are in this room."),
}
COVERED = N_("Covered text")
ENCRYPTED = N_("Encrypted message")


@dataclass(frozen=True, slots=True)
class HoursView:
    """Hours to choose from; see templates/messages/_later_hours.html.

    key     tells several on one page apart
    own     what the field for another time holds, `least` the first moment that it takes
    no_zone the reader's clock is not known
    """

    key: int
    choices: tuple[Hour, ...]
    own: str
    least: str
    no_zone: bool


@dataclass(frozen=True, slots=True)
class WaitingView:
    """The line above the box: how many wait for their hour, and how many for the user; `path` lists them."""

    jid: str
    path: str
    waiting: int
    asked: int


@dataclass(frozen=True, slots=True)
class EditedView:
    """What waits and stands in the box to be written anew; `over`: its hour is, so Send sends it at once."""

    id: int
    at: datetime
    over: bool


@dataclass(frozen=True, slots=True)
class LaterView:
    """One message that waits; `why` and `hint` are foreign or message ids, as the names say.

    trouble  message id of why it did not go out, "" when it still may
    why      message id of what it was refused with
    note     message id of what it waits for although its hour has come
    covered  its text is covered by a hint
    """

    id: int
    name: str
    talk_path: str
    edit_path: str
    page_path: str
    text: str
    covered: bool
    at: datetime
    trouble: str
    why: str
    note: str
    hours: HoursView


@dataclass(frozen=True, slots=True)
class ReminderView:
    """One message of which the user will be told; `text` is foreign, `note` a message id in its place."""

    id: int
    name: str
    path: str
    page_path: str
    text: str
    note: str
    at: datetime


@dataclass(frozen=True, slots=True)
class LaterPage:
    """All that waits, or that of one conversation (`jid`, called `name`)."""

    jid: str
    name: str
    talk_path: str
    rows: tuple[LaterView, ...]
    reminders: tuple[ReminderView, ...]


def list_path(jid: str) -> str:
    """The page of what waits in one conversation."""
    return f"/later?in={quote(jid, safe='@')}"


def hours_view(key: int, at: datetime | None = None, moment: datetime | None = None) -> HoursView:
    """What can be chosen now; `at` is what is chosen already."""
    moment, zone = moment or now(), reader.get().zone
    if at is None or at <= moment:
        at = (moment + timedelta(hours=2)).replace(minute=0)
    own, least = (each.astimezone(zone).strftime("%Y-%m-%dT%H:%M") for each in (at, moment))
    return HoursView(key, tuple(hours.choices(moment, zone)), own, least, zone is UTC)


async def line(db: AsyncSession, session: Session, jid: str) -> WaitingView:
    """What waits in a conversation, for the line above its box."""
    found = await store.conversation_by_jid(db, session.account_id, jid)
    waiting, asked = await later.in_conversation(db, found.id) if found else (0, 0)
    return WaitingView(jid, list_path(jid), waiting, asked)


async def edited(db: AsyncSession, session: Session, jid: str, id: int) -> tuple[LaterRow, EditedView] | None:
    """One that waits in this conversation, to be written anew."""
    row = await later.by_id(db, session.account_id, id) if id else None
    if row is None or row.jid != jid:
        return None
    return row, EditedView(row.id, row.send_at, bool(row.trouble) or row.send_at <= now())


async def later_page(db: AsyncSession, session: Session, jid: str) -> LaterPage:
    """The list; without a JID that of all conversations, with reminders."""
    found = await store.conversation_by_jid(db, session.account_id, jid) if jid else None
    name = await name_of(db, session.account_id, jid, found) if jid else ""
    rows = [await _view(db, session, row) for row in await later.waiting(db, session.account_id, jid)]
    reminders = [] if jid else await later.reminders(db, session.account_id)
    return LaterPage(
        jid=jid,
        name=name,
        talk_path=path_of(jid, found.kind if found else "chat") if jid else "",
        rows=tuple(rows),
        reminders=tuple([await _reminder(db, session, row) for row in reminders]),
    )


async def _view(db: AsyncSession, session: Session, row: LaterRow) -> LaterView:
    talk = path_of(row.jid, row.kind)
    return LaterView(
        id=row.id,
        name=await _name(db, session, row),
        talk_path=talk,
        edit_path=f"{talk}?later={row.id}",
        page_path=f"/later/{row.id}",
        text=excerpt(row.body, LONGEST),
        covered=row.spoiler is not None,
        at=row.send_at,
        trouble=NOT_SENT.get(row.trouble, REFUSED) if row.trouble else "",
        why=row.why,
        note=WAITS.get(session[Clock].waits.get(row.id, ""), "") if not row.trouble else "",
        hours=hours_view(row.id, row.send_at),
    )


async def _reminder(db: AsyncSession, session: Session, row: ReminderRow) -> ReminderView:
    note = ENCRYPTED if row.encryption else COVERED if row.spoiler is not None else ""
    return ReminderView(
        id=row.message_id,
        name=await _name(db, session, row),
        path=f"{path_of(row.jid, row.kind)}?at={row.message_id}",
        page_path=f"/messages/{row.message_id}/remind",
        text="" if note or row.gone else excerpt(row.body, LONGEST),
        note=note,
        at=row.remind_at,
    )


async def _name(db: AsyncSession, session: Session, row: LaterRow | ReminderRow) -> str:
    found = await store.conversation_by_jid(db, session.account_id, row.jid)
    name = await name_of(db, session.account_id, row.jid, found)
    if row.kind != "whisper":
        return name
    return f"{name} ({safe.shown(jids.local(row.jid))})"
