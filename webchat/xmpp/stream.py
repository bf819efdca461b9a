"""This room is one XML stream on slixmpp: what may come in, how we sign in, how stanzas are counted.

Plugins that are loaded, and why (each one costs memory per session and time per stanza):

feature_starttls, feature_bind, feature_session   negotiation of RFC 6120 and RFC 3921
feature_mechanisms                                loaded by slixmpp; our SASL step (auth.py) replaces it
feature_limits, feature_rosterver,                loaded by slixmpp itself; the limits of XEP-0478 are read
feature_preapproval
xep_0198                                          negotiation and resumption; we count ourselves

Messages, presences and requests never reach slixmpp's handlers: they go to one callback, in order.
"""

import asyncio
import base64
import logging
import ssl
import time
from collections.abc import Callable, Iterator
from typing import Any, Protocol, cast
from xml.etree import ElementTree as ET

from slixmpp import JID, ClientXMPP
from slixmpp.xmlstream.tostring import tostring

from webchat.errors import LoginFailed
from webchat.xmpp import stream_management
from webchat.xmpp.auth import Sasl, decode
from webchat.xmpp.stream_errors import SASL, sasl_failure, stream_error
from webchat.xmpp.stream_management import ACK_REQUEST, Ledger, Sent, StreamManagement

log = logging.getLogger(__name__)

CLIENT = "{jabber:client}"
MESSAGE, PRESENCE, IQ = CLIENT + "message", CLIENT + "presence", CLIENT + "iq"
STREAM_ERROR = "{http://etherx.jabber.org/streams}error"
FEATURES = "{http://etherx.jabber.org/streams}features"
TLS = "{urn:ietf:params:xml:ns:xmpp-tls}"
CSI = "{urn:xmpp:csi:0}csi"
SM_ACK, SM_REQUEST = "{urn:xmpp:sm:3}a", "{urn:xmpp:sm:3}r"
SM_ENABLED, SM_FAILED = "{urn:xmpp:sm:3}enabled", "{urn:xmpp:sm:3}failed"

MAX_STANZA = 1024 * 1024
MAX_DEPTH = 100
MAX_ELEMENTS = 10_000

stream_management.install()

Ticket = Callable[[], None]
"""Call it when everything a stanza caused is committed; the acknowledgement waits for it."""


class Owner(Protocol):
    """Who is told what happens on the stream."""

    def on_stanza(self, xml: ET.Element, ticket: Ticket | None) -> None: ...
    def on_acked(self, ids: list[str]) -> None: ...
    def on_ready(self, resumed: bool) -> None: ...
    def on_lost(self, condition: str) -> None: ...
    def sasl(self, binding: bytes | None) -> Sasl: ...


