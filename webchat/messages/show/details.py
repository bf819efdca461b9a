"""This room makes the values of the page of one message, of its menu, and of the page "Saved"."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from webchat.messages import store
from webchat.messages.commands.possible import possible
from webchat.messages.show.beside import beside
from webchat.messages.show.later import HoursView, hours_view
from webchat.messages.show.paths import actions_of as _conversation_actions
from webchat.messages.show.paths import path_of
from webchat.messages.show.row import MessageView, authors, message, name_of
from webchat.messages.state import ReactionLimits
from webchat.messages.store import Line, facts, later, saved, sources
from webchat.session import outbox
from webchat.session.session import Session
from webchat.web.language import N_

QUICK = ("👍", "❤️", "😂", "😮", "😢", "🙏")
"""What the menu offers to react with at once."""

MOST_RECEIVERS = 40

STATES = {
    "pending": N_("Waiting to be sent"),
    "sent": N_("Sent: your server has it"),
    "received": N_("Delivered to a device of theirs"),
    "displayed": N_("Read"),
    "failed": N_("Not sent"),
}


@dataclass(frozen=True, slots=True)
class ActionsView:
    """What can be done with a message; see templates/messages/_menu.html.

    can          names: reply, react, edit, copy, forward, save, unsave, hide, unhide, retract, moderate, undo
    path         leads to the message in its conversation
    page_path    its own page; the forms go below it
    quick        reactions offered at once
    conversation where the composer is fetched: `conversation`/composer?reply=ID
    """

    id: int
    jid: str
    mine: bool
    can: frozenset[str]
    path: str
    page_path: str
    talk_path: str
    conversation: str
    quick: Sequence[str]
    chosen: frozenset[str]
    tags: str
    copy_text: str


@dataclass(frozen=True, slots=True)
class VersionView:
    """What a message said at some time."""

    text: str
    stamp: datetime


@dataclass(frozen=True, slots=True)
class ReceiverView:
    """A conversation that a message can be forwarded to."""

    jid: str
    name: str


@dataclass(frozen=True, slots=True)
class DetailsView:
    """The page of one message.

    state      message id of what became of an own message, "" for others
    versions   the first one first; nothing when it was never corrected
    ids        (what it is, the id) as others and archives know it
    remind_at  when the user will be told of it, None for never; `hours` they can choose from
    """

    message: MessageView
    actions: ActionsView
    name: str
    text: str
    state: str
    sender: str
    versions: tuple[VersionView, ...]
    ids: tuple[tuple[str, str], ...]
    receivers: tuple[ReceiverView, ...]
    remind_at: datetime | None
    hours: HoursView


@dataclass(frozen=True, slots=True)
class SavedView:
    """One saved message."""

    message: MessageView
    conversation: str
    saved_at: datetime
    tags: tuple[str, ...]
    unsave_path: str


@dataclass(frozen=True, slots=True)
class SavedPage:
    """The page "Saved": `tag` is the one that is looked at, "" for all."""

    rows: tuple[SavedView, ...]
    tags: tuple[tuple[str, int], ...]
    tag: str


async def actions_of(db: AsyncSession, session: Session, id: int) -> ActionsView | None:
    """What can be done with a message; None when the account has none with this id."""
    found = await sources.whole(db, session.account_id, id)
    if found is None:
        return None
    held = bool(await outbox.held_until(db, session.account_id, [found.said_id]))
    kept = id in await saved.is_saved(db, session.account_id, [id])
    tags = (await saved.tags_of(db, [id])).get(id, ())
    limit = session[ReactionLimits].of.get(found.jid)
    quick = QUICK if limit is None or limit.allowed is None else limit.allowed[: len(QUICK)]
    talk = path_of(found.jid, found.kind)
    return ActionsView(
        id=id,
        jid=found.jid,
        mine=found.mine,
        can=possible(found, session, held=held, kept=kept),
        path=f"{talk}?at={id}",
        page_path=f"/messages/{id}",
        talk_path=talk,
        conversation=_conversation_actions(found.jid),
        quick=quick,
        chosen=frozenset(await facts.reactions_of(db, id, "")),
        tags=", ".join(tags),
        copy_text=found.body,
    )


async def details(db: AsyncSession, session: Session, id: int, language: str) -> DetailsView | None:
    """Everything about a message; None when the account has none with this id."""
    found = await sources.whole(db, session.account_id, id)
    actions = await actions_of(db, session, id)
    if found is None or actions is None:
        return None
    lines = await store.lines_by_id(db, found.conversation_id, [id])
    view = await _view(db, session, found.conversation_id, found.jid, lines[0])
    talk = await store.conversation_by_id(db, session.account_id, found.conversation_id)
    known = (
        (N_("Stanza"), found.said_id),
        (N_("Origin"), found.origin_id or ""),
        (N_("Archive"), found.stanza_id or ""),
    )
    return DetailsView(
        message=view,
        actions=actions,
        name=await name_of(db, session.account_id, found.jid, talk),
        text=found.body,
        state=STATES.get(found.state, ""),
        sender=found.sender,
        versions=tuple(VersionView(one.body, one.stamp) for one in await facts.versions(db, id)),
        ids=tuple((name, value) for name, value in known if value),
        receivers=await _receivers(db, session) if "forward" in actions.can else (),
        remind_at=await later.reminder_of(db, session.account_id, id),
        hours=hours_view(0),
    )


async def _view(
    db: AsyncSession, session: Session, conversation_id: int, jid: str, line: Line
) -> MessageView:
    author = await authors(db, session, jid)
    return message(line, None, author, None, await beside(db, session, conversation_id, author, [line]))


async def _receivers(db: AsyncSession, session: Session) -> tuple[ReceiverView, ...]:
    talks = await store.conversations(db, session.account_id, limit=MOST_RECEIVERS)
    return tuple(
        [ReceiverView(talk.jid, await name_of(db, session.account_id, talk.jid, talk)) for talk in talks]
    )


async def saved_page(db: AsyncSession, session: Session, tag: str) -> SavedPage:
    """What is kept, the newest first."""
    views = []
    for row in await saved.saved(db, session.account_id, tag):
        talk = await store.conversation_by_jid(db, session.account_id, row.conversation)
        lines = await store.lines_by_id(db, talk.id, [row.message_id]) if talk else []
        if talk is None or not lines:
            continue
        name = await name_of(db, session.account_id, row.conversation, talk)
        view = await _view(db, session, talk.id, row.conversation, lines[0])
        path = f"/messages/{row.message_id}/save/delete?from=saved"
        views.append(SavedView(view, name, row.saved_at, row.tags, path))
    return SavedPage(tuple(views), tuple(await saved.all_tags(db, session.account_id)), tag)
