"""This room refuses requests that other sites cause: wrong host names, and actions from foreign pages."""

import hmac
import logging

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from webchat.config import Settings
from webchat.errors import Forbidden
from webchat.web import errors
from webchat.web.forms import MOST_FIELDS
from webchat.web.templates import unmask

log = logging.getLogger(__name__)

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
PROBES = frozenset({"/livez", "/readyz"})
"""Asked by machines that know an address and no name."""

SHARES = "/share/files"
"""Where other programs share to: whoever it comes from, all it does is lead to a page that asks."""

FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
REPORTS = "/csp-report"
"""Changes nothing; browsers send it by rules of their own."""


class Hosts:
    """Middleware: only the host name of WEBCHAT_BASE_URL is answered, whatever proxies claim besides."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        default = 443 if settings.secure else 80
        netloc = settings.base_url.netloc
        self.names = {netloc, f"{netloc}:{default}"}
        self.told = f"This site is reached at {settings.base_url} only.\n"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] == "http" and scope["state"]["path"] not in PROBES:
            names = Headers(scope=scope).getlist("host")
            if len(names) != 1 or names[0].lower() not in self.names:
                await PlainTextResponse(self.told, 400)(scope, receive, send)
                return
        await self.app(scope, receive, send)


class SameSite:
    """Middleware: whatever may change something must come from a page of ours.

    Sec-Fetch-Site decides where the browser sends it, else Origin. A browser that sends neither, or hides
    its origin ("null", which our own Referrer-Policy causes for plain forms), must bring the form token.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.origin = settings.base_url.origin

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        path = scope["state"]["path"] if scope["type"] == "http" else REPORTS
        if path != REPORTS and scope["method"] not in SAFE:
            headers = Headers(scope=scope)
            type_ = headers.get("content-type", "").partition(";")[0].strip().lower()
            if (type_ and type_ not in FORMS) or not _in_utf8(headers):
                await _refuse(scope, receive, send, HTTPException(415))
                return
            judged = True if path == SHARES else self.judge(headers)
            if judged is None:
                judged, receive = await _has_token(scope, receive)
            if not judged:
                log.warning("refused a %s from another site", scope["method"])
                await _refuse(scope, receive, send, Forbidden())
                return
        await self.app(scope, receive, send)

    def judge(self, headers: Headers) -> bool | None:
        """What the headers say: ours, not ours, or nothing (None)."""
        site, origin = headers.get("sec-fetch-site"), headers.get("origin")
        if origin not in (None, "null", self.origin):
            return False
        if site is not None:
            return site == "same-origin"
        return True if origin == self.origin else None


def _in_utf8(headers: Headers) -> bool:
    """Forms come in UTF-8: the decoder that a stranger names may be one that takes minutes for a megabyte."""
    _, *parameters = headers.get("content-type", "").lower().split(";")
    named = [parameter.strip().replace('"', "") for parameter in parameters if "charset" in parameter]
    return all(name == "charset=utf-8" for name in named)


async def _refuse(scope: Scope, receive: Receive, send: Send, error: Exception) -> None:
    response = errors.respond(Request(scope, receive), error)
    await response(scope, receive, send)


async def _has_token(scope: Scope, receive: Receive) -> tuple[bool, Receive]:
    """Whether the form carries the token of this login; and the body once more for the view."""
    body = await Request(scope, receive).body()
    expected = scope["state"].get("form_token", "")
    if not expected or not Headers(scope=scope).get("content-type"):
        return False, receive
    async with Request(scope, _again(body, receive)).form(max_files=10, max_fields=MOST_FIELDS) as form:
        given = form.get("form_token")
    token = given if isinstance(given, str) and len(given) <= 1024 else ""
    matches = any(hmac.compare_digest(one.encode(), expected.encode()) for one in (unmask(token), token))
    return matches, _again(body, receive)


def _again(body: bytes, receive: Receive) -> Receive:
    """A receive channel that gives a body which was read already, then what the true one still has."""
    given = False

    async def replay() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay
