"""This room answers about servers and what communities they have: finding one, opening a new one."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from webchat.errors import Invalid, NotFound, Offline, TooMany, XmppError
from webchat.nodes import commands, show, store
from webchat.nodes.forms import CreateForm
from webchat.nodes.show import paths
from webchat.posts.commands import follows, via
from webchat.posts.store import follows as followed
from webchat.session.session import Session
from webchat.web.answer import done
from webchat.web.errors import describe
from webchat.web.request import signed_in
from webchat.web.templates import page
from webchat.xmpp import jid as jids


def service_in(request: Request) -> str:
    """The service in the address. Raises NotFound when it is none."""
    try:
        return commands.service_of(request.path_params["service"])
    except Invalid:
        raise NotFound from None


async def index(request: Request) -> Response:
    """GET /communities: our own server's, those that are followed, and any other by its address."""
    session = signed_in(request).session
    typed, wrong = request.query_params.get("service", "").strip()[:3071], ""
    if typed:
        try:
            return done(request, paths.server(commands.service_of(typed)))
        except Invalid as error:
            wrong = error.fields["service"]
    home = await commands.home(session)
    async with session.read() as db:
        servers = await store.servers(db, via(session))
        rows = await followed.follows(db, session.account_id, via(session))
    return page(
        request,
        "nodes/index.html",
        status=422 if wrong else 200,
        typed=typed,
        wrong=wrong,
        home=show.server_views([(home, dict(servers).get(home, 0))] if home else []),
        servers=show.server_views([one for one in servers if one[0] != home]),
        followed=show.followed(session, rows),
    )


async def server(request: Request) -> Response:
    """GET /communities/{service}."""
    service = service_in(request)
    if jids.local(service):
        return done(request, f"/people/{jids.escape_path(service)}")
    if service != request.path_params["service"]:
        return done(request, paths.server(service))
    return await _server(request, service, CreateForm(), {})


async def _server(request: Request, service: str, form: CreateForm, errors: dict[str, str]) -> Response:
    session = signed_in(request).session
    values: dict[str, Any] = {"list": None, "trouble": ""}
    try:
        values["list"] = await _list(request, session, service)
    except (XmppError, TooMany) as error:
        values["trouble"] = describe(error).text
    return page(
        request,
        "nodes/server.html",
        status=422 if errors else 200,
        server=show.server_views([(service, 0)])[0],
        may_open=service == await commands.home(session),
        form=form,
        errors=errors,
        **values,
    )


async def _list(request: Request, session: Session, service: str) -> show.ListView:
    query = request.query_params
    words, number = query.get("words", "").strip()[:200], query.get("page", "1")
    number = number if number.isascii() and number.isdecimal() and len(number) < 4 else "1"
    infos = await commands.listing(session, service)
    async with session.read() as db:
        known = await store.communities(db, via(session), service)
        rows = await followed.follows(db, session.account_id, via(session))
    mine = frozenset(row.node for row in rows if row.service == service)
    return show.listed(session, infos, known, mine, words, int(number), commands.MOST)


async def create(request: Request) -> Response:
    """POST /communities/{service}: open a new one and follow it; what is wrong is said beside its field."""
    session, service = signed_in(request).session, service_in(request)
    async with request.form() as given:
        typed = CreateForm.typed(given)
    try:
        form = await CreateForm.read(request)
        node = await commands.create(session, service, form)
    except Invalid as error:
        return await _server(request, service, typed, error.fields)
    except XmppError as error:
        if isinstance(error, Offline):
            raise
        return await _server(request, service, typed, {"form": describe(error).text})
    await _follow(session, service, node, form.name)
    return done(request, paths.community(service, node))


async def _follow(session: Session, service: str, node: str, title: str) -> None:
    """Who opens a community wants to hear of it; it is open all the same where that fails."""
    try:
        await follows.follow(session, service, node, title=title)
    except (XmppError, Invalid):
        return
