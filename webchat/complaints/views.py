"""This room answers who wants to report something: the question, and the thanks."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from webchat.complaints import commands, show
from webchat.complaints.forms import REASONS, ComplaintForm
from webchat.complaints.show import ComplaintView
from webchat.errors import NotFound
from webchat.web import answer
from webchat.web.request import settings, signed_in
from webchat.web.templates import page


async def _meant(request: Request) -> ComplaintView:
    session, about, id = signed_in(request).session, request.path_params["about"], request.path_params["id"]
    if about not in ("message", "post", "comment") or id >= 1 << 63:
        raise NotFound
    if about != "message" and settings(request).chat_only:
        raise NotFound
    async with session.read() as db:
        if about == "message":
            found = await show.about_message(db, session, id)
        else:
            found = await show.about_post(db, session, id, about)
    if found is None:
        raise NotFound
    return found


async def ask(request: Request) -> Response:
    """GET /reports/{about}/{id}: what it is, who will read it; with ?sent, that it is noted."""
    view, sent = await _meant(request), "sent" in request.query_params
    return page(request, "complaints/report.html", complaint=view, reasons=REASONS, sent=sent)


async def send(request: Request) -> Response:
    """POST /reports/{about}/{id}: the people who run this site will read it."""
    view = await _meant(request)
    form = await ComplaintForm.read(request)
    await commands.complain(signed_in(request).session, view.told, form)
    return answer.done(request, f"{view.path}?sent")


routes = (
    Route("/reports/{about}/{id:int}", ask, methods=["GET"], name="complaint"),
    Route("/reports/{about}/{id:int}", send, methods=["POST"], name="complaint-send"),
)
