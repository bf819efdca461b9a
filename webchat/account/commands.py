"""This room holds what somebody does with their account: log in, change its password, leave."""

import asyncio
from collections.abc import Awaitable, Sequence

from webchat.account import store
from webchat.account.forms import LoginForm, complete
from webchat.account.show import AppView, ClientView
from webchat.account.show import apps as shown_apps
from webchat.account.show import clients as shown_clients
from webchat.config import Settings
from webchat.contacts.state import Presences
from webchat.errors import Invalid, LoginFailed, Offline, TimedOut, XmppError
from webchat.media import tokens
from webchat.session import farewell
from webchat.session.registry import Sessions, SignedIn
from webchat.session.session import Session
from webchat.uploads.store import Cache
from webchat.web.language import N_
from webchat.web.limits import LoginLimits, until
from webchat.xmpp import account as accounts
from webchat.xmpp import jid as jids

FAILED_TAKES = 3.5
"""Seconds, at least, for the answer that a server cannot be reached: nobody learns from us by the clock
whether a port somewhere is open, closed or filtered."""

NOT_YOUR_ADDRESS = N_("This is not your address. Type it as it stands above.")
NO_ANSWER = N_("Your server did not answer. Look whether it happened before you try again.")
REFUSALS = {
    "not-allowed": N_("Your server does not allow this here. Ask the people who run it."),
    "forbidden": N_("Your server does not allow this here. Ask the people who run it."),
    "not-authorized": N_("Your server does not allow this here. Ask the people who run it."),
    "service-unavailable": N_("Your server does not offer this."),
    "feature-not-implemented": N_("Your server does not offer this."),
    "not-acceptable": N_("Your server does not accept this password. Take a longer one."),
    "bad-request": N_("Your server does not accept this password. Take a longer one."),
}
"""What a refusal of the server means (XEP-0077 §3); other conditions share one sentence."""

ENDED_ALREADY = N_("This app has no access any more.")
STAYS = N_(
    "Your server does not end the access of this app. If the app knows your password, another password keeps "
    "it out."
)

_REFUSED = N_("Your server refuses this and does not say why.")
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


async def change_password(sessions: Sessions, me: SignedIn, token: str, password: str) -> None:
    """A new password at the server; this browser stays signed in with it, all others must log in anew.

    Raises Invalid (the server refuses, or does not answer), LoginFailed (the new one does not open it).
    """
    await _ask(accounts.change_password(me.session.client, password), "password")
    await sessions.renew(me, token, password)


async def leave(sessions: Sessions, cache: Cache, me: SignedIn, confirm: str) -> None:
    """Everything kept here for this account goes, and every login of it. Raises Invalid."""
    _confirmed(me, confirm, "leave")
    await erase(sessions, cache, me.account_id, me.jid)


async def delete(sessions: Sessions, cache: Cache, me: SignedIn, confirm: str) -> None:
    """The account itself goes, at its server, and then everything kept here. Raises Invalid."""
    _confirmed(me, confirm, "delete")
    await _ask(accounts.delete(me.session.client), "delete")
    await erase(sessions, cache, me.account_id, me.jid)


async def apps(session: Session) -> tuple[list[AppView], list[ClientView]]:
    """Apps that use the account now, each asked what it is (XEP-0092), and those that may (XEP-0494)."""
    there = session[Presences].resources(session.jid)
    client = session.client
    own = jids.resource(client.full_jid)
    others = [resource for resource in there if resource and resource != own]
    if not client.connected:
        return [], []
    asked = (accounts.version(client, f"{session.jid}/{resource}") for resource in others)
    listed, names = await asyncio.gather(accounts.apps(client), asyncio.gather(*asked))
    called = dict(zip(others, names, strict=True)) | {own: "Webchat"}
    connected = [(name, called[name], there[name].kind, there[name].idle) for name in there if name in called]
    return shown_apps(connected, own), shown_clients(listed)


async def end_access(session: Session, id: str) -> None:
    """One app may not use the account any more. Raises Invalid."""
    try:
        await accounts.end_access(session.client, id)
    except (TimedOut, Offline):
        raise Invalid({"app": NO_ANSWER}) from None
    except XmppError as error:
        gone = error.condition == "item-not-found"
        raise Invalid({"app": ENDED_ALREADY if gone else STAYS}) from error


def _confirmed(me: SignedIn, confirm: str, field: str) -> None:
    if confirm.strip().lower() != me.jid:
        raise Invalid({field: NOT_YOUR_ADDRESS})


async def _ask(deed: Awaitable[None], field: str) -> None:
    try:
        await deed
    except (TimedOut, Offline):
        raise Invalid({field: NO_ANSWER}) from None
    except XmppError as error:
        raise Invalid({field: REFUSALS.get(error.condition, _REFUSED)}) from error


async def erase(sessions: Sessions, cache: Cache, account_id: int, jid: str) -> None:
    """End an account here, with everything that is kept for it and for nobody else."""
    await sessions.end(account_id, None)
    async with sessions.database.read() as db:
        urls = await store.files_of(db, account_id)
    async with sessions.database.write() as db:
        await store.forget_shared(db, account_id, jids.domain(jid), jid)
        await farewell.erase(db, account_id)
    links = [tokens.Link("picture", f"{url}{kind}") for url in urls for kind in ("", " still")]
    await asyncio.to_thread(_forget, cache, [tokens.key(link) for link in links])


def _forget(cache: Cache, keys: Sequence[str]) -> None:
    for key in keys:
        cache.forget(key)
