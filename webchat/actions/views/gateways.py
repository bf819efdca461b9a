"""This room answers browsers about gateways: registering with one, and ending that."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from webchat.actions import commands, show
from webchat.actions.forms import complete, typed
from webchat.actions.show.runs import ACTIONS
from webchat.errors import Invalid, NotFound, XmppError
from webchat.web import forms
from webchat.web.answer import done
from webchat.web.errors import describe
from webchat.web.request import jid_in, language, signed_in
from webchat.web.templates import page
from webchat.xmpp import jid as jids
from webchat.xmpp.gateways import Registration


async def show_form(request: Request) -> Response:
    """GET /configuration/actions/gateways/{jid}: what it asks, and whether we are registered."""
    session, jid = signed_in(request).session, _address(request)
    return _page(request, jid, await commands.registration(session, jid))


def _page(request: Request, jid: str, asked: Registration, status: int = 200, **values: Any) -> Response:
    answers = values.pop("answers", None)
    form = show.labelled(asked.form, language(request))
    return page(
        request,
        "actions/gateway.html",
        status=status,
        jid=jids.shown(jid),
        path=_path(jid),
        commands_path=show.address_path(jid),
        asked=asked,
        form=form if answers is None else typed(form, complete(form, answers)),
        saved=request.query_params.get("saved", ""),
        **{"errors": {}, "error": "", "detail": "", **values},
    )


async def register(request: Request) -> Response:
    """POST /configuration/actions/gateways/{jid}: register, or change what was said there."""
    session, jid = signed_in(request).session, _address(request)
    asked = await commands.registration(session, jid)
    answers = await forms.answers(request)
    try:
        await commands.register(session, jid, asked, answers)
    except Invalid as error:
        return _page(request, jid, asked, status=422, answers=answers, errors=error.fields)
    except XmppError as error:
        drawn = describe(error)
        values = {"error": drawn.text, "detail": drawn.detail}
        return _page(request, jid, asked, status=422, answers=answers, **values)
    return done(request, f"{_path(jid)}?saved=in")


async def unregister(request: Request) -> Response:
    """POST /configuration/actions/gateways/{jid}/delete: end it."""
    session, jid = signed_in(request).session, _address(request)
    await commands.unregister(session, jid)
    return done(request, f"{_path(jid)}?saved=out")


def _path(jid: str) -> str:
    return f"{ACTIONS}/gateways/{jids.escape_path(jid)}"


def _address(request: Request) -> str:
    """A service: nobody registers with people by mistake."""
    jid = jid_in(request)
    if jids.local(jid) or jids.resource(jid):
        raise NotFound
    return jid
