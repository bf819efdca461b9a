"""This room reads and sets the logo of a node: an item of its own among the posts (W§6; XEP-0084 §4.2.1)."""

import hashlib
from dataclasses import dataclass
from xml.etree import ElementTree as ET
from xml.etree.ElementTree import Element, SubElement

from webchat.errors import Offline, TimedOut, XmppError
from webchat.xmpp import namespaces as ns
from webchat.xmpp.context import Stream
from webchat.xmpp.pubsub import posts

ITEM = ns.AVATAR_METADATA
"""The id of the item, which is called as its namespace."""

LONGEST = 2000
_INFO = f"{{{ns.AVATAR_METADATA}}}info"


@dataclass(frozen=True, slots=True)
class Logo:
    """Where it lies, and who put it there as far as the service says (bare JID, "" where it does not)."""

    url: str
    publisher: str


async def fetch(stream: Stream, service: str, node: str) -> Logo | None:
    """The logo of a node, None when it has none. Raises TimedOut, Offline."""
    try:
        found = await posts.some(stream, service, node, [ITEM])
    except (TimedOut, Offline):
        raise
    except XmppError:
        return None
    item = next(iter(found), None)
    url = read(item.xml) if item is not None and item.xml else ""
    return Logo(url, item.publisher) if item is not None and url else None


def read(xml: str) -> str:
    """The web address in an item's payload, "" when there is none that could be had."""
    info = ET.fromstring(xml).find(_INFO)  # noqa: S314 (written by ElementTree from what the stream brought)
    url = "" if info is None else info.get("url", "").strip()
    plain = url.isprintable() and " " not in url and len(url) <= LONGEST
    return url if plain and url.startswith(("https://", "http://")) else ""


async def put(stream: Stream, service: str, node: str, url: str, data: bytes, media_type: str) -> None:
    """Give a node this logo. Raises XmppError ("forbidden"), TimedOut, Offline."""
    metadata = Element(f"{{{ns.AVATAR_METADATA}}}metadata")
    digest = hashlib.sha1(data, usedforsecurity=False).hexdigest()
    values = {"id": digest, "bytes": str(len(data)), "type": media_type, "url": url}
    SubElement(metadata, _INFO, values)
    await posts.put(stream, service, node, ITEM, metadata)


async def remove(stream: Stream, service: str, node: str) -> None:
    """Take the logo away; there being none is fine. Raises XmppError, TimedOut, Offline."""
    try:
        await posts.retract(stream, service, node, ITEM)
    except XmppError as error:
        if error.condition != "item-not-found":
            raise
