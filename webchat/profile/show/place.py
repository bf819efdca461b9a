"""This room makes places into words and a link to a map."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from webchat.db.base import now
from webchat.markup import names as safe
from webchat.profile.state import Places
from webchat.session.session import Session
from webchat.xmpp.geoloc import Place

MAP = "https://www.openstreetmap.org"


@dataclass(frozen=True, slots=True)
class PlaceView:
    """Where somebody is: foreign words made safe ("" for none), degrees, a map elsewhere, since when."""

    words: str
    degrees: str
    metres: int | None
    map: str
    since: datetime | None


@dataclass(frozen=True, slots=True)
class OwnPlaceView:
    """Whether the user shares where they are: `place` None while they do not."""

    place: PlaceView | None


def place_view(place: Place) -> PlaceView:
    """A place as pages show it; the link leads only to the map, whatever the words are."""
    words = safe.shown(", ".join(place.words), 300)
    if place.latitude is None or place.longitude is None:
        return PlaceView(words, "", None, f"{MAP}/search?query={quote(words, safe='')}", place.since)
    latitude, longitude = f"{place.latitude:.5f}", f"{place.longitude:.5f}"
    there = f"{MAP}/?mlat={latitude}&mlon={longitude}#map=15/{latitude}/{longitude}"
    metres = None if place.accuracy is None else round(place.accuracy)
    return PlaceView(words, f"{latitude}, {longitude}", metres, there, place.since)


def own_place(session: Session) -> OwnPlaceView:
    """What the sidebar and the page say of our own place."""
    place = session[Places].known.get(session.jid)
    return OwnPlaceView(None if place is None else place_view(place))


def of_person(session: Session, jid: str) -> PlaceView | None:
    """Where somebody is, while that is fresh."""
    place = session[Places].fresh(jid, now())
    return None if place is None else place_view(place)
