"""This room is an XMPP server on loopback that does what its script says and is honest else."""

import asyncio
import base64
import contextlib
import hashlib
import hmac
import secrets
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

from tests.hostile.lab_certs import Lab
from tests.hostile.wire import Gone, Wire

STREAM_NS, CLIENT_NS = "http://etherx.jabber.org/streams", "jabber:client"
SASL_NS, TLS_NS = "urn:ietf:params:xml:ns:xmpp-sasl", "urn:ietf:params:xml:ns:xmpp-tls"
BIND_NS = "urn:ietf:params:xml:ns:xmpp-bind"

HASHES = {"SCRAM-SHA-1": "sha1", "SCRAM-SHA-256": "sha256", "SCRAM-SHA-512": "sha512"}

STARTTLS = f"<starttls xmlns='{TLS_NS}'><required/></starttls>"
PROCEED = f"<proceed xmlns='{TLS_NS}'/>"


class Silence:
    """In place of an answer: say nothing and wait until the client has had enough."""


class Hangup:
    """In place of an answer: cut the connection."""


@dataclass(frozen=True)
class Drip:
    """In place of an answer: these bytes, each in a packet of its own."""

    data: bytes


SILENCE, HANGUP = Silence(), Hangup()
Answer = bytes | str | Silence | Hangup | Drip


@dataclass
class Script:
    """What one server says and does.

    instead      step → what is sent in place of the honest answer; the talk goes on as if it had been that.
                 Steps: header, features (before TLS), proceed, header-tls, features-tls, challenge, success,
                 header-sasl, features-sasl, bind
    after        step → what is sent behind the answer, in the same packet
    certificate  one of lab_certs.KINDS; `versions` the oldest and newest TLS
    direct_tls   TLS from the first byte (XEP-0368)
    mechanisms   what is offered inside TLS
    challenge    client nonce → SCRAM challenge; None for the honest one
    final        server signature → data of <success/>; None for the honest one, b"" for none at all
    any_password every proof is accepted
    bound        the address that binding answers with; None for the honest one
    """

    domain: str = "montague.test"
    user: str = "romeo"
    password: str = "rose"
    certificate: str = "good"
    versions: tuple[ssl.TLSVersion, ssl.TLSVersion] | None = None
    direct_tls: bool = False
    mechanisms: tuple[str, ...] = ("SCRAM-SHA-256", "SCRAM-SHA-1", "PLAIN")
    iterations: int = 4096
    salt: bytes = b"salt of the lab."
    challenge: Callable[[str], str] | None = None
    final: Callable[[bytes], bytes] | None = None
    any_password: bool = False
    bound: str | None = None
    instead: Mapping[str, Answer] = field(default_factory=dict)
    after: Mapping[str, str] = field(default_factory=dict)


