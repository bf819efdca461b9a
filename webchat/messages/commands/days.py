"""This room finds a day in a conversation, also one that only the archive holds."""

from contextlib import suppress
from datetime import date, datetime, time, tzinfo

from webchat.errors import XmppError
from webchat.messages import store
from webchat.messages.jobs import PAGE
from webchat.messages.show import path_of
from webchat.messages.store import ConversationRow
from webchat.messages.store.search import first_since
from webchat.session.session import Session
from webchat.xmpp import archive
from webchat.xmpp.events import ArchivePage, MessageReceived

MOST_PAGES = 3
"""Pages without a single message that are read one after the other."""


async def path_to(session: Session, jid: str, text: str, zone: tzinfo) -> str:
    """The page of a conversation at the first message of a day ("2026-03-31"), or the next one after it.

    A day after the last message leads to the newest, and so does what is no day.
    """
    async with session.read() as db:
        found = await store.conversation_by_jid(db, session.account_id, jid)
    if found is None:
        return path_of(jid)
    id = await find_day(session, found, text, zone)
    return path_of(jid, found.kind) + (f"?at={id}" if id else "")


async def find_day(session: Session, found: ConversationRow, text: str, zone: tzinfo) -> int:
    """Id of the first message since a day began where the reader is; 0 for none."""
    try:
        start = datetime.combine(date.fromisoformat(text[:10]), time.min, zone)
    except ValueError:
        return 0
    if await _may_miss(session, found, start):
        # Without the archive the page shows what is here already.
        with suppress(XmppError):
            await _fetch(session, found, start)
    async with session.read() as db:
        row = await first_since(db, session.account_id, found.id, start)
    return row[0] if row else 0


async def _may_miss(session: Session, found: ConversationRow, start: datetime) -> bool:
    """Whether the archive may hold something between the last message before `start` and the next one."""
    async with session.read() as db:
        row = await first_since(db, session.account_id, found.id, start)
        if row is None and found.last_position is not None:
            return False
        above = await store.line_before(db, found.id, row[1]) if row else None
        if above is None:
            return not found.history_start
        gaps = await store.gaps_after(db, session.account_id, found.id, above.position)
    return any(gap.position == above.position and not gap.lost for gap in gaps)


async def _fetch(session: Session, found: ConversationRow, start: datetime) -> None:
    """A page of the archive from then on (XEP-0313 §4.1.2), and a gap where it ends before the rest."""
    room, person = (found.jid, "") if found.kind == "room" else ("", found.jid)
    pages: list[ArchivePage] = []
    while len(pages) < MOST_PAGES:
        after = pages[-1].last if pages else ""
        page = await archive.page(
            session.client, to=room, with_jid=person, after=after, start=start, limit=PAGE
        )
        pages.append(page)
        if pages[-1].complete or _said(pages[-1]):
            break
    said = [id for page in pages for id in _said(page)]
    async with session.read() as db:
        met = await store.reaches(db, found.id, said[-1:], found.last_position or 0)
    for page in pages:
        await session.handled(page)
    if said and not met and not pages[-1].complete:
        async with session.work() as work:
            await store.add_gap(work.db, found.id, said[-1])


def _said(page: ArchivePage) -> list[str]:
    return [id for id, _, event in page.results if isinstance(event, MessageReceived)]
