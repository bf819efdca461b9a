"""This room answers about the sheet: it shows it, keeps it, shows how it will look, publishes it."""

from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import datetime
from typing import Any

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import Response

from webchat.db.base import now
from webchat.errors import Invalid, WebchatError, XmppError
from webchat.posts.commands.blog import open_blog
from webchat.posts.show import path_of
from webchat.posts.store import Post
from webchat.publish import commands, forms, show, store
from webchat.publish.commands import AttachFailed, CannotPublish, audience
from webchat.publish.forms import Sheet
from webchat.publish.views.begin import begun, key
from webchat.session.session import Session
from webchat.uploads.commands import Given
from webchat.uploads.views import media_of
from webchat.web import answer
from webchat.web.errors import describe
from webchat.web.language import N_, translate
from webchat.web.limits import PerAccount
from webchat.web.reader import reader
from webchat.web.request import settings, signed_in
from webchat.web.templates import page

SAVING = PerAccount(120, 60)
PUBLISHING = PerAccount(20, 300)
LOOKING = PerAccount(60, 60)

MOST_FILES = 10
"""Files that one press of a button brings."""

OPENED = N_("Your blog is open to everybody now.")

_TOO_LARGE = N_("Your server does not accept this post: it may be too large. Your text is kept here.")
_NOT_THERE = N_("You may not publish there. Your text is kept here.")
NOT_OTHERS = N_(
    "The server of this community does not let its owners change what others wrote. Your text is kept here."
)
REFUSALS = {
    "forbidden": _NOT_THERE,
    "not-allowed": _NOT_THERE,
    "not-authorized": _NOT_THERE,
    "item-not-found": N_("The place where this was to go does not exist (any more). Your text is kept here."),
    "not-acceptable": _TOO_LARGE,
    "policy-violation": _TOO_LARGE,
    "resource-constraint": _TOO_LARGE,
}
"""What is said when the network says no, by its condition."""

Deed = Callable[[Request, Sheet, FormData], Coroutine[Any, Any, Response]]


def base_of(request: Request) -> str:
    """The address of our site, for what others are told."""
    base = settings(request).base_url
    return base.origin + base.prefix


async def index(request: Request) -> Response:
    """GET /publish: a fresh sheet, its draft, or a post to edit."""
    session, query = signed_in(request).session, request.query_params
    LOOKING.take(session)
    async with session.read() as db:
        row = await store.draft(db, session.account_id, key(session, query))
    if row is not None:
        sheet = replace(forms.restored(row.content), key=row.key)
        return await draw(request, sheet, saved_at=row.updated_at, publish_at=row.publish_at)
    sheet = begun(session, query)
    if sheet.item:
        post = await commands.edited(session, sheet)
        async with session.read() as db:
            sheet = await show.written(db, post, sheet)
    return await draw(request, sheet)


async def act(request: Request) -> Response:
    """POST /publish/files: files that came along are brought to the server, then the button is obeyed."""
    session = signed_in(request).session
    async with request.form(max_files=MOST_FILES, max_fields=forms.MOST_FIELDS) as given:
        sheet = _sheet(given)
        try:
            sheet = await commands.attach(session, media_of(request), sheet, _files(given))
            await commands.save(session, sheet)
            return await _deed(given)(request, sheet, given)
        except AttachFailed as failed:
            await commands.save(session, failed.sheet)
            return await refused(request, failed.sheet, failed.error, "files")
        except WebchatError as error:
            return await refused(request, sheet, error)


def _sheet(given: FormData) -> Sheet:
    fields = {name: [one for one in given.getlist(name) if isinstance(one, str)] for name in given}
    sheet = forms.sheet(fields)
    named = sheet.key or commands.key_of(sheet.where, sheet.item, sheet.reply, sheet.url)
    return replace(sheet, key=named, id=sheet.id or commands.fresh_id())


def _files(given: FormData) -> list[Given]:
    return [
        Given(each.file, each.size or 0, each.filename or "", each.content_type or "")
        for each in given.getlist("upload")
        if isinstance(each, UploadFile) and (each.filename or each.size)
    ]


def _deed(given: FormData) -> Deed:
    return _remove if "remove" in given else DEEDS.get(str(given.get("do", "")), _write)


