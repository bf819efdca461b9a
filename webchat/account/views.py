"""This room is the pages of login and logout, and the one of the account with all that can be done to it."""

from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from webchat.account import commands, store
from webchat.account.forms import (
    AppForm,
    DeleteForm,
    EndForm,
    FarewellForm,
    LoginForm,
    LogoutForm,
    PasswordForm,
    destination,
    device,
)
from webchat.account.show import LOGIN_LASTS, counted, exports, failure, login_values, rows
from webchat.errors import Conflict, Forbidden, Invalid, LoginFailed, NotFound, TooMany
from webchat.session.figures import figures
from webchat.session.registry import SignedIn
from webchat.web import answer
from webchat.web.language import N_
from webchat.web.reader import reader
from webchat.web.request import (
    client_address,
    cookie_path,
    login_cookie,
    maybe_signed_in,
    sessions,
    settings,
    signed_in,
)
from webchat.web.templates import page
from webchat.xmpp import jid as jids

MADE_ALREADY = N_("This file is being written for you already. Wait until you have it, or end that download.")
MANY_FILES = N_("You have taken many files along in a short time. Please try again in a while.")

CLEARED = {"clear-site-data": '"cache", "storage"'}


async def show_login(request: Request) -> Response:
    """GET /login."""
    wanted = destination(request.query_params.get("next", ""))
    if maybe_signed_in(request) is not None:
        return answer.done(request, wanted)
    site = settings(request)
    counted = await figures(sessions(request), site.statistics)
    return page(request, "account/login.html", **login_values(site, next=wanted, counted=counted))


async def create_login(request: Request) -> Response:
    """POST /login: always a new token; a login that this browser still had ends."""
    given = await request.form(max_files=0, max_fields=20)
    former = maybe_signed_in(request)
    state = request.app.state
    try:
        form = LoginForm.of(given)
        token = await commands.log_in(
            sessions(request),
            state.login_limits,
            settings(request),
            form,
            address=client_address(request),
            device=device(request.headers.get("user-agent", "")),
        )
    except (Invalid, LoginFailed, TooMany) as error:
        state.metrics.add("logins_failed")
        return await _again(request, dict(given), error)
    state.metrics.add("logins")
    if former is not None:
        await sessions(request).logout(former.login_id)
    response = answer.leave(request, destination(form.next))
    _give_cookie(request, response, token, LOGIN_LASTS if not form.only_here else None)
    return response


async def _again(request: Request, given: dict[str, Any], error: Exception) -> Response:
    """The form with the address kept and one sentence on what is wrong; never with the password."""
    status, values = failure(error, plain_offered=bool(given.get("allow_plain")))
    headers = {"retry-after": str(error.retry_after)} if isinstance(error, TooMany) else {}
    kept = login_values(
        settings(request),
        jid=str(given.get("jid", "")).strip()[:3071],
        only_here=bool(given.get("only_here")),
        next=destination(str(given.get("next", ""))),
        counted=await figures(sessions(request), settings(request).statistics),
    )
    return page(request, "account/login.html", status=status, headers=headers, **{**kept, **values})


def _give_cookie(request: Request, response: Response, token: str, lasts: int | None) -> None:
    site = settings(request)
    response.set_cookie(
        login_cookie(site),
        token,
        max_age=lasts,
        path=cookie_path(site),
        secure=site.secure,
        httponly=True,
        samesite="lax",
    )


def _take_cookie(request: Request, response: Response) -> None:
    site = settings(request)
    response.delete_cookie(
        login_cookie(site), path=cookie_path(site), secure=site.secure, httponly=True, samesite="lax"
    )


async def show_logout(request: Request) -> Response:
    """GET /logout: logging out is a button, and here what it would keep from being sent."""
    me = maybe_signed_in(request)
    everywhere = "everywhere" in request.query_params
    waiting = await commands.left_waiting(sessions(request), me, everywhere=everywhere) if me else 0
    if not waiting:
        return answer.done(request, "/configuration/account" if me else "/login")
    return page(request, "account/logout.html", waiting=waiting, everywhere=everywhere)


async def delete_login(request: Request) -> Response:
    """POST /logout: here the login ends, and what the browser may have kept of the pages is thrown away."""
    found = maybe_signed_in(request)
    form = await LogoutForm.read(request)
    if found is not None:
        if not form.sure and await commands.left_waiting(sessions(request), found):
            return answer.done(request, "/logout")
        await sessions(request).logout(found.login_id)
    return _gone(request)


async def index(request: Request) -> Response:
    """GET /configuration/account: who uses the account, its password, its end, all that is kept of it."""
    return await _account(request)


