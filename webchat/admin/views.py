"""This room is the operator's page and its confirmations; for everybody else there is nothing here."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from webchat.admin import commands, show
from webchat.admin.forms import BlockForm, CloseForm, EndForm, UnblockForm
from webchat.errors import Invalid, NotFound
from webchat.session.registry import SignedIn
from webchat.web import answer
from webchat.web.request import maybe_signed_in, sessions, settings
from webchat.web.templates import page

PATH = "/admin"


def operator(request: Request) -> SignedIn:
    """Who asks, if they run this site. Raises NotFound for everybody else, signed in or not."""
    found = maybe_signed_in(request)
    if found is None or found.jid not in settings(request).admins:
        raise NotFound
    return found


async def index(request: Request) -> Response:
    """GET /admin: what was reported, who is signed in, who is blocked, numbers."""
    operator(request)
    return await _overview(request)


async def _overview(request: Request, status: int = 200, **wrong: Any) -> Response:
    find = request.query_params.get("find", "").strip().lower()[:255]
    async with sessions(request).database.read() as db:
        view = await show.overview(db, sessions(request), find)
    return page(
        request, "admin/index.html", status=status, **{"admin": view, "who": "", "error": "", **wrong}
    )


async def ask_end(request: Request) -> Response:
    """GET /admin/end: whether all logins of somebody, or of everybody, shall end."""
    operator(request)
    jid = request.query_params.get("jid", "")[:3071]
    return page(request, "admin/end.html", jid=jid)


async def end(request: Request) -> Response:
    """POST /admin/end: they end; one's own too when everybody's do."""
    me = operator(request)
    form = await EndForm.read(request)
    await commands.end(sessions(request), form.jid)
    return answer.leave(request, "/login" if form.jid in ("", me.jid) else PATH)


async def ask_block(request: Request) -> Response:
    """GET /admin/block: whether somebody shall not log in any more, and whom that signs out."""
    operator(request)
    who, reason = (request.query_params.get(name, "").strip() for name in ("who", "reason"))
    try:
        kind, value = commands.meant(who, settings(request).admins)
    except Invalid as error:
        return await _overview(request, 422, who=who[:3071], error=error.fields["who"])
    affected = await commands.affected(sessions(request), kind, value)
    asked = request.query_params.get("report", "")
    report = int(asked) if asked.isdecimal() and asked.isascii() and len(asked) < 19 else 0
    values: dict[str, Any] = {"reason": reason[:500], "report": report, "affected": affected}
    return page(request, "admin/block.html", kind=kind, value=value, **values)


async def block(request: Request) -> Response:
    """POST /admin/block: they are signed out and stay so."""
    operator(request)
    try:
        form = await BlockForm.read(request)
        await commands.block(sessions(request), form, settings(request).admins)
    except Invalid as error:
        return await _overview(request, 422, error=next(iter(error.fields.values())))
    return answer.leave(request, PATH)


async def unblock(request: Request) -> Response:
    """POST /admin/unblock: they may log in again."""
    operator(request)
    form = await UnblockForm.read(request)
    await commands.unblock(sessions(request), form.kind, form.value)
    return answer.leave(request, PATH)


async def close(request: Request) -> Response:
    """POST /admin/reports/close: it was looked at."""
    operator(request)
    form = await CloseForm.read(request)
    await commands.close(sessions(request), form.id)
    return answer.leave(request, PATH)


routes = (
    Route(PATH, index, methods=["GET"], name="admin"),
    Route(f"{PATH}/end", ask_end, methods=["GET"], name="admin-ask-end"),
    Route(f"{PATH}/end", end, methods=["POST"], name="admin-end"),
    Route(f"{PATH}/block", ask_block, methods=["GET"], name="admin-ask-block"),
    Route(f"{PATH}/block", block, methods=["POST"], name="admin-block"),
    Route(f"{PATH}/unblock", unblock, methods=["POST"], name="admin-unblock"),
    Route(f"{PATH}/reports/close", close, methods=["POST"], name="admin-report-close"),
)
