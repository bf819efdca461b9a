"""This room counts what happens in this process, and tells it to whoever watches over it."""

import asyncio
from collections import Counter
from collections.abc import Callable

_HELP = {
    "streams_open": "Event streams that are open now, one for each tab.",
    "sessions": "XMPP sessions that this process holds.",
    "stream_frames": "Frames sent to tabs.",
    "stream_resyncs": "Tabs that had fallen behind and fetched their page again.",
    "stream_failures": "Changes that could not be drawn.",
    "logins": "Successful logins.",
    "logins_failed": "Logins that failed or were refused.",
    "csp_reports": "Violations of the content policy that browsers reported.",
    "crashes": "Requests that ended with an unexpected error.",
}


class Metrics:
    """Counters that only grow, and gauges that are asked when somebody looks."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._gauges: dict[str, Callable[[], int]] = {}

    def add(self, name: str, number: int = 1) -> None:
        """Something happened."""
        self._counts[name] += number

    def gauge(self, name: str, ask: Callable[[], int]) -> None:
        """`ask` knows the present value of `name`."""
        self._gauges[name] = ask

    def count(self, name: str) -> int:
        """How often it happened so far."""
        return self._counts[name]

    def text(self) -> str:
        """Everything in the text format of Prometheus 0.0.4."""
        lines = []
        for name, help_ in _HELP.items():
            gauge = self._gauges.get(name)
            full = f"webchat_{name}" if gauge else f"webchat_{name}_total"
            kind, value = ("gauge", gauge()) if gauge else ("counter", self._counts[name])
            lines += [f"# HELP {full} {help_}", f"# TYPE {full} {kind}", f"{full} {value}"]
        return "\n".join(lines) + "\n"


async def listen(metrics: Metrics, host: str, port: int) -> asyncio.Server:
    """Tell them to whoever connects to an address of its own, whatever is asked."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(5):
                await reader.readuntil(b"\r\n\r\n")
            body = metrics.text().encode()
            head = (
                f"HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\nContent-Length: {len(body)}"
            )
            writer.write(f"{head}\r\nConnection: close\r\n\r\n".encode() + body)
            await writer.drain()
        except (TimeoutError, OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        finally:
            writer.close()

    return await asyncio.start_server(answer, host, port)
