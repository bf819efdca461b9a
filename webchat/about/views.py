"""This room answers whoever asks what this site is: people by a page, machines by figures."""

import asyncio
from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from webchat import __version__
from webchat.about import commands, show
from webchat.config import Settings
from webchat.errors import NotFound
from webchat.session.figures import Figures, figures
from webchat.web.headers import SHARED
from webchat.web.limits import network_of
from webchat.web.request import client_address, maybe_signed_in, sessions, settings, take_page
from webchat.web.templates import page

KEPT = {"cache-control": "public, max-age=3600", "access-control-allow-origin": "*", **SHARED}
"""Anybody may read the figures, programs on pages of other sites included (NodeInfo §4.1)."""


async def index(request: Request) -> Response:
    """GET /about: what this is, who runs it, how it is used."""
    take_page(request)
    counted = await figures(sessions(request), settings(request).statistics)
    inside = maybe_signed_in(request) is not None
    return page(request, "about/index.html", **show.values(settings(request), counted, inside=inside))


async def source(request: Request) -> Response:
    """GET /about/source.tar.gz: the program as it runs here, or where the operator keeps it."""
    elsewhere = settings(request).source_url
    if elsewhere:
        return RedirectResponse(elsewhere, 303)
    request.app.state.takers.take(network_of(client_address(request)))
    packed = await asyncio.to_thread(commands.source)
    name = f'attachment; filename="webchat-{__version__}.tar.gz"'
    return Response(packed, media_type="application/gzip", headers={"content-disposition": name})


async def nodeinfo_links(request: Request) -> Response:
    """GET /.well-known/nodeinfo: where the figures are; nothing where they are not to be told."""
    return await _told(request, lambda site, _: show.links(site))


async def nodeinfo(request: Request) -> Response:
    """GET /nodeinfo/2.1."""
    if request.path_params["version"] != "2.1":
        raise NotFound
    schema = f'application/json; profile="{show.NODEINFO}#"'
    return await _told(request, show.nodeinfo, schema)


async def statistics(request: Request) -> Response:
    """GET /statistics.json."""
    return await _told(request, show.statistics)


async def _told(
    request: Request, made: Callable[[Settings, Figures], dict[str, Any]], kind: str = "application/json"
) -> Response:
    take_page(request)
    counted = await figures(sessions(request), settings(request).statistics)
    if counted is None:
        raise NotFound
    return JSONResponse(made(settings(request), counted), headers=KEPT, media_type=kind)
