"""This room answers about sending a post to a chat."""

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response

from webchat.errors import Invalid, NotFound
from webchat.messages import show as messages
from webchat.posts import show as posts
from webchat.publish import commands, show
from webchat.publish.commands import sending
from webchat.publish.forms import Sheet
from webchat.publish.views import LOOKING
from webchat.publish.views.begin import reference
from webchat.web import answer
from webchat.web.language import translate
from webchat.web.reader import reader
from webchat.web.request import signed_in
from webchat.web.templates import page
from webchat.xmpp import atom
from webchat.xmpp.entries import Ref

MOST_FIELDS = 100
LONGEST_WORDS = 5000


def _ref(text: str) -> Ref:
    found = reference(text)
    if found is None:
        raise NotFound
    return found


async def form(request: Request) -> Response:
    """GET /publish/send?ref=: to whom."""
    LOOKING.take(signed_in(request).session)
    return await _draw(request, _ref(request.query_params.get("ref", "")))


async def send(request: Request) -> Response:
    """POST /publish/send: to everybody who was ticked, and to the address that was typed."""
    session = signed_in(request).session
    async with request.form(max_files=0, max_fields=MOST_FIELDS) as given:
        to = [one for one in given.getlist("to") if isinstance(one, str)]
        words, ref = str(given.get("words", ""))[:LONGEST_WORDS], _ref(str(given.get("ref", "")))
    post = await commands.answered(session, Sheet(reply=atom.uri(ref)))
    try:
        receivers = await sending.send(session, post, ref, to, words)
    except Invalid as error:
        return await _draw(request, ref, to=to, words=words, error=next(iter(error.fields.values())))
    return answer.done(request, await messages.place(session, receivers[0]))


async def _draw(
    request: Request, ref: Ref, *, to: Sequence[str] = (), words: str = "", error: str = ""
) -> Response:
    session = signed_in(request).session
    post = await commands.answered(session, Sheet(reply=atom.uri(ref)))
    async with session.read() as db:
        cards = await posts.cards(db, session, [post]) if post is not None else []
        receivers = await show.receivers(db, session)
    known = {one.value for one in receivers}
    return page(
        request,
        "publish/send.html",
        status=422 if error else 200,
        card=next(iter(cards), None),
        public=post is not None and post.open,
        ref=atom.uri(ref),
        receivers=receivers,
        ticked=frozenset(to) & known,
        to=next((one for one in reversed(to) if one not in known), ""),
        words=words,
        error=translate(error, reader.get().language) if error else "",
        back=posts.path_of(ref),
    )
