"""This room finds out who asks: from which address, with which login, in which language."""

import base64
import hmac
import secrets
from collections.abc import Mapping
from http.cookies import SimpleCookie
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import unquote

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from webchat.config import Network, Settings
from webchat.errors import NotFound, WebchatError
from webchat.web import shell, time
from webchat.web.language import choose, place
from webchat.web.limits import network_of
from webchat.web.reader import Reader, reader
from webchat.xmpp import jid as jids

if TYPE_CHECKING:
    from webchat.session.registry import Sessions, SignedIn

ANONYMOUS_PATHS = ("/static/", "/livez", "/readyz", "/metrics", "/csp-report", "/worker.js")
"""Nobody is looked up for these: they are the same for everybody and must answer without a database."""

PUBLIC_PATHS = ("/@", "/c/", "/media/open/", "/.well-known/", "/nodeinfo/", "/statistics.json")
"""What anybody reads: no cookie is looked at, so an answer is the same for all and a cache may keep it."""


class NotSignedIn(WebchatError):
    """The page needs a login and the request carries none."""


def signed_in(request: Request) -> "SignedIn":
    """Who asks. Raises NotSignedIn, which is drawn as the way to the login page and back."""
    found: SignedIn | None = request.scope["state"].get("signed_in")
    if found is None:
        raise NotSignedIn
    return found


def maybe_signed_in(request: Request) -> "SignedIn | None":
    """Who asks, or None."""
    found: SignedIn | None = request.scope["state"].get("signed_in")
    return found


def settings(request: Request) -> Settings:
    """The settings of the site."""
    found: Settings = request.app.state.settings
    return found


def sessions(request: Request) -> "Sessions":
    """Everybody who is signed in."""
    found: Sessions = request.app.state.sessions
    return found


def client_address(request: Request) -> str:
    """The address the request came from, seen through the proxies that are trusted (and no others)."""
    found: str = request.scope["state"]["client"]
    return found


def take_page(request: Request) -> None:
    """Count a page for its reader's network. Raises TooMany when that asks for more than people read."""
    request.app.state.readers.take(network_of(client_address(request)))


def language(request: Request) -> str:
    """The language this reader gets."""
    return reader.get().language


def jid_in(request: Request) -> str:
    """The JID in the address of a page, normalised. Raises NotFound when there can be none."""
    try:
        return jids.normalise(request.path_params["jid"])
    except ValueError:
        raise NotFound from None


def bare_jid_in(request: Request) -> str:
    """The same without a device or a nickname."""
    return jids.bare(jid_in(request))


def login_cookie(settings: Settings) -> str:
    """The name of the cookie that is a login."""
    return _called("s", settings)


def form_cookie(settings: Settings) -> str:
    """The name of the cookie that ties the login form to the browser that asked for it."""
    return _called("f", settings)


def _called(name: str, settings: Settings) -> str:
    """With what browsers promise of the cookie, by https: __Host- that no other host set it, but then it
    holds for all paths. Below a path there may be a second site beside this one: there it is __Secure-."""
    if not settings.secure:
        return name
    return f"__Secure-{name}" if settings.base_url.prefix else f"__Host-{name}"


def cookie_path(settings: Settings) -> str:
    """Where cookies of ours are sent: nowhere outside the site."""
    return settings.base_url.prefix or "/"


def has_token(request: Request, token: str) -> bool:
    """Whether a machine brings this token (RFC 6750 §2.1)."""
    return hmac.compare_digest(request.headers.get("authorization", "").encode(), f"Bearer {token}".encode())


def is_htmx(request: Request) -> bool:
    """Whether htmx asks, and not the browser itself."""
    return request.headers.get("hx-request") == "true"


