"""This room is what a user can do with one message: react, correct, take back, hide, forward, save."""

import re
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from webchat.db.base import now
from webchat.emoji.commands import meant
from webchat.errors import Invalid, NotFound
from webchat.markup.emoji import one_emoji
from webchat.messages import commands, store
from webchat.messages.changes import (
    ConversationChanged,
    DraftChanged,
    MessageChanged,
    TimelineChanged,
)
from webchat.messages.commands import limits, mentions, twice
from webchat.messages.commands.possible import possible
from webchat.messages.handlers import facts
from webchat.messages.state import ReactionLimits
from webchat.messages.state.occupants import Rooms
from webchat.messages.store import ConversationRow, saved, sources
from webchat.messages.store import facts as facts_store
from webchat.messages.store.record import packed
from webchat.messages.store.sources import Whole
from webchat.session import outbox
from webchat.session.session import Session
from webchat.session.work import Work
from webchat.web.language import N_
from webchat.xmpp import jid as jids
from webchat.xmpp import reactions
from webchat.xmpp.rooms import moderation
from webchat.xmpp.verbs import SendMessage, SendReaction, SendRetraction

MOST_REACTIONS = 20
MOST_RECEIVERS = 20
MOST_TAGS = 10
LONGEST_TAG = 40

NOT_POSSIBLE = N_("This is not possible with this message (any more).")
NO_EMOJI = N_("Choose a single emoji.")
NOT_ALLOWED_HERE = N_("This room does not allow this reaction.")
TOO_MANY = N_("You cannot add more reactions to this message.")
NOBODY = N_("Choose who is to get this message.")
TOO_MANY_RECEIVERS = N_("Choose fewer people; twenty at most.")
NO_ADDRESS = N_("This is not a valid address. Addresses look like name@example.org.")
TOO_LATE = N_("This message was sent already.")

_TAG = re.compile(r"[\s,#]+")


async def _found(work: Work, id: int, action: str) -> tuple[Whole, ConversationRow, bool]:
    """The message, its conversation, and whether it can still be taken back. Raises NotFound, Invalid."""
    message = await sources.whole(work.db, work.account_id, id)
    conversation = None
    if message is not None:
        conversation = await store.conversation_by_id(work.db, work.account_id, message.conversation_id)
    if message is None or conversation is None:
        raise NotFound
    held = False
    if message.state == "pending":
        held = bool(await outbox.held_until(work.db, work.account_id, [message.said_id]))
    if action not in possible(message, work.session, held=held, kept=action == "unsave"):
        raise Invalid({"message": TOO_LATE if action == "undo" else NOT_POSSIBLE})
    return message, conversation, held


async def react(session: Session, id: int, emoji: str) -> str:
    """Add this reaction of ours, or take it back (XEP-0444). Returns the conversation.

    Raises NotFound, Invalid.
    """
    if not one_emoji(emoji):
        raise Invalid({"emoji": NO_EMOJI})
    await _learn_limits(session, id)
    async with session.work() as work:
        message, conversation, _ = await _found(work, id, "react")
        before = await facts_store.reactions_of(work.db, id, "")
        after = [one for one in before if one != emoji]
        if len(after) == len(before):
            _check_limits(session, message.jid, len(after) + 1, emoji)
            after.append(emoji)
        await facts_store.react(work.db, id, who="", sender=work.jid, mine=True, emojis=after, stamp=now())
        work.send(SendReaction(message.jid, message.name, tuple(after), uuid4().hex, message.kind))
        work.changed(MessageChanged(message.jid, id))
        if conversation.stranger:
            await store.welcome(work.db, conversation.id)
            work.changed(ConversationChanged(message.jid))
    return message.jid


async def _learn_limits(session: Session, id: int) -> None:
    """Ask a room once which reactions it allows (XEP-0444 §4)."""
    async with session.read() as db:
        message = await sources.whole(db, session.account_id, id)
    known = session[ReactionLimits].of
    if message is not None and message.kind == "room" and message.jid not in known:
        if len(known) > 500:
            known.clear()
        known[message.jid] = await reactions.limits(session.client, message.jid)


def _check_limits(session: Session, jid: str, count: int, emoji: str) -> None:
    limit = session[ReactionLimits].of.get(jid)
    if limit is not None and limit.allowed is not None and emoji not in limit.allowed:
        raise Invalid({"emoji": NOT_ALLOWED_HERE})
    most = MOST_REACTIONS if limit is None or limit.most is None else min(limit.most, MOST_REACTIONS)
    if count > most:
        raise Invalid({"emoji": TOO_MANY})


async def correct(
    session: Session, to: str, id: int, text: str, *, new_id: str, draft_version: int, spoiler: str | None
) -> None:
    """Say an own message differently (XEP-0308). Raises NotFound, Invalid."""
    text = commands.sendable(text)
    commands.check_id(new_id)
    async with session.work() as work:
        message, conversation, held = await _found(work, id, "edit")
        if message.jid != to:
            raise NotFound
        if await store.clear_draft(work.db, conversation.id, text, draft_version, now()):
            work.changed(DraftChanged(to))
        if text == message.body and spoiler == message.spoiler:
            return
        target = await facts_store.target_by_row(work.db, work.account_id, id)
        if target is None:
            raise NotFound
        quoted = await sources.quoted(work.db, conversation.id, message.reply)
        again: dict[str, Any] = {
            "kind": message.kind,
            "reply": message.reply,
            "quoted": quoted,
            "spoiler": spoiler,
        }
        again["mentions"] = await mentions.named(work.db, session, to, text)
        again["emoji"] = meant(session, text)
        new_id = await twice.version_id(work.db, id, new_id, text)
        if held:
            await _say_differently(work, message, text, again)
        elif await facts_store.correct(
            work.db, target, new_id, text, now(), spoiler=spoiler, emoji=packed(again["emoji"])
        ):
            work.send(SendMessage(to, text, new_id, corrects=message.said_id, **again))
        await facts.redraw(work, conversation, message, quotes=True)


