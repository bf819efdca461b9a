"""This room answers browsers who look around."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from webchat.errors import NotFound
from webchat.markup import hashtags
from webchat.news import commands, show, store
from webchat.news.forms import FilterForm
from webchat.posts import show as posts
from webchat.web.answer import done
from webchat.web.request import signed_in
from webchat.web.scope import Scope
from webchat.web.templates import installed, page


async def index(request: Request) -> Response:
    """GET /explore?tab=&before=: open posts, tags, communities, people."""
    session, query = signed_in(request).session, request.query_params
    tab, before = show.tab_of(query.get("tab", "")), show.place_of(query.get("before", ""))
    cursor = session.feed.cursor
    async with session.read() as db:
        view = await show.explore(db, session, tab, before)
    commands.ask_contacts(session)
    commands.ask_server(session)
    commands.count_talks(session, view.posts)
    return page(request, "news/explore.html", scope=Scope("explore", tab), cursor=cursor, explore=view)


async def choose(request: Request) -> Response:
    """POST /explore: in which language and of which server posts are wanted, from now on."""
    form = await FilterForm.read(request)
    await signed_in(request).session.prefer(form.preferences())
    return done(request, show.address("/explore", show.tab_of(form.tab)))


async def tag(request: Request) -> Response:
    """GET /explore/tags/{tag}?before=: posts with a tag."""
    session = signed_in(request).session
    asked = posts.unsegment(request.path_params["tag"])
    spelled = hashtags.spelled(asked)
    if not spelled:
        raise NotFound
    if spelled != asked:
        return RedirectResponse(installed().url(posts.tag_path(spelled)), 303)
    before = show.place_of(request.query_params.get("before", ""))
    async with session.read() as db:
        found = await store.tagged(
            db, session.account_id, session.jid, spelled, before=before, most=show.PAGE + 1
        )
        cards = await posts.cards(db, session, found[: show.PAGE])
    further = show.older(posts.tag_path(spelled), "", found, show.PAGE)
    return page(request, "news/tag.html", tag=spelled, cards=cards, older=further)
