"""This room is the account's client: it keeps one stream open, asks, says, and hands on what arrives."""

import asyncio
import logging
import random
import ssl
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal
from xml.etree import ElementTree as ET

from webchat.errors import LoginFailed, Offline, TimedOut
from webchat.xmpp import beginning, iq, parse, say
from webchat.xmpp import jid as jids
from webchat.xmpp import namespaces as ns
from webchat.xmpp.auth import Credential, Sasl, ScramKeys
from webchat.xmpp.context import Query, Seat, Tally
from webchat.xmpp.events import ConnectionStateChanged, Event, StanzaAcked
from webchat.xmpp.gate import Gate, Lane
from webchat.xmpp.requests import Requests
from webchat.xmpp.resolve import Resolver, Target
from webchat.xmpp.rooms import presence as seats
from webchat.xmpp.stream import IQ, Stream, Ticket
from webchat.xmpp.stream_errors import FATAL, login_condition
from webchat.xmpp.verbs import EnterRoom, LeaveRoom, SendPresence, Verb

log = logging.getLogger(__name__)

LOGIN_DEADLINE = 15.0
QUEUE_DEADLINE = 30.0
CONTACT = 3.5
"""Seconds until a target must have shown, inside verified TLS, that it is the server of the domain."""

IDLE_BEFORE_PING = 60.0
PING_ANSWER = 20.0
STABLE = 60.0
BACKOFF_MAX = 60.0
BACKOFF_WATCHED = 4.0
"""Seconds between two attempts at most, while somebody sits before the page and waits."""

OnEvent = Callable[[Event, Ticket | None], None]
_State = Literal["connecting", "online", "offline", "failed"]


@dataclass(frozen=True, slots=True)
class Access:
    """How to sign in: what proves the account, and what may not be weaker than before."""

    credential: Credential
    allow_plain: bool = False
    minimum: str = ""


