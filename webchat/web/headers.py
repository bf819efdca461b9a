"""This room puts the security headers on every answer, whatever made it."""

import json
import logging
import re
import secrets

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from webchat.config import Settings
from webchat.web.limits import Rate, network_of
from webchat.web.request import client_address

log = logging.getLogger(__name__)

POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; img-src 'self' blob:; "
    "media-src 'self' blob:; font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'; "
    "require-trusted-types-for 'script'; trusted-types htmx worker; report-to csp"
)
"""No inline style and no foreign host, ever; the nonce is what hx-csp knows our htmx attributes by."""

FOREIGN = "default-src 'none'; sandbox"
"""What others made and we hand out: no scripts, no origin, nothing loaded. An answer that has it keeps it."""

PUBLIC = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'none'; frame-ancestors 'none'; "
    "base-uri 'none'; report-to csp"
)
"""Pages for readers without a login, full of what others wrote: no scripts and no forms, not even ours."""

WORKER = "default-src 'none'; script-src 'self'; connect-src 'self'; img-src 'self'"
"""The service worker and the notices it shows: it makes no page, so there is nothing else to forbid."""

_FRAMING = re.compile(re.escape(PUBLIC) + r"; frame-src https://[a-z0-9.-]{4,253}")


def framing(origin: str) -> str:
    """The policy of a page that shows one frame of another site: everything else is as on public pages.

    origin  "https://" and a host, without a port; anything else is refused by the middleware
    """
    return f"{PUBLIC}; frame-src {origin}"


FIXED = {
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(self), microphone=(self), geolocation=(self), browsing-topics=()",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
SHARED = {"cross-origin-resource-policy": "cross-origin"}
"""What anybody may see anywhere, in feed readers too. An answer that has it keeps it."""

HSTS = "max-age=63072000; includeSubDomains"
LONGEST_REPORT = 16 * 1024
REPORTS_A_MINUTE = 30


class SecurityHeaders:
    """Middleware, the outermost: a nonce for each answer (`state["nonce"]`), and the headers around it.

    Cache-Control is no-store unless the answer says otherwise (static files, media, public pages). HSTS is
    sent by https only: by http browsers ignore it.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.fixed = dict(FIXED)
        self.fixed["reporting-endpoints"] = f'csp="{settings.base_url}/csp-report"'
        if settings.secure:
            self.fixed["strict-transport-security"] = HSTS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        nonce = secrets.token_urlsafe(16)
        scope.setdefault("state", {})["nonce"] = nonce

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                policy = headers.get("content-security-policy", "")
                if policy not in (FOREIGN, PUBLIC, WORKER) and not _FRAMING.fullmatch(policy):
                    headers["content-security-policy"] = POLICY.format(nonce=nonce)
                for name, value in self.fixed.items():
                    if name not in SHARED or headers.get(name) != SHARED[name]:
                        headers[name] = value
                headers.setdefault("cache-control", "no-store")
            await send(message)

        await self.app(scope, receive, send_with_headers)


async def report(request: Request) -> Response:
    """POST /csp-report: a browser met something that our policy forbids. Counted, and told in one line.

    Anybody can send these, so an address fills no more than its share of the log. Raises TooMany.
    """
    reports: Rate = request.app.state.reports
    reports.take(network_of(client_address(request)))
    body = await request.body()
    request.app.state.metrics.add("csp_reports")
    if len(body) <= LONGEST_REPORT:
        log.warning("content policy violated: %s", _summary(body))
    return Response(status_code=204)


def _summary(body: bytes) -> str:
    try:
        reports = json.loads(body)
        first = reports[0]["body"] if isinstance(reports, list) else reports["csp-report"]
        directive = first.get("effectiveDirective") or first.get("effective-directive")
        blocked = first.get("blockedURL") or first.get("blocked-uri")
        # Only origin-like words of the blocked address: the rest may be somebody's data.
        return f"{str(directive)[:40]!r} {str(blocked)[:40]!r}"
    except (ValueError, LookupError, TypeError, AttributeError):
        return "unreadable report"
