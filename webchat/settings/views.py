"""This room answers browsers about preferences."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from webchat.settings.forms import PreferencesForm
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
        receipts=chosen.get("receipts", "on"),
        typing=chosen.get("typing", "on"),
        saved="saved" in request.query_params,
    )


async def update(request: Request) -> Response:
    """POST /configuration/preferences: the next page has the new language and looks, frame and all."""
    asks = signed_in(request)
    form = await PreferencesForm.read(request)
    await sessions(request).set_preferences(asks.account_id, {**asks.preferences, **form.preferences()})
    response = leave(request, f"{PATH}?saved=1")
    # Pages before the login have no account to ask and should not flash in another colour.
    response.set_cookie(
        THEME_COOKIE, form.theme, max_age=YEAR, secure=settings(request).secure, httponly=True, samesite="lax"
    )
    return response


routes = (
    Route("/configuration", index, methods=["GET"], name="configuration"),
    Route(PATH, show, methods=["GET"], name="preferences"),
    Route(PATH, update, methods=["POST"], name="preferences-update"),
)