class Client:
    """One account's connection, kept alive by `run` until `close`.

    jid, resource   bare address, and the resource to ask for (the same again after a restart, so that the
                    server lets go of the session that died)
    on_event        called with every event and the ticket to call once its effects are committed
    features        disco features to announce; tally: what it counts into, its own where nobody shares one
    """

    def __init__(
        self,
        jid: str,
        resource: str,
        access: Access,
        *,
        resolver: Resolver,
        tls: ssl.SSLContext,
        gate: Gate,
        on_event: OnEvent,
        features: Sequence[str] = (),
        tally: Tally | None = None,
    ) -> None:
        self.jid = jid
        self.resource = resource
        self.access = access
        self.queries: dict[str, Query] = {}
        self.rooms: dict[str, Seat] = {}
        self.known_rooms: set[str] = set()
        self.online = asyncio.Event()
        self.keys: ScramKeys | None = None
        self.mechanism = ""
        self._resolver = resolver
        self._gate = gate
        self._on_event = on_event
        self._stream = Stream(self, f"{jid}/{resource}", tls)
        self._context = parse.Context(
            jid=jid,
            full=f"{jid}/{resource}",
            domain=jids.domain(jid),
            queries=self.queries,
            rooms=self.rooms,
            known_rooms=self.known_rooms,
            features=tuple(features),
            tally=tally or Tally(),
        )
        self._requests = Requests(self.send_xml)
        self._outcome: asyncio.Future[bool] | None = None
        self._contact: asyncio.Future[None] | None = None
        self._over = asyncio.Event()
        self._sasl: Sasl | None = None
        self._inactive = False
        self._condition = ""
        self._closing = False

    # ---- for others

    @property
    def full_jid(self) -> str:
        """The address this stream is bound to."""
        return str(self._stream.boundjid)

    @property
    def connected(self) -> bool:
        """There is a session to say something on."""
        return self.online.is_set()

    @property
    def acknowledges(self) -> bool:
        """The server tells which stanzas it took over (XEP-0198)."""
        return bool(self._stream.management.enabled_out)

    @property
    def pre_approves(self) -> bool:
        """The server keeps a yes that is said before anybody asked (RFC 6121 §3.4)."""
        return "preapproval" in self._stream.features

    @property
    def told_active(self) -> bool:
        """The server holds back what can wait while nobody looks (XEP-0352)."""
        return self._stream.offers_csi

    def show_to(self, group: str, jids: Iterable[str]) -> None:
        """From now on these bare addresses get an answer when they ask what we are; no others of this group.

        group  who says so: "people" (they see our presence); rooms that we are in need not be named
        """
        self._context.acquainted[group] = frozenset(jids)

    def say(self, verb: Verb, id: str = "") -> bool:
        """Say something now, under this stanza id; False when there is no session."""
        if not self.connected:
            return False
        if isinstance(verb, EnterRoom | LeaveRoom):
            seats.note(verb, self.rooms)
        if isinstance(verb, SendPresence):
            for each in seats.shown(verb, self.rooms):
                self._stream.send_stanza(each)
        xml = say.element(verb, self._context.features)
        if id:
            xml.set("id", id)
        return self._stream.send_stanza(xml)

    def send_xml(self, xml: ET.Element) -> bool:
        """Write a stanza without waiting for an answer; False when there is no session."""
        return self.connected and self._stream.send_stanza(xml)

    async def request(
        self, kind: Literal["get", "set"], payload: ET.Element, to: str = "", timeout: float = 20
    ) -> ET.Element:
        """Ask `to` (our own account when empty) and wait for the result <iq/> (RFC 6120 §8.2.3).

        Raises XmppError (the answer is an error), TimedOut, Offline.
        """
        return await self._requests.ask(kind, payload, to, timeout)

    async def prepare(self) -> None:
        """Ask for what a new session needs before it says it is there. Raises Offline, TimedOut."""
        await beginning.prepare(self, self._context)

    def active(self, active: bool) -> None:
        """Tell the server whether somebody looks (XEP-0352); it is told again after each login."""
        self._inactive = not active
        if self.connected:
            self._say_active()

    def pause(self, paused: bool) -> None:
        """Stop or go on reading from the socket, so that a flood waits at the server's side."""
        transport = self._stream.transport
        if transport is not None and not transport.is_closing():
            (transport.pause_reading if paused else transport.resume_reading)()

    # ---- life

    async def open(self, *, discreet: bool = False) -> bool:
        """Open the stream once: True when the former session was resumed, False for a new one.

        discreet   a target that fails takes as long as one that never answers, so that whoever names the
                   domain does not learn from us which ports are open, closed or filtered (security case L13)

        Raises LoginFailed with the most telling condition of the targets that were tried, within 15 s.
        """
        # A session may wait as long as it takes; somebody who waits before a page is told.
        lane: tuple[Lane, float | None] = ("login", QUEUE_DEADLINE) if discreet else ("return", None)
        try:
            async with self._gate.enter(jids.domain(self.jid), *lane), asyncio.timeout(LOGIN_DEADLINE):
                return await self._open(discreet)
        except (TimeoutError, ValueError) as error:
            # A library may not be able to read what strangers publish as names and addresses.
            self._stream.fail("cannot-connect")
            raise LoginFailed("cannot-connect") from error

    async def _open(self, discreet: bool) -> bool:
        loop = asyncio.get_running_loop()
        failure = LoginFailed("cannot-connect")
        for target in await self._resolver.targets(jids.domain(self.jid)):
            slot = loop.time() + CONTACT
            try:
                return await self._try(target, slot)
            except (OSError, TimeoutError):
                # Also ssl.SSLError of direct TLS: what answers there may be no XMPP server at all.
                self._stream.fail("cannot-connect")
            except LoginFailed as error:
                if error.condition not in ("not-secure", "cannot-connect"):
                    raise
                failure = error if failure.condition != "not-secure" else failure
            if discreet:
                await asyncio.sleep(slot - loop.time())
        raise failure

    async def _try(self, target: Target, slot: float) -> bool:
        """One target: until `slot` to show who it is, then as long as the login may take."""
        loop = asyncio.get_running_loop()
        self._outcome, self._contact = loop.create_future(), loop.create_future()
        self._over.clear()
        try:
            async with asyncio.timeout_at(slot):
                await self._stream.dial(target.host_ip, target.port, direct_tls=target.direct_tls)
                await self._contact
            return await self._outcome
        finally:
            # Nobody may be left to look at it.
            self._outcome.cancel()
            self._outcome = self._contact = None

    async def run(self, *, opened: bool = False) -> None:
        """Keep the stream open until `close`, or until a condition that waiting does not mend.

        opened   the caller has just opened it with `open`
        """
        failures = 0
        while not self._closing:
            since = time.monotonic()
            if opened or await self._reopen():
                opened = False
                await self._watch()
                failures = 0 if time.monotonic() - since > STABLE else failures
            elif self._condition in FATAL:
                return
            failures += 1
            if not self._closing:
                pause = self._pause(failures)
                log.debug("no stream (%s); the next attempt is in %.1f s", self._condition, pause)
                await asyncio.sleep(pause)

    async def _reopen(self) -> bool:
        self._tell("connecting")
        try:
            await self.open()
        except LoginFailed as error:
            self._condition = error.condition
            self._tell("failed" if error.condition in FATAL else "offline", error.condition)
            return False
        return True

    def _pause(self, failures: int) -> float:
        """Seconds to wait: jitter keeps a thousand sessions from coming back in the same moment."""
        if self._condition == "conflict":
            return BACKOFF_MAX
        longest = min(BACKOFF_MAX if self._inactive else BACKOFF_WATCHED, 0.5 * 2.0**failures)
        return longest * random.uniform(0.5, 1)  # noqa: S311 (no secret)

    async def _watch(self) -> None:
        """Until the stream is lost: ask for a sign of life when it was quiet for long (XEP-0198 §4)."""
        while not self._over.is_set():
            try:
                async with asyncio.timeout(IDLE_BEFORE_PING):
                    await self._over.wait()
            except TimeoutError:
                await self._check_alive()
        self._tell("offline", self._condition)

    async def _check_alive(self) -> None:
        if time.monotonic() - self._stream.last_heard < IDLE_BEFORE_PING:
            return
        try:
            await self.request("get", ET.Element("{urn:xmpp:ping}ping"), timeout=PING_ANSWER)
        except (TimedOut, Offline):
            # Never </stream:stream>: a dead connection's session must stay resumable.
            self._stream.fail("connection-timeout")
        except Exception as error:
            log.debug("ping was answered by an error: %s", type(error).__name__)

    async def close(self, *, resumable: bool = False) -> None:
        """End for good; `resumable` leaves the session to whoever comes back for it."""
        self._closing = True
        if resumable:
            self._stream.fail("closing")
        else:
            self._stream.end()
        self._over.set()
        self._stream.release()

    # ---- what the stream tells (stream.Owner)

    def sasl(self, binding: bytes | None) -> Sasl:
        """A new SASL exchange: the server has shown its certificate and offers mechanisms."""
        self._contacted()
        access = self.access
        self._sasl = Sasl(
            jids.local(self.jid),
            access.credential,
            allow_plain=access.allow_plain,
            minimum=access.minimum,
            binding=binding,
        )
        return self._sasl

    def on_ready(self, resumed: bool) -> None:
        """The session is there; whoever opened it goes on."""
        if self._sasl is not None:
            self.keys, self.mechanism = self._sasl.keys, self._sasl.mechanism
            self._sasl = None
        self._context.full = self.full_jid
        self._condition = ""
        if not resumed:
            self._requests.fail()
            self.rooms.clear()
        self.online.set()
        if self._inactive:
            self._say_active()
        if self._outcome is not None and not self._outcome.done():
            self._outcome.set_result(resumed)
        self._tell("online", resumed=resumed)

    def on_lost(self, condition: str) -> None:
        """The connection is gone."""
        self._condition = condition
        self.online.clear()
        if not self._stream.management.sm_id:
            self._requests.fail()
        if self._outcome is not None and not self._outcome.done():
            self._outcome.set_exception(LoginFailed(login_condition(condition)))
        self._contacted()
        self._over.set()

    def _contacted(self) -> None:
        if self._contact is not None and not self._contact.done():
            self._contact.set_result(None)

    def on_acked(self, ids: list[str]) -> None:
        """The server took these messages over."""
        for id in ids:
            self._on_event(StanzaAcked(id), None)

    def on_stanza(self, xml: ET.Element, ticket: Ticket | None) -> None:
        """One stanza: an answer to its asker, a request to its answer, news to the callback."""
        self._context.tally.stanzas += 1
        found: Sequence[Event] = ()
        try:
            if xml.tag != IQ:
                found = parse.events(xml, self._context)
            elif xml.get("type") in ("result", "error"):
                self._requests.answered(xml, ("", self.jid, self.full_jid, self._context.domain))
            else:
                reply, event = iq.answer(xml, self._context)
                found = () if event is None else (event,)
                if reply is not None:
                    self._stream.send_stanza(reply)
        except Exception as error:
            # One stanza nobody foresaw must not end the stream for all others (H12 in spirit).
            self._context.dropped["crash"] += 1
            log.error("a stanza could not be read (%s)", type(error).__name__)
        for each in found:
            self._on_event(each, ticket if each is found[-1] else None)
        if ticket is not None and not found:
            ticket()

    # ---- within

    def _say_active(self) -> None:
        if self._stream.offers_csi:
            self._stream.send_nonza("inactive" if self._inactive else "active", ns.CSI)

    def _tell(self, state: _State, reason: str = "", *, resumed: bool = False) -> None:
        self._on_event(ConnectionStateChanged(state, reason, resumed), None)
