"""This room asks a room to take a message away (XEP-0425, both versions)."""

from xml.etree.ElementTree import Element, SubElement

from webchat.xmpp import namespaces as ns
from webchat.xmpp.context import Stream
from webchat.xmpp.xml_text import xml_text


async def moderate(
    stream: Stream, room: str, stanza_id: str, reason: str = "", *, features: frozenset[str]
) -> None:
    """Take the message with this stanza-id away from everybody, as far as the room's archive reaches.

    features  what the room announces: it decides which of the two versions is spoken

    Raises XmppError: "feature-not-implemented" for a room that knows neither, "forbidden"; TimedOut, Offline.
    """
    new, old = ns.MODERATE, ns.MODERATE_0
    text = xml_text(reason).strip()
    # COMPAT(Prosody 0.12 with mod_muc_moderation, 2023): only the older version, inside a fastening.
    if new not in features and old in features:
        payload = Element(f"{{{ns.FASTEN}}}apply-to", {"id": stanza_id})
        element = SubElement(payload, f"{{{old}}}moderate")
        SubElement(element, f"{{{ns.RETRACT_0}}}retract")
        namespace = old
    else:
        payload = element = Element(f"{{{new}}}moderate", {"id": stanza_id})
        SubElement(element, f"{{{ns.RETRACT}}}retract")
        namespace = new
    if text:
        SubElement(element, f"{{{namespace}}}reason").text = text
    await stream.request("set", payload, to=room)


def known(features: frozenset[str]) -> bool:
    """Whether a room with these features takes messages away at all."""
    return ns.MODERATE in features or ns.MODERATE_0 in features
