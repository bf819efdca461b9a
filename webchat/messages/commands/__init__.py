"""This room is what a user can do with messages."""

import re
from collections.abc import Sequence
from functools import partial
from typing import Any, Literal

from webchat.contacts import store as contacts
from webchat.db.base import now
from webchat.emoji.commands import meant
from webchat.errors import Invalid, NotFound, XmppError
from webchat.messages import show, store
from webchat.messages.changes import (
    ConversationChanged,
    ConversationClosed,
    DraftChanged,
    MessageChanged,
    TimelineChanged,
)
from webchat.messages.commands import mentions, twice
from webchat.messages.commands.saying import display, say
from webchat.messages.commands.saying import tells as tells
from webchat.messages.jobs import PAGE
from webchat.messages.state.occupants import Rooms
from webchat.messages.state.seats import kind_of
from webchat.messages.store import ConversationRow, DraftRow, facts, sources
from webchat.session.session import Session
from webchat.session.work import Work
from webchat.web.language import N_
from webchat.xmpp import archive
from webchat.xmpp.content import SharedFile
from webchat.xmpp.events import ArchivePage, MessageReceived
from webchat.xmpp.verbs import SendChatState, SendMessage

LONGEST = 64 * 1024
"""Bytes of one message; servers refuse stanzas well above this (Prosody: 256 KiB)."""

MOST_UNDO = 30
"""Seconds for which a message may wait before it is sent."""

MOST_PAGES = 10
"""Pages without a single message that are read one after the other."""

EMPTY = N_("Write something first.")
TOO_LONG = N_("This message is too long. Send it in parts.")
BAD_ID = twice.BAD_ID


ChatState = Literal["active", "composing", "paused", "inactive", "gone"]

