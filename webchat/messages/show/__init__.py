"""This room makes of rows the values that the templates of messages draw."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from webchat.contacts import store as contacts
from webchat.markup import names as safe
from webchat.messages import store
from webchat.messages.commands.possible import possible
from webchat.messages.commands.typed import escaped
from webchat.messages.show.beside import ReplyView, beside, quotation
from webchat.messages.show.later import EditedView, edited
from webchat.messages.show.paths import actions_of, path_of
from webchat.messages.show.row import (
    ERRORS,
    REFUSED,
    Author,
    MessageView,
    authors,
    key_of,
    message,
    messages,
    name_of,
    position_of,
    room_name,
)
from webchat.messages.show.speakers import ComingsView, comings
from webchat.messages.state import Typing
from webchat.messages.state.occupants import Rooms
from webchat.messages.store import ConversationRow, DraftRow, Line, sources
from webchat.session.session import Session
from webchat.web.language import N_, translate
from webchat.xmpp import jid as jids

__all__ = [
    "ERRORS",
    "REFUSED",
    "Author",
    "ComingsView",
    "ComposerView",
    "GapView",
    "MessageView",
    "TimelineView",
    "TypingView",
    "actions_of",
    "authors",
    "comings",
    "composer",
    "key_of",
    "message",
    "messages",
    "name_of",
    "path_of",
    "position_of",
    "room_name",
    "timeline",
    "typing",
    "with_following",
    "with_gaps",
]

PAGE = 50
"""Messages that a page shows at first, and that each older page adds."""

MOST = 200
"""A page that begins at the first unread message shows up to this many after it."""

EVERYTHING = "all"
"""Stands where a key would stand on a page without messages."""

CONTEXT = 10
"""Messages shown before the first unread one."""

TYPING = N_("%(name)s is typing…")
SEVERAL_TYPE = N_("%(names)s and %(last)s are typing…")
MANY_TYPE = N_("Several people are typing…")
MOST_NAMED = 3
"""More people than this who type at once are not named."""


@dataclass(frozen=True, slots=True)
class GapView:
    """A hole in the history; `path` fills it, "" when nothing can."""

    id: int
    key: str
    path: str
    filling: bool = False


@dataclass(frozen=True, slots=True)
class TimelineView:
    """A stretch of a conversation; see templates/messages/_timeline.html.

    live        the newest message is in it, so that the page may follow the conversation
    new_before  key of the message before which the divider "New" stands
    at          id of the message that the address names
    """

    jid: str
    path: str
    rows: Sequence[MessageView | GapView]
    new_before: str | None
    new_count: int
    older_path: str | None
    older_fragment: str | None
    newer_path: str | None
    start_of_history: bool
    at: int
    live: bool


@dataclass(frozen=True, slots=True)
class ComposerView:
    """The form that writes; `message_id` makes sending it twice harmless, `error` is a message id.

    kept  the draft, where something else stands in the box; None where it is the draft
    """

    jid: str
    path: str
    message_id: str
    text: str
    draft_version: int
    conflict_text: str | None
    name: str
    error: str | None = None
    reply: ReplyView | None = None
    editing: int = 0
    spoiler: str | None = None
    later: EditedView | None = None
    kept: str | None = None


@dataclass(frozen=True, slots=True)
class TypingView:
    """Who is writing just now; `text` is a sentence or ""."""

    jid: str
    text: str


@dataclass(frozen=True, slots=True)
class _Window:
    """Which messages a page shows, and what lies around them."""

    lines: list[Line]
    above: Line | None
    newer: bool


async def _window(
    db: AsyncSession, found: ConversationRow, *, before: int | None, after: int | None, at: int | None
) -> _Window:
    """`before`, `after` or around `at`; else from the first unread message, or the newest."""
    first = None
    if before is None and after is None and at is None and found.unread:
        at = first = await store.first_unread(db, found.id, found.displayed_position)
    if after is not None:
        lines = await store.lines(db, found.id, after=after, limit=PAGE)
    elif at is not None:
        above = await store.lines(db, found.id, before=at, limit=CONTEXT if first else PAGE // 2)
        end = at - 1
        below = await store.lines(db, found.id, after=end, limit=MOST if first else PAGE // 2)
        lines = above + below
        if len(lines) < PAGE and lines[-1].position == found.last_position:
            lines = await store.lines(db, found.id, limit=PAGE)
    else:
        lines = await store.lines(db, found.id, before=before, limit=PAGE)
    above_first = await store.line_before(db, found.id, lines[0].position) if lines else None
    newer = bool(lines) and lines[-1].position != found.last_position
    return _Window(lines, above_first, newer)


async def timeline(
    db: AsyncSession,
    session: Session,
    jid: str,
    *,
    before: str = "",
    after: str = "",
    at: int = 0,
) -> TimelineView:
    """What the page of a conversation shows, also when nothing was ever said in it.

    before, after  keys: an older or a newer page
    at             id of a message that must be in it; anything unknown shows the newest
    """
    found = await store.conversation_by_jid(db, session.account_id, jid)
    if found is None:
        return _nothing_said(jid)
    path = path_of(jid, found.kind)
    named = await store.message_by_id(db, session.account_id, at) if at else None
    place = named[2] if named is not None and named[1] == found.id else None
    window = await _window(db, found, before=position_of(before), after=position_of(after), at=place)
    lines = window.lines
    author = await authors(db, session, jid)
    last_own = await store.last_own(db, found.id)
    around = await beside(db, session, found.id, author, lines)
    rows: list[MessageView | GapView] = list(
        messages(lines, window.above, author, last_own[0] if last_own else None, around)
    )
    rows = await with_gaps(db, session.account_id, jid, found.id, rows)
    fresh = None
    if lines and found.unread:
        position = await store.first_unread(db, found.id, found.displayed_position)
        fresh = next((line.position for line in lines if line.position == position), None)
    start = window.above is None and found.history_start
    older = f"?before={key_of(lines[0].position) if lines else EVERYTHING}"
    actions = actions_of(jid)
    return TimelineView(
        jid=jid,
        path=path,
        rows=rows,
        new_before=None if fresh is None else key_of(fresh),
        new_count=0 if fresh is None else found.unread,
        older_path=None if start else path + older,
        older_fragment=None if start else f"{actions}/older{older}",
        newer_path=f"{path}?after={key_of(lines[-1].position)}" if window.newer else None,
        start_of_history=start,
        at=at if place is not None else 0,
        live=not window.newer,
    )


def _nothing_said(jid: str) -> TimelineView:
    older = f"?before={EVERYTHING}"
    path, fragment = path_of(jid) + older, f"{actions_of(jid)}/older{older}"
    return TimelineView(jid, path_of(jid), (), None, 0, path, fragment, None, False, 0, True)


async def with_following(
    db: AsyncSession, session: Session, jid: str, timeline: TimelineView
) -> list[MessageView | GapView]:
    """The rows of an older page, and the row below them: its day and grouping depend on them."""
    found = await store.conversation_by_jid(db, session.account_id, jid)
    last = position_of(timeline.rows[-1].key) if timeline.rows else None
    if found is None or last is None:
        return list(timeline.rows)
    lines = await store.lines(db, found.id, after=last - 1, limit=2)
    if not lines:
        # What stood there was removed this very moment.
        return list(timeline.rows)
    above, *below = lines
    author = await authors(db, session, jid)
    own = await store.last_own(db, found.id)
    around = await beside(db, session, found.id, author, below)
    return [*timeline.rows, *messages(below, above, author, own[0] if own else None, around)]


async def with_gaps(
    db: AsyncSession, account_id: int, jid: str, conversation_id: int, rows: list[MessageView | GapView]
) -> list[MessageView | GapView]:
    """The rows with the gaps between them, each behind the message after which something may be missing."""
    if not rows:
        return rows
    first = position_of(rows[0].key) or 0
    gaps = await store.gaps_after(db, account_id, conversation_id, first)
    last = rows[-1].key
    views = [
        GapView(gap.id, f"{gap.position:019d}-2", "" if gap.lost else f"{actions_of(jid)}/gaps/{gap.id}")
        for gap in gaps
    ]
    shown = [view for view in views if view.key.partition("-")[0] <= last.partition("-")[0]]
    return sorted([*rows, *shown], key=lambda row: row.key)


async def composer(
    db: AsyncSession,
    session: Session,
    jid: str,
    *,
    draft: DraftRow | None = None,
    text: str | None = None,
    message_id: str = "",
    error: str | None = None,
    reply: int = 0,
    edit: int = 0,
    spoiler: str | None = None,
    later: int = 0,
) -> ComposerView:
    """The form to write to a JID, holding the draft; or what was typed, beside why it cannot be sent.

    later        what waits to be sent and is written anew
    reply, edit  row of the message that is answered, or said differently; one that cannot be is passed over
    """
    found = await store.conversation_by_jid(db, session.account_id, jid)
    if draft is None:
        draft = await store.draft_of(db, found.id) if found else DraftRow()
    name = await name_of(db, session.account_id, jid, found)
    waits = await edited(db, session, jid, later)
    if waits is not None and text is None:
        text, spoiler, reply = escaped(waits[0].body), waits[0].spoiler, waits[0].answers or 0
    named, editing = await _referred(db, session, jid, reply, edit)
    if editing is not None and text is None:
        text, spoiler = escaped(editing.body), editing.spoiler
    return ComposerView(
        reply=named,
        editing=editing.id if editing is not None else 0,
        later=waits[1] if waits is not None else None,
        kept=draft.text if waits is not None or editing is not None else None,
        spoiler=spoiler,
        jid=jid,
        path=path_of(jid, found.kind if found else "chat"),
        message_id=message_id or str(uuid4()),
        text=draft.text if text is None else text,
        draft_version=draft.version,
        conflict_text=draft.other_text or None,
        name=name,
        error=error,
    )


async def _referred(
    db: AsyncSession, session: Session, jid: str, reply: int, edit: int
) -> tuple[ReplyView | None, sources.Whole | None]:
    """What the form is about: a message that is answered, or an own one that is said differently."""
    message = await sources.whole(db, session.account_id, edit or reply) if edit or reply else None
    if message is None or message.jid != jid:
        return None, None
    can = possible(message, session)
    if edit:
        return None, message if "edit" in can else None
    author = await authors(db, session, jid)
    return (quotation(message, author) if "reply" in can else None), None


async def place(session: Session, jid: str) -> str:
    """The page of a conversation that may be a room."""
    async with session.read() as db:
        found = await store.conversation_by_jid(db, session.account_id, jid)
    return path_of(jid, found.kind if found else "chat")


async def typing(db: AsyncSession, session: Session, jid: str, language: str) -> TypingView:
    """Who is writing just now."""
    if jid not in session[Typing]:
        return TypingView(jid, "")
    who = session[Typing].who(jid)
    if jid in session[Rooms]:
        names = [safe.shown(jids.resource(each)) or jids.resource(each) for each in who]
        if len(names) > MOST_NAMED:
            return TypingView(jid, translate(MANY_TYPE, language))
        if len(names) > 1:
            both = {"names": ", ".join(names[:-1]), "last": names[-1]}
            return TypingView(jid, translate(SEVERAL_TYPE, language) % both)
        return TypingView(jid, translate(TYPING, language) % {"name": names[0]})
    name = await contacts.display_name(db, session.account_id, jid)
    return TypingView(jid, translate(TYPING, language) % {"name": name})
