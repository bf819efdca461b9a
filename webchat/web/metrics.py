"""This room counts what happens in this process, and tells it to whoever watches over it."""

import asyncio
import logging
from collections import Counter, deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from inspect import isawaitable

from webchat import __version__

log = logging.getLogger(__name__)

MEDIA_TYPE = "text/plain; version=0.0.4"

Value = float | Mapping[str, float]
"""One number, or numbers by kind."""

Ask = Callable[[], Value | Awaitable[Value]]

_GAUGES = {
    "sessions": "XMPP sessions that this process holds.",
    "streams_open": "Event streams that are open now, one for each tab.",
    "inbox_depth": "Events of all sessions that wait to be handled.",
    "outbox_age_seconds": "How long the oldest stanza waits to be taken over by a server; 0 when none waits.",
    "reports_open": "Reports of people that no operator has closed yet.",
    "loop_stall_seconds": "Longest time within the last minute that the event loop was held up.",
    "memory_bytes": "Memory that the process holds now.",
}
_COUNTERS = {
    "stanzas": "Stanzas that came from servers.",
    "stanzas_dropped": "Stanzas that were refused because they were forged or made no sense, by kind.",
    "database_statements": "Statements that the database was asked.",
    "database_seconds": "Seconds that these statements took.",
    "stream_frames": "Frames sent to tabs.",
    "stream_resyncs": "Tabs that had fallen behind and fetched their page again.",
    "stream_failures": "Changes that could not be drawn.",
    "logins": "Successful logins.",
    "logins_failed": "Logins that failed or were refused.",
    "csp_reports": "Violations of the content policy that browsers reported.",
    "pushes": "Notices that push services took.",
    "pushes_failed": "Attempts to reach a push service that failed or were refused.",
    "crashes": "Requests that ended with an unexpected error.",
}


class Metrics:
    """Numbers that only grow, counted here or by whoever is asked for them, and numbers of now."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._asked: dict[str, Ask] = {}

    def add(self, name: str, number: int = 1) -> None:
        """Something happened."""
        self._counts[name] += number

    def gauge(self, name: str, ask: Ask) -> None:
        """`ask` knows the present value of `name`, or how much it has grown to."""
        self._asked[name] = ask

    def count(self, name: str) -> int:
        """How often it happened so far."""
        return self._counts[name]

    @asynccontextmanager
    async def watching(self) -> AsyncIterator[None]:
        """As long as this lasts it is noticed when something holds up the loop."""
        stall = Stall()
        self.gauge("loop_stall_seconds", stall.longest)
        task = asyncio.create_task(stall.run())
        try:
            yield
        finally:
            task.cancel()

    async def text(self) -> str:
        """Everything in the text format of Prometheus 0.0.4; what cannot be had is left out."""
        lines = ["# HELP webchat_info Which version runs.", "# TYPE webchat_info gauge"]
        lines.append(f'webchat_info{{version="{__version__}"}} 1')
        for kind, names in (("gauge", _GAUGES), ("counter", _COUNTERS)):
            for name, help_ in names.items():
                full = f"webchat_{name}" + ("_total" if kind == "counter" else "")
                if found := _samples(full, await self._value(name)):
                    lines += [f"# HELP {full} {help_}", f"# TYPE {full} {kind}", *found]
        return "\n".join(lines) + "\n"

    async def _value(self, name: str) -> Value | None:
        ask = self._asked.get(name)
        if ask is None:
            return None if name in _GAUGES else self._counts[name]
        try:
            found = ask()
            return await found if isawaitable(found) else found
        except Exception as error:
            log.warning("%s cannot be told (%s)", name, type(error).__name__)
            return None


def _samples(name: str, value: Value | None) -> list[str]:
    if isinstance(value, Mapping):
        return [f'{name}{{kind="{kind}"}} {number:g}' for kind, number in sorted(value.items())]
    return [] if value is None else [f"{name} {value:.10g}"]


class Stall:
    """How long the loop was held up: a nap that took longer than it should was kept waiting."""

    NAP = 0.5

    def __init__(self) -> None:
        self._late: deque[float] = deque(maxlen=int(60 / self.NAP))

    async def run(self) -> None:
        """Until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            began = loop.time()
            await asyncio.sleep(self.NAP)
            self._late.append(loop.time() - began - self.NAP)

    def longest(self) -> float:
        """Seconds, within the last minute."""
        return max(self._late, default=0.0)


async def listen(metrics: Metrics, host: str, port: int) -> asyncio.Server:
    """Tell them to whoever connects to an address of its own, whatever is asked."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(5):
                await reader.readuntil(b"\r\n\r\n")
                body = (await metrics.text()).encode()
            head = (
                f"HTTP/1.1 200 OK\r\nContent-Type: {MEDIA_TYPE}; charset=utf-8\r\nContent-Length: {len(body)}"
            )
            writer.write(f"{head}\r\nConnection: close\r\n\r\n".encode() + body)
            await writer.drain()
        except (TimeoutError, OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        finally:
            writer.close()

    return await asyncio.start_server(answer, host, port)
