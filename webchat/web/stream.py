"""This room is the stream of one tab: follow the feed, merge what waits, draw it, send it as one frame."""

import asyncio
import logging
import re
import traceback
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, aclosing, contextmanager
from time import monotonic
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Send
from starlette.types import Scope as AsgiScope

from webchat.change import Change
from webchat.db import once
from webchat.errors import Forbidden, Full, TooMany
from webchat.session.changes import ConnectionChanged
from webchat.web import request as asked
from webchat.web import shell
from webchat.web.limits import Rate
from webchat.web.metrics import Metrics
from webchat.web.page import Page
from webchat.web.partial import Partial, Ping
from webchat.web.reader import reader
from webchat.web.scope import Scope
from webchat.web.templates import aimed

log = logging.getLogger(__name__)

HEARTBEAT = 25.0
MOST_STREAMS = 8
OPENS_A_MINUTE = 30
LONGEST_KEY = 3071

Draw = Callable[[Page, Sequence[Any]], Awaitable[Sequence[Partial | Ping]]]
Fragments = Mapping[tuple[type[Change], str], Sequence[Draw]]
"""(change type, scope kind or "*") → what draws it there."""

_LINES = re.compile(r"\r\n|\r|\n")
_NAME = re.compile(r"[a-z][a-z-]*")


def named(name: str, data: str = "") -> bytes:
    """A named event: htmx makes it a DOM event, so pages and scripts are told things by it."""
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} cannot name an event")
    return f"event: {name}\n{_data(data)}\n\n".encode()


def frame(id: str, parts: Sequence[Partial | Ping], language: str) -> bytes:
    """Everything that waits, in one piece: named events, then the partials under the cursor they lead to.

    The cursor comes last, so a tab whose line breaks inside gets all of it again.
    """
    pings = [named(part.name, part.data) for part in parts if isinstance(part, Ping)]
    html = "".join(aimed(part, language) for part in parts if isinstance(part, Partial))
    body = [f"id: {id}"] if id else []
    body += [_data(html)] if html else []
    return b"".join(pings) + ("\n".join(body) + "\n\n" if body else "").encode()


def _data(text: str) -> str:
    # Every line gets its own prefix, so no text can end the field or begin another one.
    return "\n".join(f"data: {line}" for line in _LINES.split(text.replace("\0", "")))


class Streams:
    """All open streams of this process, and what they are drawn with."""

    def __init__(
        self, fragments: Fragments, counters: Mapping[str, shell.Counter], metrics: Metrics | None = None
    ) -> None:
        self.fragments = fragments
        self.counters = counters
        self.metrics = metrics or Metrics()
        self.closing = False
        self._open: Counter[str] = Counter()
        self._kinds: Counter[str] = Counter()
        self._opens = Rate(OPENS_A_MINUTE, 60)
        self.metrics.gauge("streams_open", self._open.total)

    @contextmanager
    def admitted(self, login_id: str, kind: str = "") -> Iterator[None]:
        """Hold one of the places of a login, for a page of this kind."""
        self._open[login_id] += 1
        self._kinds[kind] += 1
        try:
            yield
        finally:
            self._kinds[kind] -= 1
            if not self._kinds[kind]:
                del self._kinds[kind]
            self._open[login_id] -= 1
            if not self._open[login_id]:
                del self._open[login_id]

    def followed(self, kind: str) -> bool:
        """Whether any open page is of this kind."""
        return kind in self._kinds

    def check(self, login_id: str) -> None:
        """Raises TooMany when this login has enough streams, or opens them too often."""
        if self._open[login_id] >= MOST_STREAMS:
            raise TooMany(int(HEARTBEAT))
        self._opens.take(login_id)


