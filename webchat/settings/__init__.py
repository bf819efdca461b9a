"""This slice is Configuration: how the site looks and behaves for one account."""

from webchat.settings import fragments, views
from webchat.settings.changes import LookChanged
from webchat.slice import Slice

slice = Slice(
    name="settings",
    routes=views.routes,
    fragments={(LookChanged, "*"): fragments.look},
)
