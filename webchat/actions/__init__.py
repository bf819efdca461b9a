"""This slice is commands of servers, what a server offers, and whom one hears nothing from."""

from webchat.actions import fragments, views
from webchat.contacts.changes import ContactChanged, RosterChanged
from webchat.session.changes import ConnectionChanged
from webchat.slice import Slice

slice = Slice(
    name="actions",
    routes=views.routes,
    fragments={
        (ContactChanged, "blocked"): fragments.blocked,
        (RosterChanged, "blocked"): fragments.blocked,
        (ConnectionChanged, "blocked"): fragments.blocked,
    },
)
