"""This slice is one-to-one chats: the list of conversations, the page of one, starting another."""

from webchat.chats import fragments, views
from webchat.contacts.changes import ContactChanged, RosterChanged
from webchat.session.changes import ConnectionChanged
from webchat.slice import NavEntry, Slice
from webchat.web.language import N_

slice = Slice(
    name="chats",
    routes=views.routes,
    fragments={
        (ContactChanged, "conversation"): fragments.person,
        (RosterChanged, "conversation"): fragments.head,
        (ConnectionChanged, "conversation"): fragments.head,
    },
    nav=(NavEntry(N_("Chats"), "/chats", "messages-square", order=30, counter="chats", also="/rooms"),),
)
