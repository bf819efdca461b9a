"""This room answers about drafts: which there are, throw one away, let one wait no longer."""

from starlette.requests import Request
from starlette.responses import Response

from webchat.publish import commands, show
from webchat.publish.forms import DraftForm
from webchat.publish.views import SAVING
from webchat.web import answer
from webchat.web.request import signed_in
from webchat.web.templates import page


async def index(request: Request) -> Response:
    """GET /publish/drafts."""
    session = signed_in(request).session
    async with session.read() as db:
        lines = await show.draft_lines(db, session)
    return page(request, "publish/drafts.html", lines=lines)


async def act(request: Request) -> Response:
    """POST /publish/drafts: throw one away, or send it no more by itself."""
    session = signed_in(request).session
    SAVING.take(session)
    form = await DraftForm.read(request)
    if form.do == "drop":
        await commands.forget(session, form.key)
    else:
        await commands.unschedule(session, form.key)
    return answer.done(request, "/publish/drafts")
