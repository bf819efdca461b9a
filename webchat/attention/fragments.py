"""This room tells pages what is worth a notice, and when a notice is over."""

import json
from collections.abc import Sequence
from dataclasses import asdict

from webchat.attention import show
from webchat.attention.show import NoticeView, told
from webchat.contacts.changes import RequestsChanged
from webchat.db.base import now
from webchat.messages import store
from webchat.messages.changes import ConversationChanged
from webchat.notifications import store as kept
from webchat.notifications.changes import (
    Happened,
    ModeChanged,
    Notice,
    NotificationsChanged,
    NotificationsSeen,
    Reminded,
)
from webchat.notifications.show import mode_view, tag
from webchat.notifications.state import Told
from webchat.session.changes import PreferenceChanged
from webchat.web import dom
from webchat.web.page import Page
from webchat.web.partial import Partial, Ping

AT_ONCE = 20
"""Notices of one frame: more are a flood, and the number in the title says it better."""


async def notices(page: Page, changes: Sequence[Notice]) -> Sequence[Partial | Ping]:
    """One notice for each conversation, with its newest message; the browser decides whether to show it."""
    if page.session.preferences.get("notices", "on") == "off":
        return []
    ids = [change.message_id for change in changes][-AT_ONCE:]
    found = await store.notices(page.db, page.session.account_id, ids, now())
    heard = page.session[Told]
    for row in found:
        heard.add(row.jid)
    return _pings(await show.notices(page.db, page.session, found, page.language))


async def reminded(page: Page, changes: Sequence[Reminded]) -> Sequence[Partial | Ping]:
    """One notice for each message of which the user wanted to hear now."""
    if page.session.preferences.get("notices", "on") == "off":
        return []
    ids = [change.message_id for change in changes][-AT_ONCE:]
    return _pings(await show.reminders(page.db, page.session, ids, page.language))


async def happened(page: Page, changes: Sequence[Happened]) -> Sequence[Partial | Ping]:
    """One notice for each thing that people did which the reader wants to hear of."""
    if page.session.preferences.get("notices", "on") == "off":
        return []
    return _pings(await show.deeds(page.db, page.session, changes[-AT_ONCE:], page.language))


def _pings(views: Sequence[NoticeView]) -> list[Ping]:
    return [Ping("notify", json.dumps(asdict(view), separators=(",", ":"))) for view in views]


async def over(page: Page, changes: Sequence[ConversationChanged]) -> Sequence[Partial | Ping]:
    """Conversations that pages were told of and in which nothing is unread any more."""
    heard = page.session[Told].among(change.jid for change in changes)
    read = await store.all_read(page.db, page.session.account_id, heard)
    return [Ping("notify-over", json.dumps([tag(jid) for jid in read]))] if read else []


async def mode(page: Page, changes: Sequence[ModeChanged]) -> Sequence[Partial | Ping]:
    """The choices in the menu of the conversation."""
    jid = page.scope.key
    if not any(change.conversation == jid for change in changes):
        return []
    view = mode_view(jid, await store.telling(page.db, page.session.account_id, jid), now())
    return [Partial(f"#{dom.mode(jid)}", "outerMorph", "notifications/_mode.html", {"mode": view})]


async def set_apart(page: Page, changes: Sequence[ModeChanged]) -> Sequence[Ping]:
    """The list of what tells something else than usual, in Configuration."""
    return [Ping("resync")]


async def offer(page: Page, changes: Sequence[PreferenceChanged]) -> Sequence[Ping]:
    """The question above the list, once it was answered."""
    return [Ping("resync")] if any(change.key == "notice_offer" for change in changes) else []


async def numbers(page: Page, changes: Sequence[RequestsChanged | NotificationsSeen]) -> Sequence[Ping]:
    """The number in the frame."""
    return [Ping("counters")]


async def notifications(page: Page, changes: Sequence[NotificationsChanged]) -> Sequence[Partial | Ping]:
    """The number in the frame; on their own page the newest of them."""
    counters = Ping("counters")
    if page.scope.kind != "notifications":
        return [counters]
    rows = await kept.newest(page.db, page.session.account_id, most=told.A_PAGE)
    views = await told.notifications(page.db, page.session, rows, page.language)
    shown = {"notifications": views}
    return [
        counters,
        Partial(f"#{dom.notifications}", "outerMorph", "attention/_notifications.html", shown),
    ]
