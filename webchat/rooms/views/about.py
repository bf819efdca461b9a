"""This room answers about the information on a room: how the user keeps it, its subject, who is invited."""

import dataclasses
from contextlib import suppress
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from webchat.contacts import commands as people
from webchat.contacts.show import chat_path
from webchat.contacts.store import contacts
from webchat.errors import Invalid, NotFound, XmppError
from webchat.markup import names as safe
from webchat.messages import store as talks
from webchat.messages.overview import listed
from webchat.messages.state.occupants import Rooms, RoomState
from webchat.posts.store.follows import communities_of
from webchat.rooms import commands, show, store
from webchat.rooms.forms import InviteForm, KeepForm, ReportForm, SubjectForm
from webchat.rooms.views.room import address, asked, draw, wants, within
from webchat.session.session import Session
from webchat.web import dom
from webchat.web.answer import done, fragment
from webchat.web.language import N_
from webchat.web.request import language, signed_in
from webchat.web.scope import Scope
from webchat.web.templates import page
from webchat.xmpp import jid as jids
from webchat.xmpp.blocking import Reason

MOST_INVITED = 20
NOBODY = N_("Choose somebody, or type an address.")
TOO_MANY = N_("These are too many at once.")


async def about(request: Request) -> Response:
    """GET /rooms/{jid}/about: what the room says of itself, who is inside, what the user can do."""
    session, jid = signed_in(request).session, address(request)
    query = request.query_params
    wanted, number = query.get("who", "")[:80], query.get("page", "1")
    number = number if number.isascii() and number.isdecimal() and len(number) < 6 else "1"
    state = session[Rooms].get(jid)
    if wants(request, dom.members):
        people_ = show.people(session, state or RoomState(jid), wanted, int(number))
        return fragment(request, "rooms/_people.html", people=people_)
    view = await _about(session, jid, wanted, int(number))
    if wants(request, dom.details):
        return fragment(request, "rooms/_details.html", about=view, modes=show.MODES)
    return await draw(request, jid, view)


async def _about(session: Session, jid: str, wanted: str = "", page: int = 1) -> show.AboutView:
    info, _ = await asked(session, jid)
    async with session.read() as db:
        talk = await talks.conversation_by_jid(db, session.account_id, jid)
        kept = await store.room(db, session.account_id, jid)
        named = await communities_of(db, session.account_id, jids.domain(session.jid), jid)
    return show.about(session, jid, talk, kept, info, wanted=wanted, page=page, communities=named)


async def keep(request: Request) -> Response:
    """POST /rooms/{jid}/keep: what it is called here, when it tells of itself, under which nickname."""
    session, jid = signed_in(request).session, address(request)
    form = await KeepForm.read(request)
    try:
        await commands.keep_room(
            session,
            jid,
            name=form.name,
            nick=form.nick,
            notify=form.notify,
            autojoin=form.autojoin,
            pin=form.pin,
        )
    except Invalid as error:
        typed = dataclasses.asdict(form) | {"pinned": form.pin, "wrong": error.fields}
        typed.pop("pin")
        return await draw(request, jid, dataclasses.replace(await _about(session, jid), **typed), 422)
    return done(request, within(jid, "/about"))


async def subject(request: Request) -> Response:
    """POST /rooms/{jid}/subject."""
    jid = address(request)
    form = await SubjectForm.read(request)
    await commands.set_subject(signed_in(request).session, jid, form.subject)
    return done(request, within(jid, "/about"))


async def invite(request: Request) -> Response:
    """GET /rooms/{jid}/invite."""
    sent = request.query_params.get("sent", "")
    return await _invite(request, sent=int(sent) if sent.isdecimal() and len(sent) < 4 else 0)


async def send_invitations(request: Request) -> Response:
    """POST /rooms/{jid}/invite: all of the addresses, or none of them."""
    session, jid = signed_in(request).session, address(request)
    async with request.form() as given:
        ticked = [one for one in given.getlist("to") if isinstance(one, str)]
    form = await InviteForm.read(request)
    typed: dict[str, Any] = {"jid": form.jid, "reason": form.reason, "ticked": ticked}
    try:
        people_ = form.people(ticked, jids.domain(session.jid))
    except Invalid as error:
        return await _invite(request, 422, **typed, error=error.fields["jid"])
    if not 0 < len(people_) <= MOST_INVITED:
        return await _invite(request, 422, **typed, error=TOO_MANY if people_ else NOBODY)
    for one in people_:
        await commands.invite(session, jid, one, form.reason)
    return done(request, within(jid, f"/invite?sent={len(people_)}"))


async def _invite(request: Request, status: int = 200, **typed: Any) -> Response:
    session, jid = signed_in(request).session, address(request)
    values = {"jid": "", "reason": "", "ticked": (), "error": "", "sent": 0, **typed}
    values["room"] = await inside(session, jid)
    cursor = session.feed.cursor
    async with session.read() as db:
        values |= await listed(db, session, language(request), jid)
        values["contacts"] = show.to_invite(session, jid, await contacts(db, session.account_id))
    return page(request, "rooms/invite.html", scope=Scope("rooms"), cursor=cursor, status=status, **values)


async def inside(session: Session, jid: str) -> show.RoomView:
    """The head of a room that the user is in. Raises NotFound for any other."""
    state = session[Rooms].get(jid)
    if state is None or state.phase != "in":
        raise NotFound
    return await head(session, jid)


async def head(session: Session, jid: str) -> show.RoomView:
    """The head of a room."""
    async with session.read() as db:
        talk = await talks.conversation_by_jid(db, session.account_id, jid)
    return show.room_view(session, jid, talk)


async def report(request: Request) -> Response:
    """GET /rooms/{jid}/report: who takes complaints, and the way out of the room."""
    session, jid = signed_in(request).session, address(request)
    info, _ = await asked(session, jid)
    found = [f"xmpp:{one}" for one in info.contacts] if info else []
    with suppress(XmppError):
        found += await people.abuse_addresses(session, jid)
    addresses = [_link(one) for one in dict.fromkeys(found)]
    return page(request, "rooms/report.html", room=await head(session, jid), addresses=addresses)


def _link(uri: str) -> tuple[str, str]:
    """An address as people see it, and where it leads: only to a chat here, or into the mail program."""
    scheme, _, rest = uri.partition(":")
    shown = safe.shown(rest.partition("?")[0], 300)
    if scheme == "xmpp":
        with suppress(ValueError):
            return shown, chat_path(jids.bare(jids.normalise(rest.partition("?")[0])))
    if scheme == "mailto" and "@" in shown:
        return shown, f"mailto:{shown}"
    return safe.shown(uri, 300), ""


async def send_report(request: Request) -> Response:
    """POST /rooms/{jid}/report: block the room, say why, and leave it."""
    session, jid = signed_in(request).session, address(request)
    form = await ReportForm.read(request)
    reason: Reason = "abuse" if form.reason == "abuse" else "spam"
    await people.report(session, jid, reason, form.text, site=form.site, about="room")
    with suppress(NotFound):
        await commands.forget_room(session, jid)
    return done(request, "/chats")
