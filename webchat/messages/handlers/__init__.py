"""This room turns what the network says about messages into rows, states and changes."""

from datetime import datetime
from typing import cast

from webchat.contacts import store as contacts
from webchat.db.base import now
from webchat.messages import store
from webchat.messages.changes import (
    ComingsChanged,
    ConversationChanged,
    MessageChanged,
    TimelineChanged,
    TypingChanged,
    UnreadChanged,
)
from webchat.messages.commands import tells
from webchat.messages.handlers import facts
from webchat.messages.jobs import settle
from webchat.messages.jobs.cards import look
from webchat.messages.state import Typing
from webchat.messages.state.occupants import Rooms
from webchat.messages.store import ConversationRow, Item, Placed, Recorded
from webchat.messages.store import facts as said_facts
from webchat.notifications.changes import Notice
from webchat.notifications.show import worth_telling
from webchat.session.session import Session
from webchat.session.work import Work
from webchat.xmpp import jid as jids
from webchat.xmpp.events import (
    ArchivePage,
    ChatStateReceived,
    DisplayedReceived,
    MessageCorrected,
    MessageFailed,
    MessageReceived,
    ReadMarksReceived,
    ReceiptReceived,
    RoomInvited,
    StanzaAcked,
)
from webchat.xmpp.verbs import SendReceipt

REDRAWN = 50
"""More messages of one conversation than this are not redrawn one by one: the page fetches its timeline."""


# ---- messages


async def on_message(work: Work, event: MessageReceived) -> None:
    """A live message: at the end of its conversation, once."""
    if event.mine:
        await _on_own(work, event)
        return
    moment = now()
    new = await _recorded(work, event, moment)
    if new is None:
        if await store.conversation_by_jid(work.db, work.account_id, event.conversation) is not None:
            return
        await _begin(work, event)
        new = await store.record_received(work.db, work.account_id, event, moment)
        if new is None:
            return
    work.changed(MessageChanged(event.conversation, new.id), ConversationChanged(event.conversation))
    if event.kind != "room" or event.mentions_me:
        # What a room says among itself is in no number of the shell.
        work.changed(UnreadChanged())
    read = await _after_arrival(work, event, new)
    if event.archived or read:
        return
    if worth_telling(new.telling, mentions_me=event.mentions_me, stamp=new.stamp, moment=moment):
        work.changed(Notice(event.conversation, new.id))


async def _recorded(work: Work, event: MessageReceived, moment: datetime) -> Recorded | None:
    """`record_received`, for those behind this one in the same breath."""
    if id(event) not in work.memo and len(run := store.run_of(event, work.ahead)) > 1:
        found = await store.record_run(work.db, work.account_id, run, moment)
        if found is not None:
            work.memo |= {id(each): new for each, new in zip(run, found, strict=True)}
    if id(event) in work.memo:
        return cast("Recorded | None", work.memo[id(event)])
    return await store.record_received(work.db, work.account_id, event, moment)


async def _begin(work: Work, event: MessageReceived, *, answered: bool = False) -> ConversationRow:
    """The conversation of a message, made now if need be; only people can be strangers."""
    if event.kind == "room":
        return await store.ensure_room(work.db, work.account_id, event.conversation)
    stranger = event.kind == "chat" and not answered and not event.mine
    stranger = stranger and not await contacts.is_contact(work.db, work.account_id, event.conversation)
    return await store.ensure_conversation(
        work.db, work.account_id, event.conversation, stranger=stranger, kind=event.kind
    )


