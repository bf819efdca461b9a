"""This room is a short stream by which the operator's doctor sees whether a proxy holds streams back.

Its address follows from the site's secret, so nobody else can open it.
"""

import asyncio
import hmac
import json
from collections.abc import AsyncIterator

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from webchat.web.request import client_address, settings

TICKS = 3
EVERY = 0.5
"""Seconds between two pieces."""


def path(secret: bytes) -> str:
    """Where the stream is, within the site."""
    return f"/probe/{hmac.digest(secret, b'stream probe', 'sha256').hex()}"


async def stream(request: Request) -> Response:
    """GET /probe/{token}: who seems to ask, then a piece every half second, as the stream of a tab comes."""
    wanted = path(settings(request).secret_key).removeprefix("/probe/")
    if not hmac.compare_digest(request.path_params["token"].encode(), wanted.encode()):
        raise HTTPException(404)
    seen = {
        "peer": request.client.host if request.client else "",
        "client": client_address(request),
        "forwarded": "x-forwarded-for" in request.headers,
    }
    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
    return StreamingResponse(_pieces(seen), media_type="text/event-stream", headers=headers)


async def _pieces(seen: dict[str, object]) -> AsyncIterator[bytes]:
    yield f"event: seen\ndata: {json.dumps(seen)}\n\n".encode()
    for number in range(TICKS):
        await asyncio.sleep(EVERY)
        yield f"event: tick\ndata: {number}\n\n".encode()
