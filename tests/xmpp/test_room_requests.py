"""This room asks rooms and services things, and does not believe more of the answers than it should.

XEP-0045 with XEP-0077, XEP-0410, XEP-0425, XEP-0433 and XEP-0486.
"""

from xml.etree import ElementTree as ET

import pytest

from tests.xmpp.cast import JULIET, FakeStream, failing
from webchat.errors import Offline, TimedOut, XmppError
from webchat.xmpp import namespaces as ns
from webchat.xmpp.rooms import affiliations, config, directory, info, invite, moderation, selfping, subject
from webchat.xmpp.rooms.affiliations import Member
from webchat.xmpp.rooms.info import ListedRoom

ROOM = "balcony@rooms.montague.example"
SERVICE = "rooms.montague.example"

INFO = f"""<query xmlns='http://jabber.org/protocol/disco#info'>
<identity category='conference' type='text' name='The balcony'/>
<feature var='{ns.MUC}'/><feature var='muc_membersonly'/><feature var='muc_nonanonymous'/>
<feature var='muc_passwordprotected'/><feature var='{ns.MAM}'/><feature var='{ns.OCCUPANT_ID}'/>
<x xmlns='jabber:x:data' type='result'>
<field var='FORM_TYPE' type='hidden'><value>http://jabber.org/protocol/muc#roominfo</value></field>
<field var='muc#roominfo_description'><value>After dark</value></field>
<field var='muc#roominfo_occupants'><value>7</value></field>
<field var='muc#roominfo_subject'><value>Love</value></field>
<field var='muc#roominfo_lang'><value>en</value></field>
<field var='muc#roominfo_avatarhash'><value>{"A" * 40}</value></field>
<field var='muc#roominfo_contactjid'><value>{JULIET}/x</value><value>@</value></field></x></query>"""


async def test_what_a_room_says_of_itself() -> None:
    found = await info.fetch(FakeStream(lambda *_: INFO), ROOM)
    assert (found.name, found.description, found.occupants) == ("The balcony", "After dark", 7)
    assert (found.subject, found.language, found.avatar) == ("Love", "en", "a" * 40)
    assert found.contacts == (JULIET,)
    assert (found.members_only, found.password, found.archive) == (True,) * 3
    assert (found.moderated, found.public, found.moderation) == (False,) * 3
    assert info.is_room(found)


async def test_what_is_no_room() -> None:
    found = await info.fetch(FakeStream(lambda *_: INFO), SERVICE)
    assert not info.is_room(found)
    empty = await info.fetch(FakeStream(lambda *_: ""), ROOM)
    assert (empty.name, empty.occupants, info.is_room(empty)) == ("", None, False)


async def test_the_list_of_a_service_is_read_page_by_page() -> None:
    pages = {
        "": ("one", "two", "<last>two</last>"),
        "two": ("two", "three", "<last>three</last>"),
        "three": ("three", "three", "<last>three</last>"),
    }

    def answer(kind: str, payload: ET.Element, to: str) -> str:
        after = payload.findtext(f"{{{ns.RSM}}}set/{{{ns.RSM}}}after") or ""
        first, second, window = pages[after]
        return (
            "<query xmlns='http://jabber.org/protocol/disco#items'>"
            f"<item jid='{first}@{SERVICE}' name='{first.title()}'/><item jid='{second}@{SERVICE}'/>"
            f"<item jid='trap@rooms.evil.example'/><item jid='{SERVICE}'/><item jid='@'/>"
            f"<set xmlns='http://jabber.org/protocol/rsm'>{window}</set></query>"
        )

    stream = FakeStream(answer)
    assert await info.public_rooms(stream, SERVICE) == [
        ListedRoom(f"one@{SERVICE}", "One"),
        ListedRoom(f"two@{SERVICE}"),
        ListedRoom(f"three@{SERVICE}"),
    ]
    assert {to for _, _, to in stream.asked} == {SERVICE}


async def test_the_services_for_rooms_that_a_server_has() -> None:
    """One that is no service for rooms, or does not answer, keeps nobody from the others."""

    def answer(kind: str, payload: ET.Element, to: str) -> str:
        if payload.tag.endswith("#items}query"):
            jids = (SERVICE.title(), "@", f"romeo@{SERVICE}", "broken.example", "pubsub.example")
            items = "".join(f"<item jid='{jid}'/>" for jid in jids)
            return f"<query xmlns='http://jabber.org/protocol/disco#items'>{items}</query>"
        if to == "broken.example":
            return failing("remote-server-timeout")
        kind = "conference' type='text" if to == SERVICE else "pubsub' type='service"
        return (
            f"<query xmlns='http://jabber.org/protocol/disco#info'><identity category='{kind}'/>"
            "<feature var='http://jabber.org/protocol/muc'/></query>"
        )

    assert await info.services(FakeStream(answer), "montague.example") == [SERVICE]


