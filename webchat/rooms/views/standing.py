"""This room answers about what a room takes: an answer at its door, a request, a picture from its owner."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from webchat.errors import NotFound, Offline, XmppError
from webchat.pictures import BadPicture, Picture
from webchat.rooms.commands import standing as commands
from webchat.rooms.state import Questions
from webchat.rooms.views.about import head, inside
from webchat.rooms.views.room import address, within
from webchat.web import forms
from webchat.web.answer import done
from webchat.web.errors import describe
from webchat.web.language import N_
from webchat.web.request import signed_in
from webchat.web.templates import page

NO_PICTURE = N_("Choose a picture first.")
BAD_PICTURE = N_("This is no picture that can be used, or it is too large.")


async def answer(request: Request) -> Response:
    """POST /rooms/{jid}/question: what the room wanted to know before it lets anybody in."""
    session, jid = signed_in(request).session, address(request)
    await commands.answer_question(session, jid, await forms.answers(request))
    return done(request, within(jid), by_stream=True)


async def question_picture(request: Request) -> Response:
    """GET /rooms/{jid}/question/{id}/{number}: the picture of a field, while the question is open."""
    session, jid = signed_in(request).session, address(request)
    question = session[Questions].get(jid)
    if question is None or question.id != request.path_params["id"]:
        raise NotFound
    made = dict(enumerate(question.pictures.values())).get(request.path_params["number"])
    if not isinstance(made, Picture):
        raise NotFound
    headers = {"cache-control": "private, no-store", "content-disposition": "inline"}
    return Response(made.data, media_type=made.media_type, headers=headers)


async def membership(request: Request) -> Response:
    """GET /rooms/{jid}/membership: what the room asks those who want to be members."""
    return await _membership(request)


async def _membership(request: Request, error: str = "") -> Response:
    session, jid = signed_in(request).session, address(request)
    form, trouble = None, ""
    try:
        form = await commands.membership_form(session, jid)
    except Offline:
        raise
    except XmppError as problem:
        trouble = describe(problem).text
    values: dict[str, Any] = {"form": form, "trouble": trouble, "error": error}
    values |= {"room": await head(session, jid), "sent": "sent" in request.query_params}
    return page(request, "rooms/membership.html", status=422 if error else 200, **values)


async def ask_membership(request: Request) -> Response:
    """POST /rooms/{jid}/membership: ask to be taken in."""
    session, jid = signed_in(request).session, address(request)
    given = await forms.answers(request)
    try:
        await commands.ask_membership(session, jid, given)
    except Offline:
        raise
    except XmppError as error:
        return await _membership(request, describe(error).text)
    return done(request, within(jid, "/membership?sent=1"))


async def picture(request: Request) -> Response:
    """GET /rooms/{jid}/picture: the picture of a room, for its owner."""
    return await _picture(request)


async def _picture(request: Request, error: str = "") -> Response:
    room = await inside(signed_in(request).session, address(request))
    values: dict[str, Any] = {"room": room, "error": error, "saved": "saved" in request.query_params}
    return page(request, "rooms/picture.html", status=422 if error else 200, **values)


async def set_picture(request: Request) -> Response:
    """POST /rooms/{jid}/picture/files: another picture, or none."""
    session, jid = signed_in(request).session, address(request)
    data, remove = await forms.picture(request)
    if not data and not remove:
        return await _picture(request, NO_PICTURE)
    try:
        await commands.set_picture(session, jid, b"" if remove else data)
    except BadPicture:
        return await _picture(request, BAD_PICTURE)
    except Offline:
        raise
    except XmppError as error:
        return await _picture(request, describe(error).text)
    return done(request, within(jid, "/picture?saved=1"))