class Arrival:
    """Middleware: the path within the site (`state["path"]`) and the client's address (`state["client"]`).

    The site's prefix may come along or have been taken off by the proxy in front.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.prefix = settings.base_url.prefix
        self.scheme = settings.base_url.scheme
        self.proxies = settings.trusted_proxies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] == "http":
            path = scope["path"]
            if self.prefix and (path == self.prefix or path.startswith(self.prefix + "/")):
                path = path[len(self.prefix) :] or "/"
            scope["root_path"] = self.prefix
            scope["path"] = self.prefix + path
            scope["scheme"] = self.scheme
            state = scope.setdefault("state", {})
            state["path"] = path
            state["client"] = client_of(scope, self.proxies)
        await self.app(scope, receive, send)


def client_of(scope: Scope, proxies: tuple[Network, ...]) -> str:
    """The nearest address that is no trusted proxy; X-Forwarded-For from anybody else says nothing."""
    peer = scope["client"][0] if scope.get("client") else ""
    forwarded = ",".join(Headers(scope=scope).getlist("x-forwarded-for"))
    hops = [hop.strip() for hop in forwarded.split(",") if hop.strip()][-20:]
    while hops and _is_in(peer, proxies):
        peer = hops.pop()
    return str(_address(peer) or peer)[:64]


def _address(text: str) -> object:
    try:
        return ip_address(text.removeprefix("[").removesuffix("]"))
    except ValueError:
        return None


def _is_in(text: str, networks: tuple[Network, ...]) -> bool:
    address = _address(text)
    return address is not None and any(address in network for network in networks)


class WhoAsks:
    """Middleware: cookie → login → session, language and clock of the reader, the token of their forms.

    Before a login there is no session to keep a token in, so the login form carries one that is signed for a
    cookie of its own (`form_cookie`).
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http" or scope["state"]["path"].startswith(ANONYMOUS_PATHS):
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        state = scope["state"]
        public = state["path"].startswith(PUBLIC_PATHS)
        found = None if public else await self._signed_in(request)
        state["signed_in"] = found
        if found is not None:
            state["form_token"] = found.form_token
            if request.method == "GET" and not state["path"].startswith("/stream/"):
                state["counters"] = await shell.count(found.session, request.app.state.counters)
        elif state["path"] == "/login":
            send = self._tie_form(request, send)
        token = reader.set(self._reader(request, cookies={} if public else request.cookies))
        try:
            await self.app(scope, receive, send)
        finally:
            reader.reset(token)

    async def _signed_in(self, request: Request) -> "SignedIn | None":
        cookie = request.cookies.get(login_cookie(self.settings), "")
        if not 16 <= len(cookie) <= 256 or not cookie.isascii():
            return None
        return await sessions(request).signed_in(cookie)

    def _reader(self, request: Request, *, cookies: Mapping[str, str]) -> Reader:
        state = request.scope["state"]
        found = state.get("signed_in")
        preferred = found.preferences.get("language", "") if found else ""
        accept = request.headers.get("accept-language", "")
        language = choose(preferred, accept)
        return Reader(
            language=language,
            place=place(language, accept),
            zone=time.zone(unquote(cookies.get(time.COOKIE, "")[:100])),
            form_token=state.get("form_token", ""),
            nonce=state.get("nonce", ""),
        )

    def _tie_form(self, request: Request, send: Send) -> Send:
        name = form_cookie(self.settings)
        cookie = request.cookies.get(name, "")
        fresh = len(cookie) != 32
        if fresh:
            cookie = secrets.token_urlsafe(24)
        request.scope["state"]["form_token"] = signed_for(cookie, self.settings.secret_key)

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                jar: SimpleCookie = SimpleCookie({name: cookie})
                jar[name].update({"path": cookie_path(self.settings), "samesite": "Strict"})
                jar[name]["httponly"], jar[name]["secure"] = True, self.settings.secure
                MutableHeaders(scope=message).append("set-cookie", jar[name].OutputString())
            await send(message)

        return send_with_cookie if fresh else send


def signed_for(cookie: str, key: bytes) -> str:
    """The token of the login form for this cookie; only we can make it."""
    digest = hmac.digest(key, b"login form " + cookie.encode(), "sha256")
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
