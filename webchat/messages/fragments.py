"""This room draws what changed about messages for pages that show it."""

from collections.abc import Iterable, Sequence

from webchat.messages import show, store
from webchat.messages.changes import (
    ComingsChanged,
    DraftChanged,
    LaterChanged,
    MessageChanged,
    TimelineChanged,
    TypingChanged,
    UnreadChanged,
)
from webchat.messages.overview import fragments as overview
from webchat.messages.show import later as show_later
from webchat.messages.show.beside import beside
from webchat.messages.store import Line
from webchat.web import dom
from webchat.web.page import Page
from webchat.web.partial import Partial, Ping

SEVERAL = 8
"""So many of the newest messages are read beside those that changed: their neighbours are among them."""

MOST = 60
"""More changed messages than this are not drawn one by one: the page fetches its timeline."""

STALE = Ping("timeline-stale")

Pair = tuple[Line | None, Line]
"""A message and the one above it."""


async def rows(page: Page, changes: Sequence[MessageChanged]) -> Sequence[Partial | Ping]:
    """Messages that are new or different, with the neighbours whose look depends on them."""
    jid = page.scope.key
    ids = {change.id for change in changes if change.conversation == jid}
    if len(ids) > MOST:
        return [STALE]
    if not ids:
        return []
    most = len(ids) + SEVERAL
    talk, tail = await store.tail(page.db, page.session.account_id, jid, most)
    whole = len(tail) < most
    own = [line.id for line in reversed(tail) if line.mine][:2]
    if not whole and _last_own_is_hidden(own, ids, {line.id for line in tail}):
        own = await store.last_own(page.db, talk.id, limit=2)
    above = [None, *tail] if whole else [*tail]
    pairs: list[Pair] = list(zip(above, tail if whole else tail[1:], strict=False))
    neighbours = _neighbours(pairs, ids, own)
    here = {line.id for _, line in pairs}
    distant = await _distant(page, talk.id, (ids | neighbours) - here)
    author = await show.authors(page.db, page.session, jid, talk if talk.id else None)
    shown = [pair for pair in [*distant, *pairs] if pair[1].id in ids or pair[1].id in neighbours]
    around = await beside(page.db, page.session, talk.id, author, [line for _, line in shown])
    drawn = []
    for before, line in shown:
        view = show.message(line, before, author, own[0] if own else None, around)
        # Only what is new may be put in: a page need not show what stands further up.
        drawn.append(_row(jid, view, upsert=line.id in ids and line.id in here))
    gone = ids - here - {line.id for _, line in distant}
    return drawn + [Partial(f"#{dom.message(id)}", "delete", "") for id in sorted(gone)]


def _last_own_is_hidden(own: Sequence[int], ids: set[int], tail: set[int]) -> bool:
    """Whether what is to be drawn depends on own messages further up: the last one, or the one before it."""
    return own[0] in ids and len(own) < 2 if own else not ids <= tail


def _neighbours(pairs: Iterable[Pair], ids: set[int], own: Sequence[int]) -> set[int]:
    """What looks different because of others: the next row's grouping, the former last own one's state."""
    found = {line.id for above, line in pairs if above is not None and above.id in ids}
    if own and own[0] in ids:
        found |= set(own[1:])
    return found - ids


async def _distant(page: Page, conversation_id: int, ids: set[int]) -> list[Pair]:
    if not ids:
        return []
    lines = await store.lines_by_id(page.db, conversation_id, sorted(ids))
    return [(await store.line_before(page.db, conversation_id, line.position), line) for line in lines]


def _row(jid: str, view: show.MessageView, *, upsert: bool) -> Partial:
    values = {"message": view, "jid": jid}
    if upsert:
        target, swap = f"#{dom.timeline(jid)}", "upsert key:data-key"
    else:
        target, swap = f"#{dom.message(view.id)}", "outerMorph"
    return Partial(target, swap, "messages/_message.html", values)


async def stale(page: Page, changes: Sequence[TimelineChanged]) -> Sequence[Partial | Ping]:
    """Messages changed places: the page fetches its timeline when it is ready to."""
    return [STALE] if any(change.conversation == page.scope.key for change in changes) else []


async def typing(page: Page, changes: Sequence[TypingChanged]) -> Sequence[Partial | Ping]:
    """Who is writing just now: above the text box, and in the list beside it."""
    jid = page.scope.key
    beside_it = await overview.typing(page, changes)
    if not any(change.conversation == jid for change in changes):
        return beside_it
    view = await show.typing(page.db, page.session, jid, page.language)
    here = Partial(f"#{dom.typing(jid)}", "outerMorph", "messages/_typing.html", {"typing": view})
    return [here, *beside_it]


async def comings(page: Page, changes: Sequence[ComingsChanged]) -> Sequence[Partial | Ping]:
    """Who came and left since something was said."""
    jid = page.scope.key
    if not any(change.conversation == jid for change in changes):
        return []
    view = show.comings(page.session, jid)
    return [Partial(f"#{dom.comings(jid)}", "outerMorph", "messages/_comings.html", {"comings": view})]


async def draft(page: Page, changes: Sequence[DraftChanged]) -> Sequence[Partial | Ping]:
    """What the server keeps of unsent text; the page decides what of it goes into its text box."""
    jid = page.scope.key
    if not any(change.conversation == jid for change in changes):
        return []
    view = await show.composer(page.db, page.session, jid)
    return [Partial(f"#{dom.draft(jid)}", "outerMorph", "messages/_draft.html", {"composer": view})]


async def later_line(page: Page, changes: Sequence[LaterChanged]) -> Sequence[Partial | Ping]:
    """How many messages of this conversation wait for their hour."""
    jid = page.scope.key
    if not any(change.conversation == jid for change in changes):
        return []
    view = await show_later.line(page.db, page.session, jid)
    return [Partial(f"#{dom.later(jid)}", "outerMorph", "messages/_later.html", {"later": view})]


async def later_list(page: Page, changes: Sequence[LaterChanged]) -> Sequence[Partial | Ping]:
    """The list of them."""
    jid = page.scope.key
    if jid and not any(change.conversation == jid for change in changes):
        return []
    view = await show_later.later_page(page.db, page.session, jid)
    return [Partial(f"#{dom.waiting}", "outerMorph", "messages/_later_list.html", {"waits": view})]


async def unread(page: Page, changes: Sequence[UnreadChanged]) -> Sequence[Partial | Ping]:
    """The number of the chats in the shell; the others are as they were."""
    return [Ping("counters", "chats")]


def older(
    jid: str, rows: Sequence[show.MessageView | show.GapView], timeline: show.TimelineView, trouble: str
) -> list[Partial]:
    """An older stretch for a page that shows what follows it: its rows, and the edge above them.

    trouble  message id of a sentence when the archive could not be asked, else ""
    """
    parts = [
        _row(jid, row, upsert=True)
        if isinstance(row, show.MessageView)
        else Partial(f"#{dom.timeline(jid)}", "upsert key:data-key", "messages/_gap.html", {"gap": row})
        for row in rows
    ]
    edge = {
        "jid": jid,
        "older_path": timeline.older_path,
        "older_fragment": timeline.older_fragment,
        "start_of_history": timeline.start_of_history,
        "trouble": trouble,
    }
    return [*parts, Partial(f"#{dom.older(jid)}", "outerMorph", "messages/_older.html", edge)]
