"""This room answers those who look after a community: its settings, who may do what, its end."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from webchat.errors import Forbidden, Invalid, Offline, XmppError
from webchat.nodes import commands, show
from webchat.nodes.commands import logo
from webchat.nodes.forms import ConfigureForm, DeleteForm, RoleForm, SubscriberForm
from webchat.nodes.show import paths
from webchat.nodes.show.directory import title
from webchat.nodes.views.community import place
from webchat.pictures import BadPicture
from webchat.posts import store as posts
from webchat.posts.commands import via
from webchat.session.session import Session
from webchat.uploads.commands import CannotSend
from webchat.uploads.views import media_of
from webchat.web import forms
from webchat.web.answer import done
from webchat.web.errors import describe
from webchat.web.language import N_
from webchat.web.reader import reader
from webchat.web.request import signed_in
from webchat.web.templates import page
from webchat.xmpp.entries import NodeInfo
from webchat.xmpp.pubsub.linked import without_room

NO_PICTURE = N_("Choose a picture first.")
BAD_PICTURE = N_("This is no picture that can be used, or it is too large.")


async def owned(request: Request) -> tuple[Session, show.HeadView, NodeInfo]:
    """The community in the address, when the user looks after it.

    Raises NotFound, Forbidden, XmppError where its service cannot be asked.
    """
    session, (service, node) = signed_in(request).session, place(request)
    said = await commands.look(session, service, node)
    if said.info is None:
        raise Offline if session.state != "online" else XmppError(said.trouble)
    if not said.owner:
        raise Forbidden
    async with session.read() as db:
        row = await posts.node(db, via(session), service, node)
    return session, show.head(session, service, node, row, said), said.info


async def configuration(request: Request) -> Response:
    """GET /communities/{service}/{node}/configuration."""
    session, head, info = await owned(request)
    room = (await commands.look(session, info.service, info.node)).room
    model = info.publish_model if info.publish_model in ("open", "subscribers") else "publishers"
    words = without_room(info.description)
    form = ConfigureForm(title(info.title, info.node), words, model, info.kind, room)
    return _configuration(request, head, form, {}, saved="saved" in request.query_params)


def _configuration(
    request: Request, head: show.HeadView, form: ConfigureForm, errors: dict[str, str], *, saved: bool = False
) -> Response:
    status = 422 if errors else 200
    values: dict[str, Any] = {"community": head, "form": form, "errors": errors, "saved": saved}
    return page(request, "nodes/configuration.html", status=status, **values)


async def configure(request: Request) -> Response:
    """POST /communities/{service}/{node}/configuration: what people see of it."""
    session, head, info = await owned(request)
    async with request.form() as given:
        typed = ConfigureForm.typed(given)
    try:
        form = await ConfigureForm.read(request)
        await commands.configure(session, info.service, info.node, form)
    except Invalid as error:
        return _configuration(request, head, typed, error.fields)
    except XmppError as error:
        if isinstance(error, Offline):
            raise
        return _configuration(request, head, typed, {"form": describe(error).text})
    return done(request, paths.community(info.service, info.node, "/configuration?saved=1"))


async def picture(request: Request) -> Response:
    """GET /communities/{service}/{node}/picture: its logo."""
    return await _picture(request)


async def _picture(request: Request, error: str = "") -> Response:
    _, head, _ = await owned(request)
    values: dict[str, Any] = {"community": head, "error": error, "saved": "saved" in request.query_params}
    return page(request, "nodes/picture.html", status=422 if error else 200, **values)


async def set_picture(request: Request) -> Response:
    """POST /communities/{service}/{node}/picture/files: another logo, or none."""
    session, _, info = await owned(request)
    data, remove = await forms.picture(request)
    if not data and not remove:
        return await _picture(request, NO_PICTURE)
    try:
        await logo.give(session, media_of(request), info.service, info.node, b"" if remove else data)
    except BadPicture:
        return await _picture(request, BAD_PICTURE)
    except Offline:
        raise
    except (CannotSend, XmppError) as error:
        return await _picture(request, describe(error).said(reader.get().language))
    return done(request, paths.community(info.service, info.node, "/picture?saved=1"))


async def form(request: Request) -> Response:
    """GET /communities/{service}/{node}/form: all that the service asks its owner."""
    return await _form(request)


async def _form(request: Request, error: str = "") -> Response:
    session, head, info = await owned(request)
    asked = await commands.configuration(session, info.service, info.node)
    values: dict[str, Any] = {"community": head, "form": asked, "error": error}
    saved = "saved" in request.query_params
    return page(request, "nodes/form.html", status=422 if error else 200, saved=saved, **values)


async def submit_form(request: Request) -> Response:
    """POST /communities/{service}/{node}/form."""
    session, _, info = await owned(request)
    answers = await forms.answers(request)
    try:
        await commands.submit_form(session, info.service, info.node, answers)
    except Offline:
        raise
    except XmppError as error:
        return await _form(request, describe(error).text)
    return done(request, paths.community(info.service, info.node, "/form?saved=1"))


async def repair(request: Request) -> Response:
    """POST /communities/{service}/{node}/repair: keep more posts from now on."""
    session, _, info = await owned(request)
    await commands.repair(session, info.service, info.node)
    return done(request, paths.community(info.service, info.node))


async def roles(request: Request) -> Response:
    """GET /communities/{service}/{node}/roles."""
    return await _roles(request, RoleForm(), {})


async def _roles(request: Request, form: RoleForm, errors: dict[str, str]) -> Response:
    session, head, info = await owned(request)
    members = await commands.members(session, info.service, info.node)
    return page(
        request,
        "nodes/roles.html",
        status=422 if errors else 200,
        community=head,
        groups=show.groups(session, members),
        roles=show.ROLE_CHOICES,
        form=form,
        errors=errors,
    )


async def set_role(request: Request) -> Response:
    """POST /communities/{service}/{node}/roles: make somebody something, or nothing."""
    session, _, info = await owned(request)
    form = await RoleForm.read(request)
    try:
        await commands.set_role(session, info.service, info.node, form.jid, form.role)
    except Invalid as error:
        return await _roles(request, form, error.fields)
    except XmppError as error:
        if isinstance(error, Offline):
            raise
        return await _roles(request, form, {"jid": describe(error).text})
    gave_up = form.role != "owner" and commands.person(form.jid) == session.jid
    return done(request, paths.community(info.service, info.node, "" if gave_up else "/roles"))


async def subscribers(request: Request) -> Response:
    """GET /communities/{service}/{node}/subscribers: all for who looks after it, who shared it for others."""
    session, (service, node) = signed_in(request).session, place(request)
    said = await commands.look(session, service, node)
    if said.info is None or said.owner:
        return await _subscribers(request)
    found = await commands.known_followers(session, service, node)
    async with session.read() as db:
        row = await posts.node(db, via(session), service, node)
    head = show.head(session, service, node, row, said)
    return page(request, "nodes/followers.html", community=head, people=show.people(session, found))


async def _subscribers(request: Request, error: str = "") -> Response:
    session, head, info = await owned(request)
    found = await commands.subscribers(session, info.service, info.node)
    people = show.people(session, found)
    values: dict[str, Any] = {"community": head, "people": people, "error": error}
    return page(request, "nodes/subscribers.html", status=422 if error else 200, **values)


async def set_subscriber(request: Request) -> Response:
    """POST /communities/{service}/{node}/subscribers: let somebody in, or have them follow no longer."""
    session, _, info = await owned(request)
    form = await SubscriberForm.read(request)
    try:
        await commands.set_subscriber(session, info.service, info.node, form.jid, form.state)
    except Invalid as error:
        return await _subscribers(request, error.fields["jid"])
    except XmppError as error:
        if isinstance(error, Offline):
            raise
        return await _subscribers(request, describe(error).text)
    return done(request, paths.community(info.service, info.node, "/subscribers"))


async def delete(request: Request) -> Response:
    """GET /communities/{service}/{node}/delete: what will be gone."""
    return await _delete(request, {})


async def _delete(request: Request, errors: dict[str, str]) -> Response:
    _, head, info = await owned(request)
    status = 422 if errors else 200
    return page(request, "nodes/delete.html", status=status, community=head, info=info, errors=errors)


async def delete_now(request: Request) -> Response:
    """POST /communities/{service}/{node}/delete: end it for everybody."""
    session, _, info = await owned(request)
    try:
        await DeleteForm.read(request)
        await commands.delete(session, info.service, info.node)
    except Invalid as error:
        return await _delete(request, error.fields)
    return done(request, paths.server(info.service))
