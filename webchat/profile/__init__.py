"""This slice is what one tells about oneself, and the page about anybody: card, picture, banner, place."""

from webchat.contacts.changes import ContactChanged, ProfileChanged, RequestsChanged, RosterChanged
from webchat.posts.changes import FollowsChanged, PostChanged
from webchat.profile import fragments, handlers, jobs, show, views
from webchat.profile.changes import OwnCardChanged, OwnPlaceChanged, PlaceChanged
from webchat.session.changes import ConnectionChanged
from webchat.slice import NavEntry, Slice
from webchat.web.language import N_
from webchat.xmpp import namespaces as ns
from webchat.xmpp.geoloc import PlaceReceived

slice = Slice(
    name="profile",
    routes=views.routes,
    handlers={PlaceReceived: handlers.on_place},
    fragments={
        (ContactChanged, "person"): fragments.one,
        (ProfileChanged, "person"): fragments.one,
        (PlaceChanged, "person"): fragments.one,
        (RosterChanged, "person"): fragments.everybody,
        (RequestsChanged, "person"): fragments.everybody,
        (FollowsChanged, "person"): fragments.everybody,
        (PostChanged, "person"): fragments.posts,
        (ConnectionChanged, "person"): fragments.everybody,
        (OwnCardChanged, "card"): fragments.card,
        (OwnPlaceChanged, "*"): fragments.sharing,
        (OwnPlaceChanged, "place"): fragments.place,
    },
    sync=(jobs.sync_place, jobs.sync_photo),
    features=(ns.GEOLOC, f"{ns.GEOLOC}+notify"),
    nav=(NavEntry(N_("Share your location"), views.PLACE, "map-pin", order=93, aside=True, act="place"),),
    frame={"sharing": show.own_place},
)
