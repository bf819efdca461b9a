"""This room reads what a room announces beside talk: its subject, a new configuration, an invitation."""

from xml.etree.ElementTree import Element

from webchat.xmpp import jid as jids
from webchat.xmpp import namespaces as ns
from webchat.xmpp.context import Context
from webchat.xmpp.events import RoomConfigChanged, RoomInvited, RoomSubjectReceived
from webchat.xmpp.rooms import invite, presence, subject
from webchat.xmpp.stanza import BODY

CONFIGURED = frozenset((104, 170, 171, 172, 173, 174))
"""Status codes that say that the room is configured otherwise now (§15.6)."""

_USER = f"{{{ns.MUC_USER}}}x"


def from_room(
    found: dict[str, Element], sender: str, context: Context
) -> RoomSubjectReceived | RoomConfigChanged | None:
    """A live groupchat message that is no talk; None for talk, and for rooms that we are not in."""
    room = jids.bare(sender)
    if room not in context.rooms:
        return None
    if (said := subject.read(found, sender)) is not None:
        return said
    user = found.get(_USER)
    if user is None or sender != room or BODY in found:
        return None
    statuses = presence.statuses_of(user) & CONFIGURED
    return RoomConfigChanged(room, statuses) if statuses else None


def invitation(found: dict[str, Element], sender: str, context: Context) -> RoomInvited | None:
    """Somebody, or a room for somebody, invites us; nothing of it is followed (security case A22)."""
    if jids.bare(sender) == context.jid:
        return None
    if _USER in found and not jids.resource(sender):
        return invite.read_mediated(found[_USER], sender)
    if invite.DIRECT in found:
        return invite.read_direct(found[invite.DIRECT], sender)
    return None
