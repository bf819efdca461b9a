"""This room answers requests about messages: read, call, answer."""

from collections.abc import Mapping
from typing import Any, cast

from starlette.requests import Request
from starlette.responses import Response

from webchat.db.base import now
from webchat.errors import Invalid, NotFound, XmppError
from webchat.messages import commands, fragments, show
from webchat.messages.commands import actions, habits, hours, limits
from webchat.messages.commands.later import Words, schedule
from webchat.messages.forms import ChatStateForm, DisplayedForm, DraftForm, MessageForm
from webchat.messages.state.occupants import Rooms
from webchat.messages.views import slash
from webchat.session.session import Session
from webchat.slice import SlashCommand
from webchat.web import answer
from webchat.web.language import N_
from webchat.web.reader import reader
from webchat.web.request import is_htmx, signed_in
from webchat.xmpp import jid as jids

NO_COMMAND_LATER = N_(
    "A command is done at once and cannot wait. Put one more / in front to say this as it is."
)
NO_EDIT_LATER = N_("A message that was sent already is changed at once; that cannot wait.")


def conversation_of(request: Request) -> str:
    """The JID in the address: bare, but for somebody in one of our rooms. Raises NotFound for any other."""
    try:
        found = jids.normalise(request.path_params["jid"])
    except ValueError:
        raise NotFound from None
    if found != jids.bare(found) and jids.bare(found) not in signed_in(request).session[Rooms]:
        raise NotFound
    return found


def offered(request: Request) -> Mapping[str, SlashCommand]:
    """Every command of the site by name."""
    found: Mapping[str, SlashCommand] = request.app.state.commands
    return found


async def _composer(request: Request, session: Session, jid: str, **values: Any) -> Response:
    async with session.read() as db:
        composer = await show.composer(db, session, jid, **values)
    status = 422 if composer.error else 200
    return answer.fragment(request, "messages/_composer.html", status=status, composer=composer)


async def _say(session: Session, jid: str, form: MessageForm, text: str) -> None:
    limits.SENDING.take(session)
    if form.later or form.later_id:
        return await _say_later(session, jid, form, text)
    if form.correct_id:
        await actions.correct(
            session,
            jid,
            form.correct_id,
            text,
            new_id=form.message_id,
            draft_version=form.draft_version,
            spoiler=form.cover,
        )
        return
    await commands.send_message(
        session,
        jid,
        text,
        id=form.message_id,
        draft_version=form.draft_version,
        reply_id=form.reply_id,
        spoiler=form.cover,
    )


async def _say_later(session: Session, jid: str, form: MessageForm, text: str) -> None:
    if form.correct_id:
        raise Invalid({"text": NO_EDIT_LATER})
    at = hours.chosen(form.later, form.later_at, now(), reader.get().zone) if form.later else None
    words = Words(text, form.message_id, form.draft_version, form.reply_id, form.cover, form.later_id)
    await schedule(session, jid, words, at)


async def done(request: Request, session: Session, jid: str, form: MessageForm) -> str:
    """Do what was typed; the page to go to afterwards, "" for the one that is open."""
    said = slash.read(form.text)
    if (form.later or form.later_id) and not isinstance(said, str):
        raise Invalid({"text": NO_COMMAND_LATER})
    if isinstance(said, slash.Swap | slash.Plus) and form.correct_id:
        said = form.text
    if isinstance(said, slash.Swap | slash.Plus):
        version, reply = form.draft_version, form.reply_id
        await habits.do(
            session, jid, said, typed=form.text, id=form.message_id, draft_version=version, reply=reply
        )
        return ""
    if isinstance(said, slash.Call):
        if form.correct_id:
            raise Invalid({"text": slash.NOT_AN_EDIT})
        known = offered(request)
        return await slash.run(
            session, jid, said, known, id=form.message_id, draft_version=form.draft_version
        )
    await _say(session, jid, form, said)
    return ""


