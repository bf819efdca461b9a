"""This room answers requests to send files: read, call, answer."""

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from webchat.errors import Invalid, Offline, TooMany, WebchatError
from webchat.files import commands, show
from webchat.files.forms import MOST_FILES, FileForm
from webchat.messages.views import conversation_of
from webchat.uploads.commands import Given
from webchat.uploads.views import media_of
from webchat.web import answer
from webchat.web.errors import describe
from webchat.web.reader import reader
from webchat.web.request import is_htmx, signed_in
from webchat.web.templates import page


async def form(request: Request) -> Response:
    """GET /conversations/{jid}/files: the page that sends files without scripts."""
    session, jid = signed_in(request).session, conversation_of(request)
    async with session.read() as db:
        view = await show.form(db, session, jid)
    return page(request, "files/form.html", form=view)


async def send(request: Request) -> Response:
    """POST /conversations/{jid}/files: `file` fields, and what is said of them."""
    session, jid = signed_in(request).session, conversation_of(request)
    async with request.form(max_files=MOST_FILES, max_fields=20) as given:
        wanted = FileForm.of(given)
        try:
            await commands.send_files(
                session,
                media_of(request),
                jid,
                _files(given, wanted),
                id=wanted.message_id,
                caption=wanted.caption,
            )
        except (Invalid, TooMany, Offline) as error:
            return await _refused(request, jid, wanted, error)
    async with session.read() as db:
        view = await show.form(db, session, jid)
    return Response(status_code=204) if is_htmx(request) else answer.done(request, view.path)


async def _refused(request: Request, jid: str, wanted: FileForm, error: WebchatError) -> Response:
    """A sentence for scripts; else the form again with what was typed (browsers forget the file itself)."""
    drawn = describe(error)
    text = drawn.said(reader.get().language)
    if is_htmx(request):
        return PlainTextResponse(text, drawn.status)
    session = signed_in(request).session
    typed = {"caption": wanted.caption, "description": wanted.description}
    async with session.read() as db:
        view = await show.form(db, session, jid, message_id=wanted.message_id, error=text, **typed)
    return page(request, "files/form.html", status=drawn.status, form=view)


def _files(given: FormData, wanted: FileForm) -> list[Given]:
    return [
        Given(
            each.file,
            each.size or 0,
            each.filename or "",
            each.content_type or "",
            description=wanted.description,
            voice=wanted.voice,
        )
        for each in given.getlist("file")
        if isinstance(each, UploadFile) and (each.filename or each.size)
    ]
