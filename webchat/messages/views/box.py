"""This room answers what the text box asks: whom one can mean by "@", what one can do by "/"."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from webchat.messages import show, store
from webchat.messages.commands import habits, mentions
from webchat.messages.show import name_of
from webchat.messages.views import conversation_of, offered, slash
from webchat.messages.views.pages import number_of
from webchat.web.language import translate
from webchat.web.request import language, signed_in
from webchat.web.templates import page

LONGEST_TYPED = 2000
LONGEST = 100
"""Characters of a name that are looked for."""


async def people(request: Request) -> Response:
    """GET /conversations/{jid}/people?q=: the first few whose name begins so, as JSON [{name, hint}]."""
    session, jid = signed_in(request).session, conversation_of(request)
    query = request.query_params.get("q", "")[:LONGEST]
    async with session.read() as db:
        found = mentions.matching(await mentions.people(db, session, jid), query)
    words = language(request)
    hints = [translate(one.hint, words) if one.group else one.hint for one in found]
    return JSONResponse([{"name": one.name, "hint": hint} for one, hint in zip(found, hints, strict=True)])


async def table(request: Request) -> Response:
    """GET /conversations/{jid}/commands: what can be typed here behind a slash, as JSON."""
    session, jid = signed_in(request).session, conversation_of(request)
    known = slash.table(offered(request).values(), await slash.kind_of(session, jid))
    return JSONResponse([slash.described(one) for one in known])


async def preview(request: Request) -> Response:
    """GET /conversations/{jid}/preview?text=: what a habit would do, as JSON [{label, hint}], or []."""
    session, jid = signed_in(request).session, conversation_of(request)
    typed = request.query_params.get("text", "")[:LONGEST_TYPED]
    said = slash.read(typed)
    if not isinstance(said, slash.Swap | slash.Plus):
        return JSONResponse([])
    sentence, values = await habits.told(session, jid, said, number_of(request, "reply"))
    words = translate(sentence, language(request))
    return JSONResponse([{"label": typed.strip(), "hint": words % values if values else words}])


async def help(request: Request) -> Response:
    """GET /conversations/{jid}/help: the same as a page."""
    session, jid = signed_in(request).session, conversation_of(request)
    async with session.read() as db:
        found = await store.conversation_by_jid(db, session.account_id, jid)
        name = await name_of(db, session.account_id, jid, found)
    kind = found.kind if found else "chat"
    known = [slash.described(one) for one in slash.table(offered(request).values(), kind)]
    back = show.path_of(jid, kind)
    return page(request, "messages/help.html", commands=known, habits=habits.HABITS, other=name, back=back)
