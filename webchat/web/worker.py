"""This room is the service worker: its script, its page without a line, and what tells of a new version."""

import json

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from webchat.web.headers import WORKER
from webchat.web.language import N_, translate
from webchat.web.reader import reader
from webchat.web.static import StaticFiles
from webchat.web.templates import installed, page

KEPT = (
    "css/all.css",
    "css/later.css",
    "icons/app.svg",
    "icons/favicon.svg",
    "js/all.js",
    "js/install.js",
    "js/kept.js",
    "js/offline.js",
    "vendor/all.js",
)
"""What a browser keeps of each version: the page without a line needs it, and every other page too."""

NEW = N_("A new version is here.")
UPDATE = N_("Update")


async def show(request: Request) -> Response:
    """GET /worker.js: the script with where everything is; it can serve the whole site and nothing else.

    Browsers compare it byte by byte, so the hash of the static files in it makes each version a new one.
    """
    files: StaticFiles = request.app.state.static
    site = installed()
    given = {
        "prefix": site.url("/"),
        "hash": files.hash,
        "files": [site.url(files.path(name)) for name in KEPT],
        "away": site.url("/offline"),
        "pushed": site.url(files.path("js/pushed.js")),
        "sign": site.url(files.path("icons/app-192.png")),
    }
    body = f"const SITE = {json.dumps(given)};\n".encode() + files.files["js/worker.js"]
    headers = {"cache-control": "no-cache", "content-security-policy": WORKER}
    return Response(body, headers=headers, media_type="text/javascript")


async def away(request: Request) -> Response:
    """GET /offline: the page for when the site cannot be reached. There is nothing of anybody in it: what may
    be read without a line lies in the browser, and static/js/offline.js puts it in."""
    return page(request, "shell/offline.html")


async def version(request: Request) -> Response:
    """GET /version: which one this is, and the words of static/js/update.js for a page of another one."""
    language = reader.get().language
    words = {"says": translate(NEW, language), "act": translate(UPDATE, language)}
    return JSONResponse({"version": request.app.state.static.hash, **words})
