"""This room is the frame around every page: navigation, counters, connection, theme. It knows no feature."""

import json
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Protocol
from urllib.parse import quote

from starlette.requests import Request

from webchat.markup.colour import colour
from webchat.session.session import Session
from webchat.web import columns, dom
from webchat.web.language import N_, direction
from webchat.web.page import Page
from webchat.web.partial import Partial, Ping
from webchat.web.reader import reader

Counter = Callable[..., Awaitable[int]]
"""(db session, session) → a number that a slice wants shown."""

ACCENTS = 12
THEMES = ("system", "light", "dark", "contrast")
DENSITIES = ("comfortable", "compact")
SIZES = ("normal", "small", "large", "larger")
THEME_COOKIE = "theme"
"""Set when a theme is chosen, so that pages before the login have it too."""

REASONS = {
    "not-authorized": N_("Your server refuses the password. Log in again."),
    "account-disabled": N_("Your server says that this account is closed."),
    "not-secure": N_("Your server cannot prove who it is, so nothing is sent to it."),
    "conflict": N_("Another program has taken the place of this connection."),
    "host-unknown": N_("Your server no longer knows this address."),
    "wrong-address": N_("Your server signed you in under another address, so nothing was opened."),
}
"""Why a connection failed for good, as message ids; other conditions have no sentence of their own."""


LOW = 70
"""Entries from this place on stand at the lower end of the sidebar."""


class Entry(Protocol):
    """What a slice says of its entry in the sidebar (webchat.slice.NavEntry)."""

    @property
    def label(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def icon(self) -> str: ...
    @property
    def counter(self) -> str: ...
    @property
    def also(self) -> str: ...
    @property
    def order(self) -> int: ...
    @property
    def aside(self) -> bool: ...
    @property
    def act(self) -> str: ...


@dataclass(frozen=True, slots=True)
class NavItem:
    """One entry of the sidebar as a template sees it; `label` is a message id."""

    label: str
    path: str
    icon: str
    counter: str
    current: bool
    also: str = ""
    low: bool = False
    aside: bool = False
    act: str = ""


@dataclass(frozen=True, slots=True)
class Connection:
    """State of the stream to the account's server; `reason` is a message id or ""."""

    state: str
    reason: str


def navigation(entries: Iterable[Entry], path: str, prefix: str = "") -> list[NavItem]:
    """The sidebar, with the entry marked whose page `path` is or is below; paths as browsers write them."""
    return [
        NavItem(
            label=entry.label,
            path=prefix + entry.path,
            icon=entry.icon,
            counter=entry.counter,
            current=_within(path, entry.path) or (bool(entry.also) and _within(path, entry.also)),
            also=prefix + entry.also if entry.also else "",
            low=entry.order >= LOW,
            aside=entry.aside,
            act=entry.act,
        )
        for entry in entries
    ]


def _within(path: str, entry: str) -> bool:
    return path == entry or path.startswith(entry + "/")


def connection(session: Session | None) -> Connection:
    """What to say about the connection; a page without a session has nothing to complain about."""
    if session is None:
        return Connection("online", "")
    return Connection(session.state, REASONS.get(session.reason, ""))


async def count(session: Session, counters: Mapping[str, Counter], db: Any = None) -> dict[str, int]:
    """Every number of the shell; `db` is a database session to read with, where there is one already."""
    if not counters:
        return {}
    if db is None:
        async with session.read() as own:
            return await count(session, counters, own)
    return {name: await counter(db, session) for name, counter in counters.items()}


def counted(numbers: Mapping[str, int]) -> list[Partial | Ping]:
    """Tell a tab its numbers: as JSON for title and favicon, as HTML for the badges."""
    return [
        Ping("counters", json.dumps(numbers, separators=(",", ":"))),
        Partial(f"#{dom.counters}", "outerMorph", "shell/_counters.html", {"counters": numbers}),
    ]


async def draw_connection(page: Page, changes: Sequence[object]) -> Sequence[Partial]:
    """Fragment for ConnectionChanged, on every page."""
    values = {"connection": connection(page.session)}
    return [Partial(f"#{dom.connection}", "outerMorph", "shell/_connection.html", values)]


def _accent(chosen: str) -> int:
    return int(chosen) if chosen.isdecimal() and int(chosen) < ACCENTS else 0


def looks(preferences: Mapping[str, str]) -> dict[str, Any]:
    """How the pages of an account look, as attributes of the document: theme, accent, density, size."""
    found = {"theme": THEMES, "density": DENSITIES, "size": SIZES}
    chosen = {name: preferences.get(name, known[0]) for name, known in found.items()}
    fitting = {name: value if value in found[name] else found[name][0] for name, value in chosen.items()}
    return {**fitting, "accent": _accent(preferences.get("accent", ""))}


def chosen(preferences: Mapping[str, str]) -> dict[str, Any]:
    """What the frame of a page says of the account's preferences; start.js and late.js keep it true."""
    return {
        **looks(preferences),
        "language": preferences.get("language", ""),
        "enter": preferences.get("enter", "send"),
        "keys": preferences.get("keys", "on"),
        "sound": preferences.get("notice_sound", ""),
        "tone": preferences.get("notice_tone", ""),
        "offline": preferences.get("offline", "on"),
    }


def kept_for(login_id: str, preferences: Mapping[str, str], *, keep: bool) -> str:
    """Whose words this browser may keep to be read without a line: a name for the login that says nothing of
    it, "" for nobody's. Who is signed in only as long as the browser is open leaves nothing in it."""
    if not keep or preferences.get("offline", "on") == "off":
        return ""
    return sha256(f"kept {login_id}".encode()).hexdigest()[:16]


def values(request: Request, prefix: str = "") -> dict[str, Any]:
    """What every page gets besides its own values; `path` is its own address, as browsers write it."""
    state = request.scope["state"]
    signed_in = state.get("signed_in")
    preferences = signed_in.preferences if signed_in else {}
    theme = preferences.get("theme") or request.cookies.get(THEME_COOKIE, "system")
    language = reader.get().language
    path = state.get("path", "/")
    query = f"?{request.url.query}" if request.url.query else ""
    frame = request.app.state.frame.items() if signed_in else ()
    return {
        **{name: value(signed_in.session) for name, value in frame},
        "me": signed_in,
        "instance": request.app.state.settings.instance_name,
        "banner": request.app.state.settings.banner,
        "operator": bool(signed_in) and signed_in.jid in request.app.state.settings.admins,
        "nav": navigation(request.app.state.nav, path, prefix) if signed_in else [],
        "counters": state.get("counters", {}),
        "connection": connection(signed_in.session if signed_in else None),
        **looks({**preferences, "theme": theme}),
        **columns.values(request.cookies),
        "chosen_language": preferences.get("language", ""),
        "colour": colour(signed_in.jid) if signed_in else 0,
        "enter": preferences.get("enter", "send"),
        "keys": preferences.get("keys", "on"),
        "notice_sound": preferences.get("notice_sound", ""),
        "notice_tone": preferences.get("notice_tone", ""),
        "notice_offer": preferences.get("notice_offer", "on"),
        "kept_for": kept_for(signed_in.login_id, preferences, keep=signed_in.keep) if signed_in else "",
        "language": language,
        "tongue": reader.get().place.replace("_", "-") or language,
        "dir": direction(language),
        "path": prefix + quote(path, safe="/@:+,;=$!*'()~") + query,
        "toast": None,
    }
