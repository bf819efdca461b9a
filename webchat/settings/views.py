"""This room answers browsers about preferences."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from webchat.settings.forms import UNDO_SECONDS, PreferencesForm, ThemeForm
from webchat.web.answer import done, leave
from webchat.web.language import languages, own_name
from webchat.web.request import sessions, settings, signed_in
from webchat.web.shell import THEME_COOKIE, THEMES
from webchat.web.templates import page

YEAR = 365 * 24 * 3600
PATH = "/configuration/preferences"


async def index(request: Request) -> Response:
    """GET /configuration: its first page."""
    return done(request, PATH)


async def show(request: Request) -> Response:
    """GET /configuration/preferences."""
    chosen = signed_in(request).preferences
    return page(
        request,
        "settings/preferences.html",
        languages=[(code, own_name(code)) for code in languages()],
        language_choice=chosen.get("language", ""),
        themes=THEMES,
        enter=chosen.get("enter", "send"),
        undo_send=chosen.get("undo_send", "0"),
        undo_seconds=UNDO_SECONDS,
        receipts=chosen.get("receipts", "on"),
        typing=chosen.get("typing", "on"),
        link_cards=chosen.get("link_cards", "on"),
        keys=chosen.get("keys", "on"),
        saved="saved" in request.query_params,
    )


async def update(request: Request) -> Response:
    """POST /configuration/preferences: the next page has the new language and looks, frame and all."""
    asks = signed_in(request)
    form = await PreferencesForm.read(request)
    await sessions(request).set_preferences(asks.account_id, {**asks.preferences, **form.preferences()})
    return _remember_theme(request, leave(request, f"{PATH}?saved=1"), form.theme)


async def theme(request: Request) -> Response:
    """POST /configuration/theme: only the looks, from wherever one is."""
    asks = signed_in(request)
    form = await ThemeForm.read(request)
    await sessions(request).set_preferences(asks.account_id, {**asks.preferences, "theme": form.theme})
    return _remember_theme(request, leave(request, PATH), form.theme)


def _remember_theme(request: Request, response: Response, theme: str) -> Response:
    # Pages before the login have no account to ask and should not flash in another colour.
    response.set_cookie(
        THEME_COOKIE, theme, max_age=YEAR, secure=settings(request).secure, httponly=True, samesite="lax"
    )
    return response


routes = (
    Route("/configuration", index, methods=["GET"], name="configuration"),
    Route(PATH, show, methods=["GET"], name="preferences"),
    Route(PATH, update, methods=["POST"], name="preferences-update"),
    Route("/configuration/theme", theme, methods=["POST"], name="theme-update"),
)
