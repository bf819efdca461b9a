"""This room makes of notifications one line each: who did what, about which of our things."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from webchat.contacts import store as contacts
from webchat.contacts.show import avatar_path, request_views
from webchat.markup import names as safe
from webchat.markup.colour import colour
from webchat.notifications import store
from webchat.notifications.store import NotificationRow
from webchat.session.session import Session
from webchat.web.language import N_, translate
from webchat.web.templates import installed

A_PAGE = 30

ONE = {
    "comment": N_("%(name)s commented on"),
    "like": N_("%(name)s likes"),
    "answer": N_("%(name)s replied to"),
    "mention": N_("%(name)s mentions you in a comment on"),
    "reply": N_("%(name)s answered your comment on"),
    "post": N_("%(name)s published"),
    "follower": N_("%(name)s follows your posts."),
    "accepted": N_("%(name)s agreed to be your contact."),
    "invitation": N_("%(name)s invites you into the room"),
    "reminder": N_("You wanted to be reminded of a message, %(name)s:"),
    "unsent": N_("A message to %(name)s did not go out at its hour:"),
}
TWO = {
    "comment": N_("%(name)s and %(other)s commented on"),
    "like": N_("%(name)s and %(other)s like"),
    "answer": N_("%(name)s and %(other)s replied to"),
    "mention": N_("%(name)s and %(other)s mention you in comments on"),
    "reply": N_("%(name)s and %(other)s answered your comments on"),
    "follower": N_("%(name)s and %(other)s follow your posts."),
    "invitation": N_("%(name)s and %(other)s invite you into the room"),
}
MANY = {
    "comment": N_("%(name)s and %(count)s others commented on"),
    "like": N_("%(name)s and %(count)s others like"),
    "answer": N_("%(name)s and %(count)s others replied to"),
    "mention": N_("%(name)s and %(count)s others mention you in comments on"),
    "reply": N_("%(name)s and %(count)s others answered your comments on"),
    "follower": N_("%(name)s and %(count)s others follow your posts."),
    "invitation": N_("%(name)s and %(count)s others invite you into the room"),
}
UNTITLED = N_("your post")
PAGE = N_("Page of %(name)s")
TITLES = {
    "post": N_("a post"),
    "reply": N_("a post"),
    "mention": N_("a post"),
    "follower": PAGE,
    "accepted": PAGE,
    "reminder": N_("show the message"),
    "unsent": N_("decide what becomes of it"),
}
"""What leads on where nobody gave it a title."""


@dataclass(frozen=True, slots=True)
class NotificationView:
    """One line: `said` is ours, `title` and `text` are foreign; `new` since the reader looked."""

    kind: str
    path: str
    said: str
    title: str
    text: str
    stamp: datetime
    new: bool
    colour: int
    initial: str
    avatar: str


def place(text: str) -> tuple[datetime, int] | None:
    """Where a page of them begins, as addresses write it; None for the newest."""
    stamp, _, number = text.partition("-")
    if not (stamp.isdecimal() and number.isdecimal()) or len(stamp) > 16 or len(number) > 18:
        return None
    try:
        return datetime.fromtimestamp(int(stamp) / 1_000_000, UTC), int(number)
    except (ValueError, OverflowError, OSError):
        return None


async def notifications_page(
    db: AsyncSession, session: Session, before: tuple[datetime, int] | None, language: str
) -> dict[str, Any]:
    """What the page shows: requests, notifications, where older ones are; `until` is when the newest on it
    happened and the last row that is here, None when all has been seen."""
    rows = await store.newest(db, session.account_id, before=before, most=A_PAGE)
    unseen = await store.unseen_total(db, session.account_id)
    asked = await contacts.requests(db, session.account_id)
    last = rows[-1] if len(rows) == A_PAGE else None
    older = f"{int(last.happened_at.timestamp() * 1_000_000)}-{last.id}" if last else ""
    return {
        "notifications": await notifications(db, session, rows, language),
        "requests": request_views(session, asked),
        "older": installed().url(f"/notifications?before={older}") if older else "",
        "first": before is None,
        "until": (rows[0].happened_at, await store.last(db, session.account_id)) if unseen and rows else None,
    }


async def notifications(
    db: AsyncSession, session: Session, rows: Sequence[NotificationRow], language: str
) -> list[NotificationView]:
    """One line for each."""
    wanted = [jid for row in rows for jid in row.actors[:2]]
    names = await contacts.names(db, session.account_id, wanted)
    return [_view(session, row, names, language) for row in rows]


def _view(session: Session, row: NotificationRow, names: dict[str, str], language: str) -> NotificationView:
    actor = row.actors[0]
    shown = [safe.shown(names[jid]) for jid in row.actors[:2]]
    sentences = ONE if len(row.actors) == 1 else TWO if len(row.actors) == 2 else MANY
    words = {"name": shown[0], "other": shown[-1], "count": str(len(row.actors) - 1)}
    return NotificationView(
        kind=row.kind,
        path=installed().url(row.path),
        said=translate(sentences[row.kind], language) % words,
        title=row.title or translate(TITLES.get(row.kind, UNTITLED), language) % words,
        text=row.text,
        stamp=row.happened_at,
        new=not row.seen,
        colour=colour(actor),
        initial=safe.initial(shown[0]),
        avatar=avatar_path(session, actor),
    )
