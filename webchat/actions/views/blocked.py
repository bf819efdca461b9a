"""This room answers browsers about the blocked."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from webchat.actions import commands, show
from webchat.actions.forms import AddressForm, address
from webchat.errors import Invalid, Offline, XmppError
from webchat.web.answer import done
from webchat.web.errors import describe
from webchat.web.request import signed_in
from webchat.web.scope import Scope
from webchat.web.templates import page

PATH = "/configuration/blocked"


async def index(request: Request) -> Response:
    """GET /configuration/blocked?words=."""
    return await _page(request)


async def _page(request: Request, *, status: int = 200, wrong: str = "", typed: str = "") -> Response:
    session = signed_in(request).session
    cursor = session.feed.cursor
    words = request.query_params.get("words", "").strip()[:200]
    async with session.read() as db:
        view = await show.blocked(db, session, words)
    scope = Scope("blocked", words)
    values: dict[str, Any] = {"blocked": view, "wrong": wrong, "typed": typed}
    return page(request, "actions/blocked.html", scope=scope, cursor=cursor, status=status, **values)


async def block(request: Request) -> Response:
    """POST /configuration/blocked: hear nothing from an address or a whole server any more."""
    session = signed_in(request).session
    async with request.form() as given:
        typed = str(given.get("jid", ""))[:4000]
    try:
        form = await AddressForm.read(request)
        await commands.block(session, address(form.jid))
    except Invalid as error:
        return await _page(request, status=422, wrong=error.fields["jid"], typed=typed)
    except XmppError as error:
        if isinstance(error, Offline):
            raise
        return await _page(request, status=422, wrong=describe(error).text, typed=typed)
    return done(request, PATH)


async def unblock(request: Request) -> Response:
    """POST /configuration/blocked/delete: hear from one of them again."""
    session = signed_in(request).session
    form = await AddressForm.read(request)
    await commands.unblock(session, address(form.jid))
    return done(request, PATH, by_stream=True)