class Stream:
    """One tab: a cursor into the feed of its account."""

    def __init__(self, request: Request, signed_in: Any, scope: Scope, streams: Streams) -> None:
        self._session = signed_in.session
        self._login_id: str = signed_in.login_id
        self._cookie = request.cookies.get(asked.login_cookie(asked.settings(request)), "")
        self._sessions = asked.sessions(request)
        version, its = request.app.state.static.hash, request.headers.get("x-version", "")
        # A page that another version made: what it looks like and does is of then.
        self._news = named("version", version) if its not in ("", version) else b""
        self._scope = scope
        self._streams = streams
        self._numbers: dict[str, int] = {}
        self._language = reader.get().language
        given = request.headers.get("last-event-id") or request.query_params.get("after", "")
        self._cursor: str = given or self._session.feed.cursor
        self._unsure_until = 0.0
        self._gone = False

    def leave(self) -> None:
        """The tab has gone: its frames end as soon as nothing is being drawn."""
        self._gone = True
        self._session.feed.nudge()

    async def frames(self) -> AsyncGenerator[bytes, None]:
        """What the tab is sent until it goes, is signed out, or the process stops."""
        feed = self._session.feed
        sent = monotonic()
        yield b": welcome\n\n" + self._news + await self._draw_numbers()
        while not self._gone:
            if farewell := await self._farewell():
                yield farewell
                return
            found = feed.since(self._cursor)
            if found is None:
                yield self._resync() + await self._draw_frame()
            elif found[0] != self._cursor and (drawn := await self._advance(*found)):
                sent = monotonic()
                yield drawn
            if (left := sent + HEARTBEAT - monotonic()) <= 0:
                sent, left = monotonic(), HEARTBEAT
                yield b": \n" + frame(self._id(), (), self._language)
            # The tab may have gone while we drew: nobody wakes us for that any more.
            if not self._gone:
                await feed.wait(self._cursor, left)

    async def _farewell(self) -> bytes:
        """The last event when the stream must end: "bye" for those who may come again at once."""
        if self._streams.closing:
            return named("bye")
        if not await self._sessions.still_signed_in(self._login_id):
            # The session may have been replaced by a new one of the same login: only the cookie knows.
            try:
                known = await self._sessions.signed_in(self._cookie)
            except Full:
                return named("bye")
            return named("bye" if known is not None else "signed-out")
        return named("bye") if self._session.feed.closed else b""

    def _resync(self) -> bytes:
        """The ring forgot, or the cursor is of another life: the page has to fetch itself.

        Until the next heartbeats no frame carries a cursor: should the page not get through to us, its next
        connection comes with the old one and is told again.
        """
        self._cursor = self._session.feed.cursor
        self._unsure_until = monotonic() + HEARTBEAT
        self._streams.metrics.add("stream_resyncs")
        return named("resync")

    async def _draw_frame(self) -> bytes:
        """What stands around the page, which alone fetches itself: the line to the server, our own face."""
        drawers = self._streams.fragments.get((ConnectionChanged, "*"), ())
        if not drawers:
            return b""
        try:
            async with self._session.read() as db:
                page = Page(self._session, db, self._scope, self._language)
                parts = [part for draw in drawers for part in await draw(page, [ConnectionChanged()])]
            return frame("", parts, self._language)
        except Exception as error:
            self._failed(error)
            return b""

    def _id(self) -> str:
        return self._cursor if monotonic() >= self._unsure_until else ""

    async def _advance(self, cursor: str, changes: Sequence[Change]) -> bytes:
        try:
            parts = await self._draw(changes)
            self._cursor = cursor
            drawn = frame(self._id(), parts, self._language) if parts else b""
        except Exception as error:
            self._failed(error)
            return self._resync()
        self._streams.metrics.add("stream_frames", 1 if drawn else 0)
        return drawn

    def _failed(self, error: Exception) -> None:
        # The text of an exception may hold somebody's message: the way to it is enough.
        way = "".join(traceback.format_tb(error.__traceback__))
        log.error("a change could not be drawn: %s\n%s", type(error).__name__, way)
        self._streams.metrics.add("stream_failures")

    async def _draw(self, changes: Sequence[Change]) -> list[Partial | Ping]:
        groups: dict[type[Change], list[Change]] = {}
        for change in changes:
            groups.setdefault(type(change), []).append(change)
        drawers = [(draw, group) for kind, group in groups.items() for draw in self._drawers(kind)]
        if not drawers:
            return []
        parts: list[Partial | Ping] = []
        async with self._session.read() as db:
            once.remember(db)
            page = Page(self._session, db, self._scope, self._language)
            for draw, group in drawers:
                parts += await draw(page, group)
            return await self._with_numbers(parts, db)

    def _drawers(self, kind: type[Change]) -> list[Draw]:
        fragments = self._streams.fragments
        return [*fragments.get((kind, self._scope.kind), ()), *fragments.get((kind, "*"), ())]

    async def _with_numbers(self, parts: list[Partial | Ping], db: Any) -> list[Partial | Ping]:
        """A slice that says "counters" leaves it to us to ask them: all, or the one that it names."""
        counters = self._streams.counters
        asked_for = [part for part in parts if isinstance(part, Ping) and _asks(part, counters)]
        if not asked_for:
            return parts
        names = {part.data for part in asked_for}
        some = counters if "" in names or not self._numbers else {name: counters[name] for name in names}
        self._numbers |= await shell.count(self._session, some, db)
        return [part for part in parts if part not in asked_for] + shell.counted(self._numbers)

    async def _draw_numbers(self) -> bytes:
        if not self._streams.counters:
            return b""
        self._numbers = await shell.count(self._session, self._streams.counters)
        return frame("", shell.counted(self._numbers), self._language)


