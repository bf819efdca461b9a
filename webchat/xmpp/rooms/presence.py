"""This room enters and leaves rooms and reads who sits in them (XEP-0045 §7)."""

from collections.abc import Mapping, MutableMapping
from xml.etree.ElementTree import Element, SubElement

from webchat.xmpp import errors, stanza
from webchat.xmpp import jid as jids
from webchat.xmpp import namespaces as ns
from webchat.xmpp.content import Hat
from webchat.xmpp.context import Context, Seat
from webchat.xmpp.events import OccupantChanged, RoomRefused
from webchat.xmpp.presence import LONGEST_STATUS, PRESENCE, photo_hash
from webchat.xmpp.rooms.mentions import may_call_all
from webchat.xmpp.verbs import EnterRoom, LeaveRoom, SendPresence
from webchat.xmpp.xml_text import xml_text

SELF, RENAMED, NEW_ROOM = 110, 303, 201
MOST_HATS = 8
MOST_CALLERS = 5000
HISTORY = 50
"""Messages of the past that a room without an archive is asked for."""

_USER = f"{{{ns.MUC_USER}}}x"
_ITEM = f"{{{ns.MUC_USER}}}item"
_STATUS_CODE = f"{{{ns.MUC_USER}}}status"
_DESTROY = f"{{{ns.MUC_USER}}}destroy"
_REASON = f"{{{ns.MUC_USER}}}reason"
_ACTOR = f"{{{ns.MUC_USER}}}actor"
_SHOW = f"{{{ns.CLIENT}}}show"
_STATUS = f"{{{ns.CLIENT}}}status"
_OCCUPANT_ID = f"{{{ns.OCCUPANT_ID}}}occupant-id"
_PHOTO = f"{{{ns.VCARD_UPDATE}}}x"
_SHOWS = frozenset(("away", "chat", "dnd", "xa"))
_AFFILIATIONS = frozenset(("owner", "admin", "member", "none", "outcast"))
_ROLES = frozenset(("moderator", "participant", "visitor", "none"))


# ---- what we say


def note(verb: EnterRoom | LeaveRoom, seats: MutableMapping[str, Seat]) -> None:
    """Remember which room we ask for: no other one is listened to."""
    if isinstance(verb, LeaveRoom):
        seats.pop(verb.room, None)
        return
    seat = seats.setdefault(verb.room, Seat(verb.nick))
    if not seat.inside:
        seat.nick = verb.nick
        seat.callers.clear()


def enter(verb: EnterRoom) -> Element:
    """Presence that asks for a seat (§7.2); inside already, it asks for another nick (§7.6)."""
    xml = _presence(f"{verb.room}/{verb.nick}", verb)
    x = SubElement(xml, f"{{{ns.MUC}}}x")
    # §7.2.13: what the archive has need not be said twice.
    history = (
        {"seconds": str(verb.history), "maxstanzas": str(HISTORY)} if verb.history else {"maxchars": "0"}
    )
    SubElement(x, f"{{{ns.MUC}}}history", history)
    if verb.password:
        SubElement(x, f"{{{ns.MUC}}}password").text = xml_text(verb.password)
    return xml


def shown(verb: SendPresence, seats: Mapping[str, Seat]) -> list[Element]:
    """What we show others is shown in every room that we are in, too (§7.7)."""
    return [_presence(f"{room}/{seat.nick}", verb) for room, seat in seats.items() if seat.inside]


def _presence(to: str, verb: SendPresence | EnterRoom) -> Element:
    xml = Element(PRESENCE, {"to": to})
    if verb.show:
        SubElement(xml, _SHOW).text = verb.show
    if status := xml_text(verb.status).strip():
        SubElement(xml, _STATUS).text = status
    return xml


def leave(verb: LeaveRoom) -> Element:
    """Presence that gives the seat back (§7.14)."""
    xml = Element(PRESENCE, {"to": f"{verb.room}/{verb.nick}", "type": "unavailable"})
    if status := xml_text(verb.status).strip():
        SubElement(xml, _STATUS).text = status
    return xml


# ---- what the room says


def concerns(xml: Element, context: Context) -> bool:
    """Whether this presence is about a room we are in or ask to enter."""
    if not context.rooms:
        return False
    try:
        return jids.bare(jids.normalise(xml.get("from", ""))) in context.rooms
    except ValueError:
        return False


def read(xml: Element, context: Context) -> OccupantChanged | RoomRefused | None:
    """Somebody sits down, changes or leaves; or the room does not let us in. None for what says neither."""
    sender = jids.normalise(xml.get("from", ""))
    room, nick = jids.bare(sender), jids.resource(sender)
    seat = context.rooms[room]
    kind = xml.get("type")
    if kind == "error":
        return _refused(xml, context, room, nick)
    users = xml.findall(_USER)
    if kind not in (None, "unavailable") or not nick or len(users) != 1:
        # A room says who sits where once: a twin was put in by an occupant (security case A26).
        context.drop("muc")
        return None
    event = _occupant(xml, users[0], seat, room, nick, available=kind is None)
    _note_caller(event, seat)
    if event.mine:
        _sit(event, seat, context)
    return event


