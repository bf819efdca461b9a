"""This room answers browsers about commands: which there are, and those that are being run."""

import asyncio
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from webchat.actions import commands, show
from webchat.actions.forms import NOT_AN_ADDRESS, RunForm, StepForm, address
from webchat.actions.show.runs import ACTIONS
from webchat.actions.state import Run, Runs
from webchat.errors import Conflict, Invalid, Offline, XmppError
from webchat.web import forms
from webchat.web.answer import done
from webchat.web.errors import describe
from webchat.web.language import N_
from webchat.web.request import jid_in, language, signed_in
from webchat.web.templates import page
from webchat.xmpp import jid as jids
from webchat.xmpp import server

GONE = N_("That command is over, or was not used for long. Start it again.")
BEHIND = N_("This command had gone on elsewhere. Here is where it stands now.")


async def index(request: Request) -> Response:
    """GET /configuration/actions?jid=: commands of our server, gateways, the way to any other address."""
    typed = request.query_params.get("jid", "").strip()[:4000]
    if typed and (found := address(typed)):
        return done(request, show.address_path(found))
    session = signed_in(request).session
    home = jids.domain(session.jid)
    (since, services), offered = await asyncio.gather(
        commands.overview(session), commands.offered(session, home)
    )
    values: dict[str, Any] = {"up": show.up(since), "gateways": show.gateways(services)}
    values |= {"typed": typed, "wrong": NOT_AN_ADDRESS if typed else ""}
    values["offered"] = show.command_list(home, offered)
    values["gone"] = GONE if "gone" in request.query_params else ""
    return page(request, "actions/index.html", status=422 if typed else 200, **values)


async def server_information(request: Request) -> Response:
    """GET /configuration/actions/server: what our server offers, and what would add the rest."""
    session = signed_in(request).session
    if not session.client.connected:
        raise Offline
    view = show.server_view(session, await server.look(session.client))
    return page(request, "actions/server.html", server=view)


async def at(request: Request) -> Response:
    """GET /configuration/actions/at/{jid}: the commands of one address."""
    session, jid = signed_in(request).session, jid_in(request)
    offered = show.command_list(jid, await commands.offered(session, jid))
    return page(request, "actions/at.html", offered=offered)


async def begin(request: Request) -> Response:
    """POST /configuration/actions/at/{jid}: run a command; the page of it is kept for going back to."""
    session, jid = signed_in(request).session, jid_in(request)
    form = await RunForm.read(request)
    run = await commands.begin(session, jid, form.node, form.name, language(request))
    return done(request, show.run_path(run))


async def run(request: Request) -> Response:
    """GET /configuration/actions/runs/{id}: where a command stands."""
    found = _run(request)
    return done(request, f"{ACTIONS}?gone=1") if found is None else _page(request, found)


async def go_on(request: Request) -> Response:
    """POST /configuration/actions/runs/{id}: the next step, a former one, or the end of it."""
    found = _run(request)
    if found is None:
        return done(request, f"{ACTIONS}?gone=1")
    form, answers = await StepForm.read(request), await forms.answers(request)
    try:
        await commands.go_on(signed_in(request).session, found, form.turn, form.do, answers)
    except Conflict:
        return _page(request, found, status=409, error=BEHIND)
    except Invalid as error:
        return _page(request, found, status=422, answers=answers, errors=error.fields)
    except XmppError as error:
        drawn = describe(error)
        values = {"error": drawn.text, "detail": drawn.detail}
        return _page(request, found, status=422, answers=answers, **values)
    return done(request, show.run_path(found))


def _page(request: Request, run: Run, status: int = 200, **values: Any) -> Response:
    return page(request, "actions/run.html", status=status, run=show.run_view(run, **values))


def _run(request: Request) -> Run | None:
    return signed_in(request).session[Runs].get(request.path_params["id"])
