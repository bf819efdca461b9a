"""This room tries what many and costly logins and ambiguous bytes do to everybody else (D01, D02, D10)."""

import asyncio
import contextlib
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.hostile.lab_certs import Lab
from tests.hostile.logins import PASSWORD, Fixed, arrival, at, dropped, login, message, session
from tests.hostile.server import SILENCE, HostileServer, Script
from webchat.errors import LoginFailed
from webchat.xmpp import client as client_room
from webchat.xmpp import tls
from webchat.xmpp.auth import IN_THREAD_FROM, MAX_ITERATIONS, Password, Sasl, prepare
from webchat.xmpp.client import Access, Client
from webchat.xmpp.connector import Connector
from webchat.xmpp.gate import AT_ONCE, Gate

FLOOD = 60
HEAD = "<message from='juliet@capulet.test/balcony' to='romeo@montague.test' type='chat'"


# ---- D01: what a login may cost


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """What is inside takes the loop no longer than this, by the processor's clock."""
    since = time.process_time()
    yield
    assert time.process_time() - since < seconds


@pytest.mark.parametrize("letter", ["\u00fc", "\u00aa", "\ufdfa", "\u0644", "\U0001f339"])
def test_d01_the_longest_password_is_prepared_at_once(letter: str) -> None:
    """SASLprep runs on the loop: nothing that fits into the form may hold it up."""
    with at_most(0.1), contextlib.suppress(LoginFailed):
        prepare(letter * 4096)


async def test_d01_what_is_stretched_on_the_loop_is_short() -> None:
    """Below the limit of the threads a challenge costs milliseconds; above the cap it is not even begun."""
    for count, refused in ((IN_THREAD_FROM - 1, False), (MAX_ITERATIONS + 1, True)):
        sasl = Sasl("romeo", Password(PASSWORD))
        sasl.choose(["SCRAM-SHA-512"])
        nonce = sasl.initial().decode().partition("r=")[2]
        asked = pytest.raises(LoginFailed, match="not-secure") if refused else contextlib.nullcontext()
        with at_most(0.05), asked:
            await sasl.respond(f"r={nonce}more,s=c2FsdA==,i={count}".encode())


# ---- what holds from the first login on


async def test_a20_a21_l02_what_the_library_would_do_by_itself_is_off(lab: Lab) -> None:
    """Nobody is let in, asked, acknowledged or followed elsewhere; all streams share one context of TLS."""
    connector = Connector(Fixed(), str(lab.ca_file))
    access = Access(Password(PASSWORD))
    one, other = (connector.client(f"{n}@montague.test", "x", access, lambda *_: None, ()) for n in "ab")
    stream = one._stream
    assert stream.auto_authorize is None
    assert stream.auto_subscribe is False
    assert stream.max_redirects == -1
    assert stream.ssl_context is other._stream.ssl_context
    assert stream.ssl_context.verify_mode is ssl.CERT_REQUIRED
    assert stream.ssl_context.check_hostname
    assert stream.ssl_context.minimum_version >= ssl.TLSVersion.TLSv1_2
    loaded = {name for name in stream.plugin if name.startswith("xep_")}
    assert loaded == {"xep_0198"}, "what is not loaded answers nothing and nobody"
    for each in (one, other):
        await each.close()


# ---- D02: logins that never end


class Visitor:
    """One of many who name a server that says nothing."""

    def __init__(self, shared: ssl.SSLContext, server: HostileServer, gate: Gate, number: int) -> None:
        self.client = Client(
            f"mallory@evil-{number}.test",
            "web",
            Access(Password(PASSWORD)),
            resolver=Fixed(at(server)),
            tls=shared,
            gate=gate,
            on_event=lambda *_: None,
        )

    async def tries(self) -> str:
        """The condition with which it fails."""
        with pytest.raises((LoginFailed, TimeoutError)) as failed:
            await self.client.open(discreet=True)
        return getattr(failed.value, "condition", "cannot-connect")


