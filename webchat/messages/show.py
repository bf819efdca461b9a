"""This room makes of rows the values that the templates of messages draw."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import uuid4

from markupsafe import Markup
from sqlalchemy.ext.asyncio import AsyncSession

from webchat.contacts import store as contacts
from webchat.markup.body import LIMIT, action_text, is_action, render_body
from webchat.markup.colour import colour
from webchat.messages import store
from webchat.messages.state import Typing
from webchat.messages.store import ConversationRow, DraftRow, Line
from webchat.session.session import Session
from webchat.web.language import N_, translate
from webchat.web.reader import reader
from webchat.xmpp import jid as jids

PAGE = 50
"""Messages that a page shows at first, and that each older page adds."""

MOST = 200
"""A page that begins at the first unread message shows up to this many after it."""

EVERYTHING = "all"
"""Stands where a key would stand on a page without messages."""

CONTEXT = 10
"""Messages shown before the first unread one."""

TOGETHER = timedelta(minutes=5)

ERRORS = {
    "item-not-found": N_("This address does not exist or takes no messages."),
    "service-unavailable": N_("This address does not exist or takes no messages."),
    "recipient-unavailable": N_("This address does not exist or takes no messages."),
    "gone": N_("This address does not exist or takes no messages."),
    "jid-malformed": N_("This address is not valid."),
    "remote-server-not-found": N_("Their server cannot be reached."),
    "remote-server-timeout": N_("Their server cannot be reached."),
    "forbidden": N_("Their server does not allow it."),
    "not-allowed": N_("Their server does not allow it."),
    "not-authorized": N_("Their server does not allow it."),
    "policy-violation": N_("Their server does not allow it."),
    "not-acceptable": N_("A server refused this message."),
    "resource-constraint": N_("Their server has no room for it now."),
    "subscription-required": N_("They only accept messages from their contacts."),
}
"""Why a message came back (RFC 6120 §8.3.3), as message ids."""

REFUSED = N_("It came back from the server.")
TYPING = N_("%(name)s is typing…")


@dataclass(frozen=True, slots=True)
class MessageView:
    """One message; see templates/messages/_message.html."""

    id: int
    key: str
    mine: bool
    author: str
    author_jid: str
    colour: int
    body: Markup
    action: bool
    source: str
    stamp: datetime
    day: date | None
    starts_group: bool
    state: str
    state_at: datetime | None
    show_state: bool
    error: str
    path: str
    retry_path: str
    remove_path: str
    copy_text: str
    whole_path: str = ""


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
    """The form that writes; `message_id` makes sending it twice harmless, `error` is a message id."""

    jid: str
    path: str
    message_id: str
    text: str
    draft_version: int
    conflict_text: str | None
    name: str
    error: str | None = None


@dataclass(frozen=True, slots=True)
class TypingView:
    """Who is writing just now; `text` is a sentence or ""."""

    jid: str
    text: str


@dataclass(frozen=True, slots=True)
class Author:
    """Both sides of a conversation, as pages call them."""

    jid: str
    name: str
    own_jid: str
    own_name: str


def path_of(jid: str) -> str:
    """The page of a conversation."""
    return f"/chats/{jids.escape_path(jid)}"


def actions_of(jid: str) -> str:
    """Where the forms of a conversation go."""
    return f"/conversations/{jids.escape_path(jid)}"


def key_of(position: int) -> str:
    """What a message is sorted by in a page."""
    return f"{position:019d}-1"


def position_of(key: str) -> int | None:
    """Back from a key; None for anything else."""
    number = key.partition("-")[0]
    is_key = len(number) == 19 and number.isdecimal() and number.isascii() and int(number) < 1 << 63
    return int(number) if is_key else None


async def authors(db: AsyncSession, account_id: int, own_jid: str, jid: str) -> Author:
    """What both sides are called."""
    names = await contacts.names(db, account_id, [jid, own_jid])
    return Author(jid, names[jid], own_jid, jids.local(own_jid) or names[own_jid])


def message(line: Line, before: Line | None, author: Author, last_own: int | None) -> MessageView:
    """One message; `before` is the one above it, which decides about day and grouping."""
    jid, name = (author.own_jid, author.own_name) if line.mine else (author.jid, author.name)
    zone = reader.get().zone
    day = line.stamp.astimezone(zone).date()
    new_day = before is None or before.stamp.astimezone(zone).date() != day
    together = (
        before is not None
        and not new_day
        and before.mine == line.mine
        and abs(line.stamp - before.stamp) <= TOGETHER
    )
    action = is_action(line.body)
    path = path_of(author.jid)
    return MessageView(
        id=line.id,
        key=key_of(line.position),
        mine=line.mine,
        author=name,
        author_jid=jid,
        colour=colour(jid),
        body=render_body(action_text(line.body) if action else line.body),
        action=action,
        source=line.body,
        stamp=line.stamp,
        day=day if new_day else None,
        starts_group=not together,
        state=line.state,
        state_at=line.state_at,
        show_state=line.id == last_own,
        error=ERRORS.get(line.error_condition, REFUSED) if line.state == "failed" else "",
        path=f"{path}?at={line.id}",
        retry_path=f"/messages/{line.id}/retry",
        remove_path=f"/messages/{line.id}/delete",
        copy_text=line.body,
        whole_path=f"/messages/{line.id}" if len(line.body) > LIMIT else "",
    )


def messages(
    lines: Sequence[Line], before: Line | None, author: Author, last_own: int | None
) -> list[MessageView]:
    """A stretch of messages; `before` is the one above the first."""
    return [message(line, lines[n - 1] if n else before, author, last_own) for n, line in enumerate(lines)]


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
    path = path_of(jid)
    if found is None:
        return _nothing_said(jid)
    named = await store.message_by_id(db, session.account_id, at) if at else None
    place = named[2] if named is not None and named[1] == found.id else None
    window = await _window(db, found, before=position_of(before), after=position_of(after), at=place)
    lines = window.lines
    author = await authors(db, session.account_id, session.jid, jid)
    last_own = await store.last_own(db, found.id)
    rows: list[MessageView | GapView] = list(
        messages(lines, window.above, author, last_own[0] if last_own else None)
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
    above, *below = await store.lines(db, found.id, after=last - 1, limit=2)
    author = await authors(db, session.account_id, session.jid, jid)
    own = await store.last_own(db, found.id)
    return [*timeline.rows, *messages(below, above, author, own[0] if own else None)]


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
) -> ComposerView:
    """The form to write to a bare JID, holding the draft; or what was typed, beside why it cannot be sent."""
    if draft is None:
        found = await store.conversation_by_jid(db, session.account_id, jid)
        draft = await store.draft_of(db, found.id) if found else DraftRow()
    name = await contacts.display_name(db, session.account_id, jid)
    return ComposerView(
        jid=jid,
        path=path_of(jid),
        message_id=message_id or str(uuid4()),
        text=draft.text if text is None else text,
        draft_version=draft.version,
        conflict_text=draft.other_text or None,
        name=name,
        error=error,
    )


async def typing(db: AsyncSession, session: Session, jid: str, language: str) -> TypingView:
    """Who is writing just now."""
    if jid not in session[Typing]:
        return TypingView(jid, "")
    name = await contacts.display_name(db, session.account_id, jid)
    return TypingView(jid, translate(TYPING, language) % {"name": name})
