"""This room writes the log: no password, nobody's words, and of addresses only a hash.

Our own lines say nothing of people; what libraries and exceptions say is not known beforehand, so every line
is gone through.
"""

import hashlib
import hmac
import json
import logging
import re
import traceback
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

from webchat.config import Settings

_ADDRESS = re.compile(r"(?<![^\s<>\"'(),;=/@:])[^\s<>\"'(),;=/@:]++@[\w.-]+\w(?:/[^\s<>\"'(),;]+)?")
"""A JID, with its resource if there is one, wherever it stands in a line (RFC 7622 §3)."""

_INVISIBLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
"""What would move a terminal's cursor, colour it, or turn the order of a line round."""

LONGEST = 16_000
"""Characters of one message: whoever makes us say more fills a disk."""

_Raised = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class Discreet(logging.Formatter):
    """Text of lines without addresses and without what exceptions say: they may quote somebody's message.

    key  makes the same hash of the same address in all lines of a site, and none that others could make
    """

    def __init__(self, key: bytes) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        self._key = hmac.digest(key, b"addresses in logs", "sha256")

    def said(self, record: logging.LogRecord) -> str:
        """The message as it may stand in the log: addresses hashed, nothing in it but what can be seen."""
        text = record.getMessage()
        return _INVISIBLE.sub(_spelled, self.hashed(text[:LONGEST])) + ("…" if len(text) > LONGEST else "")

    def hashed(self, text: str) -> str:
        """Text with a hash for each address."""
        return _ADDRESS.sub(self._hash, text)

    def _hash(self, found: re.Match[str]) -> str:
        bare = found[0].partition("/")[0].lower()
        return "jid:" + hmac.new(self._key, bare.encode(), hashlib.sha256).hexdigest()[:12]

    def formatMessage(self, record: logging.LogRecord) -> str:
        """The line of text; what goes on below it is indented, so that no other line can be made up."""
        record.message = self.said(record).replace("\n", "\n\t")
        return super().formatMessage(record)

    def formatException(self, ei: _Raised) -> str:
        """The kinds of the exception and of what caused it, and the way to it; never its words."""
        error: BaseException | None = ei[1]
        lines: list[str] = []
        while error is not None and len(lines) < 10:
            lines.append(f"{type(error).__name__}\n" + "".join(traceback.format_tb(error.__traceback__)))
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "Traceback\n" + "caused by ".join(lines)


def _spelled(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode("ascii")


class JsonLines(Discreet):
    """One JSON object a line, for machines that collect logs."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": self.said(record),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def start(settings: Settings) -> None:
    """Everything to standard error. The XMPP library is never allowed its wire log: it holds secrets."""
    # Else what cannot be written is printed as it is, arguments and all.
    logging.raiseExceptions = False
    handler = logging.StreamHandler()
    made = JsonLines if settings.log_format == "json" else Discreet
    handler.setFormatter(made(settings.secret_key))
    logging.basicConfig(level=settings.log_level.upper(), handlers=[handler], force=True)
    for name in ("aiosqlite", "alembic", "asyncio", "python_multipart", "slixmpp", "sqlalchemy", "uvicorn"):
        logging.getLogger(name).setLevel(logging.WARNING)
