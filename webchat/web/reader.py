"""This room knows who reads what is drawn now; the middlewares say it once, filters and forms ask for it."""

from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, tzinfo

from webchat.web.language import SOURCE


@dataclass(frozen=True, slots=True)
class Reader:
    """Language, how dates are written where the reader lives, clock, form token, nonce of the response.

    masked  the form token as the page that is being drawn shows it
    """

    language: str = SOURCE
    place: str = ""
    zone: tzinfo = UTC
    form_token: str = ""
    nonce: str = ""
    masked: str = ""


_NOBODY = Reader()
reader: ContextVar[Reader] = ContextVar("reader", default=_NOBODY)
