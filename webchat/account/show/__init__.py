"""This room makes what the pages of the account draw: rows of logins, the login form and its sentences."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from markupsafe import Markup

from webchat.account.store import Kept
from webchat.config import Settings
from webchat.errors import Full, Invalid, LoginFailed, TooMany
from webchat.markup import html, markdown
from webchat.session.figures import Figures
from webchat.session.registry import LoginRow
from webchat.web.contact import contact
from webchat.web.language import N_
from webchat.xmpp.account import AppWithAccess

LOGIN_LASTS = 30 * 24 * 3600
"""Seconds that a browser keeps the cookie; the server forgets an unused login sooner."""

SENTENCES = {
    "unknown-host": N_("There is no XMPP server of this name. Look for a typing error after the @."),
    "cannot-connect": N_("The server of this address cannot be reached at the moment."),
    "not-secure": N_("The server cannot prove who it is, so no password is sent to it."),
    "not-authorized": N_("The server does not accept this address with this password."),
    "account-disabled": N_("The server says that this account is closed."),
    "plain-only": N_("The server accepts the password in one way only. Please confirm it below."),
    "wrong-address": N_("The server signed you in under another address, so nothing was opened."),
    "not-allowed": N_("Addresses of this server cannot log in on this site."),
    "blocked-here": N_("The people who run this site do not let this address log in."),
}
"""One sentence for each condition of LoginFailed, and for our own list of domains."""

_OTHER = N_("The server refuses the login and does not say why.")
_FULL = N_("This site has no room for more people at the moment. Please try again later.")
TOO_MANY = N_("Too many tries. Please wait a little, then try again.")
_ON_THE_PASSWORD = frozenset({"not-authorized", "plain-only"})


@dataclass(frozen=True, slots=True)
class LoginView:
    """One signed-in browser; `current` is the one that asks."""

    id: str
    device: str
    created_at: datetime
    last_used_at: datetime
    keep: bool
    current: bool


def rows(logins: Iterable[LoginRow], current: str) -> list[LoginView]:
    """The list of signed-in browsers, this one first."""
    views = [
        LoginView(row.id, row.device, row.created_at, row.last_used_at, row.keep, row.id == current)
        for row in logins
    ]
    return sorted(views, key=lambda view: not view.current)


@dataclass(frozen=True, slots=True)
class AppView:
    """One app that uses the account; name and detail are foreign text.

    detail    what tells it from others: its resource or device
    presence  message id of what it shows now
    since     since when nobody has touched it
    """

    name: str
    detail: str
    presence: str
    since: datetime | None
    current: bool = False


PRESENCES = {
    "online": N_("Available"),
    "chat": N_("Available"),
    "away": N_("Away"),
    "xa": N_("Away for long"),
    "dnd": N_("Do not disturb"),
}


def apps(connected: Iterable[tuple[str, str, str, datetime | None]], own: str) -> list[AppView]:
    """Apps that are there now, this site first.

    connected  (resource, what it calls itself, kind of presence, idle since)
    """
    here = [
        AppView(name or resource, resource if name else "", PRESENCES.get(kind, ""), idle, resource == own)
        for resource, name, kind, idle in connected
    ]
    return sorted(here, key=lambda view: not view.current)


@dataclass(frozen=True, slots=True)
class ClientView:
    """One app that the server lets in; id, name and device are foreign text. See AppWithAccess."""

    id: str
    name: str
    device: str
    connected: bool
    last_seen: datetime | None
    knows_password: bool


def clients(listed: Iterable[AppWithAccess]) -> list[ClientView]:
    """All that the server lists, those that are connected first."""
    views = [
        ClientView(app.id, app.name, app.device, app.connected, app.last_seen, app.knows_password)
        for app in listed
    ]
    return sorted(views, key=lambda view: not view.connected)


def counted(kept: Kept, *, social: bool = True) -> list[tuple[str, int]]:
    """What is kept here: (message id, how much); a site for chats only has nothing `social`."""
    found = [
        (N_("Contacts"), kept.contacts),
        (N_("Conversations"), kept.conversations),
        (N_("Messages"), kept.messages),
        (N_("Files in messages"), kept.files),
        (N_("Drafts"), kept.drafts),
        (N_("Messages to be sent later"), kept.later),
        (N_("Reminders"), kept.reminders),
    ]
    posts = [(N_("Own posts"), kept.posts), (N_("Followed places"), kept.follows)]
    return found + posts if social else found


def login_values(
    settings: Settings,
    *,
    jid: str = "",
    only_here: bool = False,
    next: str = "",
    counted: Figures | None = None,
) -> dict[str, Any]:
    """What the login page draws when nothing is wrong."""
    return {
        "jid": jid,
        "error": "",
        "field": "password" if jid else "jid",
        "only_here": only_here,
        "plain_only": False,
        "default_domain": settings.default_domain,
        "help_url": settings.account_help_url,
        "instance": settings.instance_name,
        "description": settings.instance_description,
        "motd": _message_of_the_day(settings.motd),
        "next": next if next != "/" else "",
        "contact": contact(settings, inside=False),
        "terms": settings.terms_url,
        "figures": counted,
    }


def _message_of_the_day(text: str) -> Markup:
    """What the operator wrote as clean HTML; of pictures only the words stay."""
    return html.shown(markdown.render(text), lambda _: "")


def failure(error: Exception, *, plain_offered: bool) -> tuple[int, dict[str, Any]]:
    """Status, and what is different on the login page after this error."""
    match error:
        case Full():
            return 503, {"error": _FULL}
        case TooMany():
            return 429, {"error": TOO_MANY}
        case LoginFailed():
            field = "password" if error.condition in _ON_THE_PASSWORD else "jid"
            plain = plain_offered or error.condition == "plain-only"
            sentence = SENTENCES.get(error.condition, _OTHER)
            return 422, {"error": sentence, "field": field, "plain_only": plain}
        case Invalid():
            field = next(iter(error.fields))
            return 422, {"error": error.fields[field], "field": field}
        case _:
            raise error
