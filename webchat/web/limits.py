"""This room limits what one address or one account may ask for in a while; numbers are those we document."""

import asyncio
import time
from collections import Counter, OrderedDict
from collections.abc import AsyncIterator, Callable, Coroutine, Hashable
from contextlib import asynccontextmanager
from ipaddress import IPv6Address, ip_address, ip_network
from math import ceil
from typing import Any, TypeVar

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from webchat.errors import TooMany
from webchat.session.session import Session

BODY = 1024 * 1024
"""Bytes of a request body."""

CONNECTING = 2
"""Logins from one address that no server has confirmed yet; the others wait. webchat.xmpp.gate counts all."""

PAGES_A_MINUTE = 120
"""Public pages and feeds for readers without a login, from one network; a school may sit behind one."""

PICTURES_A_MINUTE = 600
"""Pictures of those pages."""

COPIES_AN_HOUR = 6
"""Copies of the program itself, which is packed for each of them."""

QUESTIONS_A_MINUTE = 60
"""Questions to other servers that pages of one account cause: nodes, posts, comments."""

T = TypeVar("T")
Clock = Callable[[], float]
_REMEMBERED = 20_000


class BodyLimit:
    """Middleware: a body that is too large is refused before anything happens, or as soon as it shows.

    files  bytes where files are sent to: addresses that end in /files. Only for browsers that say where they
           come from; what others send is read whole for its token (webchat.web.origin).
    """

    def __init__(self, app: ASGIApp, most: int = BODY, files: int = BODY) -> None:
        self.app = app
        self.most = most
        self.files = files

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        told = headers.get("sec-fetch-site") or headers.get("origin") not in (None, "null")
        most = self.files if told and scope["path"].endswith("/files") else self.most
        declared = headers.get("content-length", "")
        if declared.isdecimal() and int(declared[:20]) > most:
            await PlainTextResponse("This is more than can be taken at once.\n", 413)(scope, receive, send)
            return
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > most:
                raise HTTPException(413)
            return message

        await self.app(scope, counted, send)


class Rate:
    """Token buckets: `burst` at once, refilled evenly over `seconds`; one bucket for each key."""

    def __init__(self, burst: int, seconds: float, clock: Clock = time.monotonic) -> None:
        self._burst = burst
        self._seconds = seconds
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, key: str) -> int:
        """Seconds until this key may go on; 0 for now. Takes nothing."""
        missing = 1 - self._level(key)
        return ceil(missing * self._seconds / self._burst) if missing > 0 else 0

    def take(self, key: str) -> None:
        """Use one up. Raises TooMany when the bucket is empty."""
        if wait := self.wait(key):
            raise TooMany(wait)
        self._buckets[key] = (self._level(key) - 1, self._clock())
        self._buckets.move_to_end(key)
        while len(self._buckets) > _REMEMBERED:
            self._buckets.popitem(last=False)

    def _level(self, key: str) -> float:
        level, since = self._buckets.get(key, (float(self._burst), 0.0))
        return min(self._burst, level + (self._clock() - since) * self._burst / self._seconds)


class PerAccount:
    """A limit that each account has to itself, kept as long as its session lives."""

    def __init__(self, burst: int, seconds: float) -> None:
        self._burst = burst
        self._seconds = seconds

    def take(self, session: Session) -> None:
        """Use one up. Raises TooMany when too much was asked for in too short a time."""
        rates = session[_Rates].rates
        if self not in rates:
            rates[self] = Rate(self._burst, self._seconds)
        rates[self].take("")


class _Rates:
    """What one account has used up, and what is asked for it just now."""

    def __init__(self) -> None:
        self.rates: dict[PerAccount, Rate] = {}
        self.asked: dict[Hashable, asyncio.Task[Any]] = {}


QUESTIONS = PerAccount(QUESTIONS_A_MINUTE, 60)


async def ask_once(session: Session, what: Hashable, question: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Ask another server what a page of this account needs: two tabs that want the same share one answer.

    Raises TooMany when the account asks too often, and what the question raises.
    """
    asked = session[_Rates].asked
    task = asked.get(what)
    if task is None:
        QUESTIONS.take(session)
        task = asked[what] = asyncio.create_task(question(), name="question of a page")
        task.add_done_callback(lambda done: (asked.pop(what, None), done.cancelled() or done.exception()))
    # Who goes away takes nothing from the others.
    found: T = await asyncio.shield(task)
    return found


class LoginLimits:
    """Attempts to log in: five a minute from an address, ten in five minutes for a JID, and a delay that
    grows with each failure of the two together.

    A stranger who wears out a JID's attempts does not lock its owner out: two of the ten are kept for
    addresses from which this JID has logged in before.
    """

    def __init__(self, clock: Clock = time.monotonic) -> None:
        self._clock = clock
        self._by_address = Rate(5, 60, clock)
        self._by_stranger = Rate(8, 300, clock)
        self._by_owner = Rate(2, 300, clock)
        self._failures: OrderedDict[tuple[str, str], tuple[int, float]] = OrderedDict()
        self._known: OrderedDict[tuple[str, str], None] = OrderedDict()
        self._open: Counter[str] = Counter()
        self._places: dict[str, asyncio.Semaphore] = {}

    def take(self, address: str, jid: str) -> None:
        """One attempt begins. Raises TooMany with the longest of the waits that apply."""
        network = network_of(address)
        pair = (network, jid)
        count, last = self._failures.get(pair, (0, 0.0))
        grown = min(2 ** (count - 2), 60) if count > 2 else 0
        by_jid = self._by_stranger
        if pair in self._known and by_jid.wait(jid):
            by_jid = self._by_owner
        waits = (ceil(last + grown - self._clock()), self._by_address.wait(network), by_jid.wait(jid))
        if max(waits) > 0:
            raise TooMany(max(waits))
        self._by_address.take(network)
        by_jid.take(jid)

    def failed(self, address: str, jid: str) -> None:
        """The password was wrong; after a quarter of an hour without another it is forgotten."""
        pair = (network_of(address), jid)
        count, last = self._failures.pop(pair, (0, 0.0))
        self._failures[pair] = (count + 1 if self._clock() - last < 900 else 1, self._clock())
        _shorten(self._failures)

    def succeeded(self, address: str, jid: str) -> None:
        """The address has shown that it belongs to the JID's owner."""
        pair = (network_of(address), jid)
        self._failures.pop(pair, None)
        self._known[pair] = None
        self._known.move_to_end(pair)
        _shorten(self._known)

    @asynccontextmanager
    async def connecting(self, address: str) -> AsyncIterator[None]:
        """Hold one of the places of an address, or wait for it: slow servers hold up nobody else."""
        network = network_of(address)
        self._open[network] += 1
        places = self._places.setdefault(network, asyncio.Semaphore(CONNECTING))
        try:
            async with places:
                yield
        finally:
            self._open[network] -= 1
            if not self._open[network]:
                del self._open[network], self._places[network]


def _shorten(kept: OrderedDict[Any, Any]) -> None:
    while len(kept) > _REMEMBERED:
        kept.popitem(last=False)


def network_of(address: str) -> str:
    """What one visitor is: an IPv4 address, or the /64 that an IPv6 address lies in."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address):
        return str(parsed.ipv4_mapped or ip_network((parsed, 64), strict=False))
    return str(parsed)


async def until(moment: float) -> None:
    """Sleep until the loop's clock shows `moment`, so that answers do not tell by their time what was met."""
    await asyncio.sleep(max(0.0, moment - asyncio.get_running_loop().time()))
