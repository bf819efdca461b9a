"""This room holds what somebody does with their account here: log in."""

import asyncio

from webchat.account.forms import LoginForm, complete
from webchat.config import Settings
from webchat.errors import Invalid, LoginFailed
from webchat.session.registry import Sessions
from webchat.web.language import N_
from webchat.web.limits import LoginLimits, until
from webchat.xmpp import jid as jids

FAILED_TAKES = 3.5
"""Seconds, at least, for the answer that a server cannot be reached: nobody learns from us by the clock
whether a port somewhere is open, closed or filtered."""

_UNREACHED = frozenset({"unknown-host", "cannot-connect", "not-secure"})
_NO_ADDRESS = N_("This is not an address. It looks like name@example.org.")


async def log_in(
    sessions: Sessions, limits: LoginLimits, settings: Settings, form: LoginForm, *, address: str, device: str
) -> str:
    """The token of a new login.

    address  where the request comes from, for the limits
    Raises Invalid (no address), LoginFailed (the server, or our own list of domains, says no) and TooMany.
    """
    try:
        jid = complete(form.jid, settings.default_domain)
    except ValueError:
        raise Invalid({"jid": _NO_ADDRESS}) from None
    if settings.allowed_domains and jids.domain(jid) not in settings.allowed_domains:
        raise LoginFailed("not-allowed")
    limits.take(address, jid)
    began = asyncio.get_running_loop().time()
    try:
        async with limits.connecting(address):
            token, _ = await sessions.login(
                jid, form.password, keep=not form.only_here, allow_plain=form.allow_plain, device=device
            )
    except LoginFailed as error:
        if error.condition in _UNREACHED:
            await until(began + FAILED_TAKES)
        elif error.condition == "not-authorized":
            limits.failed(address, jid)
        raise
    limits.succeeded(address, jid)
    return token
