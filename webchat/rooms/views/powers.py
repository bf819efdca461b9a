"""This room answers about who may do what in a room: its people, lists, configuration, its end."""

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from webchat.contacts.show import chat_path
from webchat.errors import Invalid, NotFound, Offline, XmppError
from webchat.markup import names as safe
from webchat.messages.state.occupants import Occupant, Rooms, RoomState
from webchat.rooms import commands, show
from webchat.rooms.forms import AffiliationForm, DestroyForm, PersonForm
from webchat.rooms.views.about import inside
from webchat.rooms.views.room import address, within
from webchat.session.session import Session
from webchat.web import forms
from webchat.web.answer import done
from webchat.web.errors import describe
from webchat.web.language import N_
from webchat.web.request import signed_in
from webchat.web.templates import page
from webchat.xmpp import jid as jids
from webchat.xmpp.rooms.affiliations import Member

LISTS = (
    ("member", N_("Members")),
    ("admin", N_("Admins")),
    ("owner", N_("Owners")),
    ("outcast", N_("Banned")),
)

ACTS = {
    "role-none": N_("Put out of the room"),
    "role-visitor": N_("Take the right to speak"),
    "role-participant": N_("Give the right to speak"),
    "role-moderator": N_("Make a moderator"),
    "affiliation-member": N_("Make a member"),
    "affiliation-admin": N_("Make an admin"),
    "affiliation-owner": N_("Make an owner"),
    "affiliation-none": N_("Take away what they are in this room"),
    "affiliation-outcast": N_("Ban for good"),
}
"""What can be done about somebody, the mildest of each kind first, as message ids."""

_RANK = {"owner": 3, "admin": 2, "member": 1, "none": 0, "outcast": 0}


@dataclass(frozen=True, slots=True)
class MemberView:
    """One line of a list."""

    jid: str
    address: str
    path: str
    nick: str
    reason: str


def acts(state: RoomState, seat: Occupant) -> list[tuple[str, str]]:
    """What the user may do about somebody (XEP-0045 §5): not about themselves, nor about who stands above."""
    if seat.nick == state.nick or not state.may_moderate:
        return []
    mine, theirs = _RANK.get(state.affiliation, 0), _RANK.get(seat.affiliation, 0)
    if theirs >= mine and theirs > 0 and state.affiliation != "owner":
        return []
    roles = {"visitor": "participant", "participant": "visitor"}.get(seat.role, "")
    found = [] if seat.role == "moderator" and mine < 2 else ["role-none", f"role-{roles}"]
    if mine >= 2:
        found += ["role-participant" if seat.role == "moderator" else "role-moderator"]
        wanted = ["member", "none", "outcast"] + (["admin", "owner"] if mine == 3 else [])
        if seat.jid:
            found += [f"affiliation-{one}" for one in wanted if one != seat.affiliation]
    return [(act, ACTS[act]) for act in ACTS if act in found]


def _seat(request: Request) -> tuple[Session, RoomState, Occupant]:
    session = signed_in(request).session
    state = session[Rooms].get(address(request))
    seat = state.occupants.get(request.path_params["nick"]) if state is not None else None
    if state is None or seat is None:
        raise NotFound
    return session, state, seat


async def person(request: Request) -> Response:
    """GET /rooms/{jid}/people/{nick}."""
    return await _person(request)


async def _person(request: Request, error: str = "") -> Response:
    session, state, seat = _seat(request)
    return page(
        request,
        "rooms/person.html",
        status=422 if error else 200,
        room=await inside(session, state.jid),
        person=show.person(session, state, seat),
        acts=acts(state, seat),
        error=error,
    )


async def act(request: Request) -> Response:
    """POST /rooms/{jid}/people/{nick}: a role or an affiliation, with a reason."""
    session, state, seat = _seat(request)
    form = await PersonForm.read(request)
    kind, _, what = form.act.partition("-")
    if form.act not in ACTS:
        return await _person(request, N_("Choose what to do."))
    try:
        if kind == "role":
            await commands.set_role(session, state.jid, seat.nick, what, form.reason)
        else:
            await commands.set_affiliation(session, state.jid, seat.jid, what, form.reason)
    except Offline:
        raise
    except XmppError as error:
        return await _person(request, describe(error).text)
    return done(request, within(state.jid, "/about"))


