"""This slice is communities: nodes that many write to, their servers, who looks after them."""

from webchat.nodes import fragments, views
from webchat.posts.changes import PostChanged, TalkChanged
from webchat.slice import Slice

slice = Slice(
    name="nodes",
    routes=views.routes,
    fragments={(PostChanged, "node"): fragments.post, (TalkChanged, "node"): fragments.talk},
)