async def _say_differently(work: Work, message: Whole, text: str, again: dict[str, Any]) -> None:
    """Nobody has seen it yet: what waits in the outbox is another text, till the same moment."""
    held = await outbox.held_until(work.db, work.account_id, [message.said_id])
    await work.unsend(message.said_id)
    await facts_store.rewrite(work.db, message.id, text, again["spoiler"], packed(again["emoji"]))
    verb = SendMessage(message.jid, text, message.said_id, **again)
    work.send(verb, held.get(message.said_id))


async def retract(session: Session, id: int) -> str:
    """Take an own message back (XEP-0424). Returns the conversation. Raises NotFound, Invalid."""
    async with session.work() as work:
        message, conversation, _ = await _found(work, id, "retract")
        if await facts_store.take_away(work.db, id, "retracted"):
            work.send(SendRetraction(message.jid, message.name, uuid4().hex, message.kind))
            await facts.redraw(work, conversation, message, quotes=True)
    return message.jid


async def moderate(session: Session, id: int, reason: str) -> str:
    """Ask the room to take a message away (XEP-0425); it tells everybody, us too. Returns the conversation.

    Raises NotFound, Invalid, XmppError, TimedOut, Offline.
    """
    async with session.work() as work:
        message, _, _ = await _found(work, id, "moderate")
    room = session[Rooms].get(message.jid)
    features = room.features if room is not None else frozenset()
    await moderation.moderate(
        session.client, message.jid, message.stanza_id or "", reason[:1000], features=features
    )
    return message.jid


async def hide(session: Session, id: int, *, hidden: bool) -> str:
    """Do not show a message to this user, or show it again; nobody else is told. Returns the conversation."""
    async with session.work() as work:
        message = await sources.whole(work.db, work.account_id, id)
        conversation = None
        if message is not None:
            conversation = await store.conversation_by_id(work.db, work.account_id, message.conversation_id)
        if message is None or conversation is None:
            raise NotFound
        if await facts_store.hide(work.db, work.account_id, id, hidden):
            if hidden or message.gone:
                await store.drop_from_index(work.db, id)
            else:
                await store.index_message(work.db, id, message.body)
            await facts.redraw(work, conversation, message, quotes=True)
    return message.jid


async def undo(session: Session, id: int) -> tuple[str, int]:
    """Take back a message that is not sent yet: its text is the draft again, before what was typed since.

    Returns the conversation, and the row that the message answered (0 for none). Raises NotFound, Invalid.
    """
    async with session.work() as work:
        message, conversation, _ = await _found(work, id, "undo")
        if not await work.unsend(message.said_id):
            raise Invalid({"message": TOO_LATE})
        await store.remove(work.db, work.account_id, id)
        draft = await store.draft_of(work.db, conversation.id)
        text = f"{message.body}\n\n{draft.text}" if draft.text.strip() else message.body
        await store.write_draft(work.db, conversation.id, text, draft.version, now())
        work.changed(MessageChanged(message.jid, id), TimelineChanged(message.jid))
        work.changed(DraftChanged(message.jid), ConversationChanged(message.jid))
        reply = message.reply
        source = None
        if reply is not None:
            source = (await sources.sources(work.db, conversation.id, [reply.id])).get(reply.id)
    return message.jid, source.id if source else 0


def receivers_of(to: Sequence[str], nobody: str) -> list[str]:
    """Addresses as typed or ticked, each once. Raises Invalid; `nobody` is what it says for none."""
    found: list[str] = []
    for each in to:
        if each.strip():
            try:
                found.append(jids.normalise(each.strip().removeprefix("xmpp:")))
            except ValueError:
                raise Invalid({"to": NO_ADDRESS}) from None
    found = list(dict.fromkeys(found))
    if not found:
        raise Invalid({"to": nobody})
    if len(found) > MOST_RECEIVERS:
        raise Invalid({"to": TOO_MANY_RECEIVERS})
    return found


async def forward(session: Session, id: int, to: Sequence[str]) -> list[str]:
    """Say a message again in other conversations, with its files. Returns them.

    Raises NotFound, Invalid, TooMany.
    """
    receivers = receivers_of(to, NOBODY)
    async with session.work() as work:
        message, _, _ = await _found(work, id, "forward")
    for jid in receivers:
        limits.SENDING.take(session)
        if message.files:
            await commands.send_message(session, jid, "", id=str(uuid4()), files=message.files, delay=0)
        if message.body.strip():
            await commands.send_message(
                session, jid, message.body, id=str(uuid4()), spoiler=message.spoiler, delay=0
            )
    return receivers


def tags_of(text: str) -> list[str]:
    """Words as they were typed, with commas, spaces or # between them."""
    words = [word[:LONGEST_TAG].casefold() for word in _TAG.split(text) if word]
    return list(dict.fromkeys(words))[:MOST_TAGS]


async def save(session: Session, id: int, tags: str) -> str:
    """Keep a message for later, under these words. Returns the conversation. Raises NotFound, Invalid."""
    async with session.work() as work:
        message, _, _ = await _found(work, id, "save")
        await saved.save(work.db, work.account_id, id, tags_of(tags), now())
        work.changed(MessageChanged(message.jid, id))
    return message.jid


async def unsave(session: Session, id: int) -> str:
    """Keep a message no longer. Returns the conversation. Raises NotFound."""
    async with session.work() as work:
        message, _, _ = await _found(work, id, "unsave")
        if await saved.forget(work.db, work.account_id, id):
            work.changed(MessageChanged(message.jid, id))
    return message.jid
