"""This room answers the forms of one message: read, act, go back to where it stands."""

from starlette.requests import Request
from starlette.responses import Response

from webchat.errors import Invalid, TimedOut, XmppError
from webchat.messages import forms, show
from webchat.messages.commands import actions, limits
from webchat.messages.views import id_of
from webchat.session.session import Session
from webchat.web import answer
from webchat.web.language import N_
from webchat.web.request import is_htmx, signed_in

REFUSED = N_("The room did not do this.")
NO_ANSWER = N_("There was no answer. Try again.")
SAVED = N_("Saved")
NOT_SAVED = N_("Not saved any more")
FORWARDED = N_("Forwarded")

MOST_RECEIVERS = 100


def _asks(request: Request, limit: bool = True) -> tuple[Session, int]:
    session, id = signed_in(request).session, id_of(request)
    if limit:
        limits.SENDING.take(session)
    return session, id


async def _back(request: Request, session: Session, jid: str, id: int) -> Response:
    """To the message in its conversation; with scripts the stream has drawn it already."""
    return answer.done(request, f"{await show.place(session, jid)}?at={id}", by_stream=True)


async def react(request: Request) -> Response:
    """POST /messages/{id}/reactions: add a reaction, or take it back."""
    session, id = _asks(request)
    form = await forms.ReactionForm.read(request)
    return await _back(request, session, await actions.react(session, id, form.emoji), id)


async def retract(request: Request) -> Response:
    """POST /messages/{id}/retraction: take an own message back."""
    session, id = _asks(request)
    return await _back(request, session, await actions.retract(session, id), id)


async def moderate(request: Request) -> Response:
    """POST /messages/{id}/moderation: have the room take a message away."""
    session, id = _asks(request)
    form = await forms.ModerationForm.read(request)
    try:
        jid = await actions.moderate(session, id, form.reason)
    except TimedOut:
        raise Invalid({"message": NO_ANSWER}) from None
    except XmppError:
        raise Invalid({"message": REFUSED}) from None
    return await _back(request, session, jid, id)


async def hide(request: Request) -> Response:
    """POST /messages/{id}/hide: do not show it to me."""
    session, id = _asks(request, limit=False)
    return await _back(request, session, await actions.hide(session, id, hidden=True), id)


async def unhide(request: Request) -> Response:
    """POST /messages/{id}/hide/delete: show it again."""
    session, id = _asks(request, limit=False)
    return await _back(request, session, await actions.hide(session, id, hidden=False), id)


async def save(request: Request) -> Response:
    """POST /messages/{id}/save: keep it for later."""
    session, id = _asks(request, limit=False)
    form = await forms.SaveForm.read(request)
    jid = await actions.save(session, id, form.tags)
    return answer.told(request, f"{await show.place(session, jid)}?at={id}", SAVED)


async def unsave(request: Request) -> Response:
    """POST /messages/{id}/save/delete: keep it no longer."""
    session, id = _asks(request, limit=False)
    jid = await actions.unsave(session, id)
    if request.query_params.get("from") == "saved":
        return answer.done(request, "/saved")
    return answer.told(request, f"{await show.place(session, jid)}?at={id}", NOT_SAVED)


async def forward(request: Request) -> Response:
    """POST /messages/{id}/forward: say it again elsewhere."""
    session, id = _asks(request, limit=False)
    receivers = await actions.forward(session, id, await _receivers(request))
    return answer.told(request, await show.place(session, receivers[0]), FORWARDED)


async def _receivers(request: Request) -> list[str]:
    """Every `to` that was ticked, and the address that was typed."""
    async with request.form(max_files=0, max_fields=MOST_RECEIVERS) as given:
        return [one for one in given.getlist("to") if isinstance(one, str)]


async def undo(request: Request) -> Response:
    """POST /messages/{id}/undo: do not send it; its text is in the box again."""
    session, id = _asks(request, limit=False)
    jid, reply = await actions.undo(session, id)
    if is_htmx(request):
        async with session.read() as db:
            composer = await show.composer(db, session, jid, reply=reply)
        return answer.fragment(request, "messages/_composer.html", composer=composer)
    path = await show.place(session, jid)
    return answer.done(request, f"{path}?reply={reply}" if reply else path)
