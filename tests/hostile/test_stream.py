"""This room sends what no honest server sends into streams and sessions (D03-D06, A05-A09, A25)."""

import asyncio
from collections.abc import Callable
from xml.etree import ElementTree as ET

import pytest

from tests.hostile.lab_certs import Lab
from tests.hostile.logins import arrival, at, dropped, leaked, login, message, session
from tests.hostile.server import BIND_NS, HANGUP, STARTTLS, Drip, HostileServer, Script
from webchat.errors import LoginFailed
from webchat.xmpp import client as client_room
from webchat.xmpp.events import ConnectionStateChanged, StanzaAcked
from webchat.xmpp.stream import Ticket
from webchat.xmpp.verbs import SendMessage

BILLION = (
    "<!DOCTYPE lolz [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;'>"
    "<!ENTITY c '&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;'><!ENTITY d '&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;'>]>"
)
OPENING = (
    "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' "
    "from='montague.test' id='1' version='1.0'>"
)
SM = "urn:xmpp:sm:3"


# ---- D03-D06: what the parser is fed with


async def test_d03_compression_is_not_asked_for(lab: Lab) -> None:
    features = (
        "<stream:features><compression xmlns='http://jabber.org/features/compress'><method>zlib</method>"
        f"</compression><bind xmlns='{BIND_NS}'/></stream:features>"
    )
    async with HostileServer(lab, Script(instead={"features-sasl": features})) as server:
        async with login(lab, server) as romeo:
            await romeo.client.open()
        assert b"compress" not in server.received


@pytest.mark.parametrize("step", ["header", "header-tls", "header-sasl"])
@pytest.mark.parametrize("drip", [False, True], ids=["whole", "byte by byte"])
@pytest.mark.parametrize(
    "prolog",
    [
        BILLION,
        "<!DOCTYPE x SYSTEM 'http://127.0.0.1:1/x.dtd'>",
        "<!DOCTYPE x [<!ENTITY % p SYSTEM 'file:///etc/hostname'>%p;]>",
        "<!-- comment -->",
        "<?php echo 1?>",
    ],
    ids=["entities", "external", "parameter", "comment", "instruction"],
)
async def test_d04_a_prolog_with_more_than_a_declaration(
    lab: Lab, step: str, prolog: str, drip: bool
) -> None:
    said = f"<?xml version='1.0'?>{prolog}{OPENING}".encode()
    script = Script(instead={step: Drip(said) if drip else said})
    async with HostileServer(lab, script) as server, login(lab, server) as romeo:
        assert await asyncio.wait_for(romeo.refused(), 5) == "cannot-connect"
        peer = await server.peer()
        assert not peer.ready.is_set()
        assert romeo.client._condition == "restricted-xml"


@pytest.mark.parametrize("start", [0, 1, 2, 9])
async def test_d04_a_document_type_in_two_packets(lab: Lab, start: int) -> None:
    text = f"<!DOCTYPE stream:stream [<!ENTITY a 'rose'>]>{OPENING}"
    script = Script(instead={"header-tls": text[:start].encode(), "features-tls": text[start:].encode()})
    async with HostileServer(lab, script) as server, login(lab, server) as romeo:
        assert await asyncio.wait_for(romeo.refused(), 5) == "cannot-connect"


@pytest.mark.parametrize(
    "said",
    [
        "<!-- comment -->",
        "<?instruction?>",
        "<message><!-- inside --><body>x</body></message>",
        "<message><body>x<?y?></body></message>",
        "<message><body>&unknown;</body></message>",
        "<message><body>&#0;</body></message>",
        "<message><body>\x01</body></message>",
        b"<message><body>\xff\xfe</body></message>",
        b"<message><body>\xed\xa0\x80</body></message>",
        "<message><body></message></body>",
        "<message a='1' a='2'/>",
        "<x:message/>",
        "<",
        "</stream:stream>",
        "<!DOCTYPE x><message/>",
        b"\x00" * 1000,
        b"\x15\x03\x01",
        b"HTTP/1.1 200 OK\r\n\r\n",
    ],
)
async def test_d04_what_is_no_xml_of_a_stream_ends_it(lab: Lab, said: str | bytes) -> None:
    async with session(lab) as (romeo, peer):
        await peer.send(said)
        await peer.send(b">>" if said == "<" else b"")
        if said == b"HTTP/1.1 200 OK\r\n\r\n":
            # Text between stanzas is no news; it counts as part of the next stanza.
            assert await arrival(romeo, peer) == []
            return
        await dropped(romeo, peer)


