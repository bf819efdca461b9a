"""This slice is posts: what stands in nodes, as it is kept and drawn; what people say and like about it."""

from webchat.posts import follows, fragments, handlers, jobs, views
from webchat.posts.changes import PostChanged, RemovalFailed, TalkChanged
from webchat.posts.store import MICROBLOGS
from webchat.slice import Slice
from webchat.xmpp import namespaces as ns
from webchat.xmpp.entries import FollowedReceived, NodeChanged, PostAnnounced, PostReceived, PostsRetracted
from webchat.xmpp.pubsub.following import PRIVATE, PUBLIC

slice = Slice(
    name="posts",
    routes=views.routes,
    handlers={
        PostReceived: handlers.on_post,
        PostAnnounced: handlers.on_announced,
        PostsRetracted: handlers.on_retracted,
        NodeChanged: handlers.on_node,
        FollowedReceived: follows.on_followed,
    },
    fragments={
        (PostChanged, "post"): fragments.post,
        (TalkChanged, "post"): fragments.talk,
        (RemovalFailed, "*"): fragments.stays,
    },
    sync=(jobs.sync_follows,),
    jobs=(jobs.listen, jobs.remove_in_time),
    # XEP-0472 §3 wants its own name announced, and that of the profile we read and write.
    features=(
        *(f"{node}+notify" for node in (*MICROBLOGS, PRIVATE, PUBLIC)),
        ns.SOCIAL_FEED,
        MICROBLOGS[0],
    ),
)
