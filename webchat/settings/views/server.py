"""This room answers the forms about what others may read and what the server keeps."""

from collections.abc import Awaitable

from starlette.requests import Request
from starlette.responses import Response

from webchat.errors import Invalid, XmppError
from webchat.settings import commands
from webchat.settings.forms import ArchiveForm, ExceptionForm, PublicForm, ReadersForm
from webchat.settings.views.preferences import draw, saved
from webchat.web.answer import leave
from webchat.web.request import signed_in


async def public(request: Request) -> Response:
    """POST /configuration/public: whether strangers may read the blog, and under which short name."""
    session = signed_in(request).session
    try:
        form = await PublicForm.read(request)
        change = await commands.show_to_world(session, form.nickname.lower(), public=form.public)
    except Invalid as error:
        given = (await request.form()).get("nickname", "")
        typed = given[:200] if isinstance(given, str) else ""
        return await draw(request, status=422, wrong=error.fields, typed=typed)
    return leave(request, saved(change))


async def archive(request: Request) -> Response:
    """POST /configuration/archive: what the server keeps of what is said."""
    form = await ArchiveForm.read(request)
    return await _at_server(request, commands.keep_in_archive(signed_in(request).session, form.default))


async def exception(request: Request) -> Response:
    """POST /configuration/archive/exceptions: always or never keep what is said with an address."""
    session = signed_in(request).session
    try:
        form = await ExceptionForm.read(request)
    except Invalid as error:
        given = (await request.form()).get("jid", "")
        typed = given[:200] if isinstance(given, str) else ""
        return await draw(request, status=422, wrong=error.fields, typed=typed)
    return await _at_server(request, commands.except_in_archive(session, form.address, form.where))


async def readers(request: Request) -> Response:
    """POST /configuration/readers: who may read the blog."""
    form = await ReadersForm.read(request)
    return await _at_server(request, commands.let_read(signed_in(request).session, form.access))


async def _at_server(request: Request, deed: Awaitable[str]) -> Response:
    try:
        change = await deed
    except Invalid as error:
        return await draw(request, status=422, wrong=error.fields)
    except XmppError:
        return await draw(request, status=422, wrong={"page": commands.NOT_NOW})
    return leave(request, saved(change))
