"""This room answers browsers about what is followed: the button, its dialog, the list of all."""

from collections.abc import Mapping
from contextlib import suppress
from types import MappingProxyType
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from webchat.errors import Invalid, NotFound, XmppError
from webchat.news import show
from webchat.news.forms import FollowForm
from webchat.posts import show as posts
from webchat.posts.commands import follows as commands
from webchat.posts.follows import known_place
from webchat.web.answer import done
from webchat.web.request import signed_in
from webchat.web.scope import Scope
from webchat.web.templates import page
from webchat.xmpp.entries import Ref

NOTHING: Mapping[str, str] = MappingProxyType({})


def _place(request: Request) -> Ref:
    found = known_place(request.path_params["service"], posts.unsegment(request.path_params["node"]))
    if found is None or found[0] == signed_in(request).session.jid:
        raise NotFound
    return Ref(*found)


async def dialog(request: Request) -> Response:
    """GET /nodes/{service}/{node}/subscription: begin to follow, or change how."""
    return await _dialog(request, _place(request))


async def _dialog(
    request: Request,
    ref: Ref,
    status: int = 200,
    *,
    typed: FollowForm | None = None,
    wrong: Mapping[str, str] = NOTHING,
    trouble: str = "",
    ask: bool = False,
) -> Response:
    session = signed_in(request).session
    async with session.read() as db:
        view = await show.dialog(db, session, ref, typed)
    values: dict[str, Any] = {"dialog": view, "wrong": wrong, "trouble": trouble, "ask": ask}
    return page(request, "news/follow.html", status=status, **values)


async def follow(request: Request) -> Response:
    """POST /nodes/{service}/{node}/subscription: follow it, or call it otherwise."""
    session, ref = signed_in(request).session, _place(request)
    try:
        form = await FollowForm.read(request)
    except Invalid as error:
        return await _dialog(request, ref, 422, wrong=error.fields)
    try:
        await commands.follow(session, ref.service, ref.node, title=form.title, shared=form.shared)
    except Invalid as error:
        return await _dialog(request, ref, 422, typed=form, wrong=error.fields)
    except XmppError as error:
        trouble, ask = show.refused(ref, error)
        return await _dialog(request, ref, 409, typed=form, trouble=trouble, ask=ask)
    return done(request, form.back_to(posts.node_path(ref)))


async def unfollow(request: Request) -> Response:
    """POST /nodes/{service}/{node}/subscription/delete: follow it no longer."""
    session, ref = signed_in(request).session, _place(request)
    form = await FollowForm.read(request)
    with suppress(NotFound):
        await commands.unfollow(session, ref.service, ref.node)
    return done(request, form.back_to(posts.node_path(ref)))


async def tell(request: Request) -> Response:
    """POST /nodes/{service}/{node}/subscription/notices: be told of each new post of it, or no more."""
    session, ref = signed_in(request).session, _place(request)
    form = await FollowForm.read(request)
    await commands.tell(session, ref.service, ref.node, tells=form.tells)
    return done(request, form.back_to(posts.node_path(ref)))


async def index(request: Request) -> Response:
    """GET /subscriptions: all that is followed."""
    session = signed_in(request).session
    cursor = session.feed.cursor
    async with session.read() as db:
        view = await show.subscriptions(db, session)
    scope = Scope("subscriptions")
    return page(request, "news/subscriptions.html", scope=scope, cursor=cursor, subscriptions=view)
