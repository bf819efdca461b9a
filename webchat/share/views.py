"""This room answers what other programs share, and the page that asks where it goes."""

from dataclasses import replace
from typing import Any
from urllib.parse import quote

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from webchat.errors import Invalid, Offline, TooMany, WebchatError
from webchat.messages.show import place
from webchat.share import commands, forms, show
from webchat.share.commands import Ways
from webchat.share.forms import MOST_FILES, ShareForm
from webchat.share.state import Shared, Shelf
from webchat.uploads.commands import Given
from webchat.uploads.views import media_of
from webchat.web import answer
from webchat.web.errors import describe
from webchat.web.limits import BODY
from webchat.web.reader import reader
from webchat.web.request import language, maybe_signed_in, settings, signed_in, take_page
from webchat.web.templates import installed, page


async def index(request: Request) -> Response:
    """GET /share?title=&text=&url=: a page shares itself, by a bookmark; without any, how that goes."""
    given = forms.shared(request.query_params)
    if maybe_signed_in(request) is None:
        return _to_login(f"/share/{_hold(request, given)}" if given.words else "/share")
    return await _ask(request, given, text=given.words)


async def take(request: Request) -> Response:
    """POST /share/files: another program shares (Web Share Target).

    It comes from outside, so all it does is lead to the page that asks. Who is not known here leaves words
    only; that may be somebody who is signed in, whose cookies stay behind when another site sends the form.
    """
    me = maybe_signed_in(request)
    if me is None:
        return _on_to(f"/share/{_hold(request, await _words_of(request))}")
    form = await request.form(max_files=MOST_FILES, max_fields=20)
    kept = _files(form)
    for _, other in form.multi_items():
        if isinstance(other, UploadFile) and other not in kept:
            await other.close()
    shared = replace(_words(form), files=tuple(_given(each) for each in kept))
    return _on_to(f"/share/{_shelf(request).put(shared, me.account_id)}")


async def held(request: Request) -> Response:
    """GET /share/{token}: the page that asks, with what is held; after the login, too."""
    token = request.path_params["token"][:64]
    me = maybe_signed_in(request)
    if me is None:
        return _to_login(f"/share/{quote(token, safe='')}")
    found = _shelf(request).find(token, me.account_id)
    shared = found or Shared()
    return await _ask(request, shared, text=shared.words, held=token, gone=found is None)


async def act(request: Request) -> Response:
    """POST /share: look for a name, send it, or begin a post."""
    form = await ShareForm.read(request)
    async with _shelf(request).sending(form.held):
        return await _act(request, form)


async def _act(request: Request, form: ShareForm) -> Response:
    me = signed_in(request)
    shared = _shelf(request).find(form.held, me.account_id) or Shared()
    typed: dict[str, Any] = {name: getattr(form, name) for name in ("text", "held", "message_id", "to", "q")}
    if form.held and not shared.files:
        return await _ask(request, shared, status=410, gone=True, **typed)
    if form.do == "find":
        return await _ask(request, shared, **typed)
    try:
        path = await _done(request, form, shared)
    except (Invalid, TooMany, Offline) as error:
        return await _refused(request, shared, typed, error)
    _shelf(request).drop(form.held)
    return answer.done(request, path)


async def _done(request: Request, form: ShareForm, shared: Shared) -> str:
    session, media, ways = signed_in(request).session, media_of(request), _ways(request)
    if form.do == "post":
        return await commands.begin(session, media, ways, form, shared)
    await commands.send(session, media, ways, form, shared)
    return await place(session, form.to)


async def _refused(request: Request, shared: Shared, typed: dict[str, Any], error: WebchatError) -> Response:
    drawn = describe(error)
    return await _ask(request, shared, status=drawn.status, error=drawn.said(reader.get().language), **typed)


async def _ask(request: Request, shared: Shared, *, status: int = 200, **values: Any) -> Response:
    session = signed_in(request).session
    posts = _ways(request).begin is not None
    async with session.read() as db:
        view = await show.view(db, session, language(request), shared, posts=posts, **values)
    bookmark = show.bookmark(f"{settings(request).base_url}/share")
    return page(request, "share/index.html", status=status, share=view, bookmark=bookmark)


def _hold(request: Request, shared: Shared) -> str:
    """Hold words of somebody who is not known yet. Raises TooMany."""
    take_page(request)
    return _shelf(request).put(shared, None)


async def _words_of(request: Request) -> Shared:
    """The words of a share by nobody; what is larger than words is read and thrown away."""
    declared = request.headers.get("content-length", "")
    if not declared.isdecimal() or int(declared[:20]) > BODY:
        async for _ in request.stream():
            pass
        return Shared(left_out=True)
    async with request.form(max_files=MOST_FILES, max_fields=20) as form:
        return replace(_words(form), left_out=bool(_files(form)))


def _words(form: FormData) -> Shared:
    return forms.shared({name: form.get(name) for name in ("title", "text", "url")})


def _files(form: FormData) -> list[UploadFile]:
    return [each for each in form.getlist("file") if isinstance(each, UploadFile) and each.size]


def _given(each: UploadFile) -> Given:
    return Given(each.file, each.size or 0, each.filename or "", each.content_type or "")


def _on_to(path: str) -> Response:
    """On to a page of ours, which the browser asks for by itself and with its login."""
    return RedirectResponse(installed().url(path), 303)


def _to_login(path: str) -> Response:
    return _on_to(f"/login?next={quote(path, safe='/')}")


def _shelf(request: Request) -> Shelf:
    found: Shelf = request.app.state.shelf
    return found


def _ways(request: Request) -> Ways:
    found: Ways = request.app.state.share_ways
    return found
