"""This room speaks HTTP with other servers: every address judged, nothing of ours told, all of it bounded."""

import asyncio
import re
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import IO

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from webchat.egress import Guard, Refused, ascii_domain, host_literal_refused
from webchat.media.shares import Busy, Held, Shares

Lookup = Callable[[str], Awaitable[list[str] | None]]
"""Addresses of a name by DNS; None or nothing when there are none."""

AGENT = "Webchat"
LONGEST_URL = 4096
HOPS = 3
CONNECT = 5.0
IDLE = 10.0
"""Seconds without a single byte after which a server is given up."""

DEADLINE = 8.0
"""Seconds for something that is read whole."""

CHUNK = 64 * 1024


SLOWEST = 2048
"""Bytes a second that a server must bring or take, on the average."""

GRACE = 20.0
"""Seconds before that is looked at."""

AWAY = 60.0
"""Seconds after which a reader who takes nothing is taken to have gone; who comes back asks for the rest."""

IN_LINE = 120.0
"""Seconds that a file waits for those that the same user sent before."""

LONGEST_STREAM = 6 * 3600.0
"""Seconds for anything."""

_STRANGE = re.compile(r"[\x00-\x20\x7f-\xa0\\]")
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


class FetchFailed(Exception):
    """Nothing came of it. `reason`: "refused" (we do not go there), "unreachable", "too-large", "too-slow",
    "refused-by-server" (its status says no), "strange" (not an answer that we read) or "busy" (whoever asks
    has too much under way, or everybody)."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came, whole: `url` is where it was found in the end, `media_type` what the server claims."""

    url: str
    data: bytes
    media_type: str


class Answer:
    """An answer whose body is still to be read.

    status        200 or, when a part was asked for, 206
    size          bytes of the body as the server says, None when it does not
    content_range the server's words on which part this is, "" for the whole
    charset       what the server calls the encoding of a text, "" when it does not
    """

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self._response = response
        self.place: Held | None = None
        self.url = str(response.url)
        self.status = response.status
        self.size = response.content_length
        self.media_type = response.content_type
        self.charset = response.charset or ""
        self.content_range = response.headers.get("content-range", "")

    def let_go(self) -> None:
        """End it, whoever still reads it, and give its place to others."""
        self._response.close()
        if self.place is not None:
            self.place.give_back()

    async def chunks(self, most: int) -> AsyncIterator[bytes]:
        """The body in pieces.

        Raises FetchFailed beyond `most` bytes, when the server falls silent or brings too little, and for a
        reader who comes back after the place was given to somebody else.
        """
        loop = asyncio.get_running_loop()
        seen, waited, begun = 0, 0.0, loop.time()
        try:
            while chunk := await self._response.content.read(CHUNK):
                waited += loop.time() - begun
                seen += len(chunk)
                if seen > most:
                    raise FetchFailed("too-large")
                if waited > GRACE and seen < waited * SLOWEST:
                    raise FetchFailed("too-slow")
                away = loop.call_later(AWAY, self.let_go)
                try:
                    yield chunk
                finally:
                    away.cancel()
                begun = loop.time()
        except TimeoutError:
            raise FetchFailed("too-slow") from None
        except aiohttp.ClientError:
            raise FetchFailed("unreachable") from None


