"""This room tells in numbers how the sessions, their database and their streams are doing."""

import resource
from collections.abc import Callable
from pathlib import Path
from typing import Any

from webchat.db.base import now
from webchat.session import complaints, outbox
from webchat.session.registry import Sessions
from webchat.xmpp.context import Tally


def offer(gauge: Callable[[str, Callable[[], Any]], None], sessions: Sessions, tally: Tally) -> None:
    """Say who knows which number, by the names of webchat.web.metrics."""
    database = sessions.database

    async def outbox_age() -> float:
        async with database.read() as db:
            since = await outbox.oldest(db)
        return max(0.0, (now() - since).total_seconds()) if since else 0.0

    async def reports_open() -> int:
        async with database.read() as db:
            return await complaints.open_now(db)

    gauge("memory_bytes", _memory)
    gauge("sessions", lambda: len(sessions.running))
    gauge("inbox_depth", lambda: sum(len(session.inbox) for session in sessions.running))
    gauge("outbox_age_seconds", outbox_age)
    gauge("reports_open", reports_open)
    gauge("stanzas", lambda: tally.stanzas)
    gauge("stanzas_dropped", lambda: dict(tally.dropped))
    gauge("database_statements", lambda: database.spent.statements)
    gauge("database_seconds", lambda: database.spent.seconds)


def _memory() -> int:
    """Bytes that are resident (proc(5)); raises OSError where there is no such file system."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * resource.getpagesize()
