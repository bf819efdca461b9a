"""This room is the pages of login, logout and the list of signed-in browsers."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from webchat.account import commands
from webchat.account.forms import EndForm, LoginForm, destination, device
from webchat.account.show import LOGIN_LASTS, failure, login_values, rows
from webchat.errors import Invalid, LoginFailed, TooMany
from webchat.web import answer
from webchat.web.request import (
    client_address,
    login_cookie,
    maybe_signed_in,
    sessions,
    settings,
    signed_in,
)
from webchat.web.templates import page

CLEARED = {"clear-site-data": '"cache", "storage"'}


async def show_login(request: Request) -> Response:
    """GET /login."""
    wanted = destination(request.query_params.get("next", ""))
    if maybe_signed_in(request) is not None:
        return answer.done(request, wanted)
    return page(request, "account/login.html", **login_values(settings(request), next=wanted))


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
        return _again(request, dict(given), error)
    state.metrics.add("logins")
    if former is not None:
        await sessions(request).logout(former.login_id)
    response = answer.leave(request, destination(form.next))
    _give_cookie(request, response, token, LOGIN_LASTS if not form.only_here else None)
    return response


def _again(request: Request, given: dict[str, Any], error: Exception) -> Response:
    """The form with the address kept and one sentence on what is wrong; never with the password."""
    status, values = failure(error, plain_offered=bool(given.get("allow_plain")))
    headers = {"retry-after": str(error.retry_after)} if isinstance(error, TooMany) else {}
    kept = login_values(
        settings(request),
        jid=str(given.get("jid", "")).strip()[:3071],
        only_here=bool(given.get("only_here")),
        next=destination(str(given.get("next", ""))),
    )
    return page(request, "account/login.html", status=status, headers=headers, **{**kept, **values})


def _give_cookie(request: Request, response: Response, token: str, lasts: int | None) -> None:
    site = settings(request)
    response.set_cookie(
        login_cookie(site), token, max_age=lasts, secure=site.secure, httponly=True, samesite="lax"
    )


def _take_cookie(request: Request, response: Response) -> None:
    site = settings(request)
    response.delete_cookie(login_cookie(site), secure=site.secure, httponly=True, samesite="lax")


async def show_logout(request: Request) -> Response:
    """GET /logout: logging out is a button; whoever types the address gets to where it stands."""
    return answer.done(request, "/configuration/account" if maybe_signed_in(request) else "/login")


async def delete_login(request: Request) -> Response:
    """POST /logout: here the login ends, and what the browser may have kept of the pages is thrown away."""
    found = maybe_signed_in(request)
    if found is not None:
        await sessions(request).logout(found.login_id)
    response = answer.leave(request, "/login", CLEARED)
    _take_cookie(request, response)
    return response


async def index(request: Request) -> Response:
    """GET /configuration/account: every browser that is signed in."""
    me = signed_in(request)
    cursor = me.session.feed.cursor
    logins = rows(await sessions(request).logins(me.account_id), me.login_id)
    site = settings(request)
    managed = me.jid.rpartition("@")[2] in site.account_managed_domains
    return page(
        request,
        "account/devices.html",
        cursor=cursor,
        logins=logins,
        help_url=site.account_help_url if managed else "",
    )


async def end_logins(request: Request) -> Response:
    """POST /configuration/account: end one login, or all; tabs of what ended go dark at once."""
    me = signed_in(request)
    form = await EndForm.read(request)
    if form.everywhere:
        await sessions(request).logout(me.login_id, everywhere=True)
    elif form.end:
        await sessions(request).end(me.account_id, form.end)
    if not form.everywhere and form.end != me.login_id:
        return answer.done(request, "/configuration/account")
    response = answer.leave(request, "/login", CLEARED)
    _take_cookie(request, response)
    return response
