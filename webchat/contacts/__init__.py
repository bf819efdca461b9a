"""This slice is people: the roster, who is there, who asks to see us; other features stand on it."""

from webchat.contacts import fragments, handlers, jobs, views
from webchat.contacts.changes import RequestsChanged
from webchat.slice import Slice
from webchat.xmpp.events import PresenceReceived, RosterPushed, RosterReceived, SubscriptionRequested

slice = Slice(
    name="contacts",
    routes=views.routes,
    handlers={
        RosterReceived: handlers.on_roster,
        RosterPushed: handlers.on_roster_push,
        PresenceReceived: handlers.on_presence,
        SubscriptionRequested: handlers.on_subscription_request,
    },
    fragments={
        (RequestsChanged, "chats"): fragments.requests,
        (RequestsChanged, "conversation"): fragments.requests,
    },
    sync=(jobs.sync_roster,),
)
