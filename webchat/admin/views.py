"""This room is the operator's page and its confirmations; for everybody else there is nothing here."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from webchat.admin import commands, show
from webchat.admin.forms import BlockForm, CloseForm, EndForm, UnblockForm
from webchat.errors import Invalid, NotFound
from webchat.session.registry import SignedIn
from webchat.web import answer, dom
from webchat.web.partial import Partial
from webchat.web.request import is_htmx, maybe_signed_in, sessions, settings
from webchat.web.scope import Scope
from webchat.web.templates import page

PATH = "/admin"
LISTS = (
    (dom.admin_glance, "admin/_glance.html"),
    (dom.admin_reports, "admin/_reports.html"),
    (dom.admin_present, "admin/_present.html"),
    (dom.admin_people, "admin/_people.html"),
    (dom.admin_blocks, "admin/_blocks.html"),
    (dom.admin_often, "admin/_often.html"),
)
"""What of the page fetches itself when something is different, and what draws it."""


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
    cursor = operator(request).session.feed.cursor
    view = await _seen(request)
    values = {"admin": view, "who": "", "reason": "", "error": "", **wrong}
    # A form with a sentence beside it is not drawn anew.
    scope = Scope("admin") if status == 200 else None
    return page(request, "admin/index.html", scope=scope, cursor=cursor, status=status, **values)


async def _seen(request: Request, *, counted: bool = True) -> show.AdminView:
    find = request.query_params.get("find", "").strip().lower()[:255]
    async with sessions(request).database.read() as db:
        return await show.overview(db, sessions(request), find, settings(request).admins, counted=counted)


async def now(request: Request) -> Response:
    """GET /admin/now: the lists of the page as they are now, for the page that is open."""
    operator(request)
    if not is_htmx(request):
        return answer.done(request, PATH)
    values = {"admin": await _seen(request, counted=False)}
    lists = (Partial(f"#{id}", "outerMorph", name, values) for id, name in LISTS)
    return answer.partials(request, *lists)


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
        return await _overview(request, 422, who=who[:3071], reason=reason[:500], error=error.fields["who"])
    affected = await commands.affected(sessions(request), kind, value)
    asked = request.query_params.get("report", "")
    report = int(asked) if asked.isdecimal() and asked.isascii() and len(asked) < 19 else 0
    values: dict[str, Any] = {"reason": reason[:500], "report": report, "affected": affected}
    values["hides"] = bool(report) or "hides" in request.query_params
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
    Route(f"{PATH}/now", now, methods=["GET"], name="admin-now"),
    Route(f"{PATH}/end", ask_end, methods=["GET"], name="admin-ask-end"),
    Route(f"{PATH}/end", end, methods=["POST"], name="admin-end"),
    Route(f"{PATH}/block", ask_block, methods=["GET"], name="admin-ask-block"),
    Route(f"{PATH}/block", block, methods=["POST"], name="admin-block"),
    Route(f"{PATH}/unblock", unblock, methods=["POST"], name="admin-unblock"),
    Route(f"{PATH}/reports/close", close, methods=["POST"], name="admin-report-close"),
)
