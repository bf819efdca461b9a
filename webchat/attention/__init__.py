"""This slice is the reader's attention: notices and their modes, what is read or unread, where to go next."""

from webchat.attention import fragments, jobs, store, views
from webchat.contacts import fragments as people
from webchat.contacts.changes import RequestsChanged
from webchat.messages.changes import ConversationChanged
from webchat.notifications.changes import (
    Happened,
    ModeChanged,
    Notice,
    NotificationsChanged,
    NotificationsSeen,
    Reminded,
)
from webchat.session.changes import PreferenceChanged
from webchat.slice import NavEntry, Slice, by_account
from webchat.web.language import N_

slice = Slice(
    name="attention",
    routes=views.routes,
    fragments={
        (Notice, "*"): fragments.notices,
        (Reminded, "*"): fragments.reminded,
        (Happened, "*"): fragments.happened,
        (ConversationChanged, "*"): fragments.over,
        (ModeChanged, "conversation"): fragments.mode,
        (ModeChanged, "settings"): fragments.set_apart,
        (PreferenceChanged, "chats"): fragments.offer,
        (PreferenceChanged, "conversation"): fragments.offer,
        (NotificationsChanged, "*"): fragments.notifications,
        (NotificationsSeen, "*"): fragments.numbers,
        (RequestsChanged, "notifications"): people.requests,
        (RequestsChanged, "*"): fragments.numbers,
    },
    jobs=(jobs.push,),
    counters={"notifications": by_account(store.waiting_total)},
    nav=(NavEntry(N_("Notifications"), "/notifications", "bell", order=70, counter="notifications"),),
)