def _asks(ping: Ping, counters: Mapping[str, shell.Counter]) -> bool:
    return ping.name == "counters" and (not ping.data or ping.data in counters)


class EventStream(Response):
    """The answer that stays open; whatever ends it, the tab is counted out.

    A browser that goes away only leaves word of it: cancelling the stream while it draws would tear a
    database connection from the pool.
    """

    media_type = "text/event-stream"

    def __init__(self, stream: Stream, tab: AbstractContextManager[None]) -> None:
        super().__init__(headers={"cache-control": "no-store", "x-accel-buffering": "no"})
        del self.headers["content-length"]
        self._stream = stream
        self._tab = tab

    async def __call__(self, scope: AsgiScope, receive: Receive, send: Send) -> None:
        """Send until one side ends it."""
        listening = asyncio.create_task(self._listen(receive))
        try:
            with self._tab:
                await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
                async with aclosing(self._stream.frames()) as frames:
                    async for chunk in frames:
                        await send({"type": "http.response.body", "body": chunk, "more_body": True})
                await send({"type": "http.response.body", "body": b"", "more_body": False})
        except OSError:
            log.debug("a tab went away while it was sent something")
        finally:
            listening.cancel()

    async def _listen(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self._stream.leave()


async def follow(request: Request) -> Response:
    """GET /stream/{kind}/{key}: the live side of a page.

    Raises Forbidden for pages of other sites and TooMany. Somebody who is not signed in gets one event that
    says so, and not an error: htmx would ask again for ever.
    """
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise Forbidden
    signed_in = asked.maybe_signed_in(request)
    if request.method == "HEAD":
        return Response(media_type="text/event-stream")
    if signed_in is None:
        return Response(named("signed-out"), media_type="text/event-stream")
    streams: Streams = request.app.state.streams
    streams.check(signed_in.login_id)
    scope = Scope(request.path_params["kind"][:32], request.path_params["key"][:LONGEST_KEY])
    stream = Stream(request, signed_in, scope, streams)

    @contextmanager
    def tab() -> Iterator[None]:
        with streams.admitted(signed_in.login_id, scope.kind):
            session = signed_in.session
            session.attach(signed_in.login_id)
            session.pages.opened(scope.kind, scope.key)
            try:
                yield
            finally:
                session.pages.closed(scope.kind, scope.key)
                session.detach(signed_in.login_id)

    return EventStream(stream, tab())
