"""This room answers browsers about where the user is: tell contacts, or tell nobody any more."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from webchat.db.base import now
from webchat.errors import Invalid, Offline, XmppError
from webchat.profile import commands, show
from webchat.profile.forms import PlaceForm
from webchat.web.answer import done
from webchat.web.errors import describe
from webchat.web.request import signed_in
from webchat.web.scope import Scope
from webchat.web.templates import page

PATH = "/location"
FIELDS = ("words", "latitude", "longitude")


async def show_place(request: Request) -> Response:
    """GET /location: whether contacts see where we are, and how to tell them."""
    return _page(request)


def _page(
    request: Request, *, typed: dict[str, str] | None = None, wrong: dict[str, str] | None = None
) -> Response:
    session = signed_in(request).session
    values: dict[str, Any] = {
        "sharing": show.own_place(session),
        "typed": typed or {},
        "wrong": wrong or {},
        "denied": "denied" in request.query_params,
    }
    cursor, scope = session.feed.cursor, Scope("place")
    status = 422 if wrong else 200
    return page(request, "profile/place.html", scope=scope, cursor=cursor, status=status, **values)


async def share(request: Request) -> Response:
    """POST /location: tell contacts where we are."""
    session = signed_in(request).session
    given = await request.form()
    typed = {name: value for name in FIELDS if isinstance(value := given.get(name, ""), str)}
    try:
        form = PlaceForm.of(given)
        await commands.share_place(session, form.place, now())
    except Invalid as error:
        return _page(request, typed=typed, wrong=error.fields)
    except Offline:
        raise
    except XmppError as error:
        return _page(request, typed=typed, wrong={"": describe(error).text})
    return done(request, PATH)


async def clear(request: Request) -> Response:
    """POST /location/delete: tell nobody any more."""
    await commands.clear_place(signed_in(request).session)
    return done(request, PATH)
