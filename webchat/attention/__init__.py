"""This slice is the reader's attention: notices and their modes, what is read or unread, where to go next."""

from webchat.attention import fragments, views
from webchat.messages.changes import ConversationChanged
from webchat.notifications.changes import ModeChanged, Notice
from webchat.slice import Slice

slice = Slice(
    name="attention",
    routes=views.routes,
    fragments={
        (Notice, "*"): fragments.notices,
        (ConversationChanged, "*"): fragments.over,
        (ModeChanged, "conversation"): fragments.mode,
    },
)