async def _refused(request: Request, session: Session, jid: str, form: MessageForm, why: str) -> Response:
    return await _composer(
        request,
        session,
        jid,
        text=form.text,
        message_id=form.message_id,
        error=why,
        reply=form.reply_id,
        edit=form.correct_id,
        spoiler=form.cover,
        later=form.later_id,
    )


async def create(request: Request) -> Response:
    """POST /conversations/{jid}/messages: say something."""
    session, jid = signed_in(request).session, conversation_of(request)
    form = await MessageForm.read(request)
    try:
        path = await done(request, session, jid, form)
    except Invalid as error:
        if not is_htmx(request):
            raise
        return await _refused(request, session, jid, form, next(iter(error.fields.values())))
    if path:
        return answer.leave(request, path)
    if is_htmx(request):
        return await _composer(request, session, jid)
    return answer.done(request, await show.place(session, jid))


async def retry(request: Request) -> Response:
    """POST /messages/{id}/retry: send a failed message again."""
    session = signed_in(request).session
    jid = await commands.retry_message(session, id_of(request))
    return answer.done(request, await show.place(session, jid), by_stream=True)


async def remove(request: Request) -> Response:
    """POST /messages/{id}/delete: forget a failed message."""
    session = signed_in(request).session
    jid = await commands.remove_failed(session, id_of(request))
    return answer.done(request, await show.place(session, jid), by_stream=True)


async def draft(request: Request) -> Response:
    """POST /conversations/{jid}/draft: keep what is typed."""
    session, jid = signed_in(request).session, conversation_of(request)
    form = await DraftForm.read(request)
    limits.SAVING.take(session)
    kept = await commands.save_draft(session, jid, form.text, form.draft_version)
    if not is_htmx(request):
        return answer.done(request, await show.place(session, jid))
    async with session.read() as db:
        composer = await show.composer(db, session, jid, draft=kept)
    return answer.fragment(request, "messages/_draft.html", composer=composer)


async def drop_other_draft(request: Request) -> Response:
    """POST /conversations/{jid}/draft/delete: the words of the other device are not needed."""
    session, jid = signed_in(request).session, conversation_of(request)
    await commands.drop_other_draft(session, jid)
    return answer.done(request, await show.place(session, jid), by_stream=True)


async def chat_state(request: Request) -> Response:
    """POST /conversations/{jid}/chat-state: we type, or stopped."""
    session, jid = signed_in(request).session, conversation_of(request)
    form = await ChatStateForm.read(request)
    limits.TYPING.take(session)
    await commands.say_chat_state(session, jid, cast(commands.ChatState, form.state))
    return answer.done(request, await show.place(session, jid), by_stream=True)


async def displayed(request: Request) -> Response:
    """POST /conversations/{jid}/displayed: everything up to a message was seen."""
    session, jid = signed_in(request).session, conversation_of(request)
    form = await DisplayedForm.read(request)
    await commands.mark_displayed(session, jid, form.id)
    return answer.done(request, await show.place(session, jid), by_stream=True)


async def older(request: Request) -> Response:
    """GET /conversations/{jid}/older?before=KEY: what stands above a page, from the archive if need be."""
    session, jid = signed_in(request).session, conversation_of(request)
    before = request.query_params.get("before", "")
    trouble = ""
    try:
        await commands.reach_older(session, jid, before)
    except XmppError:
        # What is here already is shown all the same, and the link stays for another try.
        trouble = N_("Your server does not give older messages at the moment.")
    async with session.read() as db:
        timeline = await show.timeline(db, session, jid, before=before)
        rows = await show.with_following(db, session, jid, timeline)
    return answer.partials(request, *fragments.older(jid, rows, timeline, trouble))


async def fill_gap(request: Request) -> Response:
    """POST /conversations/{jid}/gaps/{id}: fetch what may be missing."""
    session, jid = signed_in(request).session, conversation_of(request)
    await commands.fill_gap(session, jid, id_of(request))
    return answer.done(request, await show.place(session, jid), by_stream=True)


def id_of(request: Request) -> int:
    """The number in the address."""
    found: int = request.path_params["id"]
    return found
