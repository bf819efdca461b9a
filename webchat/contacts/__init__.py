"""This slice is people: the roster, who is there, who asks to see us, what they show; others stand on it."""

from webchat.contacts import fragments, handlers, jobs, show, views
from webchat.contacts.changes import OwnPresenceChanged, RequestsChanged
from webchat.session.changes import ConnectionChanged
from webchat.slice import Slice
from webchat.xmpp import namespaces as ns
from webchat.xmpp.events import (
    AvatarAnnounced,
    BlocklistReceived,
    NicknameReceived,
    PresenceReceived,
    RosterPushed,
    RosterReceived,
    SubscriptionRequested,
)

slice = Slice(
    name="contacts",
    routes=views.routes,
    handlers={
        RosterReceived: handlers.on_roster,
        RosterPushed: handlers.on_roster_push,
        PresenceReceived: handlers.on_presence,
        SubscriptionRequested: handlers.on_subscription_request,
        AvatarAnnounced: handlers.on_avatar,
        NicknameReceived: handlers.on_nickname,
        BlocklistReceived: handlers.on_blocklist,
    },
    fragments={
        (RequestsChanged, "chats"): fragments.requests,
        (RequestsChanged, "conversation"): fragments.requests,
        (ConnectionChanged, "*"): fragments.own,
        (OwnPresenceChanged, "*"): fragments.own,
    },
    sync=(jobs.sync_roster, jobs.sync_blocklist),
    jobs=(jobs.fetch_pictures,),
    frame={"own": show.own_presence},
    features=(f"{ns.AVATAR_METADATA}+notify", f"{ns.NICK}+notify"),
)
