"""This room is the manifest by which a browser installs the site as an app."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from webchat.web.language import translate
from webchat.web.reader import reader
from webchat.web.request import settings
from webchat.web.static import StaticFiles
from webchat.web.templates import installed

GROUND = "#0e131b"


async def show(request: Request) -> Response:
    """GET /manifest.webmanifest: name, sign and ways in (W3C Web Application Manifest).

    The sign fits every mask; xmpp: addresses of other pages (RFC 5122) lead to /open, and what other programs
    share (Web Share Target) to /share.
    """
    site, language = installed(), reader.get().language
    files: StaticFiles = request.app.state.static
    signs = [{"src": site.url(files.path("icons/app.svg")), "sizes": "any", "type": "image/svg+xml"}]
    # Not every system takes a drawing.
    signs += [
        {
            "src": site.url(files.path(f"icons/app-{side}.png")),
            "sizes": f"{side}x{side}",
            "type": "image/png",
        }
        for side in (192, 512)
    ]
    ways = [
        {"name": translate(entry.label, language), "url": site.url(entry.path)}
        for entry in request.app.state.nav
        if not entry.aside and not entry.act
    ]
    manifest: dict[str, Any] = {
        "id": site.url("/"),
        "name": settings(request).instance_name,
        "short_name": settings(request).instance_name[:12],
        "lang": language,
        "start_url": site.url("/"),
        "scope": site.url("/"),
        "display": "standalone",
        "background_color": GROUND,
        "theme_color": GROUND,
        "icons": [sign | {"purpose": purpose} for sign in signs for purpose in ("any", "maskable")],
        "shortcuts": ways[:4],
        "share_target": {
            "action": site.url("/share/files"),
            "method": "POST",
            "enctype": "multipart/form-data",
            "params": {
                "title": "title",
                "text": "text",
                "url": "url",
                "files": [{"name": "file", "accept": ["*/*"]}],
            },
        },
        "protocol_handlers": [{"protocol": "xmpp", "url": site.url("/open") + "?uri=%s"}],
    }
    return JSONResponse(manifest, media_type="application/manifest+json")
