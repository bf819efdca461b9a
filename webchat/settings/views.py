"""This room answers browsers about preferences."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from webchat.errors import Invalid
from webchat.posts.commands.public import choose_public
from webchat.posts.store.public import public_row
from webchat.settings.forms import UNDO_SECONDS, PreferencesForm, PublicForm, ThemeForm
from webchat.settings.show import public as show_public
from webchat.web.answer import done, leave
from webchat.web.language import languages, own_name
from webchat.web.request import sessions, settings, signed_in
from webchat.web.shell import THEME_COOKIE, THEMES
from webchat.web.templates import page

YEAR = 365 * 24 * 3600
PATH = "/configuration/preferences"
DEFAULTS = {
    "enter": "send",
    "undo_send": "0",
    "receipts": "on",
    "typing": "on",
    "link_cards": "on",
    "keys": "on",
}
"""What holds until something else is chosen."""


async def index(request: Request) -> Response:
    """GET /configuration: its first page."""
    return done(request, PATH)


async def show(request: Request) -> Response:
    """GET /configuration/preferences."""
    return await _shown(request)


async def _shown(request: Request, *, status: int = 200, wrong: str = "", typed: str = "") -> Response:
    asks = signed_in(request)
    chosen = asks.preferences
    async with asks.session.read() as db:
        public = await public_row(db, asks.account_id)
    values: dict[str, Any] = {name: chosen.get(name, default) for name, default in DEFAULTS.items()}
    return page(
        request,
        "settings/preferences.html",
        status=status,
        languages=[(code, own_name(code)) for code in languages()],
        language_choice=chosen.get("language", ""),
        themes=THEMES,
        undo_seconds=UNDO_SECONDS,
        **values,
        saved="saved" in request.query_params,
        public=show_public(public, str(settings(request).base_url), wrong=wrong, typed=typed),
    )


async def public(request: Request) -> Response:
    """POST /configuration/public: whether strangers may read the blog, and under which short name."""
    session = signed_in(request).session
    try:
        form = await PublicForm.read(request)
        await choose_public(session, form.nickname.lower(), public=form.public)
    except Invalid as error:
        given = (await request.form()).get("nickname", "")
        typed = given[:200] if isinstance(given, str) else ""
        return await _shown(request, status=422, wrong=error.fields["nickname"], typed=typed)
    return leave(request, f"{PATH}?saved=1")


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
    Route("/configuration/public", public, methods=["POST"], name="public-update"),
    Route("/configuration/theme", theme, methods=["POST"], name="theme-update"),
)