def _note_caller(event: OccupantChanged, seat: Seat) -> None:
    """Keep who may call everybody; bounded, as a room may be a flood."""
    seat.callers.pop(event.nick, None)
    if event.available and len(seat.callers) < MOST_CALLERS and may_call_all(event.role, event.affiliation):
        seat.callers[event.nick] = event.occupant_id


def _refused(xml: Element, context: Context, room: str, nick: str) -> RoomRefused:
    seat = context.rooms[room]
    error = errors.stanza_error(xml)
    if not seat.inside:
        del context.rooms[room]
    return RoomRefused(room, nick or seat.nick, error.condition, error.text)


def _sit(event: OccupantChanged, seat: Seat, context: Context) -> None:
    """What the room says of ourselves."""
    if event.available:
        seat.nick, seat.inside = event.nick, True
        seat.occupant_id = event.occupant_id
    elif event.new_nick:
        seat.nick = event.new_nick
    else:
        context.rooms.pop(event.room, None)


def _occupant(
    xml: Element, user: Element, seat: Seat, room: str, nick: str, *, available: bool
) -> OccupantChanged:
    found = stanza.children(xml)
    item = user.find(_ITEM)
    statuses = _statuses(user)
    destroyed = user.find(_DESTROY)
    told = destroyed if destroyed is not None else item
    show = (found[_SHOW].text or "").strip() if _SHOW in found else ""
    status = stanza.text(xml, found[_STATUS]).strip()[:LONGEST_STATUS] if _STATUS in found else ""
    return OccupantChanged(
        room=room,
        nick=nick,
        available=available,
        mine=nick == seat.nick if seat.inside else nick == seat.nick or SELF in statuses,
        affiliation=_one_of(_AFFILIATIONS, item, "affiliation"),
        role=_one_of(_ROLES, item, "role"),
        jid=_address(item, "jid"),
        occupant_id=occupant_id(xml, seat),
        show=show if available and show in _SHOWS else "",
        status=status,
        hats=_hats(xml) if available else (),
        photo=photo_hash(found.get(_PHOTO)) or "",
        statuses=statuses,
        new_nick=_nick(item) if RENAMED in statuses and not available else "",
        by=_actor(item),
        reason=_reason(told),
        destroyed=destroyed is not None,
        alternate=_address(destroyed, "jid"),
    )


def occupant_id(xml: Element, seat: Seat) -> str:
    """XEP-0421: the one that the room gave, if it says that it gives them; of several none (case A11)."""
    if ns.OCCUPANT_ID not in seat.features:
        return ""
    found = xml.findall(_OCCUPANT_ID)
    return stanza.identifier(found[0]) if len(found) == 1 else ""


def statuses_of(user: Element) -> frozenset[int]:
    """The status codes of <x xmlns='…muc#user'/> (§15.6)."""
    return _statuses(user)


def _statuses(user: Element) -> frozenset[int]:
    codes = (status.get("code", "") for status in user.findall(_STATUS_CODE)[:20])
    return frozenset(int(code) for code in codes if len(code) == 3 and code.isascii() and code.isdecimal())


def _one_of(words: frozenset[str], item: Element | None, name: str) -> str:
    word = "" if item is None else item.get(name, "")
    return word if word in words else "none"


def _address(element: Element | None, name: str) -> str:
    try:
        return "" if element is None else jids.bare(jids.normalise(element.get(name, "")))
    except ValueError:
        return ""


def _nick(item: Element | None) -> str:
    try:
        return jids.resource(jids.normalise(f"a@b/{'' if item is None else item.get('nick', '')}"))
    except ValueError:
        return ""


def _actor(item: Element | None) -> str:
    actor = None if item is None else item.find(_ACTOR)
    return "" if actor is None else (actor.get("nick", "") or actor.get("jid", ""))[:1023]


def _reason(element: Element | None) -> str:
    return "" if element is None else (element.findtext(_REASON) or "").strip()[:LONGEST_STATUS]


def _hats(xml: Element) -> tuple[Hat, ...]:
    """XEP-0317: what somebody is, as the room says."""
    found: list[Hat] = []
    for namespace in ns.HATS:
        for hat in xml.iterfind(f"{{{namespace}}}hats/{{{namespace}}}hat"):
            title = hat.get("title", "").strip()[:100]
            if title and len(found) < MOST_HATS:
                found.append(Hat(hat.get("uri", "")[:LONGEST_STATUS], title))
    return tuple(found)
