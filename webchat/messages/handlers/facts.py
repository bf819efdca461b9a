"""This room judges what is said about earlier messages, and applies it: live, or from an archive.

A correction or a retraction counts from the sender of the message only (XEP-0308 §3, XEP-0424 §5),
moderation from the room (XEP-0425 §5), a reaction from whoever sent it (XEP-0444 §3). What comes before its
message waits.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from webchat.db.base import now
from webchat.markup.emoji import one_emoji
from webchat.messages import store
from webchat.messages.changes import ConversationChanged, MessageChanged, TimelineChanged
from webchat.messages.state import Refused
from webchat.messages.store import ConversationRow, facts, sources
from webchat.messages.store.facts import FactRow, Target
from webchat.messages.store.record import packed
from webchat.session.work import Work
from webchat.xmpp import jid as jids
from webchat.xmpp.content import SharedFile
from webchat.xmpp.events import (
    ArchivePage,
    Event,
    MessageCorrected,
    MessageModerated,
    MessageReceived,
    MessageRetracted,
    ReactionReceived,
)

Said = MessageCorrected | MessageRetracted | MessageModerated | ReactionReceived

LONGEST_WHO = 200
MOST_EMOJIS = 20


def who(mine: bool, sender: str, occupant_id: str, kind: str) -> str:
    """The same for all that one person says: "" for the user, an occupant id (XEP-0421), else an address."""
    if mine:
        return ""
    if kind != "chat" and occupant_id:
        key = f"id:{occupant_id}"
    else:
        key = jids.bare(sender) if kind == "chat" else sender
    return key if len(key) <= LONGEST_WHO else f"sha256:{hashlib.sha256(key.encode()).hexdigest()}"


def same_sender(target: Target, fact: FactRow, kind: str) -> bool:
    """Whether a message and what is said about it come from one and the same person.

    In a room by the occupant id where there is one; a nick alone could have a new owner.
    """
    if target.mine or fact.mine:
        return target.mine == fact.mine
    if kind == "chat":
        return True
    occupant_id = fact.payload.get("occupant_id", "")
    if target.occupant_id or occupant_id:
        return bool(target.occupant_id == occupant_id)
    return target.sender == fact.sender


def fact_of(event: Said, moment: datetime) -> FactRow:
    """An event as what can wait; `moment` stands where its own time is not known."""
    if isinstance(event, MessageModerated):
        payload: dict[str, Any] = {"by": event.by, "reason": event.reason}
        stamp = min(event.stamp or moment, moment)
        return FactRow("moderation", event.target, "", event.conversation, False, stamp, payload)
    source = event.message if isinstance(event, MessageCorrected) else event
    stamp = min(source.stamp or moment, moment)
    payload = {"occupant_id": source.occupant_id}
    if isinstance(event, MessageCorrected):
        said = event.message
        said_id = said.id or said.origin_id or hashlib.sha256(said.body.encode()).hexdigest()
        payload |= {"said_id": said_id, "stanza_id": said.stanza_id}
        payload |= {"body": said.body, "spoiler": said.spoiler}
        payload |= {"unstyled": said.unstyled, "encryption": said.encryption}
        payload["files"] = [asdict(file) for file in said.files]
        payload["emoji"] = packed(said.emoji)
        name = "correction"
    elif isinstance(event, ReactionReceived):
        emojis = [emoji for emoji in event.emojis if one_emoji(emoji)][:MOST_EMOJIS]
        payload["emojis"] = list(dict.fromkeys(emojis))
        name = "reaction"
    else:
        name = "retraction"
    person = who(source.mine, source.sender, source.occupant_id, source.kind)
    return FactRow(name, event.target, person, source.sender, source.mine, stamp, payload)


# ---- events


async def on_message_retracted(work: Work, event: MessageRetracted) -> None:
    """XEP-0424, live."""
    await _say(work, event, now())


async def on_message_moderated(work: Work, event: MessageModerated) -> None:
    """XEP-0425, live."""
    await _say(work, event, now())


async def on_reaction(work: Work, event: ReactionReceived) -> None:
    """XEP-0444, live."""
    await _say(work, event, now())


async def _say(work: Work, event: Said, moment: datetime) -> None:
    found = await store.conversation_by_jid(work.db, work.account_id, event.conversation)
    if found is None:
        # Whoever never wrote to us has nothing that we could have a fact about (security case A15).
        work.session[Refused].count("stranger")
        return
    fact = fact_of(event, moment)
    if not await apply(work, found, fact):
        await facts.hold(work.db, found.id, fact)


async def hold_alone(work: Work, event: MessageCorrected, fact: FactRow) -> None:
    """A correction that stands by itself remembers whose place it takes once that comes."""
    found = await store.conversation_by_jid(work.db, work.account_id, event.conversation)
    if found is None:
        return
    message = event.message
    for id in (message.stanza_id, message.id, message.origin_id):
        for row in await facts.targets(work.db, work.account_id, found.id, id, given=True) if id else []:
            if same_sender(row, fact, found.kind):
                await facts.hold(work.db, found.id, replace(fact, message_id=row.id))
                return


# ---- from an archive


async def standing_alone(work: Work, page: ArchivePage) -> set[str]:
    """Archive ids of corrections whose message is neither here nor in the page: they are messages."""
    inside: dict[str, list[tuple[str, str]]] = {}
    found: set[str] = set()
    for archive_id, _, inner in page.results:
        if isinstance(inner, MessageCorrected):
            message = inner.message
            person = who(message.mine, message.sender, message.occupant_id, message.kind)
            if (inner.conversation, person) not in inside.get(inner.target, ()) and not await _is_here(
                work, inner
            ):
                found.add(archive_id)
            inner = message
        for id in _ids(inner):
            inside.setdefault(id[0], []).append(id[1])
    return found


def _ids(event: Event | None) -> list[tuple[str, tuple[str, str]]]:
    if not isinstance(event, MessageReceived):
        return []
    person = who(event.mine, event.sender, event.occupant_id, event.kind)
    return [(id, (event.conversation, person)) for id in (event.id, event.origin_id) if id]


async def _is_here(work: Work, event: MessageCorrected) -> bool:
    found = await store.conversation_by_jid(work.db, work.account_id, event.conversation)
    return found is not None and await _target(work, found, fact_of(event, now())) is not None


async def from_page(work: Work, page: ArchivePage, alone: set[str], moment: datetime) -> None:
    """What a page says about messages, when these are in their places; then what has waited for them."""
    for archive_id, stamp, inner in page.results:
        if archive_id in alone and isinstance(inner, MessageCorrected):
            await hold_alone(work, inner, fact_of(inner, stamp))
        elif isinstance(inner, Said):
            await _say(work, inner, stamp if stamp < moment else moment)
    named: dict[str, list[str]] = {}
    for archive_id, _, inner in page.results:
        for id, (conversation, _) in _ids(inner):
            named.setdefault(conversation, [archive_id]).append(id)
            named[conversation].append(archive_id)
    for jid, ids in named.items():
        found = await store.conversation_by_jid(work.db, work.account_id, jid)
        for fact in await facts.waiting(work.db, found.id, list(dict.fromkeys(ids))) if found else ():
            if found is not None and await apply(work, found, fact):
                await facts.drop_fact(work.db, fact.id)


# ---- what it does


async def _target(work: Work, conversation: ConversationRow, fact: FactRow) -> Target | None:
    """The message that a fact may be about; None when it is not here, or not for this sender to speak of."""
    if fact.kind == "moderation":
        return await facts.given(work.db, work.account_id, conversation.id, fact.target)
    room = conversation.kind == "room"
    given = room and fact.kind != "correction"
    found = await facts.targets(work.db, work.account_id, conversation.id, fact.target, given=given)
    if fact.kind == "reaction":
        return found[0] if found else None
    allowed = [row for row in found if same_sender(row, fact, conversation.kind)]
    if found and not allowed:
        work.session[Refused].count(fact.kind)
    return allowed[0] if allowed else None


async def apply(work: Work, conversation: ConversationRow, fact: FactRow) -> bool:
    """Apply what was said. False when its message is not here."""
    target = await _target(work, conversation, fact)
    if target is not None and target.id == fact.message_id:
        return False
    if target is None and fact.kind == "correction" and fact.message_id is None:
        rows = await facts.alone(work.db, work.account_id, conversation.id, fact.target)
        target = next((row for row in rows if same_sender(row, fact, conversation.kind)), None)
    if target is None:
        return False
    match fact.kind:
        case "correction":
            news = await _correct(work, conversation, target, fact)
        case "reaction":
            news = not target.gone and await facts.react(
                work.db,
                target.id,
                who=fact.who,
                sender=fact.sender,
                mine=fact.mine,
                emojis=fact.payload.get("emojis", ()),
                stamp=fact.stamp,
            )
        case "moderation":
            told = fact.payload.get("by", ""), fact.payload.get("reason", "")
            news = await facts.take_away(work.db, target.id, "moderated", *told)
        case _:
            news = await facts.take_away(work.db, target.id, "retracted")
    if news:
        await redraw(work, conversation, target, quotes=fact.kind != "reaction")
    return True


async def _correct(work: Work, conversation: ConversationRow, target: Target, fact: FactRow) -> bool:
    payload = fact.payload
    carried = {
        name: payload[name] for name in ("spoiler", "unstyled", "encryption", "emoji") if name in payload
    }
    files = [_file(one) for one in payload["files"]] if "files" in payload else None
    version = payload["said_id"], payload["body"], fact.stamp, files
    news = await facts.correct(work.db, target, *version, stanza_id=payload.get("stanza_id", ""), **carried)
    if fact.message_id is not None:
        await store.remove(work.db, work.account_id, fact.message_id)
        work.changed(MessageChanged(conversation.jid, fact.message_id), TimelineChanged(conversation.jid))
        work.changed(ConversationChanged(conversation.jid))
    return news


def _file(values: dict[str, Any]) -> SharedFile:
    hashes = tuple((algorithm, value) for algorithm, value in values["hashes"])
    return SharedFile(**{**values, "hashes": hashes})


async def redraw(
    work: Work, conversation: ConversationRow, target: Target | sources.Whole, *, quotes: bool
) -> None:
    """Say that a message looks different, and with it what quotes it and the list if it was the last."""
    work.changed(MessageChanged(conversation.jid, target.id))
    if quotes:
        ids: Sequence[str] = [id for id in (target.stanza_id, target.origin_id, target.said_id) if id]
        for id in await sources.answers(work.db, conversation.id, ids) if ids else ():
            work.changed(MessageChanged(conversation.jid, id))
        if conversation.last_message_id == target.id:
            work.changed(ConversationChanged(conversation.jid))
