"""This room makes what the pages of the account draw: rows of logins, the login form and its sentences."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from webchat.config import Settings
from webchat.errors import Invalid, LoginFailed, TooMany
from webchat.session.registry import LoginRow
from webchat.web.language import N_

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
}
"""One sentence for each condition of LoginFailed, and for our own list of domains."""

_OTHER = N_("The server refuses the login and does not say why.")
_TOO_MANY = N_("Too many tries. Please wait a little, then try again.")
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


def login_values(
    settings: Settings, *, jid: str = "", only_here: bool = False, next: str = ""
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
        "next": next if next != "/" else "",
    }


def failure(error: Exception, *, plain_offered: bool) -> tuple[int, dict[str, Any]]:
    """Status, and what is different on the login page after this error."""
    match error:
        case TooMany():
            return 429, {"error": _TOO_MANY}
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
