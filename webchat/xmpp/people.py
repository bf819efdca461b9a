"""This room reads what people announce of themselves: pictures (XEP-0084, 0153) and nicknames (XEP-0172)."""

import base64
import hashlib
import re
from xml.etree.ElementTree import Element

from webchat.errors import XmppError
from webchat.xmpp import jid as jids
from webchat.xmpp import namespaces as ns
from webchat.xmpp import pubsub
from webchat.xmpp.context import Context, Stream
from webchat.xmpp.events import AvatarAnnounced, NicknameReceived
from webchat.xmpp.numbers import whole

LONGEST_NICK = 1023
MOST_PICTURE = 600_000
"""Bytes of a picture; in base64 it still fits into the largest stanza that we read."""

_METADATA = f"{{{ns.AVATAR_METADATA}}}metadata"
_INFO = f"{{{ns.AVATAR_METADATA}}}info"
_DATA = f"{{{ns.AVATAR_DATA}}}data"
_NICK = f"{{{ns.NICK}}}nick"
_VCARD = f"{{{ns.VCARD_TEMP}}}vCard"
_PHOTO = f"{{{ns.VCARD_TEMP}}}PHOTO"
_BINVAL = f"{{{ns.VCARD_TEMP}}}BINVAL"
_SHA1 = re.compile(r"[0-9a-f]{40}")
_TYPES = ("image/png", "image/jpeg", "image/gif", "image/webp", "image/avif")


class BadData(XmppError):
    """What came is not what was announced: another hash, no base64, too large."""

    def __init__(self) -> None:
        super().__init__("not-acceptable")


def avatar_notified(xml: Element, event: Element, context: Context) -> AvatarAnnounced | None:
    """XEP-0084 §4.2: somebody has another picture now, or none. Only a bare address speaks for itself."""
    sender = publisher(xml, context)
    if not sender:
        return None
    metadata, gone = pubsub.newest(event, _METADATA)
    if gone or (metadata is not None and not len(metadata)):
        return AvatarAnnounced(sender, "")
    if metadata is None:
        return None
    infos = [info for info in metadata.findall(_INFO)[:20] if _usable(info)]
    if not infos:
        return None
    # §4.2.1: of several sizes the PNG is in the node; the others may lie at an address, which we never ask.
    info = min(infos, key=lambda info: _TYPES.index(info.get("type", "")))
    return AvatarAnnounced(sender, info.get("id", "").lower(), info.get("type", ""), _bytes(info))


def _usable(info: Element) -> bool:
    known = _SHA1.fullmatch(info.get("id", "").lower()) and info.get("type") in _TYPES
    return bool(known) and not info.get("url") and 0 < _bytes(info) <= MOST_PICTURE


def _bytes(info: Element) -> int:
    return whole(info.get("bytes"), 9) or 0


def nick_notified(xml: Element, event: Element, context: Context) -> NicknameReceived | None:
    """XEP-0172 §4.4: what somebody calls themselves now, "" where they took it back."""
    sender = publisher(xml, context)
    if not sender:
        return None
    nick, gone = pubsub.newest(event, _NICK)
    if nick is None:
        return NicknameReceived(sender, "") if gone else None
    return NicknameReceived(sender, (nick.text or "").strip()[:LONGEST_NICK])


def publisher(xml: Element, context: Context) -> str:
    """Whose node an event is about: the account that sent it, never what it says inside (XEP-0163 §4.3)."""
    try:
        sender = jids.normalise(xml.get("from", context.jid))
    except ValueError:
        sender = "/"
    if "/" in sender or xml.get("type") in ("groupchat", "error"):
        context.drop("pubsub")
        return ""
    return sender


async def avatar_data(stream: Stream, jid: str, id: str) -> bytes:
    """The picture with this SHA-1 in the node of `jid` (XEP-0084 §4.3).

    Raises BadData where its bytes have another hash; XmppError, TimedOut, Offline.
    """
    for item in await pubsub.items(stream, ns.AVATAR_DATA, to=jid, id=id):
        if item.get("id", "").lower() == id:
            return _checked(item.findtext(_DATA), id)
    raise XmppError("item-not-found")


async def vcard_photo(stream: Stream, jid: str, id: str) -> bytes:
    """The picture with this SHA-1 in the vcard-temp of `jid`, who may be an occupant (XEP-0153 §3.3).

    Raises BadData where its bytes have another hash; XmppError, TimedOut, Offline.
    """
    answer = await stream.request("get", Element(_VCARD), to=jid)
    text = answer.findtext(f"{_VCARD}/{_PHOTO}/{_BINVAL}")
    if text is None:
        raise XmppError("item-not-found")
    return _checked(text, id)


def decoded(text: str | None) -> bytes:
    """The bytes of base64 text with any white space in it. Raises BadData."""
    packed = "".join((text or "").split())
    if not packed or len(packed) > MOST_PICTURE * 4 // 3 + 4:
        raise BadData
    try:
        return base64.b64decode(packed, validate=True)
    except ValueError:
        raise BadData from None


def _checked(text: str | None, id: str) -> bytes:
    data = decoded(text)
    # The protocol fixes SHA-1: it says which picture is meant, not whose it is.
    if hashlib.sha1(data, usedforsecurity=False).hexdigest() != id:
        raise BadData
    return data