async def test_lists_and_changes_of_affiliations() -> None:
    def answer(kind: str, payload: ET.Element, to: str) -> str:
        if kind == "set":
            return ""
        return (
            "<query xmlns='http://jabber.org/protocol/muc#admin'>"
            f"<item jid='{JULIET}' affiliation='outcast' nick='J'><reason>loud</reason></item><item jid='@'/>"
            "</query>"
        )

    stream = FakeStream(answer)
    assert await affiliations.members(stream, ROOM, "outcast") == [Member(JULIET, "outcast", "J", "loud")]
    await affiliations.set_affiliation(stream, ROOM, JULIET, "outcast", "</reason><x/>")
    await affiliations.set_role(stream, ROOM, "Juliet", "none")
    ban, kick = (payload[0] for _, payload, _ in stream.asked[1:])
    assert ban.attrib == {"jid": JULIET, "affiliation": "outcast"}
    assert [child.text for child in ban] == ["</reason><x/>"]
    assert kick.attrib == {"nick": "Juliet", "role": "none"}
    assert len(kick) == 0


async def test_a_registered_nick_is_given_back() -> None:
    stream = FakeStream(lambda *_: "")
    await config.unregister(stream, ROOM)
    _, payload, to = stream.asked[0]
    assert (to, [child.tag for child in payload]) == (ROOM, [f"{{{ns.REGISTER}}}remove"])


async def test_a_room_without_a_form_cannot_be_configured() -> None:
    with pytest.raises(XmppError) as refused:
        await config.fetch(FakeStream(lambda *_: ""), ROOM)
    assert refused.value.condition == "feature-not-implemented"


async def test_ending_a_room() -> None:
    stream = FakeStream(lambda *_: "")
    await config.destroy(stream, ROOM, "over <&>", f"garden@{SERVICE}")
    [destroy] = stream.asked[0][1]
    assert (destroy.get("jid"), destroy[0].text) == (f"garden@{SERVICE}", "over <&>")


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ("", "inside"),
        (failing("service-unavailable"), "inside"),
        (failing("feature-not-implemented"), "inside"),
        (failing("item-not-found"), "inside"),
        (failing("not-acceptable"), "outside"),
        (failing("not-allowed"), "outside"),
        (failing("remote-server-not-found"), "unknown"),
        (failing("remote-server-timeout"), "unknown"),
    ],
)
async def test_whether_we_still_sit_there(answer: str, outcome: str) -> None:
    stream = FakeStream(lambda *_: answer)
    assert await selfping.still_inside(stream, ROOM, "Romeo") == outcome
    assert stream.asked[0][2] == f"{ROOM}/Romeo"


async def test_nobody_answers_the_self_ping() -> None:
    class Silent(FakeStream):
        failure: Exception

        async def request(self, *_: object, **__: object) -> ET.Element:
            raise self.failure

    silent = Silent(lambda *_: "")
    silent.failure = TimedOut()
    assert await selfping.still_inside(silent, ROOM, "Romeo") == "unknown"
    silent.failure = Offline()
    with pytest.raises(Offline):
        await selfping.still_inside(silent, ROOM, "Romeo")


@pytest.mark.parametrize(
    ("features", "tag", "inner"),
    [
        ({ns.MODERATE, ns.MODERATE_0}, f"{{{ns.MODERATE}}}moderate", ns.RETRACT),
        ({ns.MODERATE_0}, f"{{{ns.FASTEN}}}apply-to", ns.RETRACT_0),
        (set(), f"{{{ns.MODERATE}}}moderate", ns.RETRACT),
    ],
)
async def test_moderation_in_both_versions(features: set[str], tag: str, inner: str) -> None:
    stream = FakeStream(lambda *_: "")
    await moderation.moderate(stream, ROOM, "r1", "rude", features=frozenset(features))
    _, payload, to = stream.asked[0]
    assert (payload.tag, payload.get("id"), to) == (tag, "r1", ROOM)
    assert payload.find(f".//{{{inner}}}retract") is not None
    assert "rude" in "".join(payload.itertext())


def test_a28_words_of_invitations_and_subjects_are_only_text() -> None:
    evil = "</reason></invite><iq type='set'/>]]>\x00"
    stream = FakeStream(lambda *_: "")
    invite.invite(stream, ROOM, JULIET, evil, "", direct=False)
    invite.invite(stream, ROOM, JULIET, evil, evil, direct=True)
    invite.decline(stream, ROOM, JULIET, evil)
    subject.set_subject(stream, ROOM, evil)
    clean = evil.replace("\x00", "")
    mediated, direct, declined, told = stream.said
    assert mediated.findtext(f".//{{{ns.MUC_USER}}}reason") == clean
    assert direct[0].attrib == {"jid": ROOM, "reason": clean, "password": clean}
    assert declined.findtext(f".//{{{ns.MUC_USER}}}reason") == clean
    assert (told.get("type"), told[0].text) == ("groupchat", clean)


async def test_a_directory_names_rooms_everywhere() -> None:
    found = (
        "<result xmlns='urn:xmpp:channel-search:0:search'>"
        f"<item address='{ROOM}'><name>The balcony</name><nusers>7</nusers><language>en</language></item>"
        f"<item address='{ROOM}/nick'/><item address='rooms.montague.example'/><item/></result>"
    )
    stream = FakeStream(lambda *_: found)
    [room] = await directory.search(stream, "love </value><x/>")
    assert (room.jid, room.name, room.people, room.language) == (ROOM, "The balcony", 7, "en")
    _, payload, to = stream.asked[0]
    assert to == directory.DIRECTORY
    assert "love </value><x/>" in [value.text for value in payload.iter("{jabber:x:data}value")]