async def members(request: Request) -> Response:
    """GET /rooms/{jid}/members?list=: one of the room's lists."""
    return await _members(request, request.query_params.get("list", "member"))


async def _members(request: Request, affiliation: str, **wrong: str) -> Response:
    session, jid = signed_in(request).session, address(request)
    room = await inside(session, jid)
    affiliation = affiliation if affiliation in dict(LISTS) else "member"
    found: list[Member] = []
    trouble = ""
    try:
        found = await commands.members(session, jid, affiliation)
    except XmppError as error:
        trouble = describe(error).text
    state = session[Rooms].ensure(jid)
    values: dict[str, Any] = {"jid": "", "error": "", **wrong}
    return page(
        request,
        "rooms/members.html",
        status=422 if wrong else 200,
        room=room,
        lists=LISTS,
        affiliation=affiliation,
        members=[_member(one) for one in found],
        trouble=trouble,
        may_change=state.affiliation in ("owner", "admin"),
        **values,
    )


def _member(one: Member) -> MemberView:
    path = chat_path(one.jid)
    return MemberView(one.jid, jids.shown(one.jid), path, safe.shown(one.nick), safe.shown(one.reason, 300))


async def set_member(request: Request) -> Response:
    """POST /rooms/{jid}/members: put somebody into a list, or out of it."""
    session, jid = signed_in(request).session, address(request)
    form = await AffiliationForm.read(request)
    try:
        await commands.set_affiliation(session, jid, form.jid, form.affiliation, form.reason)
    except Invalid as error:
        return await _members(request, form.affiliation, jid=form.jid, error=error.fields["jid"])
    except Offline:
        raise
    except XmppError as error:
        return await _members(request, form.affiliation, jid=form.jid, error=describe(error).text)
    shown = form.affiliation if form.affiliation != "none" else "member"
    return done(request, within(jid, f"/members?list={shown}"))


async def configuration(request: Request) -> Response:
    """GET /rooms/{jid}/configuration: what the room asks its owner."""
    return await _configuration(request)


async def _configuration(request: Request, error: str = "") -> Response:
    session, jid = signed_in(request).session, address(request)
    room = await inside(session, jid)
    form = await commands.configuration(session, jid)
    return page(
        request,
        "rooms/configuration.html",
        status=422 if error else 200,
        room=room,
        form=form,
        error=error,
        saved="saved" in request.query_params,
    )


async def configure(request: Request) -> Response:
    """POST /rooms/{jid}/configuration."""
    session, jid = signed_in(request).session, address(request)
    given = await forms.answers(request)
    try:
        await commands.submit_configuration(session, jid, given)
    except Offline:
        raise
    except XmppError as error:
        return await _configuration(request, describe(error).text)
    return done(request, within(jid, "/configuration?saved=1"))


async def destroy(request: Request) -> Response:
    """GET /rooms/{jid}/destroy: what will be gone."""
    return await _destroy(request, {})


async def _destroy(
    request: Request, errors: dict[str, str], reason: str = "", alternate: str = ""
) -> Response:
    room = await inside(signed_in(request).session, address(request))
    return page(
        request,
        "rooms/destroy.html",
        status=422 if errors else 200,
        room=room,
        errors=errors,
        reason=reason,
        alternate=alternate,
    )


async def destroy_now(request: Request) -> Response:
    """POST /rooms/{jid}/destroy: end it for everybody."""
    session, jid = signed_in(request).session, address(request)
    reason = alternate = ""
    try:
        form = await DestroyForm.read(request)
        reason, alternate = form.reason, form.alternate
        await commands.destroy_room(session, jid, reason, alternate)
    except Invalid as error:
        return await _destroy(request, error.fields, reason, alternate)
    return done(request, "/chats")
