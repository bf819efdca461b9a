"""This room brings the archive of a room to where the room is (XEP-0313 in a room, XEP-0410 §4)."""

from datetime import timedelta

from webchat.db.base import now
from webchat.errors import XmppError
from webchat.messages import store
from webchat.messages.changes import ConversationChanged, MessageChanged, TimelineChanged, UnreadChanged
from webchat.messages.state.occupants import Rooms
from webchat.session import outbox
from webchat.session.session import Session
from webchat.xmpp import archive
from webchat.xmpp import namespaces as ns

PAGE = 100
MOST_PAGES = 20
"""Pages of what was missed that are read one after the other; beyond, only the newest, and a gap."""

SETTLED = timedelta(seconds=20)
"""An own message that the archive does not show after this long did not arrive."""


async def catch_up(session: Session, jid: str) -> None:
    """Read what was said in a room since we were last there; at the first time, the newest of it.

    Nothing to do in a room without an archive. Raises XmppError, TimedOut, Offline.
    """
    state = session[Rooms].get(jid)
    if state is None or ns.MAM not in state.features:
        return
    async with session.read() as db:
        found = await store.conversation_by_jid(db, session.account_id, jid)
        last_id = None if found is None else await store.room_archive(db, found.id)
    if found is None:
        return
    if last_id is None:
        await _fill(session, jid, found.id)
    elif not await _forward(session, jid, last_id):
        await _after_loss(session, jid, found.id)
    await _fail_lost(session, jid, found.id)


async def _fill(session: Session, jid: str, conversation_id: int) -> None:
    """The newest page; what was said before we came is not new, unless our other clients know better."""
    await session.handled(await archive.page(session.client, to=jid, before="", limit=PAGE))
    async with session.work() as work:
        await store.begin_room(work.db, conversation_id)
        work.changed(UnreadChanged(), ConversationChanged(jid), TimelineChanged(jid))


async def _forward(session: Session, jid: str, last_id: str) -> bool:
    """Everything after `last_id`; False when the room has forgotten that, or too much was missed."""
    for _ in range(MOST_PAGES):
        try:
            page = await archive.page(session.client, to=jid, after=last_id, limit=PAGE)
        except XmppError as error:
            if error.condition == "item-not-found" and last_id:
                return False
            raise
        await session.handled(page)
        if page.complete or not page.last:
            return True
        last_id = page.last
    return False


async def _after_loss(session: Session, jid: str, conversation_id: int) -> None:
    """The newest page, and a gap before it where its join with what is here is unknown."""
    page = await archive.page(session.client, to=jid, before="", limit=PAGE)
    async with session.work() as work:
        ids = [result[0] for result in page.results]
        if not await store.known_in_room(work.db, conversation_id, ids):
            await store.add_room_gap(work.db, conversation_id, lost=page.complete)
            work.changed(TimelineChanged(jid))
    await session.handled(page)


async def _fail_lost(session: Session, jid: str, conversation_id: int) -> None:
    """Own messages that left long ago and that the room's archive does not show: they did not arrive."""
    async with session.work() as work:
        pending = await store.own_pending(work.db, conversation_id, now() - SETTLED)
        if not pending:
            return
        waiting = await outbox.waiting(work.db, work.account_id, [id for _, id in pending])
        for message_id, said_id in pending:
            if said_id in waiting:
                continue
            told = "remote-server-timeout", ""
            await store.fail(work.db, work.account_id, said_id, [jid], *told, now())
            work.changed(MessageChanged(jid, message_id), ConversationChanged(jid))
