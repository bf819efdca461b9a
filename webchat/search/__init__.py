"""This slice is search: people, rooms, communities, posts and what was said, by words and filters."""

from webchat.search import views
from webchat.slice import NavEntry, Slice
from webchat.web.language import N_

slice = Slice(
    name="search",
    routes=views.routes,
    nav=(NavEntry(N_("Search"), "/search", "search", order=90, aside=True),),
)
