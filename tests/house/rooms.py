"""This room is the rooms that the tests of forms go into: what they answer, and the forms about them."""

from typing import Any
from xml.etree.ElementTree import Element, fromstring

from tests.session.fakes import FakeClient
from webchat.errors import XmppError
from webchat.xmpp.events import OccupantChanged
from webchat.xmpp.verbs import EnterRoom, Verb

TOMB, ORCHARD = "tomb@conference.capulet.example", "orchard@conference.capulet.example"
INFO = "{http://jabber.org/protocol/disco#info}query"
OWNER = "{http://jabber.org/protocol/muc#owner}query"
REGISTER, VCARD = "{jabber:iq:register}query", "{vcard-temp}vCard"
DONE = (
    "{http://jabber.org/protocol/muc",
    "{http://jabber.org/protocol/pubsub",
    "{jabber:iq:register}",
    VCARD,
)

FORMS: dict[str, tuple[str, dict[str, str]]] = {
    "/rooms/create": (
        "/rooms/create",
        {"kind": "private", "name": "Orchard", "jid": ORCHARD, "nick": "Romeo"},
    ),
    "/rooms/{jid}/join": (f"/rooms/{TOMB}/join", {"nick": "Romeo"}),
    "/rooms/{jid}/keep": (f"/rooms/{TOMB}/keep", {"name": "Tomb", "nick": "Romeo", "notify": "never"}),
    "/rooms/{jid}/subject": (f"/rooms/{TOMB}/subject", {"subject": "Silence"}),
    "/rooms/{jid}/invite": (f"/rooms/{TOMB}/invite", {"jid": "paris@verona.example", "reason": "Flowers"}),
    "/rooms/{jid}/members": (
        f"/rooms/{TOMB}/members",
        {"jid": "paris@verona.example", "affiliation": "member"},
    ),
    "/rooms/{jid}/people/{nick:path}": (f"/rooms/{TOMB}/people/Tybalt", {"act": "role-none"}),
    "/rooms/{jid}/configuration": (f"/rooms/{TOMB}/configuration", {"field.muc#roomconfig_roomname": "Tomb"}),
    "/rooms/{jid}/membership": (f"/rooms/{TOMB}/membership", {"field.muc#register_roomnick": "Romeo"}),
    "/rooms/{jid}/question": (f"/rooms/{TOMB}/question", {"field.ocr": "abcdef"}),
    "/rooms/{jid}/picture/files": (f"/rooms/{TOMB}/picture/files", {"remove": "1"}),
    "/rooms/{jid}/invitation/delete": (f"/rooms/{TOMB}/invitation/delete", {}),
    "/rooms/{jid}/leave": (f"/rooms/{TOMB}/leave", {}),
    "/rooms/{jid}/report": (f"/rooms/{TOMB}/report", {"reason": "spam"}),
    "/rooms/{jid}/forget": (f"/rooms/{ORCHARD}/forget", {}),
    "/rooms/{jid}/destroy": (f"/rooms/{TOMB}/destroy", {"sure": "1"}),
}
"""Route → an address of it and what a form would send, in an order in which one person can do all of it."""


def answered(kind: str, payload: Element, to: str) -> Element | None:
    """What a room answers: it does as it is told; an orchard does not exist yet. None: it says nothing."""
    if payload.tag == INFO and to == ORCHARD:
        raise XmppError("item-not-found")
    if payload.tag == INFO and to == TOMB:
        return fromstring(  # noqa: S314
            "<iq xmlns='jabber:client' type='result'><query xmlns='http://jabber.org/protocol/disco#info'>"
            "<identity category='conference' type='text' name='Tomb'/>"
            "<feature var='http://jabber.org/protocol/muc'/></query></iq>"
        )
    if payload.tag == INFO and "/" not in to and "conference" not in to:
        return fromstring(  # noqa: S314
            "<iq xmlns='jabber:client' type='result'><query xmlns='http://jabber.org/protocol/disco#info'>"
            "<feature var='http://jabber.org/protocol/pubsub#publish-options'/>"
            "<feature var='urn:xmpp:bookmarks:1#compat'/></query></iq>"
        )
    if payload.tag == REGISTER and kind == "get":
        return fromstring(  # noqa: S314
            "<iq type='result'><query xmlns='jabber:iq:register'><x xmlns='jabber:x:data' type='form'>"
            "<field var='muc#register_roomnick' type='text-single'/></x></query></iq>"
        )
    if payload.tag == VCARD and kind == "get":
        raise XmppError("item-not-found")
    if payload.tag == OWNER and kind == "get":
        return fromstring(  # noqa: S314
            "<iq type='result'><query xmlns='http://jabber.org/protocol/muc#owner'>"
            "<x xmlns='jabber:x:data' type='form'>"
            "<field var='muc#roomconfig_roomname' type='text-single'/></x></query></iq>"
        )
    return Element("iq", {"type": "result"}) if kind == "set" and payload.tag.startswith(DONE) else None


def say(client: Any, verb: Verb, id: str = "") -> bool:
    """As FakeClient has it, and a room lets everybody in who knocks, as its owner, with Tybalt inside."""
    client.said.append((id, verb))
    if isinstance(verb, EnterRoom):
        statuses = frozenset({110, 201}) if verb.room == ORCHARD else frozenset({110})
        client.on_event(OccupantChanged(verb.room, "Tybalt", True, role="participant"), None)
        me = OccupantChanged(verb.room, verb.nick, True, True, "owner", "moderator", statuses=statuses)
        client.on_event(me, None)
    return bool(client.connected)


def open_doors(monkeypatch: Any) -> None:
    """Let fake clients into rooms."""
    monkeypatch.setattr(FakeClient, "say", say)
