"""This room answers requests about messages: read, call, answer."""

from typing import cast

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from webchat.errors import Invalid, NotFound, XmppError
from webchat.messages import commands, fragments, show, store
from webchat.messages.forms import ChatStateForm, DisplayedForm, DraftForm, MessageForm
from webchat.session.session import Session
from webchat.web import answer
from webchat.web.language import N_
from webchat.web.request import is_htmx, signed_in
from webchat.xmpp import jid as jids


def conversation_of(request: Request) -> str:
    """The bare JID in the address. Raises NotFound when it is none."""
    try:
        found = jids.normalise(request.path_params["jid"])
    except ValueError:
        raise NotFound from None
    if found != jids.bare(found):
        raise NotFound
    return found


async def _composer(request: Request, session: Session, jid: str, **values: str | None) -> Response:
    async with session.read() as db:
        composer = await show.composer(db, session, jid, **values)  # type: ignore[arg-type]
    status = 422 if composer.error else 200
    return answer.fragment(request, "messages/_composer.html", status=status, composer=composer)


async def create(request: Request) -> Response:
    """POST /conversations/{jid}/messages: say something."""
    session, jid = signed_in(request).session, conversation_of(request)
    form = await MessageForm.read(request)
    try:
        await commands.send_message(
            session, jid, form.text, id=form.message_id, draft_version=form.draft_version
        )
    except Invalid as error:
        if not is_htmx(request):
            raise
        wrong = next(iter(error.fields.values()))
        return await _composer(request, session, jid, text=form.text, message_id=form.message_id, error=wrong)
    if is_htmx(request):
        return await _composer(request, session, jid)
    return answer.done(request, show.path_of(jid))


async def retry(request: Request) -> Response:
    """POST /messages/{id}/retry: send a failed message again."""
    jid = await commands.retry_message(signed_in(request).session, _id(request))
    return answer.done(request, show.path_of(jid), by_stream=True)


async def remove(request: Request) -> Response:
    """POST /messages/{id}/delete: forget a failed message."""
    jid = await commands.remove_failed(signed_in(request).session, _id(request))
    return answer.done(request, show.path_of(jid), by_stream=True)


async def draft(request: Request) -> Response:
    """POST /conversations/{jid}/draft: keep what is typed."""
    session, jid = signed_in(request).session, conversation_of(request)
    form = await DraftForm.read(request)
    kept = await commands.save_draft(session, jid, form.text, form.draft_version)
    if not is_htmx(request):
        return answer.done(request, show.path_of(jid))
    async with session.read() as db:
        composer = await show.composer(db, session, jid, draft=kept)
    return answer.fragment(request, "messages/_draft.html", composer=composer)


async def drop_other_draft(request: Request) -> Response:
    """POST /conversations/{jid}/draft/delete: the words of the other device are not needed."""
    session, jid = signed_in(request).session, conversation_of(request)
    await commands.drop_other_draft(session, jid)
    return answer.done(request, show.path_of(jid), by_stream=True)


async def chat_state(request: Request) -> Response:
    """POST /conversations/{jid}/chat-state: we type, or stopped."""
    session, jid = signed_in(request).session, conversation_of(request)
    form = await ChatStateForm.read(request)
    await commands.say_chat_state(session, jid, cast(commands.ChatState, form.state))
    return answer.done(request, show.path_of(jid), by_stream=True)


async def displayed(request: Request) -> Response:
    """POST /conversations/{jid}/displayed: everything up to a message was seen."""
    session, jid = signed_in(request).session, conversation_of(request)
    form = await DisplayedForm.read(request)
    await commands.mark_displayed(session, jid, form.id)
    return answer.done(request, show.path_of(jid), by_stream=True)


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
    await commands.fill_gap(session, jid, _id(request))
    return answer.done(request, show.path_of(jid), by_stream=True)


async def whole(request: Request) -> Response:
    """GET /messages/{id}: all of a message whose body is too long for the timeline, as plain text."""
    session = signed_in(request).session
    async with session.read() as db:
        body = await store.body(db, session.account_id, _id(request))
    if body is None:
        raise NotFound
    return PlainTextResponse(body)


def _id(request: Request) -> int:
    """The number in the address; one that no row can have is not found."""
    number = str(request.path_params["id"])
    if len(number) > 18:
        raise NotFound
    return int(number)
