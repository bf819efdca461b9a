"""This room says something in a conversation, within a work of whoever asks."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Literal

from webchat.contacts import store as contacts
from webchat.db.base import now
from webchat.emoji.commands import meant
from webchat.messages import store
from webchat.messages.changes import ConversationChanged, DraftChanged, MessageChanged, UnreadChanged
from webchat.messages.commands import mentions, twice
from webchat.messages.jobs import publish_mark
from webchat.messages.jobs.cards import look
from webchat.messages.state.seats import kind_of, may_say, own_nick
from webchat.messages.store import ConversationRow, later, sources
from webchat.session.session import Session
from webchat.session.work import Work
from webchat.xmpp.content import Reply, SharedFile
from webchat.xmpp.verbs import SendDisplayed, SendMessage


def tells(session: Session, what: Literal["receipts", "typing"]) -> bool:
    """False when the user turned this off in Configuration: others are not told then."""
    return session.preferences.get(what, "on") != "off"


async def say(
    work: Work,
    to: str,
    text: str,
    *,
    id: str,
    draft_version: int = 0,
    reply_id: int = 0,
    spoiler: str | None = None,
    files: Sequence[SharedFile] = (),
    wait: int = 0,
    meant_at: datetime | None = None,
    typed: bool = True,
) -> None:
    """A pending row and its verb, under an id that nothing was said with; see commands.send_message.

    text      as `sendable` leaves it
    wait      seconds for which it can be taken back
    meant_at  when it was to go out by itself, if that is over for a while
    typed     the user sends it this moment: they have seen what stands above it, and their draft is sent

    Raises Invalid where one may not speak, and for an id that was used elsewhere.
    """
    session, moment = work.session, now()
    kind = kind_of(session, to)
    conversation = await store.ensure_conversation(work.db, work.account_id, to, kind=kind)
    await may_say(work, conversation)
    sender = f"{to}/{own_nick(session, conversation)}" if conversation.kind == "room" else work.jid
    reply, quoted = await _answered(work, conversation, reply_id)
    carried: dict[str, Any] = {"reply": reply, "spoiler": spoiler, "files": tuple(files)}
    carried["emoji"] = meant(session, text)
    record = partial(store.add_outgoing, work.db, work.account_id, to, text, sender=sender, moment=moment)
    new = await record(id=id, **carried)
    if new is None:
        id = await twice.other_id(work.db, work.account_id, conversation.id, id, text)
        new = await record(id=id, **carried) if id else None
    if new is None:
        return
    if meant_at is not None:
        await later.note_late(work.db, new.id, meant_at)
    held = moment + timedelta(seconds=wait) if wait > 0 else None
    carried["mentions"] = await mentions.named(work.db, session, to, text)
    work.send(SendMessage(to, text, id, conversation.kind, quoted=quoted, **carried), held)
    look(work, new.id, text)
    work.changed(MessageChanged(to, new.id), ConversationChanged(to))
    if conversation.stranger:
        await store.welcome(work.db, conversation.id)
    if not typed:
        return
    if await store.clear_draft(work.db, conversation.id, text, draft_version, moment):
        work.changed(DraftChanged(to))
    await display(work, conversation, new.id, new.position)


async def _answered(work: Work, conversation: ConversationRow, row: int) -> tuple[Reply | None, str]:
    """How to name what is answered, and its words for old clients (XEP-0461 §3)."""
    source = await sources.whole(work.db, work.account_id, row) if row else None
    if source is None or source.conversation_id != conversation.id:
        return None, ""
    secret = source.gone or source.spoiler is not None or source.encryption
    return source.as_source, "" if secret else source.body


async def display(work: Work, before: ConversationRow, id: int, position: int) -> None:
    """Move the mark to this row and tell: the contact if they may know (XEP-0333 §4), our clients always."""
    if not await store.move_displayed(work.db, before.id, position, id):
        return
    if before.unread:
        work.changed(UnreadChanged(), ConversationChanged(before.jid))
        marked = await store.last_markable(
            work.db, before.id, after=before.displayed_position, up_to=position
        )
        told = tells(work.session, "receipts")
        if told and marked and await contacts.shares_presence(work.db, work.account_id, before.jid):
            work.send(SendDisplayed(before.jid, marked))
    session = work.session
    work.after(lambda: publish_mark(session, before.jid))
