"""This room tries what leaves: words that look like stanzas, and who hears of us (A21, A28, A31)."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from tests.hostile.lab_certs import Lab
from tests.hostile.logins import session
from tests.hostile.scene import BALCONY, Scene, sits
from tests.lab.people import JULIET, MERCUTIO
from tests.xmpp.cast import FULL, FakeStream, context, failing
from webchat.xmpp import blocking, bookmarks, iq, roster, say
from webchat.xmpp import namespaces as ns
from webchat.xmpp.content import Bookmark, Mention, Reply, SharedFile
from webchat.xmpp.context import Context, Seat
from webchat.xmpp.rooms import affiliations, config, directory, invite, moderation, subject
from webchat.xmpp.rooms import presence as seats
from webchat.xmpp.verbs import EnterRoom, LeaveRoom, SendMessage, SendPresence, Verb
from webchat.xmpp.xml_text import xml_text

EVIL = (
    "</body></message><iq type='set' id='1'/>",
    "</query></iq></stream:stream>",
    "]]>",
    "<![CDATA[x]]>",
    "&x; &amp; &#60;b&#62;",
    "\"'><x a='",
    "<!-- x -->",
    "<?xml version='1.0'?>",
    "a\x00b\x0bc\ufffe\ud800d",
    "<!DOCTYPE x [<!ENTITY y 'z'>]>",
)
MODERATING = frozenset((ns.MODERATE,))
Writer = Callable[[FakeStream, str], Coroutine[Any, Any, object] | object]
FORM = (
    "<query xmlns='http://jabber.org/protocol/muc#owner'><x xmlns='jabber:x:data' type='form'>"
    "<field var='FORM_TYPE' type='hidden'><value>http://jabber.org/protocol/muc#roomconfig</value></field>"
    "<field var='muc#roomconfig_roomname' type='text-single'/></x></query>"
)


def spoken(verb: Verb) -> ET.Element:
    """A verb as XML."""
    return say.element(verb, ())


WRITERS: dict[str, Writer] = {
    "body": lambda s, t: s.send_xml(spoken(SendMessage(JULIET, t, "u1"))),
    "quoted": lambda s, t: s.send_xml(spoken(SendMessage(JULIET, "x", "u1", reply=Reply("m"), quoted=t))),
    "spoiler": lambda s, t: s.send_xml(spoken(SendMessage(JULIET, "x", "u1", spoiler=t))),
    "mention": lambda s, t: s.send_xml(
        spoken(
            SendMessage(
                BALCONY, f"x{t}", "u1", kind="room", mentions=(Mention(0, 1, f"{BALCONY}/{xml_text(t)}"),)
            )
        )
    ),
    "file": lambda s, t: s.send_xml(
        spoken(SendMessage(JULIET, "", "u1", files=(SharedFile("https://a.b/c", t, t, description=t),)))
    ),
    "status": lambda s, t: s.send_xml(spoken(SendPresence("away", t))),
    "nick and password": lambda s, t: s.send_xml(spoken(EnterRoom(BALCONY, f"x{xml_text(t)}", t, 0, "", t))),
    "goodbye": lambda s, t: s.send_xml(spoken(LeaveRoom(BALCONY, "x", t))),
    "shown in rooms": lambda s, t: s.send_xml(
        seats.shown(SendPresence("", t), {BALCONY: Seat("x", True)})[0]
    ),
    "roster": lambda s, t: roster.set_item(s, JULIET, t, [t]),
    "request": lambda s, t: roster.subscribe(s, JULIET, t),
    "report": lambda s, t: blocking.block(s, JULIET, blocking.Report("spam", t, ((JULIET, t),))),
    "older report": lambda s, t: blocking.block(s, JULIET, blocking.Report("spam", t), older=True),
    "bookmark": lambda s, t: bookmarks.publish(s, Bookmark(BALCONY, t, t, t)),
    "older bookmark": lambda s, t: bookmarks._change_old(s, BALCONY, Bookmark(BALCONY, t, t, t)),
    "invitation": lambda s, t: invite.invite(s, BALCONY, JULIET, t, t, direct=True),
    "through the room": lambda s, t: invite.invite(s, BALCONY, JULIET, t, direct=False),
    "decline": lambda s, t: invite.decline(s, BALCONY, JULIET, t),
    "subject": lambda s, t: subject.set_subject(s, BALCONY, t),
    "room": lambda s, t: config.configure_new(s, BALCONY, private=False, name=t),
    "destruction": lambda s, t: config.destroy(s, BALCONY, t),
    "affiliation": lambda s, t: affiliations.set_affiliation(s, BALCONY, JULIET, "outcast", t),
    "role": lambda s, t: affiliations.set_role(s, BALCONY, f"x{xml_text(t)}", "none", t),
    "moderation": lambda s, t: moderation.moderate(s, BALCONY, "r1", t, features=MODERATING),
    "directory": lambda s, t: directory.search(s, t),
}


async def written(writer: Writer, text: str) -> list[ET.Element]:
    """What leaves, as the other side reads it."""

    def answer(kind: str, payload: ET.Element, to: str) -> str:
        if payload.tag.endswith("}query") and "muc#owner" in payload.tag and kind == "get":
            return FORM
        if payload.tag == "{http://jabber.org/protocol/disco#info}query":
            return f"<query xmlns='{ns.DISCO_INFO}'><feature var='{ns.PUBSUB_PUBLISH_OPTIONS}'/></query>"
        if payload.tag == f"{{{ns.PUBSUB}}}pubsub" and kind == "get":
            return failing("item-not-found")
        return ""

    stream = FakeStream(answer)
    doing = writer(stream, text)
    if isinstance(doing, Coroutine):
        await doing
    left = [payload for _, payload, _ in stream.asked] + stream.said
    return [ET.fromstring(ET.tostring(each)) for each in left]  # noqa: S314


@pytest.mark.parametrize("what", WRITERS)
async def test_a28_no_word_becomes_an_element(what: str) -> None:
    plain = [[each.tag for each in xml.iter()] for xml in await written(WRITERS[what], "plain")]
    for text in EVIL:
        left = await written(WRITERS[what], text)
        assert [[each.tag for each in xml.iter()] for xml in left] == plain, text
        values = [
            value for xml in left for each in xml.iter() for value in (each.text, *each.attrib.values())
        ]
        meant = xml_text(text).strip()
        assert any(meant in (value or "").replace("\n> ", "\n") for value in values), (text, values)


# ---- who learns that we are here


def ping(sender: str) -> ET.Element:
    """Somebody asks whether we answer."""
    return ET.fromstring(  # noqa: S314
        f"<iq xmlns='jabber:client' type='get' id='p' from='{sender}' to='{FULL}'>"
        "<ping xmlns='urn:xmpp:ping'/></iq>"
    )


def answered(judge: Context, sender: str) -> bool:
    """Whether they learn that we are there."""
    reply, _ = iq.answer(ping(sender), judge)
    return reply is not None and reply.get("type") == "result"


def test_a31_a_room_that_we_are_in_hears_that_we_are() -> None:
    """XEP-0410: the room brings us our own question; one that we are not in learns nothing."""
    judge = context()
    for sender in (f"{BALCONY}/Romeo", BALCONY):
        assert not answered(judge, sender)
    judge.rooms[BALCONY] = Seat("Romeo")
    assert not answered(judge, f"{BALCONY}/Romeo")
    judge.rooms[BALCONY].inside = True
    assert answered(judge, f"{BALCONY}/Romeo")
    assert not answered(judge, f"x.{BALCONY}/Romeo")
    del judge.rooms[BALCONY]
    assert not answered(judge, f"{BALCONY}/Romeo")


async def test_rooms_hear_how_we_are_and_that_we_are_there(lab: Lab) -> None:
    """What contacts are told is told in each room that let us in, under our name there; self-ping works."""
    async with session(lab) as (romeo, peer):
        romeo.client.rooms.update({BALCONY: Seat("Romeo", True), "out@r.example": Seat("x")})
        romeo.client.say(SendPresence("dnd", "Fencing"))
        told = [await asyncio.wait_for(peer.element(), 5) for _ in range(2)]
        assert [each.get("to") for each in told] == [f"{BALCONY}/Romeo", None]
        for each in told:
            assert each.findtext("{jabber:client}show") == "dnd"
            assert each.findtext("{jabber:client}status") == "Fencing"
        for sender, kind in ((f"{BALCONY}/Romeo", "result"), ("out@r.example/x", "error")):
            await peer.send(f"<iq type='get' id='p' from='{sender}'><ping xmlns='urn:xmpp:ping'/></iq>")
            assert (await asyncio.wait_for(peer.element(), 5)).get("type") == kind


async def test_a21_a31_nothing_of_a_stranger_is_answered(scene: Scene) -> None:
    asks = (
        "<body>hi</body><request xmlns='urn:xmpp:receipts'/><markable xmlns='urn:xmpp:chat-markers:0'/>"
        "<composing xmlns='http://jabber.org/protocol/chatstates'/>"
    )
    before = len(scene.romeo.client.said)
    await scene.hear(f"<message from='{MERCUTIO}/x' to='{FULL}' type='chat' id='a1'>{asks}</message>")
    await scene.web.get(f"/chats/{MERCUTIO}")
    await scene.hear(sits("Tybalt"))
    assert [
        verb for verb in scene.romeo.client.said[before:] if not isinstance(verb, SendMessage | SendPresence)
    ] == []
    assert not answered(scene.context, f"{MERCUTIO}/x")
