"""This room holds what somebody does with their account: log in, change its password, leave."""

import asyncio
from collections.abc import Awaitable, Sequence
from dataclasses import replace
from datetime import datetime

from webchat.account import store
from webchat.account.forms import LoginForm, complete
from webchat.account.show import TOO_MANY, AppView, ClientView
from webchat.account.show import apps as shown_apps
from webchat.account.show import clients as shown_clients
from webchat.config import Settings
from webchat.contacts.state import Presences
from webchat.errors import Invalid, LoginFailed, Offline, TimedOut, TooMany, XmppError
from webchat.media import tokens
from webchat.messages.store import later
from webchat.session import farewell
from webchat.session.registry import Sessions, SignedIn
from webchat.session.session import Session
from webchat.uploads.store import Cache
from webchat.web.language import N_
from webchat.web.limits import LoginLimits, until
from webchat.xmpp import account as accounts
from webchat.xmpp import jid as jids
from webchat.xmpp import last_seen
from webchat.xmpp.auth import Password

FAILED_TAKES = 3.5
"""Seconds, at least, for the answer that a server cannot be reached: nobody learns from us by the clock
whether a port somewhere is open, closed or filtered."""

NOT_YOUR_ADDRESS = N_("This is not your address. Type it as it stands above.")
NOT_YOUR_PASSWORD = N_("This is not your present password.")
NOT_CHECKED = N_("Your server could not be asked whether this is your password. Nothing was changed.")
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


async def left_waiting(sessions: Sessions, me: SignedIn, *, everywhere: bool = False) -> int:
    """How many messages will not be sent at their hour when this login ends, or all of the account."""
    logins = await sessions.logins(me.account_id)
    if not everywhere and any(login.id != me.login_id for login in logins):
        return 0
    async with me.session.read() as db:
        return await later.timely(db, me.account_id)


async def prove(
    sessions: Sessions, limits: LoginLimits, me: SignedIn, password: str, *, address: str, field: str
) -> None:
    """Whoever asks knows the present password: a browser that was left signed in is not enough.

    The server judges, by a login of its own; nothing of it is kept, and tries count as those of the login
    page. Raises Invalid with a sentence at `field`.
    """
    access = replace(me.session.client.access, credential=Password(password))
    try:
        limits.take(address, me.jid)
        async with limits.connecting(address):
            await sessions.prove(me.jid, access)
    except TooMany:
        raise Invalid({field: TOO_MANY}) from None
    except LoginFailed as error:
        if error.condition != "not-authorized":
            raise Invalid({field: NOT_CHECKED}) from error
        limits.failed(address, me.jid)
        raise Invalid({field: NOT_YOUR_PASSWORD}) from error
    limits.succeeded(address, me.jid)


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
    asked = (_of_app(session, resource, there[resource].idle) for resource in others)
    listed, found = await asyncio.gather(accounts.apps(client), asyncio.gather(*asked))
    told = dict(zip(others, found, strict=True))
    if own in there:
        told[own] = ("Webchat", there[own].idle)
    connected = [(resource, name, there[resource].kind, active) for resource, (name, active) in told.items()]
    return shown_apps(connected, own), shown_clients(listed)


async def _of_app(session: Session, resource: str, idle: datetime | None) -> tuple[str, datetime | None]:
    """What an app calls itself, and since when nobody has touched it: by its presence, else by its answer."""
    jid = f"{session.jid}/{resource}"

    async def since() -> datetime | None:
        try:
            return idle or await last_seen.ask(session.client, jid, timeout=3)
        except XmppError:
            return None

    name, active = await asyncio.gather(accounts.version(session.client, jid), since())
    return name, active


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
