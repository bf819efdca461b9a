"""This room is what a user can do about being told, and about what counts as read."""

from datetime import datetime

from webchat.contacts import store as contacts
from webchat.db.base import now
from webchat.errors import Invalid, NotFound
from webchat.messages import commands as messages
from webchat.messages import store
from webchat.messages.changes import ConversationChanged, UnreadChanged
from webchat.messages.jobs import publish_mark
from webchat.notifications import store as kept
from webchat.notifications.changes import ModeChanged, NotificationsSeen
from webchat.notifications.show import MODES, muted_until
from webchat.session.session import Session
from webchat.web.language import N_

OF_THE_ROOM = N_("When a room tells of itself is chosen in your settings for this room.")
"""Its bookmark says so to our other clients (XEP-0492), and the rooms keep that."""


async def set_mode(session: Session, jid: str, mode: str = "", mute: str = "") -> str:
    """Choose what a conversation tells; "" leaves a side as it is. Returns the kind of the conversation.

    mode  "always", "on-mention", "never", or "usual" for what is usual for its kind
    mute  "1h", "8h" or "always" from now on, or "off"

    Raises Invalid for the mode of a room.
    """
    async with session.work() as work:
        stranger = not await contacts.is_contact(work.db, work.account_id, jid)
        await store.ensure_conversation(work.db, work.account_id, jid, stranger=stranger)
        before = await store.telling(work.db, work.account_id, jid)
        if before.kind == "room" and mode not in ("", "usual"):
            raise Invalid({"mode": OF_THE_ROOM})
        notify = before.notify if not mode or before.kind == "room" else mode if mode in MODES else ""
        until = muted_until(mute, now()) if mute else before.muted_until
        await store.set_telling(work.db, work.account_id, jid, notify=notify, muted_until=until)
        work.changed(ModeChanged(jid), ConversationChanged(jid), UnreadChanged())
    return before.kind


async def mark_all_read(session: Session) -> None:
    """Everything that is here was seen; those who may know are told, as by reading it."""
    async with session.read() as db:
        ends = await store.unread_ends(db, session.account_id)
    for jid, last in ends:
        await messages.mark_displayed(session, jid, last)


async def mark_unread(session: Session, id: int) -> None:
    """From this message on everything in its conversation is unread again, also for our other clients.

    Raises NotFound when there is no such message.
    """
    async with session.work() as work:
        found = await store.message_by_id(work.db, work.account_id, id)
        if found is None:
            raise NotFound
        jid, conversation_id, position = found
        await store.mark_unread(work.db, conversation_id, position)
        work.changed(UnreadChanged(), ConversationChanged(jid))
        work.after(lambda: publish_mark(session, jid))


async def see_notifications(session: Session, until: tuple[datetime, int] | None) -> None:
    """What was there when a page was read, up to the newest of that page, counts as seen."""
    if until is None:
        return
    async with session.work() as work:
        if await kept.see_all(work.db, work.account_id, *until):
            work.changed(NotificationsSeen())