_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 §2.2 does not know: one such character would end the stream."""


def sendable(text: str) -> str:
    """The text as it can be sent: one kind of line end, nothing that XML cannot carry.

    Raises Invalid when nothing is left, or too much.
    """
    text = _NOT_XML.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).rstrip()
    if not text:
        raise Invalid({"text": EMPTY})
    if len(text.encode()) > LONGEST:
        raise Invalid({"text": TOO_LONG})
    return text


async def open_conversation(session: Session, jid: str) -> None:
    """Begin to talk with a bare JID: the conversation stands in the list from now on."""
    async with session.work() as work:
        await store.open_conversation(work.db, work.account_id, jid, now())
        work.changed(ConversationChanged(jid))


async def close_conversation(session: Session, jid: str) -> None:
    """Take a conversation out of the list until the next message; what was said stays.

    One with unread messages stays: it would hide what nobody has seen.
    """
    async with session.work() as work:
        if await store.close_conversation(work.db, work.account_id, jid):
            work.changed(ConversationClosed(jid))


def check_id(id: str) -> None:
    """The id that a form made for a message. Raises Invalid for anything else."""
    if not _ID.fullmatch(id):
        raise Invalid({"id": BAD_ID})


def undo_seconds(session: Session) -> int:
    """How long the user wants to be able to take a message back before it is sent."""
    chosen = session.preferences.get("undo_send", "0")
    return min(int(chosen), MOST_UNDO) if chosen.isascii() and chosen.isdecimal() else 0


async def send_message(
    session: Session,
    to: str,
    text: str,
    *,
    id: str,
    draft_version: int = 0,
    reply_id: int = 0,
    spoiler: str | None = None,
    files: Sequence[SharedFile] = (),
    delay: int | None = None,
) -> None:
    """Say something to a JID: a pending row now, a stanza after the commit.

    id             made by the form, so that a form that is sent twice says it once
    draft_version  what the form knew of the draft, which this message replaces
    reply_id       row of the message that is answered, 0 for none
    spoiler        hint of a covered text, None for an open one
    files          with them the text may be empty
    delay          seconds for which it can be taken back; None for what the user chose

    Raises Invalid for a text that cannot be sent, or an id that was used elsewhere.
    """
    text = "" if files and not text.strip() else sendable(text)
    check_id(id)
    wait = undo_seconds(session) if delay is None else delay
    carried: dict[str, Any] = {"reply_id": reply_id, "spoiler": spoiler, "files": files}
    async with session.work() as work:
        await say(work, to, text, id=id, draft_version=draft_version, wait=wait, **carried)


async def retry_message(session: Session, id: int) -> str:
    """Send a failed message again, under its id, so that an archive that has it already recognises it.

    Returns the conversation. Raises NotFound when there is no such message.
    """
    async with session.work() as work:
        found = await store.message_by_id(work.db, work.account_id, id)
        if found is None:
            raise NotFound
        again = await store.retry(work.db, work.account_id, id, now())
        message = await sources.whole(work.db, work.account_id, id)
        if again is not None and message is not None:
            quoted = await sources.quoted(work.db, found[1], message.reply)
            carried: dict[str, Any] = {"reply": message.reply, "quoted": quoted}
            carried |= {"spoiler": message.spoiler, "files": message.files}
            carried["emoji"] = meant(session, message.body)
            carried["mentions"] = await mentions.named(work.db, session, message.jid, message.body)
            work.send(SendMessage(*again, message.kind, **carried))
            work.changed(MessageChanged(again[0], id), ConversationChanged(again[0]))
        elif message is not None:
            await _retry_correction(work, message)
    return found[0]


async def _retry_correction(work: Work, message: sources.Whole) -> None:
    """Send the version that came back again, under its id (XEP-0308)."""
    version = await facts.retry_correction(work.db, message.id)
    if version is None:
        return
    quoted = await sources.quoted(work.db, message.conversation_id, message.reply)
    carried: dict[str, Any] = {"reply": message.reply, "quoted": quoted, "spoiler": message.spoiler}
    carried["mentions"] = await mentions.named(work.db, work.session, message.jid, message.body)
    carried |= {"kind": message.kind, "corrects": message.said_id}
    carried["emoji"] = meant(work.session, message.body)
    work.send(SendMessage(message.jid, message.body, version, **carried))
    work.changed(MessageChanged(message.jid, message.id))


async def remove_failed(session: Session, id: int) -> str:
    """Forget an own message that failed; only here, since nobody else has it. Any other is left alone.

    Returns the conversation. Raises NotFound when there is no such message.
    """
    async with session.work() as work:
        found = await store.message_by_id(work.db, work.account_id, id)
        if found is None:
            raise NotFound
        gone = await store.remove_failed(work.db, work.account_id, id)
        if gone is not None:
            await work.unsend(gone)
            work.changed(MessageChanged(found[0], id), TimelineChanged(found[0]))
            work.changed(ConversationChanged(found[0]))
    return found[0]


async def save_draft(session: Session, jid: str, text: str, version: int) -> DraftRow:
    """Keep what is typed; the draft as it stands now, with the words of another device if there are any."""
    text = _NOT_XML.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))[:LONGEST]
    text = text if text.strip() else ""
    async with session.work() as work:
        conversation = await _looked_at(work, jid)
        draft, news = await store.write_draft(work.db, conversation.id, text, version, now())
        if news:
            work.changed(DraftChanged(jid), ConversationChanged(jid))
    return draft


async def drop_other_draft(session: Session, jid: str) -> None:
    """The words of the other device are not needed any more."""
    async with session.work() as work:
        conversation = await store.conversation_by_jid(work.db, work.account_id, jid)
        if conversation is not None:
            await store.drop_other_text(work.db, conversation.id, now())
            work.changed(DraftChanged(jid))


async def mark_displayed(session: Session, jid: str, id: int) -> None:
    """The user has seen everything up to this message. Raises NotFound when it is not said there."""
    async with session.work() as work:
        found = await store.message_by_id(work.db, work.account_id, id)
        if found is None or found[0] != jid:
            raise NotFound
        conversation = await store.conversation_by_id(work.db, work.account_id, found[1])
        if conversation is not None:
            await display(work, conversation, id, found[2])


async def say_chat_state(session: Session, jid: str, state: ChatState) -> None:
    """Tell that we type or stopped (XEP-0085), but only those who may know that we are here (case A21)."""
    if not tells(session, "typing"):
        return
    if (room := session[Rooms].get(jid)) is not None:
        if room.may_speak and session.client.connected:
            session.client.say(SendChatState(jid, state, "room"))
        return
    async with session.read() as db:
        known = await contacts.shares_presence(db, session.account_id, jid)
    if known and session.client.connected:
        session.client.say(SendChatState(jid, state))


# ---- what is only in the archive


async def _looked_at(work: Work, jid: str) -> ConversationRow:
    """The conversation, made now if need be; to look at a stranger's does not make them less of one."""
    kind = kind_of(work.session, jid)
    stranger = kind == "chat" and not await contacts.is_contact(work.db, work.account_id, jid)
    return await store.ensure_conversation(work.db, work.account_id, jid, stranger=stranger, kind=kind)


