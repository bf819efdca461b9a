"""This room answers about what waits for its hour: write it, list it, change it, send it; and reminders."""

from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from webchat.db.base import now
from webchat.errors import Invalid, NotFound
from webchat.messages import show
from webchat.messages.commands import hours, later, limits
from webchat.messages.forms import HourForm, MessageForm
from webchat.messages.show import later as show_later
from webchat.messages.views import conversation_of, done, id_of
from webchat.session.session import Session
from webchat.web import answer, time
from webchat.web.language import N_
from webchat.web.reader import reader
from webchat.web.request import is_htmx, signed_in
from webchat.web.scope import Scope
from webchat.web.templates import page
from webchat.xmpp import jid as jids

SEND_LATER = N_("Send later")
SENT = N_("It is on its way.")
DELETED = N_("Deleted: it will not be sent.")
MOVED = N_("It will be sent: %(when)s")
REMINDS = N_("You will be reminded: %(when)s")
NO_REMINDER = N_("You will not be reminded.")


async def index(request: Request) -> Response:
    """GET /later?in=: all that waits for its hour, or that of one conversation."""
    session = signed_in(request).session
    jid = _conversation(request.query_params.get("in", ""))
    cursor = session.feed.cursor
    async with session.read() as db:
        found = await show_later.later_page(db, session, jid)
    return page(request, "messages/later.html", scope=Scope("later", jid), cursor=cursor, waits=found)


def _conversation(text: str) -> str:
    try:
        return jids.normalise(text) if text else ""
    except ValueError:
        raise NotFound from None


async def begin(request: Request) -> Response:
    """GET /conversations/{jid}/later: the hours to choose from, for a popover; else the page to write on."""
    session, jid = signed_in(request).session, conversation_of(request)
    if is_htmx(request):
        choices = show_later.hours_view(0)
        return answer.fragment(request, "messages/_later_hours.html", hours=choices, word=SEND_LATER)
    return await _sheet(request, session, jid)


async def create(request: Request) -> Response:
    """POST /conversations/{jid}/later: say it at the hour that was chosen; without one, ask for it."""
    session, jid = signed_in(request).session, conversation_of(request)
    form = await MessageForm.read(request)
    given: dict[str, Any] = {"text": form.text, "message_id": form.message_id, "reply": form.reply_id}
    given |= {"spoiler": form.cover, "later": form.later_id}
    if not form.later:
        return await _sheet(request, session, jid, **given)
    try:
        await done(request, session, jid, form)
    except Invalid as error:
        wrong = next(iter(error.fields.values()))
        return await _sheet(request, session, jid, error=wrong, wanted=form.later_at, **given)
    return answer.done(request, show_later.list_path(jid))


async def _sheet(request: Request, session: Session, jid: str, *, wanted: str = "", **given: Any) -> Response:
    async with session.read() as db:
        composer = await show.composer(db, session, jid, **given)
    status = 422 if composer.error else 200
    values: dict[str, Any] = {"composer": composer, "hours": show_later.hours_view(0), "wanted": wanted}
    return page(request, "messages/later_send.html", status=status, **values)


async def move(request: Request) -> Response:
    """POST /later/{id}: another hour."""
    session, id = signed_in(request).session, id_of(request)
    form = await HourForm.read(request)
    at = hours.chosen(form.later, form.later_at, now(), reader.get().zone)
    return answer.told(
        request, show_later.list_path(await later.move(session, id, at)), MOVED, when=_words(at)
    )


def _words(at: datetime) -> str:
    """This moment as the reader's clock and language have it."""
    place, where = reader.get().place or reader.get().language, reader.get().zone
    return f"{time.day(at, place, where)}, {time.clock(at, place, where)}"


async def send(request: Request) -> Response:
    """POST /later/{id}/send: do not wait any longer."""
    session, id = signed_in(request).session, id_of(request)
    limits.SENDING.take(session)
    jid = await later.send_now(session, id)
    return answer.told(request, await show.place(session, jid), SENT)


async def delete(request: Request) -> Response:
    """POST /later/{id}/delete: do not send it."""
    session, id = signed_in(request).session, id_of(request)
    return answer.told(request, show_later.list_path(await later.delete(session, id)), DELETED)


async def remind(request: Request) -> Response:
    """POST /messages/{id}/remind: tell me of it at this hour."""
    session, id = signed_in(request).session, id_of(request)
    form = await HourForm.read(request)
    limits.SAVING.take(session)
    at = hours.chosen(form.later, form.later_at, now(), reader.get().zone)
    jid = await later.remind(session, id, at)
    return answer.told(request, f"{await show.place(session, jid)}?at={id}", REMINDS, when=_words(at))


async def forget(request: Request) -> Response:
    """POST /messages/{id}/remind/delete: do not."""
    session, id = signed_in(request).session, id_of(request)
    await later.forget_reminder(session, id)
    return answer.told(request, "/later", NO_REMINDER)