async def _after_arrival(work: Work, event: MessageReceived, new: Recorded) -> bool:
    """What a message brings with it; True when another client of ours has displayed it already."""
    if new.telling.stranger and new.subscription is not None:
        await store.welcome(work.db, new.conversation_id)
    read = bool(new.mark_stanza_id) and new.mark_stanza_id == event.stanza_id
    if read:
        await _move(work, new.conversation_id, event.conversation, (new.id, new.position))
    if event.kind == "room":
        _hear(work, event.conversation)
    elif event.stamp and await store.follows_unsettled(work.db, new.conversation_id, new.position):
        # It was said a while ago and waited for us; what we said meanwhile may have come later.
        work.after(lambda: settle(work.session))
    look(work, new.id, event.body)
    if event.receipt_requested and event.id and contacts.sees_us(new.subscription):
        _answer_receipt(work, event)
    if event.conversation in work.session[Typing]:
        who = _typist(work.session, event.conversation, event.sender)
        work.after(lambda: _stop_typing(work, event.conversation, who))
    return read


def _hear(work: Work, jid: str) -> None:
    if (state := work.session[Rooms].get(jid)) is not None:
        state.hear()
        if state.comings:
            # What is said now comes after it.
            state.comings.clear()
            work.changed(ComingsChanged(jid))


def _answer_receipt(work: Work, event: MessageReceived) -> None:
    """XEP-0184 §5.4: a receipt tells that we are here: only for those who may know (security case A21)."""
    if tells(work.session, "receipts"):
        work.send(SendReceipt(event.conversation, event.id))


async def _on_own(work: Work, event: MessageReceived) -> None:
    """What another client of ours sent (XEP-0280 §7), or our own message coming back."""
    moment = now()
    await _begin(work, event)
    if event.kind == "room":
        _hear(work, event.conversation)
    new = await store.record_own(work.db, work.account_id, event, moment)
    if isinstance(new, int):
        work.changed(MessageChanged(event.conversation, new))
        if event.kind == "room":
            work.changed(ConversationChanged(event.conversation))
    elif new is not None:
        await store.welcome(work.db, new.conversation_id)
        look(work, new.id, event.body)
        work.changed(MessageChanged(event.conversation, new.id), ConversationChanged(event.conversation))
        await _move(work, new.conversation_id, event.conversation, (new.id, new.position))


async def _move(work: Work, conversation_id: int, jid: str, row: tuple[int, int]) -> None:
    """Another client of ours has shown that everything up to this row (id, position) was displayed."""
    if await store.move_displayed(work.db, conversation_id, row[1], row[0]):
        work.changed(UnreadChanged(), ConversationChanged(jid))


# ---- what becomes of our own


async def on_acked(work: Work, event: StanzaAcked) -> None:
    """Our server took a stanza over (XEP-0198 §4)."""
    if (taken := await store.sent(work.db, work.account_id, event.id, now())) is not None:
        work.changed(MessageChanged(*taken), ConversationChanged(taken[0]))
    if await store.overtaken(work.db, work.account_id, event.id):
        work.after(lambda: settle(work.session))


async def on_receipt(work: Work, event: ReceiptReceived) -> None:
    """The other side got our message (XEP-0184 §5.3); only the one it was sent to can say so."""
    if not event.mine:
        await _receipt(work, event, now())


async def _receipt(work: Work, event: ReceiptReceived, moment: datetime) -> None:
    found = await store.conversation_by_jid(work.db, work.account_id, event.conversation)
    if found is None or not _is_of(event.sender, found):
        return
    row = await store.said(work.db, found.id, event.id, mine=True)
    if row is None:
        await store.hold_receipt(work.db, found.id, event.id, "received", event.conversation, moment)
    elif await store.received(work.db, row[0], moment):
        work.changed(MessageChanged(event.conversation, row[0]), ConversationChanged(event.conversation))


async def on_displayed(work: Work, event: DisplayedReceived) -> None:
    """One side displayed everything up to a message of the other (XEP-0333 §4)."""
    await _displayed(work, event, now())


