"""This slice is whom to tell: which message is worth a notice, in which words, and who was told of what."""

from webchat.notifications import fragments, views
from webchat.notifications.changes import DevicesChanged
from webchat.slice import Slice

slice = Slice(
    name="notifications",
    routes=views.routes,
    fragments={(DevicesChanged, "settings"): fragments.devices},
)