async def _account(request: Request, *, status: int = 200, wrong: dict[str, str] | None = None) -> Response:
    me = signed_in(request)
    cursor = me.session.feed.cursor
    logins = rows(await sessions(request).logins(me.account_id), me.login_id)
    async with me.session.read() as db:
        kept = await store.counts(db, me.account_id, jids.domain(me.jid), me.jid)
    apps, clients = await commands.apps(me.session)
    site = settings(request)
    return page(
        request,
        "account/devices.html",
        status=status,
        cursor=cursor,
        logins=logins,
        apps=apps,
        clients=clients,
        managed=jids.domain(me.jid) in site.account_managed_domains,
        help_url=site.account_help_url,
        changed="changed" in request.query_params,
        ended="ended" in request.query_params,
        kept=counted(kept, social=not site.chat_only),
        wrong=wrong or {},
    )


async def end_access(request: Request) -> Response:
    """POST /configuration/account/apps/end: an app may not use the account any more."""
    try:
        form = await AppForm.read(request)
        await commands.end_access(signed_in(request).session, form.id)
    except Invalid as error:
        return await _account(request, status=422, wrong=error.fields)
    return answer.leave(request, "/configuration/account?ended=1")


async def change_password(request: Request) -> Response:
    """POST /configuration/account/password: a new one at the server; this browser stays signed in."""
    me = _unmanaged(request)
    token = request.cookies.get(login_cookie(settings(request)), "")
    try:
        form = await PasswordForm.read(request)
        await _prove(request, me, form.present, "present")
        await commands.change_password(sessions(request), me, token, form.password)
    except LoginFailed:
        # The server took the new one and does not let us in with it: nothing sealed opens anything now.
        await sessions(request).end(me.account_id, None)
        return _gone(request)
    except Invalid as error:
        return await _account(request, status=422, wrong=error.fields)
    return answer.leave(request, "/configuration/account?changed=1")


async def delete_account(request: Request) -> Response:
    """POST /configuration/account/delete: the account itself, at its server."""
    me = _unmanaged(request)
    try:
        form = await DeleteForm.read(request)
        await _prove(request, me, form.proof, "proof")
        await commands.delete(sessions(request), request.app.state.media.cache, me, form.confirm)
    except Invalid as error:
        return await _account(request, status=422, wrong=error.fields)
    return _gone(request)


async def leave(request: Request) -> Response:
    """POST /configuration/account/leave: everything that is kept here."""
    me = signed_in(request)
    try:
        form = await FarewellForm.read(request)
        await commands.leave(sessions(request), request.app.state.media.cache, me, form.confirm)
    except Invalid as error:
        return await _account(request, status=422, wrong=error.fields)
    return _gone(request)


def _unmanaged(request: Request) -> SignedIn:
    me = signed_in(request)
    if jids.domain(me.jid) in settings(request).account_managed_domains:
        raise Forbidden
    return me


async def _prove(request: Request, me: SignedIn, password: str, field: str) -> None:
    limits, address = request.app.state.login_limits, client_address(request)
    await commands.prove(sessions(request), limits, me, password, address=address, field=field)


def _gone(request: Request) -> Response:
    response = answer.leave(request, "/login", CLEARED)
    _take_cookie(request, response)
    return response


async def export(request: Request) -> Response:
    """GET /configuration/account/export/{what}: everything, as a file that is written while it is read."""
    me = signed_in(request)
    what = request.path_params["what"]
    if what not in exports.KINDS:
        raise NotFound
    try:
        made = await exports.begin(what, sessions(request).database, me.session, reader.get().language)
    except (Conflict, TooMany) as error:
        sentence = MADE_ALREADY if isinstance(error, Conflict) else MANY_FILES
        return await _account(request, status=429, wrong={"export": sentence})
    name = f"{jids.local(me.jid)}-{what}"
    return StreamingResponse(
        made,
        media_type=exports.KINDS[what][0],
        headers={"content-disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}"},
    )


async def end_logins(request: Request) -> Response:
    """POST /configuration/account: end one login, or all; tabs of what ended go dark at once."""
    me = signed_in(request)
    form = await EndForm.read(request)
    ends = form.everywhere or form.end == me.login_id
    asks = ends and not form.sure
    if asks and await commands.left_waiting(sessions(request), me, everywhere=form.everywhere):
        return answer.done(request, "/logout?everywhere=1" if form.everywhere else "/logout")
    if form.everywhere:
        await sessions(request).logout(me.login_id, everywhere=True)
    elif form.end:
        await sessions(request).end(me.account_id, form.end)
    if not ends:
        return answer.done(request, "/configuration/account")
    return _gone(request)
