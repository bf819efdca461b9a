"""This room lets Romeo sit on the balcony, and says what others there do."""

from tests.xmpp.cast import FULL, context
from webchat.xmpp import namespaces as ns
from webchat.xmpp.context import Context, Seat

ROOM = "balcony@rooms.montague.example"
OTHER = "garden@rooms.montague.example"
FEATURES = frozenset((ns.SID, ns.MAM, ns.OCCUPANT_ID))
USER = "xmlns='http://jabber.org/protocol/muc#user'"


def seated(*, features: frozenset[str] = FEATURES, inside: bool = True) -> Context:
    """Romeo sits on the balcony."""
    judge = context()
    judge.rooms[ROOM] = Seat("Romeo", inside, features, "romeo-id" if ns.OCCUPANT_ID in features else "")
    return judge


def presence(nick: str, inside: str = "", *, kind: str = "", item: str = "", room: str = ROOM) -> str:
    """What the room says of somebody."""
    type_ = f" type='{kind}'" if kind else ""
    item = item or "<item affiliation='member' role='participant'/>"
    return f"<presence from='{room}/{nick}' to='{FULL}'{type_}><x {USER}>{item}{inside}</x></presence>"


def said(nick: str, inside: str, *, room: str = ROOM, kind: str = "groupchat") -> str:
    """What somebody says in a room."""
    sender = f"{room}/{nick}" if nick else room
    return f"<message from='{sender}' to='{FULL}' type='{kind}' id='m1'>{inside}</message>"