async def load_older(session: Session, jid: str) -> None:
    """Fetch the messages before the oldest one here from the archive.

    Returns at once when the archive has nothing older. Raises XmppError, TimedOut, Offline.
    """
    async with session.read() as db:
        conversation = await store.conversation_by_jid(db, session.account_id, jid)
        if conversation is not None and conversation.history_start:
            return
        oldest = await store.oldest_archive_ids(db, conversation.id) if conversation else []
    room = conversation is not None and conversation.kind == "room"
    pages = await _pages_before(session, jid, oldest, room=room)
    async with session.work() as work:
        conversation = await _looked_at(work, jid)
        if not pages:
            await store.reach_start(work.db, work.account_id, conversation.id)
    for page in pages:
        await session.handled(page)


async def reach_older(session: Session, jid: str, before: str) -> None:
    """Have a page of messages before this key at hand, from the archive if the database has too few.

    Raises XmppError, TimedOut, Offline.
    """
    position = show.position_of(before)
    async with session.read() as db:
        conversation = await store.conversation_by_jid(db, session.account_id, jid)
        here = 0
        if conversation is not None and position is not None:
            here = len(await store.lines(db, conversation.id, before=position, limit=show.PAGE))
    if here < show.PAGE:
        await load_older(session, jid)


async def _pages_before(
    session: Session, jid: str, ids: list[str], *, room: bool = False
) -> list[ArchivePage]:
    """The page before the first of these ids that the archive still knows; nothing when it knows none.

    Where a page holds only receipts and the like, the ones before it are there too. A room has an archive of
    its own.
    """
    to, others = (jid, "") if room else ("", jid)
    ask = partial(archive.page, session.client, to=to, with_jid=others, limit=PAGE)
    for before in ids or [""]:
        try:
            pages = [await ask(before=before)]
        except XmppError as error:
            if error.condition != "item-not-found":
                raise
            continue
        while not _says_something(pages[-1]) and not pages[-1].complete and len(pages) < MOST_PAGES:
            before = pages[-1].first
            pages.append(await ask(before=before))
        return pages
    return []


def _says_something(page: ArchivePage) -> bool:
    return any(isinstance(event, MessageReceived) for _, _, event in page.results)


async def fill_gap(session: Session, jid: str, gap_id: int) -> None:
    """Fetch what may be missing at a gap; it is closed when the page reaches what stands before it.

    Raises NotFound, XmppError, TimedOut, Offline.
    """
    async with session.read() as db:
        gap = await store.gap_by_id(db, session.account_id, gap_id)
        if gap is None or gap.conversation != jid:
            raise NotFound
        ids = await store.oldest_archive_ids(db, gap.conversation_id, after=gap.position)
        conversation = await store.conversation_by_jid(db, session.account_id, jid)
    room = conversation is not None and conversation.kind == "room"
    pages = await _pages_before(session, jid, ids, room=room)
    async with session.read() as db:
        fetched = [result[0] for page in pages for result in page.results]
        joined = await store.reaches(db, gap.conversation_id, fetched, gap.position)
    for page in pages:
        await session.handled(page)
    async with session.work() as work:
        if joined:
            await store.close_gap(work.db, gap_id)
        elif not pages or pages[-1].complete:
            await store.lose_gap(work.db, gap_id)
        work.changed(TimelineChanged(jid))
