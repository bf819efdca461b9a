"""This slice is one-to-one chats: the list of conversations, the page of one, starting another."""

from webchat.chats import fragments, views
from webchat.contacts.changes import ContactChanged, RosterChanged
from webchat.messages.changes import ConversationChanged, ConversationClosed
from webchat.session.changes import ConnectionChanged
from webchat.slice import NavEntry, Slice
from webchat.web.language import N_

_PAGES = ("chats", "conversation")
"""Kinds of scope whose pages show the list."""

slice = Slice(
    name="chats",
    routes=views.routes,
    fragments={
        (change, kind): fragment
        for kind in _PAGES
        for change, fragment in (
            (ConversationChanged, fragments.rows),
            (ConversationClosed, fragments.everything),
            (ContactChanged, fragments.people),
            (RosterChanged, fragments.everything),
            (ConnectionChanged, fragments.everything),
        )
    },
    nav=(NavEntry(N_("Chats"), "/chats", "messages-square", order=30, counter="chats"),),
)
