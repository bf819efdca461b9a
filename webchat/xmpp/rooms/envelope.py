"""This room judges whose words a message of a room are, before it is read (XEP-0045 §7.4, §7.5)."""

from datetime import datetime
from xml.etree.ElementTree import Element

from webchat.xmpp import dates, stanza
from webchat.xmpp import jid as jids
from webchat.xmpp import namespaces as ns
from webchat.xmpp.context import Context, Seat
from webchat.xmpp.rooms.presence import occupant_id
from webchat.xmpp.stanza import Envelope

_DELAY = f"{{{ns.DELAY}}}delay"
_STANZA_ID = f"{{{ns.SID}}}stanza-id"


def room_of(address: str, context: Context) -> str:
    """The room that a full or bare JID belongs to, if it is one of ours; else ""."""
    room = jids.bare(address)
    return room if room in context.rooms or room in context.known_rooms else ""


def groupchat(
    xml: Element,
    sender: str,
    context: Context,
    *,
    room: str = "",
    archive_id: str = "",
    archive_stamp: datetime | None = None,
) -> Envelope | None:
    """What was said to everybody in a room; None, counted, unless we are in that room or enter it.

    sender  normalised address of the stanza
    room    the room whose own archive gave it; it speaks for nobody but its own occupants (case A06)
    """
    where = jids.bare(sender)
    seat = context.rooms.get(where)
    if (room and where != room) or (seat is None and not room):
        context.drop("groupchat")
        return None
    if seat is None:
        seat = Seat("")
    stamp = archive_stamp or _delayed(xml, where)
    id = occupant_id(xml, seat)
    nick = jids.resource(sender)
    return Envelope(
        conversation=where,
        sender=sender,
        mine=_is_ours(seat, nick, id),
        kind="room",
        stanza_id=archive_id or _stanza_id(xml, where, seat),
        stamp=stamp,
        archived=bool(archive_id) or stamp is not None,
        occupant_id=id,
    )


def _is_ours(seat: Seat, nick: str, id: str) -> bool:
    """An id that the room gives outlives the nick, in both directions."""
    if id and seat.occupant_id:
        return id == seat.occupant_id
    return bool(nick) and nick == seat.nick


def _stanza_id(xml: Element, room: str, seat: Seat) -> str:
    """The id that the room gave (XEP-0359 §6); none where forged ones may pass, or two stand (case A23)."""
    if seat.features.isdisjoint((ns.SID, ns.MAM)):
        return ""
    ids = [stanza.identifier(child) for child in xml.iterfind(_STANZA_ID) if child.get("by") == room]
    return ids[0] if len(ids) == 1 else ""


def _delayed(xml: Element, room: str) -> datetime | None:
    """When the room had this before we came (§7.2.15); what an occupant claims is not heard (case A27)."""
    for delay in reversed(xml.findall(_DELAY)):
        if delay.get("from") in (room, jids.domain(room)):
            return dates.parse(delay.get("stamp"))
    return None


def whisper(
    xml: Element, sender: str, receiver: str, context: Context, *, carbon: bool = False
) -> Envelope | None:
    """A private message through a room of ours, either way; None when it is none (§7.5).

    Without <x xmlns='…muc#user'/> it still is one: an occupant's address is nothing else (case A17).
    """
    mine = jids.bare(sender) == context.jid
    other = receiver if mine else sender
    room = room_of(other, context)
    if not room or not jids.resource(other):
        return None
    seat = context.rooms.get(room)
    return Envelope(
        conversation=other,
        sender=sender,
        mine=mine,
        kind="whisper",
        carbon=carbon,
        occupant_id=occupant_id(xml, seat) if seat is not None and not mine else "",
    )