@pytest.mark.parametrize(
    "said",
    [
        "<message><body>" + "x" * (2 * 1024 * 1024),
        "<message a='" + "x" * (2 * 1024 * 1024),
        "<" + "m" * (2 * 1024 * 1024),
        " " * (2 * 1024 * 1024),
        "<message>" + "<a xmlns='urn:x'/>" * 200_000,
    ],
    ids=["text", "attribute", "name", "space", "elements"],
)
async def test_d05_a_stanza_without_end_is_cut(lab: Lab, said: str) -> None:
    async with session(lab) as (romeo, peer):
        sending = asyncio.ensure_future(peer.send(said))
        await dropped(romeo, peer)
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)


async def test_d05_a_large_stanza_within_the_limit_arrives(lab: Lab) -> None:
    async with session(lab) as (romeo, peer):
        for _ in range(5):
            await peer.send(message("x" * 700_000))
        assert [len(body) for body in await arrival(romeo, peer)] == [700_000] * 5


@pytest.mark.parametrize("depth", [100, 101, 5_000, 100_000])
async def test_d06_depth(lab: Lab, depth: int) -> None:
    async with session(lab) as (romeo, peer):
        await peer.send("<message>" + "<a>" * depth)
        await dropped(romeo, peer)


async def test_d06_number_of_elements(lab: Lab) -> None:
    async with session(lab) as (romeo, peer):
        await peer.send("<message>" + "<a/>" * 10_001)
        await dropped(romeo, peer)


async def test_d06_ordinary_depth_and_number_pass(lab: Lab) -> None:
    async with session(lab) as (romeo, peer):
        await peer.send("<message>" + "<a>" * 90 + "</a>" * 90 + "<a/>" * 5_000 + "</message>")
        assert await arrival(romeo, peer) == []
        assert romeo.client.connected


async def test_d06_before_the_session_the_same_limits_hold(lab: Lab) -> None:
    for step in ("features", "features-tls", "features-sasl", "challenge"):
        script = Script(instead={step: "<stream:features>" + "<a>" * 200})
        async with HostileServer(lab, script) as server, login(lab, server) as romeo:
            assert await asyncio.wait_for(romeo.refused(), 5) != ""
        assert leaked(bytes(server.peers[0].wire.plain)) == []


# ---- elements out of their place


@pytest.mark.parametrize("step", ["features", "features-tls"])
@pytest.mark.parametrize(
    "said",
    [
        f"<resumed xmlns='{SM}' previd='1' h='0'/>",
        f"<enabled xmlns='{SM}' id='1' resume='true'/>",
        f"<iq type='result' id='1'><bind xmlns='{BIND_NS}'><jid>romeo@montague.test/web</jid></bind></iq>",
        "<iq type='get' id='1'><query xmlns='jabber:iq:version'/></iq>",
        f"<r xmlns='{SM}'/><a xmlns='{SM}' h='5'/>",
        "<message from='juliet@capulet.test' type='chat'><body>FORGED</body></message>",
    ],
    ids=["resumed", "enabled", "bind", "version", "acks", "message"],
)
async def test_l10_stanzas_before_the_login_open_nothing(
    lab: Lab, step: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_room, "LOGIN_DEADLINE", 0.5)
    async with HostileServer(lab, Script(instead={step: said})) as server, login(lab, server) as romeo:
        await romeo.refused()
        assert [event for event in romeo.events if not isinstance(event, ConnectionStateChanged)] == []
        assert [
            e for e in romeo.events if isinstance(e, ConnectionStateChanged) and e.state == "online"
        ] == []
        assert leaked(server.received) == []


