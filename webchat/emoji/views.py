"""This room hands out pictures to write with and those of others' messages, and changes favourites."""

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response

from webchat.emoji import commands, show
from webchat.emoji.forms import FavouriteForm
from webchat.emoji.store import library
from webchat.errors import Invalid, NotFound, XmppError
from webchat.media import tokens
from webchat.media.fetch import FetchFailed
from webchat.pictures import BadPicture
from webchat.uploads.views import PRIVATE, media_of, not_had
from webchat.web import answer
from webchat.web.limits import PerAccount
from webchat.web.request import maybe_signed_in, signed_in
from webchat.web.templates import installed, page

PATH = "/configuration/emoji"
A_MINUTE = 600
ASKED_A_MINUTE = 120
"""Pictures of others for one account: each may be a question to their program."""

_WEEK = {"cache-control": "private, max-age=604800, immutable"}
_rate = PerAccount(A_MINUTE, 60)
_asked = PerAccount(ASKED_A_MINUTE, 60)


async def table(request: Request) -> Response:
    """GET /emoji.json: what the table of emoji offers besides those that everybody has."""
    session = signed_in(request).session
    return JSONResponse(show.table(session.preferences, installed().prefix))


async def picture(request: Request) -> Response:
    """GET /emoji/{sha1}: one of ours."""
    found = maybe_signed_in(request)
    ours = library().by_sha1(request.path_params["sha1"]) if found else None
    if found is None or ours is None or not ours.path.is_file():
        return PlainTextResponse("", 404)
    _rate.take(found.session)
    return FileResponse(ours.path, headers=PRIVATE | _WEEK, media_type=ours.media_type)


async def received(request: Request) -> Response:
    """GET /emoji/from/{token}: a picture in a message of somebody else, asked of them by our own stream."""
    found = maybe_signed_in(request)
    link = found and tokens.read(found.session.jid, request.path_params["token"])
    if found is None or not link or not link.url.startswith("cid:"):
        return PlainTextResponse("", 403)
    _asked.take(found.session)
    try:
        kept = await commands.received(found.session, media_of(request), link.url[4:], link.name)
    except (FetchFailed, BadPicture, XmppError, NotFound, OSError) as error:
        return not_had(error)
    return FileResponse(kept.path, headers=PRIVATE | _WEEK, media_type=kept.media_type)


async def index(request: Request) -> Response:
    """GET /configuration/emoji: all packs, and what of them are favourites."""
    return _page(request)


async def change(request: Request) -> Response:
    """POST /configuration/emoji: a favourite more, less, or under another name."""
    session = signed_in(request).session
    form = await FavouriteForm.read(request)
    try:
        if form.do == "drop":
            await commands.drop(session, form.name)
        else:
            await commands.keep(session, form.name, form.short)
    except Invalid as error:
        return _page(request, 422, form.name, error.fields["short"], form.short)
    return answer.done(request, f"{PATH}#emoji-{form.name}")


def _page(
    request: Request, status: int = 200, name: str = "", sentence: str = "", given: str = ""
) -> Response:
    preferences = signed_in(request).session.preferences
    return page(
        request,
        "emoji/index.html",
        status=status,
        kept=show.kept(preferences),
        packs=show.packs(preferences),
        wrong=name,
        sentence=sentence,
        given=given,
    )