class Stream(ClientXMPP):
    """One stream to one server, again and again over its life; see the module for what slixmpp still does.

    owner      told of stanzas, of being ready and of being lost
    full_jid   address with the resource to ask for
    """

    def __init__(self, owner: Owner, full_jid: str, context: ssl.SSLContext) -> None:
        super().__init__(full_jid, "", ssl_context=context)
        self._owner = owner
        self._sasl: Sasl | None = None
        self._steps: set[asyncio.Task[None]] = set()
        self._condition = ""
        self._awaiting_tls = False
        self._last_byte = b""
        self._stanza_bytes = 0
        self._elements = 0
        self.last_heard = 0.0
        self.offers_csi = False
        self.auto_authorize = None
        self.auto_subscribe = False
        self.max_redirects = -1
        self.whitespace_keepalive = False
        self.register_plugin("xep_0198", {"window": 0})
        self.register_feature("mechanisms", self._authenticate, restart=True, order=100)
        self.add_event_handler("session_bind", self._bound)
        self.add_event_handler("stream_negotiated", self._negotiated)
        self.add_event_handler("session_resumed", lambda _: self._resumed())
        self.add_event_handler("disconnected", lambda _: self._lost())

    @property
    def management(self) -> StreamManagement:
        """Our XEP-0198 plugin."""
        return cast(StreamManagement, self.plugin["xep_0198"])

    # ---- opening and closing

    async def dial(self, address: str, port: int, *, direct_tls: bool) -> None:
        """Connect to an address that was checked. The certificate must name the domain of the login.

        Raises OSError (nobody there), ssl.SSLError (not who they should be).
        """
        self._condition, self._awaiting_tls = "", False
        self._sasl = None
        if self._run_out_filters is None or self._run_out_filters.done():
            self._run_out_filters = asyncio.ensure_future(self.run_filters())
        self.init_plugins()  # type: ignore[no-untyped-call]
        self._reset_connection_state()
        # slixmpp takes a connection without an attempt under way for an aborted one.
        self._current_connection_attempt = asyncio.get_running_loop().create_future()
        await self.loop.create_connection(
            lambda: self,
            address,
            port,
            ssl=self.ssl_context if direct_tls else None,
            server_hostname=self.default_domain if direct_tls else None,
        )

    def fail(self, condition: str) -> None:
        """Give this connection up, saying why; a session that was managed stays resumable."""
        self._condition = self._condition or condition
        if self.transport:
            self.transport.abort()

    def end(self) -> None:
        """Say goodbye: the server forgets the session, then the connection closes."""
        if self.transport:
            self.send_raw(self.stream_footer)
            self.transport.close()

    def release(self) -> None:
        """Let go of everything that would outlive the session."""
        if self._run_out_filters is not None:
            self._run_out_filters.cancel()
        self._reset_sendq()

    def _lost(self) -> None:
        for step in self._steps:
            step.cancel()
        self._owner.on_lost(self._condition or "cannot-connect")

    # ---- bytes in

    def init_parser(self) -> None:
        """A new parser for a new stream; UTF-8 whatever a declaration says (RFC 6120 §11.6)."""
        self.xml_depth = 0
        self.xml_root = None
        self._last_byte = b""
        self._stanza_bytes = self._elements = 0
        source = ET.XMLParser(encoding="utf-8")  # noqa: S314 (no DTD gets this far)
        self.parser = ET.XMLPullParser(("start", "end", "comment", "pi"), _parser=source)

    def data_received(self, data: bytes | str) -> None:
        """Parse what came, within limits (RFC 6120 §11.1: no comments, no instructions, no DTD)."""
        data = data.encode() if isinstance(data, str) else data
        if self.parser is None or self._awaiting_tls:
            # Bytes behind <proceed/> in the clear must not be taken for bytes inside TLS.
            self.fail("not-secure")
            return
        if self.xml_depth == 0 and b"<!" in self._last_byte + data:
            self.fail("restricted-xml")
            return
        self._last_byte = data[-1:]
        self._stanza_bytes += len(data)
        self.last_heard = time.monotonic()
        try:
            self.parser.feed(data)
            events = cast(Iterator[tuple[str, Any]], self.parser.read_events())
            for event, xml in events:
                if not self._parsed(event, xml):
                    return
        except ET.ParseError:
            log.warning("the server of %s sent XML that is not well-formed", self.default_domain)
            self.fail("not-well-formed")
            return
        if self._awaiting_tls and not data.endswith(b">"):
            self.fail("not-secure")
        if self._stanza_bytes > MAX_STANZA:
            self.fail("too-much")

    def _parsed(self, event: str, xml: Any) -> bool:
        """One parser event; False when the connection is no longer to be read."""
        if event == "start":
            self.xml_depth += 1
            self._elements += 1
            if self.xml_depth == 1:
                self.xml_root = xml
            if self._awaiting_tls:
                self.fail("not-secure")
            if self.xml_depth > MAX_DEPTH or self._elements > MAX_ELEMENTS:
                self.fail("too-much")
        elif event == "end":
            self.xml_depth -= 1
            if self.xml_depth == 0:
                self.fail("end-of-stream")
            elif self.xml_depth == 1:
                self._stanza_bytes = self._elements = 0
                self._spawn_event(xml)
                if self.xml_root is not None:
                    self.xml_root.clear()
        else:
            self.fail("restricted-xml")
        return self.transport is not None and not self.transport.is_closing()

    # ---- elements in

    def _spawn_event(self, xml: ET.Element) -> None:
        tag = xml.tag
        if tag in (MESSAGE, PRESENCE, IQ) and self.sessionstarted:
            self._count_and_hand_over(xml)
        elif tag in (MESSAGE, PRESENCE):
            return
        elif tag == SM_REQUEST and self.authenticated:
            self.management.requested()
        elif tag == SM_ACK and self.authenticated:
            self._acked(xml)
        elif tag.startswith(SASL):
            self._start(self._sasl_step(xml))
        elif tag == STREAM_ERROR:
            self.fail(stream_error(xml) if self._encrypted else "cannot-connect")
        elif tag == TLS + "failure" or not self._in_place(xml):
            self.fail("not-secure")
        elif not self.sessionstarted or tag in (SM_ENABLED, SM_FAILED):
            # The rest of the negotiation is slixmpp's.
            self.offers_csi = self.offers_csi or xml.find(CSI) is not None
            self._awaiting_tls = tag == TLS + "proceed"
            super()._spawn_event(xml)

    def _in_place(self, xml: ET.Element) -> bool:
        """Before TLS only TLS is spoken, before our proof only mechanisms are offered.

        Else a <resumed/> from whoever sits on the line would open a session without either, and an <a/> would
        make messages "sent" that no server has.
        """
        if not self._encrypted:
            starttls = xml.tag == FEATURES and xml.find(TLS + "starttls") is not None
            return starttls or xml.tag == TLS + "proceed"
        if not self.authenticated:
            return xml.tag == FEATURES and xml.find(SASL + "mechanisms") is not None
        return xml.tag != TLS + "proceed"

    def _count_and_hand_over(self, xml: ET.Element) -> None:
        waits = xml.tag != IQ or xml.get("type") in ("set", "get")
        counted = self.management.arrived(waits=waits)
        ticket = self._ticket(*counted) if counted and waits else None
        self._owner.on_stanza(xml, ticket)

    def _ticket(self, ledger: Ledger, number: int) -> Ticket:
        return lambda: self.management.committed(ledger, number)

    def _acked(self, xml: ET.Element) -> None:
        handled = xml.get("h", "")
        if handled.isascii() and handled.isdecimal() and len(handled) <= 10:
            self.stanzas_acked(self.management.acked(int(handled)))

    def stanzas_acked(self, ids: list[str]) -> None:
        """The server took these stanzas over (called for <a/> and for <resumed/>)."""
        if ids:
            self._owner.on_acked([id for id in ids if id])

    # ---- signing in

    @property
    def _encrypted(self) -> bool:
        return self.transport is not None and self.transport.get_extra_info("ssl_object") is not None

    async def start_tls(self) -> bool:
        """STARTTLS (RFC 6120 §5) with the name of the login domain as reference."""
        plain = self.transport
        assert plain is not None  # noqa: S101 (there was a <proceed/>)
        # slixmpp takes a connection without an attempt under way for an aborted one.
        self._current_connection_attempt = self.loop.create_future()
        lost: OSError | None = None
        secured = None
        try:
            secured = await self.loop.start_tls(
                plain, self, self.ssl_context, server_hostname=self.default_domain
            )
        except OSError as error:
            lost = error
        if secured is not None:
            self.connection_made(secured, send_event=False)
        elif self.transport is plain:
            # asyncio does not always tell the protocol of a connection that ends within the handshake.
            self.connection_lost(lost)
        return secured is not None

    def connection_lost(self, exception: BaseException | None) -> None:
        """The connection ended: told once, however many layers report it."""
        if self.transport is None:
            return
        if isinstance(exception, ssl.SSLError):
            self._condition = self._condition or "not-secure"
        super().connection_lost(exception)

    def exception(self, exception: Exception) -> None:
        """slixmpp could not follow what the server said while signing in."""
        log.warning("negotiation with %s failed (%s)", self.default_domain, type(exception).__name__)
        if not self.sessionstarted:
            self.fail("undefined-condition")

    def connection_made(self, transport: asyncio.BaseTransport, send_event: bool = True) -> None:
        """A connection, or TLS on it, is there: from here on bytes are parsed anew."""
        self._awaiting_tls = False
        super().connection_made(transport, send_event)

    def _authenticate(self, features: Any) -> bool:
        if "mechanisms" in self.features:
            return False
        if not self._encrypted:
            self.fail("not-secure")
            return True
        offered = [child.text or "" for child in features.xml.iter(SASL + "mechanism")]
        try:
            self._sasl = self._owner.sasl(self._binding())
            mechanism, first = self._sasl.choose(offered), self._sasl.initial()
        except LoginFailed as error:
            self.fail(error.condition)
            return True
        text = base64.b64encode(first).decode()
        self.send_raw(f"<auth xmlns='{SASL[1:-1]}' mechanism='{mechanism}'>{text}</auth>")
        return True

    def _binding(self) -> bytes | None:
        secured = self.transport.get_extra_info("ssl_object") if self.transport else None
        if secured is None or secured.version() != "TLSv1.2":
            return None
        binding: bytes | None = secured.get_channel_binding("tls-unique")
        return binding

    async def _sasl_step(self, xml: ET.Element) -> None:
        name = xml.tag.removeprefix(SASL)
        try:
            if self._sasl is None or self.authenticated:
                raise LoginFailed("not-secure")
            if name == "challenge":
                answer = base64.b64encode(await self._sasl.respond(decode(xml.text))).decode()
                if self.transport:
                    self.send_raw(f"<response xmlns='{SASL[1:-1]}'>{answer}</response>")
            elif name == "success":
                self._sasl.verify(decode(xml.text))
                self._authenticated()
            else:
                raise LoginFailed(sasl_failure(xml))
        except LoginFailed as error:
            self.fail(error.condition)

    def _authenticated(self) -> None:
        self.authenticated = True
        self.features.add("mechanisms")
        self.init_parser()
        self.send_raw(self.stream_header)

    def _bound(self, bound: JID) -> None:
        if bound.bare != self.requested_jid.bare:
            # Everything we keep is keyed by the address that was typed: another one opens nothing.
            self.fail("wrong-address")

    def _negotiated(self, _: object) -> None:
        if self.bound and self.authenticated and self.boundjid.bare == self.requested_jid.bare:
            self._session_started = True
            self._owner.on_ready(False)

    def _resumed(self) -> None:
        self.sessionstarted = self.bound = True
        if self.management.unacked_queue:
            self._start(self._ask_after_resending())
        self._owner.on_ready(True)

    async def _ask_after_resending(self) -> None:
        await self.waiting_queue.join()
        if self.transport:
            self.send_raw(ACK_REQUEST)

    def _start_keepalive(self, event: Any) -> None:
        """The client has a keepalive of its own that can tell a dead connection."""

    def _start(self, step: Any) -> None:
        task = asyncio.ensure_future(step)
        self._steps.add(task)
        task.add_done_callback(self._steps.discard)

    # ---- stanzas out

    def send_stanza(self, xml: ET.Element) -> bool:
        """Write one stanza and ask for its acknowledgement; False when there is no session to write to."""
        if not self.transport or not self.sessionstarted or self.transport.is_closing():
            return False
        text = Sent(tostring(xml, xmlns=self.default_ns, stream=self, top_level=True))
        text.id = xml.get("id", "") if xml.tag == MESSAGE else ""
        counted = self.management.sent(text)
        self.transport.write((text + ACK_REQUEST if counted else text).encode())
        return True

    def send_nonza(self, name: str, namespace: str) -> None:
        """Write an element that is no stanza and is not counted."""
        if self.transport and not self.transport.is_closing():
            self.transport.write(f"<{name} xmlns='{namespace}'/>".encode())
