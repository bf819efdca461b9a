"""This slice is what the people who run this instance see and decide."""

from webchat.admin import fragments
from webchat.admin.changes import NumbersChanged, SiteChanged
from webchat.admin.views import routes
from webchat.slice import Slice

slice = Slice(
    name="admin",
    routes=routes,
    fragments={(SiteChanged, "admin"): fragments.stale, (NumbersChanged, "admin"): fragments.numbers},
)
