"""This room tells where we are and reads where others say that they are (XEP-0080)."""

import math
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.etree.ElementTree import Element, SubElement

from webchat.xmpp import dates, pubsub
from webchat.xmpp import namespaces as ns
from webchat.xmpp.context import Context, Stream
from webchat.xmpp.events import Event
from webchat.xmpp.people import publisher
from webchat.xmpp.pubsub import own
from webchat.xmpp.xml_text import xml_text

LONGEST = 200
ITEM = "current"
ACCESS = "presence"
"""Who may see when we are here, and nobody else, reads where."""

_GEOLOC = f"{{{ns.GEOLOC}}}geoloc"
_WORDS = ("text", "description", "building", "street", "area", "locality", "region", "country")


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody says that they are; words are foreign text.

    latitude, longitude  degrees, None where only words say it
    accuracy             metres, None where unsaid
    words                of the place, from the smallest part on
    since                when it was found; when we heard of it where they do not say
    """

    latitude: float | None = None
    longitude: float | None = None
    accuracy: float | None = None
    words: tuple[str, ...] = ()
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class PlaceReceived(Event):
    """Somebody (bare JID) says where they are; None: they no longer do."""

    jid: str
    place: Place | None


def notified(xml: Element, event: Element, context: Context) -> PlaceReceived | None:
    """XEP-0080 §4.2, judged like any word about oneself: only the account itself speaks of it."""
    sender = publisher(xml, context)
    if not sender:
        return None
    geoloc, gone = pubsub.newest(event, _GEOLOC)
    if geoloc is None:
        return PlaceReceived(sender, None) if gone else None
    return PlaceReceived(sender, read(geoloc))


def read(geoloc: Element) -> Place | None:
    """The place in a <geoloc/>; None for an empty one, and for one that is nowhere on this globe."""
    latitude, longitude = _number(geoloc, "lat", 90), _number(geoloc, "lon", 180)
    words = dict.fromkeys(
        (geoloc.findtext(f"{{{ns.GEOLOC}}}{name}") or "").strip()[:LONGEST] for name in _WORDS
    )
    words.pop("", None)
    if latitude is None or longitude is None:
        latitude = longitude = None
    if latitude is None and not words:
        return None
    since = dates.parse((geoloc.findtext(f"{{{ns.GEOLOC}}}timestamp") or "").strip())
    accuracy = _number(geoloc, "accuracy", 50_000_000)
    metres = abs(accuracy) if accuracy is not None else None
    return Place(latitude, longitude, metres, tuple(words), since or datetime.now(UTC))


def _number(geoloc: Element, name: str, most: int) -> float | None:
    text = (geoloc.findtext(f"{{{ns.GEOLOC}}}{name}") or "").strip()
    try:
        value = float(text) if len(text) <= 40 else math.nan
    except ValueError:
        return None
    return value if math.isfinite(value) and abs(value) <= most else None


def write(place: Place) -> Element:
    """The <geoloc/> of a place; the first of its words is its text."""
    geoloc = Element(_GEOLOC)
    values = {
        "accuracy": place.accuracy,
        "lat": place.latitude,
        "lon": place.longitude,
        "text": xml_text(place.words[0]) if place.words else None,
        "timestamp": dates.text(place.since) if place.since else None,
    }
    for name, value in values.items():
        if value not in (None, ""):
            text = f"{value:.7g}" if isinstance(value, float) and name == "accuracy" else str(value)
            SubElement(geoloc, f"{{{ns.GEOLOC}}}{name}").text = text
    return geoloc


async def fetch(stream: Stream) -> Place | None:
    """Where we said that we are. Raises XmppError ("item-not-found": never), TimedOut, Offline."""
    places = [item.find(_GEOLOC) for item in await pubsub.items(stream, ns.GEOLOC)]
    found = [place for place in places if place is not None]
    return read(found[-1]) if found else None


async def publish(stream: Stream, place: Place | None) -> None:
    """Tell who may see our presence where we are; None takes it back (§4.3).

    Raises XmppError ("not-acceptable" where others would read it too), TimedOut, Offline.
    """
    content = Element(_GEOLOC) if place is None else write(place)
    # A server that knows no publish options would leave a node as open as another program made it.
    await own.set_access(stream, ns.GEOLOC, ACCESS)
    await own.publish(stream, ns.GEOLOC, ITEM, content, ACCESS)