@pytest.mark.parametrize("step", ["features", "features-tls"])
async def test_l10_a_session_that_was_lost_is_not_continued_by_whoever_sits_on_the_line(
    lab: Lab, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_room, "LOGIN_DEADLINE", 2)
    features = f"<stream:features><bind xmlns='{BIND_NS}'/><sm xmlns='{SM}'/></stream:features>"
    said = f"<a xmlns='{SM}' h='1'/><resumed xmlns='{SM}' previd='known' h='1'/><r xmlns='{SM}'/>"
    async with (
        HostileServer(lab, Script(instead={"features-sasl": features})) as server,
        HostileServer(lab, Script(instead={step: said})) as liar,
        login(lab, server) as romeo,
    ):
        opening = asyncio.ensure_future(romeo.client.open())
        peer = await server.session()
        assert (await peer.element()).tag == f"{{{SM}}}enable"
        await peer.send(f"<enabled xmlns='{SM}' id='known' resume='true'/>")
        await opening
        assert romeo.client.say(SendMessage("juliet@capulet.test", "wherefore", "m1"))
        assert (await peer.element()).get("id") == "m1"
        peer.wire.close()
        await romeo.lost()
        romeo.resolver.found = [at(liar)]
        assert await romeo.refused() == "not-secure"
        assert leaked(liar.received) == []
        assert b"wherefore" not in liar.received
        assert not any(isinstance(event, StanzaAcked) for event in romeo.events)


async def test_r05_what_is_stored_while_a_stream_is_resumed_is_counted_once(lab: Lab) -> None:
    features = f"<stream:features><bind xmlns='{BIND_NS}'/><sm xmlns='{SM}'/></stream:features>"
    two = message("one") + message("two")
    async with (
        HostileServer(lab, Script(instead={"features-sasl": features})) as server,
        login(lab, server) as romeo,
        asyncio.timeout(10),
    ):
        opening = asyncio.ensure_future(romeo.client.open())
        peer = await server.session()
        await peer.element()
        await peer.send(f"<enabled xmlns='{SM}' id='known' resume='true'/>")
        await opening
        stored: list[Ticket] = []
        romeo.client._on_event = lambda _, ticket: stored.append(ticket) if ticket is not None else None
        await peer.send(two)
        await until(lambda: len(stored) == 2)
        peer.wire.close()
        await romeo.lost()
        opening = asyncio.ensure_future(romeo.client.open())
        await until(lambda: len(server.peers) == 2 and b"<resume " in server.peers[1].received)
        peer = server.peers[1]
        # We have said that none is done with; they are before the server answers, which sends them again.
        for ticket in stored:
            ticket()
        await peer.send(f"<resumed xmlns='{SM}' previd='known' h='0'/>{two}<r xmlns='{SM}'/>")
        await opening
        await until(lambda: len(stored) == 4)
        for ticket in stored[2:]:
            ticket()
        await until(lambda: b"<a xmlns=" in peer.received)
        assert peer.received.rpartition(b"<a xmlns=")[2] == f"'{SM}' h='2'/>".encode()


async def until(true: Callable[[], bool]) -> None:
    """Until it is true."""
    while not true():
        await asyncio.sleep(0.001)


@pytest.mark.parametrize(
    "condition", ["not-authorized", "policy-violation", "account-disabled", "conflict", "x"]
)
async def test_l02_what_is_said_in_clear_condemns_no_account(lab: Lab, condition: str) -> None:
    error = f"<stream:error><{condition} xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>"
    async with HostileServer(lab, Script(instead={"features": error})) as server, login(lab, server) as romeo:
        assert await romeo.refused() == "cannot-connect"