async def _write(request: Request, sheet: Sheet, _: FormData) -> Response:
    """Go on writing; what the links lead to is looked at on the way."""
    session = signed_in(request).session
    sheet = await commands.with_cards(session, sheet)
    await commands.save(session, sheet)
    return await draw(request, sheet, saved_at=None if sheet.empty else now())


async def _remove(request: Request, sheet: Sheet, given: FormData) -> Response:
    gone = str(given.get("remove", ""))
    files = tuple(one for one in sheet.files if one.url != gone)
    return await _write(request, replace(sheet, files=files), given)


async def _view(request: Request, sheet: Sheet, _: FormData) -> Response:
    """How readers will see it."""
    session = signed_in(request).session
    if sheet.empty:
        raise CannotPublish("text", forms.EMPTY)
    sheet = await commands.with_cards(session, sheet)
    await commands.save(session, sheet)
    return await draw(request, sheet, saved_at=now(), look=True)


async def _publish(request: Request, sheet: Sheet, _: FormData) -> Response:
    session = signed_in(request).session
    PUBLISHING.take(session)
    ref = await commands.publish(session, sheet, base=base_of(request))
    return answer.done(request, path_of(ref))


async def _schedule(request: Request, sheet: Sheet, _: FormData) -> Response:
    session = signed_in(request).session
    await commands.schedule(session, sheet, _moment(sheet.publish_at), base=base_of(request))
    return answer.done(request, "/publish/drafts")


async def _open(request: Request, sheet: Sheet, _: FormData) -> Response:
    try:
        await open_blog(signed_in(request).session)
    except Invalid as error:
        return await refused(request, sheet, error, "audience")
    return await draw(request, replace(sheet, audience="everyone"), notice=OPENED)


DEEDS: dict[str, Deed] = {
    "write": _write,
    "view": _view,
    "publish": _publish,
    "schedule": _schedule,
    "open": _open,
}


def _moment(text: str) -> datetime | None:
    """What a datetime-local field says, by the reader's clock."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found.replace(tzinfo=reader.get().zone) if found.tzinfo is None else None


async def save(request: Request) -> Response:
    """POST /publish/draft: keep what is on the sheet, a second after the last key."""
    session = signed_in(request).session
    SAVING.take(session)
    async with request.form(max_files=0, max_fields=forms.MOST_FIELDS) as given:
        await commands.save(session, _sheet(given))
    return answer.done(request, "/publish/drafts", by_stream=True)


async def refused(request: Request, sheet: Sheet, error: WebchatError, field: str = "") -> Response:
    """The sheet again with all that was on it, and why it did not go."""
    drawn = describe(error)
    language = reader.get().language
    text = drawn.said(language)
    if isinstance(error, XmppError) and error.condition in REFUSALS:
        why = REFUSALS[error.condition]
        others = why == _NOT_THERE and await _is_of_others(request, sheet)
        text = translate(NOT_OTHERS if others else why, language)
    if isinstance(error, Invalid):
        field = field or next(iter(error.fields), "")
    return await draw(request, sheet, error=text, field=field, status=422)


async def _is_of_others(request: Request, sheet: Sheet) -> bool:
    session = signed_in(request).session
    former = await _edited(session, sheet) if sheet.item else None
    return former is not None and former.author != session.jid


async def draw(
    request: Request,
    sheet: Sheet,
    *,
    error: str = "",
    field: str = "",
    notice: str = "",
    saved_at: datetime | None = None,
    publish_at: datetime | None = None,
    look: bool = False,
    status: int = 200,
) -> Response:
    """The sheet as a page; `look` shows how readers will see it instead of the fields."""
    session = signed_in(request).session
    former = await _edited(session, sheet) if sheet.item else None
    answered = await commands.answered(session, sheet)
    ground = await audience.glance(session, sheet)
    times = {"saved_at": saved_at, "publish_at": publish_at}
    async with session.read() as db:
        view = await show.sheet_view(db, session, sheet, ground, former=former, answered=answered, **times)
        if look:
            article = await show.preview(db, session, sheet, ground, former, answered)
            view = replace(view, preview=article)
    view = replace(view, error=error, field=field, notice=notice)
    return page(request, "publish/sheet.html", status=status, view=view)


async def _edited(session: Session, sheet: Sheet) -> Post | None:
    try:
        return await commands.edited(session, sheet)
    except WebchatError:
        return None
