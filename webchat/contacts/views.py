"""This room answers browsers about people: who is a contact, who asks to see us, who is blocked."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from webchat.contacts import commands, show, store
from webchat.contacts.forms import AcceptForm, PresenceForm, ReportForm, SubscriptionForm
from webchat.errors import NotFound, XmppError
from webchat.session.session import Session
from webchat.web.answer import done, told
from webchat.web.language import N_
from webchat.web.request import bare_jid_in, language, signed_in
from webchat.web.templates import page
from webchat.xmpp import jid as jids

ASKED = N_("Asked %(name)s to become a contact.")
ACCEPTED = N_("%(name)s can see you now.")
SHOWN = N_("Others see it now.")

UNTIL = 365 * 24 * 3600


async def add(request: Request) -> Response:
    """POST /contacts/{jid}: make them a contact and ask to see when they are here."""
    session, jid = signed_in(request).session, bare_jid_in(request)
    await commands.add_contact(session, jid)
    return await _told(request, session, jid, ASKED)


async def remove(request: Request) -> Response:
    """POST /contacts/{jid}/delete: a contact no longer."""
    session, jid = signed_in(request).session, bare_jid_in(request)
    await commands.remove_contact(session, jid)
    return done(request, f"/chats/{jids.escape_path(jid)}", by_stream=True)


async def accept(request: Request) -> Response:
    """POST /requests/{jid}: let them see when we are here, and unless told otherwise ask for the same."""
    session, jid = signed_in(request).session, bare_jid_in(request)
    form = await AcceptForm.read(request)
    await commands.accept_request(session, jid, add_back=not form.only)
    return await _told(request, session, jid, ACCEPTED)


async def _told(request: Request, session: Session, jid: str, sentence: str) -> Response:
    async with session.read() as db:
        name = await store.display_name(db, session.account_id, jid)
    return told(request, f"/chats/{jids.escape_path(jid)}", sentence, name=name)


async def decline(request: Request) -> Response:
    """POST /requests/{jid}/delete: do not."""
    await commands.decline_request(signed_in(request).session, bare_jid_in(request))
    return done(request, "/chats", by_stream=True)


async def subscription(request: Request) -> Response:
    """POST /people/{jid}/subscription: change who sees whom."""
    session, jid = signed_in(request).session, bare_jid_in(request)
    form = await SubscriptionForm.read(request)
    await commands.change_subscription(session, jid, form.action)
    return done(request, _page_of(jid), by_stream=True)


async def block(request: Request) -> Response:
    """POST /people/{jid}/block: hear nothing of them any more."""
    session, jid = signed_in(request).session, bare_jid_in(request)
    await commands.block(session, jid)
    return done(request, _page_of(jid), by_stream=True)


async def unblock(request: Request) -> Response:
    """POST /people/{jid}/unblock: hear them again."""
    session, jid = signed_in(request).session, bare_jid_in(request)
    await commands.unblock(session, jid)
    return done(request, _page_of(jid), by_stream=True)


async def report(request: Request) -> Response:
    """GET /people/{jid}/report: say to whoever looks after the servers what somebody does."""
    session, jid = signed_in(request).session, bare_jid_in(request)
    try:
        addresses = await commands.abuse_addresses(session, jid)
    except XmppError:
        addresses = ()
    async with session.read() as db:
        view = await show.report(db, session, jid, language(request), addresses)
    return page(request, "contacts/report.html", report=view)


async def send_report(request: Request) -> Response:
    """POST /people/{jid}/report: block them, and tell our server why where it listens."""
    session, jid = signed_in(request).session, bare_jid_in(request)
    form = await ReportForm.read(request)
    await commands.report(session, jid, form.why, form.text, site=form.site)
    return done(request, _page_of(jid))


async def presence(request: Request) -> Response:
    """POST /presence: how we show ourselves from now on."""
    asks = signed_in(request)
    form = await PresenceForm.read(request)
    await asks.session.prefer({"show": form.show, "status": form.status})
    commands.show_presence(asks.session)
    return told(request, _page_of(asks.jid), SHOWN)


async def avatar(request: Request) -> Response:
    """GET /avatars/{sha1}: a picture as we wrote it anew; it never changes."""
    session = signed_in(request).session
    async with session.read() as db:
        found = await store.avatar(db, request.path_params["sha1"])
    if found is None:
        raise NotFound
    headers = {"cache-control": f"private, max-age={UNTIL}, immutable", "content-disposition": "inline"}
    return Response(found[0], media_type=found[1], headers=headers)


def _page_of(jid: str) -> str:
    return f"/people/{jids.escape_path(jid)}"


routes = (
    Route("/contacts/{jid}", add, methods=["POST"], name="contact-add"),
    Route("/contacts/{jid}/delete", remove, methods=["POST"], name="contact-remove"),
    Route("/requests/{jid}", accept, methods=["POST"], name="request-accept"),
    Route("/requests/{jid}/delete", decline, methods=["POST"], name="request-decline"),
    Route("/people/{jid}/subscription", subscription, methods=["POST"], name="person-subscription"),
    Route("/people/{jid}/block", block, methods=["POST"], name="person-block"),
    Route("/people/{jid}/unblock", unblock, methods=["POST"], name="person-unblock"),
    Route("/people/{jid}/report", report, methods=["GET"], name="person-report"),
    Route("/people/{jid}/report", send_report, methods=["POST"], name="person-report-send"),
    Route("/presence", presence, methods=["POST"], name="presence"),
    Route("/avatars/{sha1}", avatar, methods=["GET"], name="avatar"),
)
