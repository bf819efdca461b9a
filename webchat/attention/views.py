"""This room answers requests about notices, read marks and the quick switcher."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from webchat.attention import commands, show
from webchat.attention.forms import ModeForm, NoticesForm
from webchat.attention.show import told
from webchat.messages.show import path_of
from webchat.notifications.show import TONES
from webchat.web import answer
from webchat.web.request import jid_in, language, settings, signed_in
from webchat.web.scope import Scope
from webchat.web.templates import page

PATH = "/configuration/notifications"


async def index(request: Request) -> Response:
    """GET /configuration/notifications."""
    asks = signed_in(request)
    cursor = asks.session.feed.cursor
    async with asks.session.read() as db:
        chosen = await show.chosen(db, asks.account_id)
        push = await show.push(db, asks, settings(request), request.query_params.get("tested", ""))
    return page(
        request,
        "notifications/settings.html",
        scope=Scope("settings", "notifications"),
        cursor=cursor,
        notices=asks.preferences.get("notices", "on"),
        sound=asks.preferences.get("notice_sound", "on"),
        text=asks.preferences.get("notice_text", "on"),
        tone=asks.preferences.get("notice_tone", "bright"),
        tones=TONES.items(),
        asks=asks.preferences.get("notice_asks", "on"),
        posts=asks.preferences.get("notice_posts", "on"),
        chosen=chosen,
        push=push,
        saved="saved" in request.query_params,
    )


async def update(request: Request) -> Response:
    """POST /configuration/notifications: the frame says it to the scripts, so the page comes anew."""
    asks = signed_in(request)
    form = await NoticesForm.read(request)
    await asks.session.prefer(form.preferences())
    return answer.leave(request, f"{PATH}?saved=1")


async def decline_offer(request: Request) -> Response:
    """POST /configuration/notifications/offer/delete: the question in the list was answered: not now."""
    asks = signed_in(request)
    await asks.session.prefer({"notice_offer": "off"})
    return answer.done(request, "/chats")


async def mode(request: Request) -> Response:
    """POST /conversations/{jid}/notifications: what this conversation tells."""
    jid = jid_in(request)
    form = await ModeForm.read(request)
    kind = await commands.set_mode(signed_in(request).session, jid, form.mode, form.mute)
    # A whole page in its place would fold a menu that was opened meanwhile.
    return answer.done(request, PATH if form.back else path_of(jid, kind), by_stream=True)


async def read(request: Request) -> Response:
    """POST /conversations/read: mark everything as read."""
    await commands.mark_all_read(signed_in(request).session)
    return answer.done(request, "/chats", by_stream=True)


async def unread(request: Request) -> Response:
    """POST /messages/{id}/unread: from here on; then to the list: the open chat would read it again."""
    await commands.mark_unread(signed_in(request).session, request.path_params["id"])
    return answer.done(request, "/chats")


async def switcher(request: Request) -> Response:
    """GET /switcher: where one can go, and the keys, as JSON."""
    session = signed_in(request).session
    async with session.read() as db:
        places = await show.places(db, session, language(request))
    known = frozenset(getattr(route, "path", "") for route in request.app.routes)
    return JSONResponse(show.switcher(places, known, language(request)))


async def waiting(request: Request) -> Response:
    """GET /notices/waiting: what notices may still stand for, as JSON: all others are over."""
    session = signed_in(request).session
    async with session.read() as db:
        return JSONResponse(await show.waiting(db, session))


async def notifications(request: Request) -> Response:
    """GET /notifications?before=: what one should hear of; whoever has looked has seen it."""
    session = signed_in(request).session
    cursor = session.feed.cursor
    before = told.place(request.query_params.get("before", ""))
    async with session.read() as db:
        values = await told.notifications_page(db, session, before, language(request))
    await commands.see_notifications(session, values["until"])
    scope = None if before else Scope("notifications")
    return page(request, "attention/notifications.html", scope=scope, cursor=cursor, **values)


routes = (
    Route(PATH, index, methods=["GET"], name="notifications"),
    Route(PATH, update, methods=["POST"], name="notifications-update"),
    Route(f"{PATH}/offer/delete", decline_offer, methods=["POST"], name="notifications-offer"),
    Route("/notifications", notifications, methods=["GET"], name="told"),
    Route("/notices/waiting", waiting, methods=["GET"], name="notices-waiting"),
    Route("/conversations/read", read, methods=["POST"], name="conversations-read"),
    Route("/conversations/{jid:path}/notifications", mode, methods=["POST"], name="conversation-mode"),
    Route("/messages/{id:int}/unread", unread, methods=["POST"], name="message-unread"),
    Route("/switcher", switcher, methods=["GET"], name="switcher"),
)
