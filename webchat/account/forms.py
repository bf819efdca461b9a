"""This room holds the forms of the account: what may stand in their fields, and what is made of it."""

from dataclasses import dataclass
from urllib.parse import unquote

from webchat.web.forms import Form, text, tick
from webchat.web.language import N_
from webchat.xmpp import jid as jids

LANDING = "/"
NOT_THE_SAME = N_("This is not the same password. Type it twice.")
_PAGES = (
    "/chats", "/communities", "/configuration", "/explore", "/news", "/notifications", "/people", "/posts",
    "/publish", "/rooms", "/search", "/share", "/subscriptions",
)  # fmt: skip
"""Where a login may lead: these pages and what is below them, nothing that an address could name besides."""


@dataclass(frozen=True)
class LoginForm(Form):
    """The login form. The password is taken as it is, blanks and all."""

    jid: str = text(limit=3071)
    password: str = text(limit=4096, strip=False)
    next: str = text("", limit=4096)
    only_here: bool = tick()
    allow_plain: bool = tick()


@dataclass(frozen=True)
class EndForm(Form):
    """Ends one login, or all of them; `sure`: whoever asks knows what will not be sent then."""

    end: str = text("", limit=128)
    everywhere: bool = tick()
    sure: bool = tick()


@dataclass(frozen=True)
class LogoutForm(Form):
    """Ends this login; `sure` as in EndForm."""

    sure: bool = tick()


@dataclass(frozen=True)
class AppForm(Form):
    """Ends the access of one app, by what the server calls it."""

    id: str = text(limit=200)


@dataclass(frozen=True)
class PasswordForm(Form):
    """The present password, and the new one twice, as they are."""

    present: str = text(limit=4096, strip=False)
    password: str = text(limit=1024, strip=False)
    again: str = text(limit=1024, strip=False)

    def check(self) -> dict[str, str]:
        """Both are the same: nobody can see what they type."""
        return {} if self.password == self.again else {"again": NOT_THE_SAME}


@dataclass(frozen=True)
class FarewellForm(Form):
    """What cannot be undone is confirmed by the own address, typed."""

    confirm: str = text("", limit=3071)


@dataclass(frozen=True)
class DeleteForm(Form):
    """Who deletes the account at its server knows its password, too."""

    proof: str = text(limit=4096, strip=False)
    confirm: str = text("", limit=3071)


def complete(typed: str, default_domain: str) -> str:
    """The bare address that somebody means: blanks and "xmpp:" taken off, lower case, the domain filled in.

    Raises ValueError when it is no address of a person.
    """
    address = typed.strip().lower().removeprefix("xmpp:").partition("/")[0]
    if "@" not in address and default_domain:
        address = f"{address}@{default_domain}"
    address = jids.normalise(address)
    if not jids.local(address):
        raise ValueError("an address without a name is a server")
    return address


def destination(wanted: str) -> str:
    """Where to go after the login: a page of ours from the list, else the landing page."""
    path = unquote(wanted)
    plain = path.isprintable() and "\\" not in path and "//" not in path and ".." not in path.split("/")
    if plain and any(path == page or path.startswith(page + "/") for page in _PAGES):
        return wanted if "?" not in wanted and "#" not in wanted else LANDING
    return LANDING


def device(user_agent: str) -> str:
    """Browser and system in words ("Firefox, Linux"), from what the browser says; never its own text."""
    browser = next((name for sign, name in _BROWSERS if sign in user_agent), "")
    system = next((name for sign, name in _SYSTEMS if sign in user_agent), "")
    return ", ".join(part for part in (browser, system) if part) or "?"


# The order matters: each of them also names the ones below it.
_BROWSERS = (
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Vivaldi/", "Vivaldi"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
    ("Lynx/", "Lynx"),
    ("w3m/", "w3m"),
    ("Links", "Links"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"),
    ("FreeBSD", "FreeBSD"),
    ("OpenBSD", "OpenBSD"),
    ("Linux", "Linux"),
)
