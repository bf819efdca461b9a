"""This room is the only place where an error becomes status, sentence, and page, fragment or toast."""

import logging
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from webchat import errors
from webchat.db.engine import is_storage_fault
from webchat.web import answer, dom
from webchat.web.language import N_, translate
from webchat.web.reader import reader
from webchat.web.request import NotSignedIn, is_htmx
from webchat.web.templates import page

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Drawn:
    """What is said of an error: `title` and `text` are message ids, `code` and `detail` stand in the details.

    values  what the text speaks of, by the names in it
    detail  the network's own words: foreign, so it is only ever shown escaped, and apart from ours
    """

    status: int
    title: str
    text: str
    code: str = ""
    detail: str = ""
    retry_after: int = 0
    values: Mapping[str, str] = field(default_factory=dict)

    def said(self, language: str) -> str:
        """The text in this language."""
        return filled(self.text, self.values, language)


def filled(sentence: str, values: Mapping[str, str], language: str) -> str:
    """A sentence (a message id) in this language, with what it speaks of."""
    text = translate(sentence, language)
    return text % values if values else text


CONDITIONS = {
    "bad-request": N_("The server did not understand what was asked."),
    "conflict": N_("Somebody else was faster, or the name is taken."),
    "feature-not-implemented": N_("The server does not know how to do this."),
    "forbidden": N_("You are not allowed to do this."),
    "gone": N_("This address is no longer used."),
    "internal-server-error": N_("The server met an error of its own. Try again later."),
    "item-not-found": N_("The server does not have this (any more)."),
    "jid-malformed": N_("This is not a valid address."),
    "not-acceptable": N_("The server does not accept this as it is."),
    "not-allowed": N_("The server does not allow this."),
    "not-authorized": N_("You have to log in there, or need its password."),
    "policy-violation": N_("This is against the rules of the server."),
    "recipient-unavailable": N_("The other side is not there at the moment."),
    "redirect": N_("This has moved to another address."),
    "registration-required": N_("You have to register there first."),
    "remote-server-not-found": N_("The other server does not exist or cannot be found."),
    "remote-server-timeout": N_("The other server does not answer. Try again later."),
    "resource-constraint": N_("The server is too busy or has no room left. Try again later."),
    "service-unavailable": N_("The other side does not offer this."),
    "subscription-required": N_("You have to be subscribed for this."),
    "unexpected-request": N_("The server did not expect this now."),
}
"""One sentence for each condition of RFC 6120 §8.3.3."""

_FAILED = N_("That did not work")
_UNKNOWN_CONDITION = N_("The server refuses and does not say why.")
_CRASH = Drawn(500, N_("Something went wrong"), N_("The error has been recorded. Please try again."))

_STORAGE = Drawn(
    503,
    N_("Nothing can be stored"),
    N_(
        "This site cannot store anything at the moment. What was accepted is not lost. Try again in a minute."
    ),
    retry_after=60,
)

_HTTP = {
    400: (N_("That did not work"), N_("The request could not be understood.")),
    404: (N_("Not found"), N_("There is nothing at this address.")),
    405: (N_("Not found"), N_("There is nothing at this address.")),
    413: (N_("Too large"), N_("This is more than can be taken at once.")),
}


def describe(error: Exception) -> Drawn:
    """What to say of any error; of one that is not ours nothing of its text."""
    match error:
        case errors.NotFound():
            return Drawn(404, *_HTTP[404])
        case errors.Forbidden():
            return Drawn(403, N_("Not allowed"), N_("You are not allowed to do this."))
        case errors.Invalid():
            return Drawn(422, _FAILED, next(iter(error.fields.values()), _FAILED), values=error.values)
        case errors.Conflict():
            text = N_("Somebody else changed this first. Reload the page to see how it is now.")
            return Drawn(409, N_("Changed in the meantime"), text)
        case errors.Full():
            text = N_("This site has no room for more people at the moment. Please try again later.")
            return Drawn(503, N_("No room"), text, retry_after=max(1, error.retry_after))
        case errors.TooMany():
            text = N_("You did this very often in a short time. Please wait a little.")
            return Drawn(429, N_("Too often"), text, retry_after=max(1, error.retry_after))
        case errors.Offline():
            text = N_("There is no connection to your server at the moment. Try again when it is back.")
            return Drawn(503, N_("No connection"), text)
        case errors.XmppError():
            status = 504 if isinstance(error, errors.TimedOut) else 502
            text = CONDITIONS.get(error.condition, _UNKNOWN_CONDITION)
            return Drawn(status, _FAILED, text, f"XMPP: {error.condition[:64]}", error.text[:500])
        case HTTPException():
            return Drawn(error.status_code, *_HTTP.get(error.status_code, _HTTP[400]))
        case _ if is_storage_fault(error):
            return _STORAGE
        case _:
            return _CRASH