class Peer:
    """One client that came: what it sent, and after its login the stream to talk on.

    mechanism   what it chose; `initial` and `response` what it sent then
    resource    what it asked for
    """

    def __init__(self, script: Script, lab: Lab, wire: Wire) -> None:
        self._script: Final = script
        self._lab: Final = lab
        self.wire: Final = wire
        self.header: dict[str, str] = {}
        self.mechanism = ""
        self.initial = b""
        self.response = b""
        self.resource = ""
        self.bind_id = ""
        self._steps: Final[dict[str, asyncio.Event]] = {}
        self.ready: Final[asyncio.Event] = asyncio.Event()
        self.gone: Final[asyncio.Event] = asyncio.Event()

    @property
    def received(self) -> bytes:
        """All that came, outside and inside TLS."""
        return bytes(self.wire.plain + self.wire.secure)

    async def send(self, data: str | bytes) -> None:
        """Put these bytes on the stream."""
        await self.wire.send(data.encode() if isinstance(data, str) else data)

    async def element(self) -> ET.Element:
        """The next element the client sends. Raises Gone."""
        return await self.wire.element()

    async def run(self) -> None:
        """Talk until the session is there or somebody gives up."""
        try:
            await self._negotiate()
            self.ready.set()
        except Gone:
            self.gone.set()

    async def closed(self) -> None:
        """Read on until the client has closed the connection."""
        with contextlib.suppress(Gone):
            while True:
                await self.wire.receive()
        self.gone.set()

    async def reached(self, step: str) -> None:
        """Wait until the talk is at this step: what leads to it was received, its answer is about to go."""
        await self._steps.setdefault(step, asyncio.Event()).wait()

    async def answer(self, step: str, honest: str) -> None:
        """Say what the script says for this step."""
        self._steps.setdefault(step, asyncio.Event()).set()
        said = self._script.instead.get(step, honest)
        if isinstance(said, Silence):
            await self.closed()
            raise Gone
        if isinstance(said, Hangup):
            self.wire.close()
            raise Gone
        if isinstance(said, Drip):
            return await self._drip(said.data)
        text = said.encode() if isinstance(said, str) else said
        await self.wire.send(text + self._script.after.get(step, "").encode())

    async def _drip(self, data: bytes) -> None:
        for byte in data:
            await self.wire.send(bytes([byte]))
            # The client runs in the same loop: let it read this byte before the next one leaves.
            await asyncio.sleep(0)
            await asyncio.sleep(0)

    # ---- the honest talk

    async def _negotiate(self) -> None:
        context = self._lab.context(self._script.certificate, self._script.domain, self._script.versions)
        if self._script.direct_tls:
            await self.wire.start_tls(context)
        else:
            await self._greet("")
            await self.answer("features", _features(STARTTLS))
            while (await self.wire.element()).tag != f"{{{TLS_NS}}}starttls":
                pass
            await self.answer("proceed", PROCEED)
            await self.wire.start_tls(context)
        await self._greet("-tls")
        offered = "".join(f"<mechanism>{name}</mechanism>" for name in self._script.mechanisms)
        await self.answer("features-tls", _features(f"<mechanisms xmlns='{SASL_NS}'>{offered}</mechanisms>"))
        await self._authenticate()
        await self._greet("-sasl")
        await self.answer("features-sasl", _features(f"<bind xmlns='{BIND_NS}'/>"))
        await self._bind()

    async def _greet(self, stage: str) -> None:
        self.header = dict((await self.wire.header()).attrib)
        await self.answer(
            "header" + stage,
            f"<?xml version='1.0'?><stream:stream xmlns='{CLIENT_NS}' xmlns:stream='{STREAM_NS}' "
            f"from='{self._script.domain}' id='{secrets.token_hex(4)}' version='1.0'>",
        )

    async def _authenticate(self) -> None:
        while (auth := await self.wire.element()).tag != f"{{{SASL_NS}}}auth":
            pass
        self.mechanism = auth.get("mechanism", "")
        self.initial = base64.b64decode(auth.text or "")
        final = await self._scram() if self.mechanism in HASHES else self._plain()
        if final is None:
            await self.send(f"<failure xmlns='{SASL_NS}'><not-authorized/></failure>")
            await self.closed()
            raise Gone
        await self.answer(
            "success", f"<success xmlns='{SASL_NS}'>{base64.b64encode(final).decode()}</success>"
        )

    def _plain(self) -> bytes | None:
        known = f"\0{self._script.user}\0{self._script.password}".encode()
        return b"" if self._script.any_password or self.initial == known else None

    async def _scram(self) -> bytes | None:
        """The server's side of RFC 5802 §3: the data of <success/>, None for a wrong proof."""
        script, name = self._script, HASHES[self.mechanism]
        first = self.initial.decode().split(",", 2)[2]
        nonce = first.partition("r=")[2]
        salt = base64.b64encode(script.salt).decode()
        honest = f"r={nonce}{secrets.token_hex(8)},s={salt},i={script.iterations}"
        challenge = script.challenge(nonce) if script.challenge else honest
        await self.answer(
            "challenge",
            f"<challenge xmlns='{SASL_NS}'>{base64.b64encode(challenge.encode()).decode()}</challenge>",
        )
        self.response = base64.b64decode((await self.wire.element()).text or "")
        without, _, proof = self.response.decode().rpartition(",p=")
        salted = hashlib.pbkdf2_hmac(name, script.password.encode(), script.salt, script.iterations)
        stored = hashlib.new(name, hmac.digest(salted, b"Client Key", name)).digest()
        signed = f"{first},{challenge},{without}".encode()
        unmasked = _xor(base64.b64decode(proof), hmac.digest(stored, signed, name))
        if not script.any_password and hashlib.new(name, unmasked).digest() != stored:
            return None
        signature = hmac.digest(hmac.digest(salted, b"Server Key", name), signed, name)
        return script.final(signature) if script.final else b"v=" + base64.b64encode(signature)

    async def _bind(self) -> None:
        while (request := await self.wire.element()).find(f"{{{BIND_NS}}}bind") is None:
            pass
        self.bind_id = request.get("id", "")
        self.resource = request.findtext(f"{{{BIND_NS}}}bind/{{{BIND_NS}}}resource", "")
        honest = f"{self._script.user}@{self._script.domain}/{self.resource}"
        bound = escape(honest if self._script.bound is None else self._script.bound)
        await self.answer(
            "bind",
            f"<iq type='result' id='{self.bind_id}'><bind xmlns='{BIND_NS}'><jid>{bound}</jid></bind></iq>",
        )


class HostileServer:
    """`async with HostileServer(lab, Script(...)) as server:` listens at 127.0.0.1:`port`.

    peers      everybody who connected, in order
    """

    def __init__(self, lab: Lab, script: Script | None = None) -> None:
        self.lab = lab
        self.script = script or Script()
        self.peers: list[Peer] = []
        self.port = 0
        self._arrived = asyncio.Condition()
        self._talks: set[asyncio.Task[None]] = set()

    @property
    def ca_file(self) -> Path:
        """The authority that a client of this lab trusts."""
        return self.lab.ca_file

    @property
    def received(self) -> bytes:
        """All that anybody sent."""
        return b"".join(peer.received for peer in self.peers)

    async def peer(self, number: int = 0) -> Peer:
        """The client that came as this one."""
        async with self._arrived:
            await self._arrived.wait_for(lambda: len(self.peers) > number)
        return self.peers[number]

    async def session(self, number: int = 0) -> Peer:
        """The same, once it is signed in and bound."""
        peer = await self.peer(number)
        await peer.ready.wait()
        return peer

    async def __aenter__(self) -> "HostileServer":
        self._listener = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = self._listener.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._listener.close()
        for talk in self._talks:
            talk.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)
        for peer in self.peers:
            peer.wire.close()
        await self._listener.wait_closed()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peer = Peer(self.script, self.lab, Wire(reader, writer))
        talk = asyncio.ensure_future(peer.run())
        self._talks.add(talk)
        async with self._arrived:
            self.peers.append(peer)
            self._arrived.notify_all()
        with contextlib.suppress(asyncio.CancelledError):
            await talk
        if peer.gone.is_set():
            peer.wire.close()


def _features(content: str) -> str:
    return f"<stream:features>{content}</stream:features>"


def _xor(left: bytes, right: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(left, right, strict=False))
