"""This room publishes our picture (XEP-0084, for older programs XEP-0153) and the banner of our page."""

import base64
import hashlib
from contextlib import suppress
from copy import deepcopy
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element, SubElement

from webchat.errors import Offline, TimedOut, XmppError
from webchat.pictures import Picture
from webchat.xmpp import disco, people, pubsub
from webchat.xmpp import namespaces as ns
from webchat.xmpp.context import Stream
from webchat.xmpp.pubsub import own

LONGEST_URL = 2000
BANNER_ITEM = ns.AVATAR_METADATA
"""The one item of a banner's node has this id: Movim reads no other (W§2)."""

_METADATA = f"{{{ns.AVATAR_METADATA}}}metadata"
_INFO = f"{{{ns.AVATAR_METADATA}}}info"
_DATA = f"{{{ns.AVATAR_DATA}}}data"
_VCARD = f"{{{ns.VCARD_TEMP}}}vCard"
_PHOTO = f"{{{ns.VCARD_TEMP}}}PHOTO"


def digest(data: bytes) -> str:
    """What the protocol calls a picture by."""
    return hashlib.sha1(data, usedforsecurity=False).hexdigest()


async def converts(stream: Stream) -> bool:
    """Whether our server makes a vcard-temp photo of our picture by itself (XEP-0398 §3).

    Raises XmppError, TimedOut, Offline.
    """
    return ns.VCARD_CONVERSION in (await disco.info(stream, stream.jid)).features


async def publish(stream: Stream, picture: Picture, access: str) -> str:
    """Make this our picture, first its bytes and then the word of it (XEP-0084 §4.1); its SHA-1.

    Raises XmppError, TimedOut, Offline.
    """
    sha1 = digest(picture.data)
    content = Element(_DATA)
    content.text = base64.b64encode(picture.data).decode()
    await own.publish(stream, ns.AVATAR_DATA, sha1, content, access)
    await own.publish(stream, ns.AVATAR_METADATA, sha1, _word(picture), access)
    return sha1


async def remove(stream: Stream, access: str) -> None:
    """Have no picture any more, and leave none lying there (XEP-0084 §4.4).

    Raises XmppError, TimedOut, Offline.
    """
    items = await _items(stream, ns.AVATAR_DATA)
    await own.publish(stream, ns.AVATAR_METADATA, "", Element(_METADATA), access)
    for item in items:
        with suppress(XmppError):
            await pubsub.retract(stream, ns.AVATAR_DATA, item.get("id", ""))


async def fetch(stream: Stream) -> Picture | None:
    """Our picture as it is published, None for none. Raises XmppError, TimedOut, Offline."""
    for item in await _items(stream, ns.AVATAR_METADATA):
        for info in item.findall(f"{_METADATA}/{_INFO}")[:1]:
            data = await people.avatar_data(stream, stream.jid, info.get("id", "").lower())
            return Picture(data, info.get("type", ""), 0, 0)
    return None


async def set_photo(stream: Stream, picture: Picture | None) -> None:
    """The same picture for programs that know only vcard-temp, or none (XEP-0153 §3.1).

    Raises XmppError, TimedOut, Offline.
    """
    try:
        former = (await stream.request("get", Element(_VCARD))).find(_VCARD)
    except (TimedOut, Offline):
        raise
    except XmppError as error:
        if error.condition != "item-not-found":
            raise
        former = None
    card = Element(_VCARD) if former is None else deepcopy(former)
    for photo in card.findall(_PHOTO):
        card.remove(photo)
    if picture is not None:
        photo = SubElement(card, _PHOTO)
        SubElement(photo, f"{{{ns.VCARD_TEMP}}}TYPE").text = picture.media_type
        SubElement(photo, f"{{{ns.VCARD_TEMP}}}BINVAL").text = base64.b64encode(picture.data).decode()
    await stream.request("set", card)


async def shows_older(stream: Stream) -> bool:
    """Whether programs that know only vcard-temp see a picture of us. Raises TimedOut, Offline."""
    try:
        return (await stream.request("get", Element(_VCARD))).find(f"{_VCARD}/{_PHOTO}") is not None
    except (TimedOut, Offline):
        raise
    except XmppError:
        return False


# ---- the broad picture at the head of a page, as Movim has it (W§2)


async def publish_banner(stream: Stream, picture: Picture | None, url: str, access: str) -> None:
    """Say where our banner lies; None takes it away. Raises XmppError, TimedOut, Offline."""
    word = Element(_METADATA) if picture is None else _word(picture)
    for info in word:
        info.set("url", url)
    await own.publish(stream, ns.BANNER, BANNER_ITEM, word, access)


async def banner(stream: Stream, jid: str = "", timeout: float = 10) -> str:
    """Where somebody's banner lies, ours where `jid` is empty; "" for none.

    Raises XmppError, TimedOut, Offline.
    """
    for item in await pubsub.items(stream, ns.BANNER, to=jid, timeout=timeout):
        for info in item.findall(f"{_METADATA}/{_INFO}")[:5]:
            url = info.get("url", "").strip()
            if info.get("type", "").startswith("image/") and len(url) <= LONGEST_URL and _is_web(url):
                return url
    return ""


def _is_web(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("https", "http") and bool(parts.hostname)


def _word(picture: Picture) -> Element:
    metadata = Element(_METADATA)
    said = {"id": digest(picture.data), "type": picture.media_type, "bytes": str(len(picture.data))}
    sizes = {"width": str(picture.width), "height": str(picture.height)}
    SubElement(metadata, _INFO, said | sizes)
    return metadata


async def _items(stream: Stream, node: str) -> list[Element]:
    try:
        return await pubsub.items(stream, node)
    except (TimedOut, Offline):
        raise
    except XmppError:
        return []
