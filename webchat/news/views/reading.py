"""This room answers browsers who read their news."""

from starlette.requests import Request
from starlette.responses import Response

from webchat.db.base import now
from webchat.news import commands, show
from webchat.news.fragments import scope_key
from webchat.web.request import signed_in
from webchat.web.scope import Scope
from webchat.web.templates import page


async def index(request: Request) -> Response:
    """GET /news?tab=&before=: posts of those one follows. Its first page counts as looked at."""
    session, query = signed_in(request).session, request.query_params
    tab, before = show.tab_of(query.get("tab", "")), show.place_of(query.get("before", ""))
    moment, cursor, looked = now(), session.feed.cursor, None
    if before is None and not tab:
        looked = await commands.look(session, moment)
        request.scope["state"]["counters"] = request.scope["state"].get("counters", {}) | {"news": 0}
    async with session.read() as db:
        view = await show.news(db, session, tab, before, looked=looked)
    commands.ask_server(session)
    commands.count_talks(session, view.posts)
    scope = Scope("news", scope_key(tab, moment)) if view.first else Scope("posts")
    return page(request, "news/index.html", scope=scope, cursor=cursor, news=view)
