"""This room answers browsers who look for something."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from webchat.search import show, store
from webchat.search.forms import question
from webchat.web import dom
from webchat.web.answer import fragment
from webchat.web.limits import PerAccount
from webchat.web.reader import reader
from webchat.web.request import settings, signed_in
from webchat.web.templates import installed, page

A_MINUTE = 90
"""Searches of one account: typing asks after every pause."""

_rate = PerAccount(A_MINUTE, 60)


async def index(request: Request) -> Response:
    """GET /search?q=&show=: what is found, or one section of it; while one types, the results alone."""
    session = signed_in(request).session
    asked = question(request.query_params)
    _rate.take(session)
    asker = show.asker(session, reader.get().zone, social=not settings(request).chat_only)
    async with session.read() as db:
        answer = await store.answer(db, asker, asked)
        view = await show.view(db, session, asked, answer)
    if request.headers.get("hx-target", "").endswith(f"#{dom.results}"):
        response = fragment(request, "search/_results.html", search=view)
        response.headers["hx-replace-url"] = installed().url(asked.path())
        return response
    offered = [show.place_view(session, place) for place in answer.known[: show.OFFERED]]
    return page(request, "search/index.html", search=view, offered=offered)


routes = (Route("/search", index, methods=["GET"], name="search"),)