class Fetcher:
    """One for the whole program.

    guard    judges every address, also those that redirects name
    lookup   who is asked for addresses
    ca_file  further certificate authorities
    """

    def __init__(self, guard: Guard, lookup: Lookup, ca_file: str | None = None) -> None:
        self._guard = guard
        self._lookup = lookup
        self._ca_file = ca_file
        self._session: aiohttp.ClientSession | None = None
        # What is read whole, what is handed on as it comes and may take long, what users send, what they are
        # told by push services: there are few of these in the world.
        self.pages = Shares(24, each=6, one_host=6)
        self.streams = Shares(32, each=4, one_host=12)
        self.files = Shares(12, each=2, one_host=8)
        self.pushes = Shares(16, each=4, one_host=12)

    def check(self, url: str, *, secure: bool = False) -> URL:
        """The address as it will be used, if it may be used at all; names are judged when they are looked up.

        secure  only https (http where the operator opened the network)

        Raises FetchFailed("refused").
        """
        if len(url) > LONGEST_URL or _STRANGE.search(url):
            raise FetchFailed("refused")
        try:
            parsed = URL(url)
            host, port = parsed.host or "", parsed.port or 0
        except ValueError:
            raise FetchFailed("refused") from None
        if parsed.scheme not in ("http", "https") or parsed.user is not None or parsed.password is not None:
            raise FetchFailed("refused")
        if port not in (80, 443) and port < 1024:
            raise FetchFailed("refused")
        opened = self._guard.opened(host)
        if not opened and host_literal_refused(host):
            raise FetchFailed("refused")
        if secure and parsed.scheme != "https" and not opened:
            raise FetchFailed("refused")
        return parsed.with_fragment(None)

    async def addresses(self, host: str) -> list[str]:
        """Where a name leads. Every answer must be one we may go to, or none is used (case P04)."""
        try:
            found = await self._lookup(ascii_domain(host)) or []
        except ValueError:
            raise FetchFailed("refused") from None
        if not found:
            raise FetchFailed("unreachable")
        for address in found:
            try:
                self._guard.check(address)
            except Refused:
                raise FetchFailed("refused") from None
        return found

    async def get(
        self,
        url: str,
        *,
        most: int,
        who: str = "",
        deadline: float = DEADLINE,
        accept: str = "*/*",
        secure: bool = False,
    ) -> Fetched:
        """All of what stands there, up to `most` bytes, for the account `who`. Raises FetchFailed."""
        async with self.begun(url, who, deadline=deadline, accept=accept, secure=secure) as answer:
            if answer.size is not None and answer.size > most:
                raise FetchFailed("too-large")
            data = b"".join([chunk async for chunk in answer.chunks(most)])
            return Fetched(answer.url, data, answer.media_type)

    @asynccontextmanager
    async def begun(
        self, url: str, who: str = "", *, deadline: float, accept: str = "*/*", secure: bool = False
    ) -> AsyncIterator[Answer]:
        """The answer to a GET that is over, read or not, at the deadline. Raises FetchFailed."""
        target = self.check(url, secure=secure)
        async with _place(self.pages, who, target):
            try:
                async with asyncio.timeout(deadline), self._opened(target, accept, secure=secure) as answer:
                    yield answer
            except TimeoutError:
                raise FetchFailed("too-slow") from None

    @asynccontextmanager
    async def open(
        self, url: str, who: str = "", *, accept: str = "*/*", range_: str = "", secure: bool = False
    ) -> AsyncIterator[Answer]:
        """The answer to a GET that is handed on as it comes, for as long as it keeps coming and is taken.

        range_  value of a Range header for a part of it

        Raises FetchFailed.
        """
        target = self.check(url, secure=secure)
        opened = self._opened(target, accept, range_=range_, secure=secure)
        async with _place(self.streams, who, target) as place, opened as answer:
            answer.place = place
            over = asyncio.get_running_loop().call_later(LONGEST_STREAM, answer.let_go)
            try:
                yield answer
            finally:
                over.cancel()

    @asynccontextmanager
    async def _opened(
        self, target: URL, accept: str, *, range_: str = "", secure: bool = False
    ) -> AsyncIterator[Answer]:
        """The answer to a GET, redirects followed (at most three, never from https to http)."""
        # Compressed answers are not asked for and not taken: what is counted is what comes.
        headers = {"Accept": accept, "Accept-Encoding": "identity"} | ({"Range": range_} if range_ else {})
        try:
            async with asyncio.timeout(DEADLINE):
                response = await self._found(target, headers, secure=secure)
        except TimeoutError:
            raise FetchFailed("too-slow") from None
        try:
            if response.status not in ((200, 206) if range_ else (200,)):
                raise FetchFailed("refused-by-server")
            if response.headers.get("content-encoding", "identity").lower() != "identity":
                raise FetchFailed("strange")
            yield Answer(response)
        finally:
            response.close()

    async def _found(
        self, target: URL, headers: Mapping[str, str], *, secure: bool
    ) -> aiohttp.ClientResponse:
        for _ in range(HOPS + 1):
            response = await self._ask("GET", target, headers)
            if response.status not in _REDIRECTS:
                return response
            location = response.headers.get("location", "")
            response.close()
            target = self._next(target, location, secure=secure)
        raise FetchFailed("strange")

    def _next(self, here: URL, location: str, *, secure: bool) -> URL:
        if not location or len(location) > LONGEST_URL or _STRANGE.search(location):
            raise FetchFailed("refused")
        try:
            there = here.join(URL(location))
        except ValueError:
            raise FetchFailed("refused") from None
        return self.check(str(there), secure=secure or here.scheme == "https")

    async def put(
        self, url: str, headers: Mapping[str, str], body: IO[bytes], size: int, media_type: str, who: str = ""
    ) -> None:
        """Bring a file to where a slot says (XEP-0363 §4): one PUT, no redirect, in pieces.

        who  the account whose file it is

        Raises FetchFailed.
        """
        target = self.check(url, secure=True)
        own = {"Content-Length": str(size), "Content-Type": media_type}
        async with _place(self.files, who, target, IN_LINE):
            try:
                async with asyncio.timeout(GRACE + size / SLOWEST):
                    response = await self._ask("PUT", target, {**headers, **own}, body)
            except TimeoutError:
                raise FetchFailed("too-slow") from None
            response.close()
        if response.status not in (200, 201, 204):
            raise FetchFailed("too-large" if response.status == 413 else "refused-by-server")

    async def post(self, url: str, headers: Mapping[str, str], body: bytes, who: str = "") -> tuple[int, str]:
        """Bring a few bytes to a push service (RFC 8030 §5): one POST, no redirect, no answer read.

        who  the account whose browser it is for

        Returns the status and the Retry-After header. Raises FetchFailed.
        """
        target = self.check(url, secure=True)
        async with _place(self.pushes, who, target, IN_LINE):
            try:
                async with asyncio.timeout(DEADLINE):
                    response = await self._ask("POST", target, headers, body)
            except TimeoutError:
                raise FetchFailed("too-slow") from None
            response.close()
        return response.status, response.headers.get("retry-after", "")

    async def _ask(
        self, method: str, target: URL, headers: Mapping[str, str], body: IO[bytes] | bytes | None = None
    ) -> aiohttp.ClientResponse:
        try:
            return await self._http().request(
                method, target, headers=headers, data=body, allow_redirects=False
            )
        except FetchFailed:
            raise
        except TimeoutError:
            raise FetchFailed("too-slow") from None
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise _judgement(error) or FetchFailed("unreachable") from None

    def _http(self) -> aiohttp.ClientSession:
        if self._session is None:
            tls = ssl.create_default_context()
            if self._ca_file:
                tls.load_verify_locations(cafile=self._ca_file)
            connector = aiohttp.TCPConnector(
                resolver=_Judged(self), ssl=tls, limit=0, limit_per_host=0, use_dns_cache=False,
                force_close=True,
            )  # fmt: skip
            self._session = aiohttp.ClientSession(
                connector=connector,
                auto_decompress=False,
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": AGENT},
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT, sock_read=IDLE, connect=20.0),
            )
        return self._session

    async def close(self) -> None:
        """Let go of connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None


@asynccontextmanager
async def _place(shares: Shares, who: str, target: URL, patience: float | None = None) -> AsyncIterator[Held]:
    try:
        async with shares.place(who, target.host or "", patience=patience) as held:
            yield held
    except Busy:
        raise FetchFailed("busy") from None


def _judgement(error: BaseException) -> FetchFailed | None:
    """What our own resolver said, under what aiohttp made of it."""
    cause = error.__cause__
    return cause if isinstance(cause, FetchFailed) or cause is None else _judgement(cause)


class _Judged(AbstractResolver):
    """What aiohttp asks: it connects to exactly the addresses that were judged, never to the name again."""

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher = fetcher

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        try:
            found = await self._fetcher.addresses(host)
        except FetchFailed as error:
            raise OSError(error.reason) from error
        return [
            ResolveResult(
                hostname=host, host=address, port=port, proto=0, flags=socket.AI_NUMERICHOST,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
            )
            for address in found
        ]  # fmt: skip

    async def close(self) -> None:
        """There is nothing to close."""
