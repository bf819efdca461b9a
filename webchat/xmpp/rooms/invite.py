"""This room reads and sends invitations, direct (XEP-0249) and through the room (XEP-0045 §7.8)."""

import uuid
from xml.etree.ElementTree import Element, SubElement

from webchat.xmpp import jid as jids
from webchat.xmpp import namespaces as ns
from webchat.xmpp.context import Stream
from webchat.xmpp.events import RoomInvited
from webchat.xmpp.xml_text import xml_text

LONGEST = 1024

DIRECT = f"{{{ns.DIRECT_INVITATION}}}x"
_USER = f"{{{ns.MUC_USER}}}x"
_INVITE = f"{{{ns.MUC_USER}}}invite"
_REASON = f"{{{ns.MUC_USER}}}reason"
_PASSWORD = f"{{{ns.MUC_USER}}}password"
_MESSAGE = f"{{{ns.CLIENT}}}message"


def read_mediated(user: Element, sender: str) -> RoomInvited | None:
    """What a room says about somebody who invites; None where the element is none, or its sender no room."""
    invite = user.find(_INVITE)
    room = jids.bare(sender)
    if invite is None or not jids.local(room):
        return None
    inviter = _bare(invite.get("from", ""))
    reason = (invite.findtext(_REASON) or "").strip()[:LONGEST]
    password = (user.findtext(_PASSWORD) or "").strip()[:LONGEST]
    return RoomInvited(room, inviter, reason, password)


def read_direct(element: Element, sender: str) -> RoomInvited | None:
    """What somebody says about a room; None where the address is none."""
    room = _bare(element.get("jid", ""))
    if not jids.local(room):
        return None
    reason = element.get("reason", "").strip()[:LONGEST]
    return RoomInvited(room, jids.bare(sender), reason, element.get("password", "")[:LONGEST], direct=True)


def _bare(address: str) -> str:
    try:
        return jids.bare(jids.normalise(address)) if address else ""
    except ValueError:
        return ""


def invite(
    stream: Stream, room: str, jid: str, reason: str = "", password: str = "", *, direct: bool
) -> None:
    """Invite a bare JID: directly, or through the room, which makes them a member where it must (§7.8.2)."""
    text = xml_text(reason).strip()[:LONGEST]
    if direct:
        xml = Element(_MESSAGE, {"to": jid, "id": uuid.uuid4().hex})
        element = SubElement(xml, DIRECT, {"jid": room})
        if text:
            element.set("reason", text)
        if password:
            element.set("password", xml_text(password))
    else:
        xml = Element(_MESSAGE, {"to": room, "id": uuid.uuid4().hex})
        element = SubElement(SubElement(xml, _USER), _INVITE, {"to": jid})
        if text:
            SubElement(element, _REASON).text = text
    stream.send_xml(xml)


def decline(stream: Stream, room: str, inviter: str, reason: str = "") -> None:
    """Say no to an invitation that came through the room (§7.8.2)."""
    xml = Element(_MESSAGE, {"to": room, "id": uuid.uuid4().hex})
    element = SubElement(SubElement(xml, _USER), f"{{{ns.MUC_USER}}}decline", {"to": inviter})
    if text := xml_text(reason).strip()[:LONGEST]:
        SubElement(element, _REASON).text = text
    stream.send_xml(xml)
