"""This room answers requests for the page of patterns."""

from starlette.requests import Request
from starlette.responses import Response

from webchat.errors import NotFound
from webchat.patterns import show
from webchat.web.request import settings, signed_in
from webchat.web.templates import page


async def index(request: Request) -> Response:
    """GET /patterns: only where the site is developed, which is where browsers reach it without https."""
    signed_in(request)
    if settings(request).secure:
        raise NotFound
    return page(request, "patterns/index.html", **show.values())