async def test_a_wrong_password_is_what_sasl_calls_so(lab: Lab) -> None:
    error = "<stream:error><not-authorized xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>"
    async with (
        HostileServer(lab, Script(instead={"features-tls": error})) as server,
        login(lab, server) as romeo,
    ):
        assert await romeo.refused() == "cannot-connect"


@pytest.mark.parametrize(
    "said",
    [
        f"<stream:features><bind xmlns='{BIND_NS}'/></stream:features>",
        "<stream:features/>",
        f"<stream:features>{STARTTLS}</stream:features>",
        f"<enabled xmlns='{SM}' id='1' resume='true'/>",
        f"<resumed xmlns='{SM}' previd='1' h='0'/>",
        f"<failed xmlns='{SM}'/>",
        f"<a xmlns='{SM}' h='{10**20}'/><a xmlns='{SM}'/><a xmlns='{SM}' h='-1'/><a xmlns='{SM}' h='7'/>",
        f"<r xmlns='{SM}'/>" * 100,
        "<unknown xmlns='urn:nobody'/>",
        "<handshake xmlns='jabber:client'/>",
        "<iq/><iq type='result'/><iq type='get'/><iq type='error' id='x'/><iq type='x' id='y' from='@@'/>",
        "<message/><presence/><message from=''/><message from='@'/><presence from='x@@y'/>",
    ],
)
async def test_a_session_outlives_elements_out_of_their_place(lab: Lab, said: str) -> None:
    async with session(lab) as (romeo, peer):
        online = [event for event in romeo.events if isinstance(event, ConnectionStateChanged)]
        await peer.send(said)
        assert await arrival(romeo, peer) == []
        assert romeo.client.connected
        assert [event for event in romeo.events if isinstance(event, ConnectionStateChanged)] == online


@pytest.mark.parametrize(
    "said",
    [
        "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>",
        "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>",
        "<challenge xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>cj1h</challenge>",
        "<stream:error><conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>",
        "<stream:error/>",
    ],
)
async def test_what_turns_a_session_back_ends_it(lab: Lab, said: str) -> None:
    async with session(lab) as (romeo, peer):
        await peer.send(said)
        await dropped(romeo, peer)


# ---- the way out


async def test_a28_no_text_of_ours_opens_an_element(lab: Lab) -> None:
    poisons = (
        "</body></message><iq type='set'/>",
        "]]>",
        "&x;",
        "\"'<>&",
        "<![CDATA[x]]>",
        "\r\n\t",
        "\u2028",
    )
    async with session(lab) as (romeo, peer):
        for text in poisons:
            xml = ET.Element("{jabber:client}message", {"to": "juliet@capulet.test", "id": text})
            ET.SubElement(xml, "{jabber:client}body").text = text
            assert romeo.client.send_xml(xml)
            got = await asyncio.wait_for(peer.element(), 5)
            assert len(list(got.iter())) == 2
            assert got.findtext("{jabber:client}body", "").replace("\r\n", "\n") == text.replace("\r\n", "\n")


async def test_the_next_target_is_tried(lab: Lab) -> None:
    for step in ("header", "features", "proceed", "header-tls", "features-tls"):
        async with (
            HostileServer(lab, Script(instead={step: HANGUP})) as broken,
            HostileServer(lab, Script(certificate="expired")) as expired,
            HostileServer(lab) as server,
            login(lab, broken, expired, server) as romeo,
        ):
            await asyncio.wait_for(romeo.client.open(), 5)
            assert romeo.client.connected
            assert len(server.peers) == 1
            assert leaked(expired.received) == []


async def test_what_every_target_says_is_told_by_the_most_telling(lab: Lab) -> None:
    async with (
        HostileServer(lab, Script(certificate="expired")) as expired,
        HostileServer(lab, Script(instead={"proceed": HANGUP})) as broken,
        login(lab, expired, broken) as romeo,
    ):
        with pytest.raises(LoginFailed, match="not-secure"):
            await romeo.client.open()
