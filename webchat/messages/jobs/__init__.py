"""This room catches up with the archive after a login and tells our other clients what was displayed."""

import asyncio
import logging

from webchat.contacts import store as contacts
from webchat.errors import Offline, TimedOut, XmppError
from webchat.messages import store
from webchat.messages.changes import ConversationChanged, TimelineChanged, UnreadChanged
from webchat.messages.state import Settling, WaitingMarks
from webchat.session.session import Session
from webchat.xmpp import archive, readmarks
from webchat.xmpp.events import ArchivePage

log = logging.getLogger(__name__)

PAGE = 100
FIRST_FILL = 2
"""Pages of the archive that a first login fetches; what is older comes when somebody looks for it."""

PATIENCE = 3
"""Times that a page is asked for."""

SETTLE = 1.0
"""Seconds that read marks and questions of order wait for newer ones, so that many make one."""


async def catch_up(session: Session) -> None:
    """Sync step: bring messages and read marks to where the account is.

    Messages first, except at the very first login, where the marks tell what of it was read elsewhere.
    """
    async with session.read() as db:
        last_id, filled = await store.archive_state(db, session.account_id)
        # Private talks through rooms stand in the same archive, and are told from others by the room.
        session.client.known_rooms.update(jid for jid, _ in await store.rooms(db, session.account_id))
    if filled or last_id:
        await _forward(session, last_id)
        await _fetch_marks(session)
    elif await _fill(session):
        await _fetch_marks(session)
    else:
        return
    if not filled:
        async with session.work() as work:
            news = await store.finish_fill(work.db, work.account_id)
            if news:
                work.changed(*(ConversationChanged(jid) for jid in news), UnreadChanged())
    await _welcome(session)
    await _mark_rest(session)


async def _welcome(session: Session) -> None:
    """Who came into the roster while we were away is no stranger any more."""
    async with session.work() as work:
        for jid in await store.strangers(work.db, work.account_id):
            found = await store.conversation_by_jid(work.db, work.account_id, jid)
            if found is not None and await contacts.is_contact(work.db, work.account_id, jid):
                await store.welcome(work.db, found.id)
                work.changed(UnreadChanged(), ConversationChanged(jid))


async def _forward(session: Session, last_id: str) -> None:
    """Everything after `last_id`, page by page, each committed before the next is asked for."""
    while True:
        try:
            page = await _page(session, after=last_id)
        except XmppError as error:
            if error.condition == "item-not-found" and last_id:
                await _after_loss(session)
                return
            _give_up(error)
            return
        await session.handled(page)
        if page.complete or not page.last:
            return
        last_id = page.last


async def _page(session: Session, *, after: str = "", before: str | None = None) -> ArchivePage:
    """One page; a server that is slow to answer after a restart is asked again."""
    for _ in range(PATIENCE):
        try:
            return await archive.page(session.client, after=after, before=before, limit=PAGE)
        except TimedOut:
            log.info("the archive does not answer")
    raise TimedOut


def _give_up(error: XmppError) -> None:
    """An account without an archive is still an account; a stream that is gone will come again."""
    if isinstance(error, Offline | TimedOut):
        raise error
    log.info("the archive cannot be read: %s", error.condition)


async def _fill(session: Session) -> bool:
    """The newest of an archive that was never read, from its end backwards; False when there is none."""
    before = ""
    for _ in range(FIRST_FILL):
        try:
            page = await _page(session, before=before)
        except XmppError as error:
            _give_up(error)
            return bool(before)
        await session.handled(page)
        if page.complete or not page.first:
            break
        before = page.first
    return True


async def _after_loss(session: Session) -> None:
    """The server has forgotten where we stood: the newest from its end, and a gap where the join is unknown.

    Pages are stored oldest first, so that a process killed in between begins again.
    """
    pages: list[ArchivePage] = []
    joined = False
    while len(pages) < FIRST_FILL and not joined:
        before = pages[-1].first if pages else ""
        try:
            page = await _page(session, before=before)
        except XmppError as error:
            _give_up(error)
            break
        pages.append(page)
        async with session.read() as db:
            ids = [result[0] for result in page.results]
            joined = bool(await store.known_archive_ids(db, session.account_id, ids))
        if page.complete or not page.first:
            break
    if not joined:
        async with session.work() as work:
            lost = not pages or pages[-1].complete
            gaps = await store.add_gaps(work.db, work.account_id, lost=lost)
            work.changed(*(TimelineChanged(jid) for jid in gaps))
    for page in reversed(pages):
        await session.handled(page)


def settle(session: Session, delay: float = SETTLE) -> None:
    """Ask the archive soon in which order things were said: ours and theirs crossed on the way."""
    settling = session[Settling]
    if not settling.waiting:
        settling.waiting = True
        session.spawn(_settle(session, delay), "order")


async def _settle(session: Session, delay: float) -> None:
    try:
        await asyncio.sleep(delay)
    finally:
        session[Settling].waiting = False
    async with session.read() as db:
        last_id, filled = await store.archive_state(db, session.account_id)
    if filled or last_id:
        try:
            await _forward(session, last_id)
        except XmppError as error:
            # The next login reads on from the same place.
            log.info("the archive cannot be read: %s", error.condition)


# ---- read marks


async def _fetch_marks(session: Session) -> None:
    try:
        await session.handled(await readmarks.fetch(session.client))
    except XmppError as error:
        _give_up(error)


async def _mark_rest(session: Session) -> None:
    """What was displayed while there was no stream is told now."""
    async with session.read() as db:
        rest = await store.unpublished(db, session.account_id)
    waiting = session[WaitingMarks]
    for jid in rest:
        waiting.conversations[jid] = None
    start_publishing(session, 0)


def publish_mark(session: Session, jid: str, delay: float = SETTLE) -> None:
    """Tell our other clients soon how far this conversation was displayed (XEP-0490 §3.2)."""
    session[WaitingMarks].conversations[jid] = None
    start_publishing(session, delay)


def start_publishing(session: Session, delay: float) -> None:
    """Work the waiting marks off, unless somebody does."""
    waiting = session[WaitingMarks]
    if waiting.conversations and not waiting.publishing:
        waiting.publishing = True
        session.spawn(_publish(session, delay), "read marks")


async def _publish(session: Session, delay: float) -> None:
    waiting = session[WaitingMarks]
    try:
        while waiting.conversations:
            await asyncio.sleep(delay)
            jids, waiting.conversations = list(waiting.conversations), {}
            for jid in jids:
                await _publish_one(session, jid)
    except XmppError as error:
        # They stay unpublished in the database; the next sync tells them.
        waiting.conversations.clear()
        log.info("read marks cannot be published: %s", error.condition)
    finally:
        waiting.publishing = False


async def _publish_one(session: Session, jid: str) -> None:
    async with session.read() as db:
        found = await store.conversation_by_jid(db, session.account_id, jid)
    if found is None or found.displayed_stanza_id in (None, found.published_stanza_id):
        return
    if found.kind == "whisper":
        return
    stanza_id = found.displayed_stanza_id or ""
    by = jid if found.kind == "room" else session.jid
    await readmarks.publish(session.client, jid, stanza_id, by)
    async with session.work() as work:
        await store.note_mark(work.db, found.id, stanza_id, here=True)
