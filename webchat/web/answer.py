"""This room answers forms: back to a page, or with the smaller fragment where a script asked for one."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from webchat.web import dom
from webchat.web.language import translate
from webchat.web.partial import Partial
from webchat.web.reader import reader
from webchat.web.request import is_htmx
from webchat.web.templates import aimed, installed, partial

NO_HISTORY = {"hx-push-url": "false"}
"""On every answer to a POST that is no redirect: htmx would push the POST's address into the history."""


def done(request: Request, path: str, *, by_stream: bool = False) -> Response:
    """The action is done: a plain form goes on to `path` (303, within the site).

    by_stream  its effect reaches the page by the stream, so htmx gets 204 and the page stays as it is
    """
    if by_stream and is_htmx(request):
        return Response(status_code=204, headers=NO_HISTORY)
    return RedirectResponse(installed().url(path), 303)


def told(request: Request, path: str, sentence: str, **values: str) -> Response:
    """The action is done, and its effect reaches the page by the stream: htmx gets a sentence (a message id).

    A plain form goes on to `path`, whose page shows the effect itself.
    """
    if is_htmx(request):
        return partials(request, toast_partial(sentence, **values))
    return RedirectResponse(installed().url(path), 303)


def leave(request: Request, path: str, headers: dict[str, str] | None = None) -> Response:
    """Go on to `path` as a whole new page: another reader, another frame."""
    target = quote(installed().url(path), safe="/?=&%@:~+,;!$'()*")
    if is_htmx(request):
        return Response(status_code=200, headers={"hx-redirect": target, **(headers or {})})
    return RedirectResponse(target, 303, headers)


def fragment(request: Request, name: str, *, status: int = 200, **values: Any) -> Response:
    """One partial as the whole answer, e.g. a fresh composer (200) or the form with its errors (422)."""
    return HTMLResponse(partial(name, reader.get().language, **values), status, headers=NO_HISTORY)


def partials(request: Request, *parts: Partial, status: int = 200) -> Response:
    """Several partials, each with its own aim; where the answer itself would go, nothing changes."""
    html = "".join(aimed(part, reader.get().language) for part in parts)
    return HTMLResponse(html, status, headers={**NO_HISTORY, "hx-reswap": "none"})


def toast(
    request: Request,
    sentence: str,
    *,
    kind: str = "ok",
    status: int = 200,
    values: Mapping[str, str] | None = None,
) -> Response:
    """Say one sentence (a message id, with what it speaks of) in the corner of the page; leave the page
    alone."""
    return partials(request, toast_partial(sentence, kind, **(values or {})), status=status)


def toast_partial(sentence: str, kind: str = "ok", **values: str) -> Partial:
    """The corner of the page with one sentence; kind "ok" goes away by itself, "error" stays."""
    text = translate(sentence, reader.get().language)
    toast = {"toast": {"text": text % values if values else text, "kind": kind}}
    return Partial(f"#{dom.toasts}", "innerHTML", "shell/_toast.html", toast)