def respond(request: Request, error: Exception) -> Response:
    """The answer: to the login page, a page of its own, or a toast where htmx would lose the page by it.

    htmx gets an error page only for a visit (GET into <main>) that ends below 500: those it shows.
    """
    if isinstance(error, NotSignedIn):
        return _to_login(request)
    drawn = describe(error)
    visit = request.method in ("GET", "HEAD") and request.headers.get("hx-target") == f"main#{dom.main}"
    if is_htmx(request) and not (visit and drawn.status < 500):
        response = answer.toast(request, drawn.text, kind="error", status=drawn.status, values=drawn.values)
    elif request.scope["state"].get("path", "").startswith("/stream/"):
        # Nobody looks at a page here, and two hundred of them would be felt by others.
        response = PlainTextResponse(f"{drawn.said(reader.get().language)}\n", drawn.status)
    else:
        response = _page(request, drawn)
    if drawn.retry_after:
        response.headers["retry-after"] = str(drawn.retry_after)
    for name, value in (getattr(error, "headers", None) or {}).items():
        response.headers[name] = value
    return response


def _page(request: Request, drawn: Drawn) -> Response:
    language = reader.get().language
    return page(
        request,
        "errors/error.html",
        status=drawn.status,
        title=translate(drawn.title, language),
        text=drawn.said(language),
        code=drawn.code or str(drawn.status),
        detail=drawn.detail,
    )


Way = tuple[str, str]
"""A way on: a label (message id) and a path within the site."""


def missing(request: Request, title: str, text: str, *ways: Way, what: str = "", **values: str) -> Response:
    """404 for what could have been there, in the layout of all that is not.

    title, text  message ids; `values` are what the text speaks of
    ways         where one may go on to, the best first; what: the address in question
    """
    language = reader.get().language
    return page(
        request,
        "errors/error.html",
        status=404,
        title=translate(title, language),
        text=filled(text, values, language),
        what=what,
        ways=ways,
        code="404",
    )


def _to_login(request: Request) -> Response:
    """After the login people get the page they wanted; what they had posted is not kept."""
    wanted = request.scope["state"]["path"] if request.method == "GET" and not is_htmx(request) else ""
    query = f"?next={quote(wanted, safe='/')}" if wanted not in ("", "/") else ""
    response = answer.leave(request, f"/login{query}")
    if is_htmx(request):
        response.status_code = 401
    return response


async def handle(request: Request, error: Exception) -> Response:
    """Handler for errors that a view lets through."""
    return respond(request, error)


class Crashes:
    """Middleware: an error that nobody expected is logged once and drawn without a word of its own.

    Those that other middlewares raise are drawn as those of views are.
    """

    def __init__(self, app: ASGIApp, counted: Callable[[str], None]) -> None:
        self.app = app
        self.counted = counted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, watched)
        except (errors.WebchatError, HTTPException) as error:
            if started:
                raise
            await respond(Request(scope, receive), error)(scope, receive, send)
        except Exception as error:
            self._noted(scope, error)
            if started:
                raise RuntimeError("the answer broke off") from None
            await _last_words(Request(scope, receive), error)(scope, receive, send)

    def _noted(self, scope: Scope, error: Exception) -> None:
        if is_storage_fault(error):
            log.error("the database does not take a %s (%s)", scope["method"], type(error).__name__)
            return
        # The text of an exception may hold somebody's message: its type and the way to it are enough.
        way = "".join(traceback.format_tb(error.__traceback__))
        log.error("a %s failed with %s\n%s", scope["method"], type(error).__name__, way)
        self.counted("crashes")


def _last_words(request: Request, error: Exception) -> Response:
    try:
        return respond(request, error)
    except Exception:
        log.error("the page that tells of an error failed too")
        drawn = _STORAGE if is_storage_fault(error) else _CRASH
        return PlainTextResponse(translate(drawn.title, reader.get().language) + "\n", drawn.status)
