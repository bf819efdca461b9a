"""This slice is Configuration: how the site looks and behaves for one account."""

from webchat.session.changes import PreferenceChanged
from webchat.settings import fragments, jobs, views
from webchat.settings.changes import ChoicesChanged
from webchat.slice import Slice

POSTS = ("news", "posts", "explore", "node", "post")
"""Scopes of pages that may show posts."""

slice = Slice(
    name="settings",
    routes=views.routes,
    sync=(jobs.settle,),
    jobs=(jobs.carry,),
    fragments={
        (PreferenceChanged, "*"): fragments.frame,
        (PreferenceChanged, "settings"): fragments.choices,
        (ChoicesChanged, "settings"): fragments.choices,
        **{(PreferenceChanged, scope): fragments.covers for scope in POSTS},
    },
)
