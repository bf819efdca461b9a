"""This room counts what statements cost."""

from time import monotonic
from typing import Any

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine


class Spent:
    """What statements cost: how many there were, and the seconds between asking and having the answer."""

    def __init__(self) -> None:
        self.statements = 0
        self.seconds = 0.0

    def add(self, since: float) -> None:
        """One more, which was asked at this moment (time.monotonic)."""
        self.statements += 1
        self.seconds += monotonic() - since

    def watch(self, engine: AsyncEngine) -> None:
        """Count the statements of an engine whose driver does not count them itself: events cost more."""

        def before(connection: Any, *_: Any) -> None:
            connection.info["asked"] = monotonic()

        def after(connection: Any, *_: Any) -> None:
            self.add(connection.info["asked"])

        event.listen(engine.sync_engine, "before_cursor_execute", before)
        event.listen(engine.sync_engine, "after_cursor_execute", after)
