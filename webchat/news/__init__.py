"""This slice is reading: news of what one follows, and what there is to find."""

from webchat.news import fragments, jobs, views
from webchat.news.changes import SuggestionsChanged
from webchat.news.show.reading import unread
from webchat.posts.changes import FollowsChanged, NewsRead, PostChanged, TalkChanged
from webchat.session.changes import PreferenceChanged
from webchat.slice import NavEntry, Slice
from webchat.web.language import N_

slice = Slice(
    name="news",
    routes=views.routes,
    fragments={
        (PostChanged, "news"): fragments.arrived,
        (TalkChanged, "news"): fragments.redrawn,
        (PostChanged, "*"): fragments.numbers,
        (NewsRead, "*"): fragments.numbers,
        (FollowsChanged, "*"): fragments.numbers,
        (FollowsChanged, "subscriptions"): fragments.subscriptions,
        (FollowsChanged, "explore"): fragments.suggestions,
        (SuggestionsChanged, "explore"): fragments.suggestions,
        (PreferenceChanged, "explore"): fragments.chosen,
        (SuggestionsChanged, "news"): fragments.beside,
        (TalkChanged, "explore"): fragments.redrawn,
    },
    counters={"news": unread},
    jobs=(jobs.watch_followers,),
    nav=(
        NavEntry(N_("News"), "/news", "newspaper", order=10, counter="news"),
        NavEntry(N_("Explore"), "/explore", "compass", order=20, also="/communities"),
        NavEntry(N_("Subscriptions"), "/subscriptions", "rss", order=95, aside=True),
    ),
)
