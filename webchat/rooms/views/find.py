"""This room answers about rooms that one is not in yet: finding them, making them."""

import asyncio
import re
import unicodedata
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from webchat.errors import Invalid, Offline, TooMany, XmppError
from webchat.messages.overview import listed
from webchat.rooms import commands, jobs, show, store
from webchat.rooms.forms import CreateForm
from webchat.rooms.state import Homes
from webchat.session.session import Session
from webchat.web.answer import done
from webchat.web.errors import describe
from webchat.web.forms import Form
from webchat.web.language import N_
from webchat.web.limits import PerAccount
from webchat.web.request import language, signed_in
from webchat.web.scope import Scope
from webchat.web.templates import page
from webchat.xmpp import jid as jids
from webchat.xmpp.rooms import directory

PATIENCE = 3.0
"""Seconds that a page waits for the names of our server's services."""

NO_SERVICE = N_("This is not the address of a server.")
NO_HOME = N_("Your server has no rooms of its own: write the whole address of a room elsewhere.")
SEARCHES = PerAccount(20, 60)
"""Questions to other servers in a minute, for each account."""

_NOT_IN_ADDRESS = re.compile(r"[^a-z0-9]+")


async def index(request: Request) -> Response:
    """GET /rooms: rooms stand among the chats."""
    return done(request, "/chats")


async def join(request: Request) -> Response:
    """GET /rooms/join: type an address, or look for a room."""
    session, query = signed_in(request).session, request.query_params
    values: dict[str, Any] = {
        "jid": query.get("jid", "").strip()[:3071],
        "jid_error": "",
        "service": query.get("service", "").strip()[:1023],
        "words": query.get("words", "").strip()[:200],
        "worldwide": "worldwide" in query,
        "rooms": None,
        "trouble": "",
        "trouble_of": "",
    }
    if values["jid"]:
        try:
            return done(request, f"/rooms/{jids.escape_path(await _address(session, values['jid']))}")
        except Invalid as error:
            values["jid_error"] = error.fields["jid"]
    elif query.keys() & {"words", "service", "worldwide", "find"}:
        values |= await _found(session, values["words"], values["service"], worldwide=values["worldwide"])
    return await _sheet(request, "rooms/join.html", 422 if values["jid_error"] else 200, values)


async def _address(session: Session, text: str) -> str:
    typed = text if "@" in text or ":" in text else f"{text}@{await home(session)}"
    return commands.room_address(typed)


async def _found(session: Session, words: str, service: str, *, worldwide: bool) -> dict[str, Any]:
    """The rooms that were asked for, or whose answer is missing and why."""
    asked = directory.DIRECTORY if worldwide else service
    try:
        SEARCHES.take(session)
        if worldwide:
            return {"rooms": show.found(await directory.search(session.client, words))}
        services = [service] if service else await _homes(session)
        rooms = [room for one in services for room in await commands.public_rooms(session, one)]
    except Invalid:
        return {"trouble": NO_SERVICE, "trouble_of": asked}
    except (XmppError, TooMany) as error:
        return {"trouble": describe(error).text, "trouble_of": asked or jids.domain(session.jid)}
    if not services:
        return {"trouble": NO_HOME, "trouble_of": jids.domain(session.jid)}
    return {"rooms": show.listed(rooms, words)}


async def _homes(session: Session) -> tuple[str, ...]:
    known = session[Homes]
    if not known.services:
        known.services = tuple(await commands.services(session))
    return known.services


async def home(session: Session) -> str:
    """The service of our own server where new rooms are made, "" when none is known in time."""
    try:
        async with asyncio.timeout(PATIENCE):
            return next(iter(await _homes(session)), "")
    except (XmppError, TimeoutError):
        return ""


async def create(request: Request) -> Response:
    """GET /rooms/create."""
    session = signed_in(request).session
    form = CreateForm(nick=jids.local(session.jid), autojoin=True)
    return await _create(request, form, {}, 200)


async def make(request: Request) -> Response:
    """POST /rooms/create: make it and go in; what is wrong is said beside its field."""
    session = signed_in(request).session
    async with request.form() as given:
        typed = _typed(given)
    try:
        form = await CreateForm.read(request)
        jid = await _new_address(session, form)
        await commands.create_room(
            session,
            jid,
            private=form.kind == "private",
            name=form.name,
            nick=form.nick,
            notify=form.notify,
            autojoin=form.autojoin,
            pin=form.pin,
        )
    except Invalid as error:
        return await _create(request, typed, error.fields, 422)
    except XmppError as error:
        if isinstance(error, Offline):
            raise
        return await _create(request, typed, {"form": describe(error).text}, 422)
    return done(request, f"/rooms/{jids.escape_path(jid)}")


def _typed(given: Any) -> CreateForm:
    """What the form held, right or wrong, so that nothing has to be typed again."""

    def text(name: str, limit: int) -> str:
        value = given.get(name, "")
        return value[:limit] if isinstance(value, str) else ""

    return CreateForm(
        kind="public" if text("kind", 10) == "public" else "private",
        name=text("name", 1000),
        jid=text("jid", 3071),
        nick=text("nick", 1000),
        notify=text("notify", 20),
        autojoin=bool(text("autojoin", 1)),
        pin=bool(text("pin", 1)),
    )


async def _new_address(session: Session, form: CreateForm) -> str:
    typed = form.jid or slug(form.name)
    if "@" in typed:
        return commands.room_address(typed)
    service = await home(session)
    if not service:
        raise Invalid({"jid": NO_HOME})
    return commands.room_address(f"{typed}@{service}")


def slug(name: str) -> str:
    """A name as the first part of an address: letters and digits, lines between the words."""
    plain = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode()
    return _NOT_IN_ADDRESS.sub("-", plain).strip("-")[:64] or "room"


async def _create(request: Request, form: Form, errors: dict[str, str], status: int) -> Response:
    values = {
        "form": form,
        "errors": errors,
        "home": await home(signed_in(request).session),
        "modes": show.MODES,
    }
    return await _sheet(request, "rooms/create.html", status, values)


async def _sheet(request: Request, name: str, status: int, values: dict[str, Any]) -> Response:
    session = signed_in(request).session
    cursor = session.feed.cursor
    async with session.read() as db:
        values |= await listed(db, session, language(request), "")
        rows = await store.invitations(db, session.account_id)
    values["invitations"] = show.invitation_views(session, rows)
    if rows and session.state == "online":
        session.spawn(jobs.learn_names(session, [row.room for row in rows]), "names of rooms")
    return page(request, name, scope=Scope("rooms"), cursor=cursor, status=status, **values)