async def _displayed(work: Work, event: DisplayedReceived, moment: datetime) -> None:
    found = await store.conversation_by_jid(work.db, work.account_id, event.conversation)
    if found is None:
        return
    if found.kind == "room":
        if event.mine and (row := await store.by_archive_id(work.db, found.id, event.id)) is not None:
            await _move(work, found.id, event.conversation, row)
        return
    row = await store.said(work.db, found.id, event.id, mine=not event.mine)
    if event.mine:
        if row is not None:
            await _move(work, found.id, event.conversation, row)
        return
    if not _is_of(event.sender, found):
        return
    if row is None:
        await store.hold_receipt(work.db, found.id, event.id, "displayed", event.conversation, moment)
        return
    changed = await store.displayed_up_to(work.db, found.id, *row, moment)
    work.changed(*(MessageChanged(event.conversation, id) for id in changed[-REDRAWN:]))
    if changed:
        work.changed(ConversationChanged(event.conversation))


def _is_of(sender: str, found: ConversationRow) -> bool:
    """Whether this is the one other side of the conversation; a room has many, and none speaks for all."""
    return found.kind != "room" and found.jid in (sender, jids.bare(sender))


async def on_failed(work: Work, event: MessageFailed) -> None:
    """Our message came back; only its receiver, their server or ours can say so (security case A25)."""
    own = event.conversation in ("", work.jid, jids.domain(work.jid))
    sources = [] if own else [event.conversation]
    told = event.condition, event.text
    failed = await store.fail(work.db, work.account_id, event.id, sources, *told, now())
    if failed is None:
        failed = await said_facts.fail_correction(
            work.db, work.account_id, event.id, sources, event.condition
        )
    if failed is not None:
        # Whoever can say so has had it: it is not to be sent again by itself.
        await work.unsend(event.id)
        work.changed(MessageChanged(*failed), ConversationChanged(failed[0]))


# ---- typing


async def on_chat_state(work: Work, event: ChatStateReceived) -> None:
    """The other side types, or stopped (XEP-0085); nothing of it is stored."""
    session, conversation = work.session, event.conversation
    if not await _may_be_typing(work, event):
        return

    def changed() -> None:
        session.feed.publish([TypingChanged(conversation)])

    def apply() -> None:
        typing, who = session[Typing], _typist(session, conversation, event.sender)
        begins = event.state == "composing"
        if typing.start(conversation, changed, who=who) if begins else typing.stop(conversation, who):
            changed()

    work.after(apply)


async def _may_be_typing(work: Work, event: ChatStateReceived) -> bool:
    """Whether somebody cares: people whom the user does not know move nothing by typing."""
    if event.state != "composing":
        return event.conversation in work.session[Typing]
    if jids.bare(event.conversation) in work.session[Rooms]:
        return True
    return await contacts.is_contact(work.db, work.account_id, event.conversation)


def _typist(session: Session, conversation: str, sender: str) -> str:
    """In a room everybody types for themselves; one person's devices are one."""
    return sender if conversation in session[Rooms] else ""


def _stop_typing(work: Work, conversation: str, who: str) -> None:
    if work.session[Typing].stop(conversation, who):
        work.session.feed.publish([TypingChanged(conversation)])


# ---- the archive


async def on_archive_page(work: Work, event: ArchivePage) -> None:
    """A page of our archive: every message at its place, once; then what the page says about messages."""
    moment = now()
    _, filled = await store.archive_state(work.db, work.account_id)
    alone = await facts.standing_alone(work, event)
    for jid, items in _by_conversation(event, alone).items():
        await _place(work, event, jid, items, moment, filled=filled)
    for _, stamp, inner in event.results:
        if isinstance(inner, ReceiptReceived) and not inner.mine:
            await _receipt(work, inner, stamp)
        elif isinstance(inner, DisplayedReceived):
            await _displayed(work, inner, stamp)
        elif isinstance(inner, MessageFailed):
            await on_failed(work, inner)
        elif isinstance(inner, RoomInvited) and event.query == "forward":
            work.session.put(inner)
    await facts.from_page(work, event, alone, moment)
    await _note(work, event)


