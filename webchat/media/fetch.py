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
AT_ONCE = 6
"""Connections to one host."""

_STRANGE = re.compile(r"[\x00-\x20\x7f-\xa0\\]")
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


class FetchFailed(Exception):
    """Nothing came of it. `reason`: "refused" (we do not go there), "unreachable", "too-large", "too-slow",
    "refused-by-server" (its status says no) or "strange" (not an answer that we read)."""

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
        self.url = str(response.url)
        self.status = response.status
        self.size = response.content_length
        self.media_type = response.content_type
        self.charset = response.charset or ""
        self.content_range = response.headers.get("content-range", "")

    async def chunks(self, most: int) -> AsyncIterator[bytes]:
        """The body in pieces. Raises FetchFailed beyond `most` bytes and when the server falls silent."""
        seen = 0
        try:
            async for chunk in self._response.content.iter_chunked(CHUNK):
                seen += len(chunk)
                if seen > most:
                    raise FetchFailed("too-large")
                yield chunk
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
        self, url: str, *, most: int, deadline: float = DEADLINE, accept: str = "*/*", secure: bool = False
    ) -> Fetched:
        """All of what stands there, up to `most` bytes. Raises FetchFailed."""
        try:
            async with asyncio.timeout(deadline), self.open(url, accept=accept, secure=secure) as answer:
                if answer.size is not None and answer.size > most:
                    raise FetchFailed("too-large")
                data = b"".join([chunk async for chunk in answer.chunks(most)])
                return Fetched(answer.url, data, answer.media_type)
        except TimeoutError:
            raise FetchFailed("too-slow") from None

    @asynccontextmanager
    async def open(
        self, url: str, *, accept: str = "*/*", range_: str = "", secure: bool = False
    ) -> AsyncIterator[Answer]:
        """The answer to a GET, redirects followed (at most three, never from https to http).

        range_  value of a Range header for a part of it

        Raises FetchFailed.
        """
        # Compressed answers are not asked for and not taken: what is counted is what comes.
        headers = {"Accept": accept, "Accept-Encoding": "identity"} | ({"Range": range_} if range_ else {})
        response = await self._found(self.check(url, secure=secure), headers, secure=secure)
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
        self, url: str, headers: Mapping[str, str], body: IO[bytes], size: int, media_type: str
    ) -> None:
        """Bring a file to where a slot says (XEP-0363 §4): one PUT, no redirect, in pieces.

        Raises FetchFailed.
        """
        target = self.check(url, secure=True)
        own = {"Content-Length": str(size), "Content-Type": media_type}
        response = await self._ask("PUT", target, {**headers, **own}, body)
        response.close()
        if response.status not in (200, 201, 204):
            raise FetchFailed("too-large" if response.status == 413 else "refused-by-server")

    async def _ask(
        self, method: str, target: URL, headers: Mapping[str, str], body: IO[bytes] | None = None
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
                resolver=_Judged(self), ssl=tls, limit=64, limit_per_host=AT_ONCE, use_dns_cache=False,
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
