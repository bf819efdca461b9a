"""This room is the page of preferences, the one of video and voice, and what is chosen there."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from webchat.emoji.store import library
from webchat.errors import Invalid, NotFound, XmppError
from webchat.posts.store.public import public_row
from webchat.session.session import Session
from webchat.settings import commands
from webchat.settings import show as shown
from webchat.settings.forms import DEFAULTS, UNDO_SECONDS, PreferencesForm, ThemeForm, UndoForm
from webchat.web.answer import done, leave
from webchat.web.language import languages, own_name
from webchat.web.request import cookie_path, settings, signed_in
from webchat.web.scope import Scope
from webchat.web.shell import THEME_COOKIE, THEMES
from webchat.web.templates import page

YEAR = 365 * 24 * 3600
PATH = "/configuration/preferences"


async def index(request: Request) -> Response:
    """GET /configuration: its first page."""
    return done(request, PATH)


async def show(request: Request) -> Response:
    """GET /configuration/preferences."""
    return await draw(request)


async def draw(
    request: Request, *, status: int = 200, wrong: dict[str, str] | None = None, typed: str = ""
) -> Response:
    """The page, with a sentence (message id) at what is `wrong`: a field's name, or "page" for all of it."""
    session = signed_in(request).session
    cursor = session.feed.cursor
    # A page with something wrong on it keeps what was typed, whatever other tabs do.
    scope = Scope("settings", "preferences") if status == 200 else None
    wrong = wrong or ({"page": commands.UNDONE_ALREADY} if "over" in request.query_params else {})
    values = await _values(request, session, wrong.get("nickname", ""), typed)
    return page(
        request,
        "settings/preferences.html",
        status=status,
        scope=scope,
        cursor=cursor,
        wrong=wrong,
        typed=typed,
        **values,
    )


async def _values(request: Request, session: Session, nickname: str, typed: str) -> dict[str, Any]:
    chosen = session.preferences
    change = request.query_params.get("saved", "")[:64]
    async with session.read() as db:
        public = await public_row(db, session.account_id)
    return {
        "languages": [(code, own_name(code)) for code in languages()],
        "language_choice": chosen.get("language", ""),
        "undo_seconds": UNDO_SECONDS,
        "own_emoji": bool(library().packs),
        "chosen": {name: chosen.get(name, usual) for name, usual in DEFAULTS.items()},
        "choices": shown.CHOICES,
        "server": shown.at_server(await commands.look(session)),
        "saved": bool(change),
        "change": change if await commands.can_undo(session, change) else "",
        "public": shown.public(public, str(settings(request).base_url), wrong=nickname, typed=typed),
    }


def saved(change: str) -> str:
    """Where it goes on after a change, with the name to undo it by, if there is something to undo."""
    return f"{PATH}?saved={change or 'same'}"


async def media(request: Request) -> Response:
    """GET /configuration/media: all of it happens in the browser, and only there."""
    signed_in(request)
    return page(request, "settings/media.html")


async def update(request: Request) -> Response:
    """POST /configuration/preferences: the next page has the new language and looks, frame and all."""
    asks = signed_in(request)
    form = await PreferencesForm.read(request)
    change = await commands.choose(asks.session, form.preferences(social=not settings(request).chat_only))
    return _remember_theme(request, leave(request, saved(change)), form.theme)


async def theme(request: Request) -> Response:
    """POST /configuration/theme: only the looks, from wherever one is."""
    asks = signed_in(request)
    form = await ThemeForm.read(request)
    change = await commands.choose(asks.session, {"theme": form.theme})
    return _remember_theme(request, leave(request, saved(change)), form.theme)


async def undo(request: Request) -> Response:
    """POST /configuration/preferences/undo: what held before the last change holds again."""
    asks = signed_in(request)
    form = await UndoForm.read(request)
    try:
        await commands.undo(asks.session, form.change)
    except NotFound:
        return leave(request, f"{PATH}?over=1")
    except Invalid as error:
        return await draw(request, status=422, wrong=error.fields)
    except XmppError:
        return await draw(request, status=422, wrong={"page": commands.NOT_NOW})
    theme = asks.preferences.get("theme", THEMES[0])
    return _remember_theme(request, leave(request, PATH), theme)


def _remember_theme(request: Request, response: Response, theme: str) -> Response:
    # Pages before the login have no account to ask and should not flash in another colour.
    site = settings(request)
    path, secure = cookie_path(site), site.secure
    response.set_cookie(
        THEME_COOKIE, theme, max_age=YEAR, path=path, secure=secure, httponly=True, samesite="lax"
    )
    return response
