"""This room gives a room its picture: the PHOTO of the room's own vcard-temp (XEP-0054, XEP-0486 §3)."""

import base64
from xml.etree.ElementTree import Element, SubElement

from webchat.errors import XmppError
from webchat.xmpp import namespaces as ns
from webchat.xmpp.context import Stream

_VCARD = f"{{{ns.VCARD_TEMP}}}vCard"
_PHOTO = f"{{{ns.VCARD_TEMP}}}PHOTO"


async def set_picture(stream: Stream, room: str, data: bytes, media_type: str) -> None:
    """Make these bytes the picture of a room, none for an empty one; the rest of its card stays.

    Raises XmppError ("forbidden" for who does not own it), TimedOut, Offline.
    """
    card = Element(_VCARD)
    try:
        answer = await stream.request("get", Element(_VCARD), to=room)
    except XmppError as error:
        if error.condition != "item-not-found":
            raise
    else:
        former = answer.find(_VCARD)
        card.extend(child for child in (() if former is None else former) if child.tag != _PHOTO)
    if data:
        photo = SubElement(card, _PHOTO)
        SubElement(photo, f"{{{ns.VCARD_TEMP}}}TYPE").text = media_type
        SubElement(photo, f"{{{ns.VCARD_TEMP}}}BINVAL").text = base64.b64encode(data).decode()
    await stream.request("set", card, to=room)