async def test_d02_half_open_logins_have_twenty_places_and_keep_nobody_from_returning(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who names servers that fall silent waits with others of their kind; a session comes back at once."""
    monkeypatch.setattr(client_room, "LOGIN_DEADLINE", 1)
    monkeypatch.setattr(client_room, "CONTACT", 1)
    monkeypatch.setattr(client_room, "QUEUE_DEADLINE", 1.1)
    gate = Gate()
    silent = Script(instead={"header": SILENCE})
    async with HostileServer(lab, silent) as tarpit, HostileServer(lab) as honest:
        shared = tls.context(str(lab.ca_file))
        crowd = [Visitor(shared, tarpit, gate, number) for number in range(FLOOD)]
        tries = [asyncio.ensure_future(each.tries()) for each in crowd]
        await tarpit.peer(AT_ONCE - 1)
        assert len(tarpit.peers) == AT_ONCE
        async with login(lab, honest) as romeo:
            romeo.client._gate = gate
            await asyncio.wait_for(romeo.client.open(), 1)
            assert romeo.client.connected
            assert not any(each.done() for each in tries), "the places were still taken"
        assert set(await asyncio.gather(*tries)) == {"cannot-connect"}
        assert not gate._users, "nobody is remembered who gave up"
        for each in crowd:
            await each.client.close()


# ---- D10: bytes that two readers could read in two ways


@pytest.mark.parametrize(
    "said",
    [
        b"<message><body>\xc0\x80</body></message>",
        b"\xc0\xbcmessage/>",
        b"<message><body>\xe0\x80\xbcx/></body></message>",
        b"<message><body>\xf0\x80\x80\xbc</body></message>",
        b"<message><body>\xf4\x90\x80\x80</body></message>",
        b"<message><body>\xf8\x88\x80\x80\x80</body></message>",
        b"<message><body>\x80</body></message>",
        b"<message><body>\xc3</body></message>",
        b"\xff\xfe<\x00m\x00/\x00>\x00",
        b"\x00<\x00m\x00/\x00>",
        "<message><body>\ufffe</body></message>",
        "<?xml version='1.0' encoding='utf-16'?><message/>",
        "<message xmlns:xml='urn:x'/>",
        "<message xmlns:xmlns='urn:x'/>",
        "<message xmlns:x='http://www.w3.org/XML/1998/namespace'/>",
        "<message xmlns:x=''/>",
        "<message xmlns='jabber:client' xmlns='urn:evil'/>",
        "<message xmlns:a='urn:x' xmlns:b='urn:x' a:from='1' b:from='2'/>",
        "<message from='juliet@capulet.test' from='romeo@montague.test'/>",
        "<message from=juliet@capulet.test/>",
        "<message from='<'/>",
        "<message><body>]]></body></message>",
        "<message><body>&#xD800;</body></message>",
        "<message><body>&#xFFFE;</body></message>",
        "<message><body>&#x110000;</body></message>",
        "<message><body>&#1;</body></message>",
        "<message><body>&nbsp;</body></message>",
        "<message><body>&lt</body></message>",
        "<message><body></BODY></message>",
        "<message></iq>",
        "<message/></stream:stream><stream:stream xmlns='jabber:client'>",
        "<a:b:message xmlns:a='jabber:client'/>",
        "<-message/>",
        "<message><body a='1'b='2'/></message>",
        "<message><![CDATA[ ]] > </message>]]></iq>",
    ],
)
async def test_d10_what_could_be_read_in_two_ways_ends_the_stream(lab: Lab, said: bytes | str) -> None:
    async with session(lab) as (romeo, peer):
        await peer.send(said)
        await dropped(romeo, peer)
        assert romeo.bodies() == []


READ = {
    f"<x:{HEAD[1:]} xmlns:x='jabber:client'><x:body>a prefix</x:body></x:message>": "a prefix",
    f"{HEAD} xmlns='urn:evil'><body>of another language</body></message>": "",
    f"{HEAD}><body xmlns='urn:evil'>no body</body></message>": "",
    f"{HEAD}>{message('inside')}</message>": "",
    f"{HEAD}><iq type='set'><query xmlns='jabber:iq:roster'/></iq></message>": "",
    f"{HEAD}><stream:error><conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>"
    "<body>no error</body></message>": "no error",
    f"{HEAD}><stream:stream>{message('inside')}</stream:stream></message>": "",
    f"<stream:stream>{message('beside')}</stream:stream>": "",
    f"{HEAD} xmlns:stream='urn:evil'><stream:error/><body>renamed</body></message>": "renamed",
    "<stream:error xmlns:stream='urn:evil'/>": "",
    "<error xmlns='jabber:client'/>": "",
    f"{HEAD}><body><![CDATA[</body></message>{message('x')}]]></body></message>": (
        "</body></message>" + message("x")
    ),
    f"{HEAD}><body>before<body>within</body>behind</body></message>": "before",
    f"{HEAD} xmlns:x='urn:x' x:from='mallory@evil.test'><body>whose</body></message>": "whose",
    f"{HEAD}><body>&#60;b&#x3E;&amp;lt;</body></message>": "<b>&lt;",
    f"{HEAD}  ><body  >spaced</body  ></message  >": "spaced",
    f"\ufeff{message('behind a mark')}": "behind a mark",
    f"+ADw-message+AD4-{message('behind seven bits')}": "behind seven bits",
    f"{HEAD}><body>\U0001f339</body></message>": "\U0001f339",
}


async def test_d10_the_rest_is_read_as_it_was_meant(lab: Lab) -> None:
    """Names are taken with their namespaces, content with its place; byte by byte as in one piece."""
    async with session(lab) as (romeo, peer):
        for said in READ:
            await peer.send(said)
        for byte in message("byte by byte, \u00fc\U0001f339").encode():
            await peer.send(bytes([byte]))
            await asyncio.sleep(0)
        found = await arrival(romeo, peer)
        assert found == [*filter(None, READ.values()), "byte by byte, \u00fc\U0001f339"]
        assert romeo.client.connected