def _by_conversation(page: ArchivePage, alone: set[str]) -> dict[str, list[Item]]:
    found: dict[str, list[Item]] = {}
    for archive_id, stamp, inner in {result[0]: result for result in page.results}.values():
        if isinstance(inner, MessageCorrected) and archive_id in alone:
            inner = inner.message
        if isinstance(inner, MessageReceived):
            found.setdefault(inner.conversation, []).append(Item(archive_id, stamp, inner))
    return found


async def _place(
    work: Work, page: ArchivePage, jid: str, items: list[Item], moment: datetime, *, filled: bool
) -> None:
    found = await store.conversation_by_jid(work.db, work.account_id, jid)
    if found is None:
        found = await _begin(work, items[0].event, answered=any(item.event.mine for item in items))
    # Of a room everything that is read forward is new; the rest somebody looks for.
    older = bool(page.conversation) and not (page.room and page.query == "forward")
    whole = page.room or not page.conversation
    first = await store.first_line(work.db, found.id) if older else None
    placed = await store.place(
        work.db, work.account_id, found, items, moment, before=page.before, whole=whole
    )
    _say(work, jid, placed)
    if placed.unread != found.unread:
        work.changed(UnreadChanged())
    if older:
        # Somebody looks at it and asked for what is older: that is not new.
        await store.display_before(work.db, found.id, first)
    if placed.newest_own is not None:
        if found.stranger:
            await store.welcome(work.db, found.id)
        if filled or found.displayed_position is not None:
            await _move(work, found.id, jid, placed.newest_own[::-1])
    if found.mark_stanza_id:
        await _mark(work, jid, found.mark_stanza_id)
    if page.query == "forward" and not page.conversation:
        await _answer_receipts(work, page, placed)


def _say(work: Work, jid: str, placed: Placed) -> None:
    if placed.disturbed or len(placed.appended) > REDRAWN:
        work.changed(TimelineChanged(jid))
    else:
        work.changed(*(MessageChanged(jid, id) for id in (*placed.appended, *placed.learned)))
    if placed.disturbed or placed.appended or placed.learned:
        work.changed(ConversationChanged(jid))


async def _answer_receipts(work: Work, page: ArchivePage, placed: Placed) -> None:
    """What came while we were away is answered now, unless another client of ours did (XEP-0184 §5.5)."""
    answered = {inner.id for _, _, inner in page.results if isinstance(inner, ReceiptReceived) and inner.mine}
    for item in placed.new:
        event = item.event
        wanted = event.receipt_requested and event.id and event.id not in answered
        if wanted and await contacts.shares_presence(work.db, work.account_id, event.conversation):
            _answer_receipt(work, event)


async def _note(work: Work, page: ArchivePage) -> None:
    """Remember how far the archive was read."""
    ends = page.query == "forward" or not page.before
    if page.room:
        room = await store.ensure_room(work.db, work.account_id, page.conversation)
        if ends and (page.last or page.query == "backward"):
            await store.note_room_page(work.db, room.id, page.last)
    if not page.conversation and ends and page.last:
        await store.note_page(work.db, work.account_id, page.last)
    if page.query == "backward" and page.complete:
        found = None
        if page.conversation:
            found = await store.conversation_by_jid(work.db, work.account_id, page.conversation)
            if found is None:
                return
        await store.reach_start(work.db, work.account_id, found.id if found else None)


# ---- read marks of our other clients


async def on_read_marks(work: Work, event: ReadMarksReceived) -> None:
    """XEP-0490 §3.3: up to which message another client of ours displayed each conversation."""
    for jid, stanza_id in event.marks:
        await _mark(work, jid, stanza_id)


async def _mark(work: Work, jid: str, stanza_id: str) -> None:
    found = await store.conversation_by_jid(work.db, work.account_id, jid)
    if found is None:
        return
    row = await store.by_archive_id(work.db, found.id, stanza_id)
    await store.note_mark(work.db, found.id, stanza_id, here=row is not None)
    if row is not None:
        await _move(work, found.id, jid, row)
