"""This slice is rooms where many talk: their pages, who is inside, joining, making and keeping them."""

from webchat.messages.overview import PAGES
from webchat.rooms import fragments, handlers, jobs, slash, store, views
from webchat.rooms.changes import InvitationsChanged, OccupantsChanged, RoomChanged
from webchat.slice import Slice, by_account
from webchat.xmpp import events
from webchat.xmpp import namespaces as ns

slice = Slice(
    name="rooms",
    routes=views.routes,
    commands=slash.COMMANDS,
    handlers={
        events.OccupantChanged: handlers.on_occupant,
        events.RoomRefused: handlers.on_room_refused,
        events.RoomSubjectReceived: handlers.on_room_subject,
        events.RoomConfigChanged: handlers.on_room_config_changed,
        events.RoomInvited: handlers.on_room_invited,
        events.BookmarksReceived: handlers.on_bookmarks,
    },
    sync=(jobs.enter_all,),
    jobs=(jobs.watch,),
    features=(ns.MUC, ns.DIRECT_INVITATION),
    fragments={
        **{(RoomChanged, kind): fragments.room for kind in PAGES},
        (OccupantsChanged, "conversation"): fragments.occupants,
        (InvitationsChanged, "*"): fragments.invitations,
    },
    counters={"invitations": by_account(store.invitations_total)},
)
