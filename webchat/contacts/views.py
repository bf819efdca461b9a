"""This room answers browsers about people: who is a contact, who asks to see us."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from webchat.contacts import commands, store
from webchat.errors import NotFound
from webchat.session.session import Session
from webchat.web.answer import done, told
from webchat.web.language import N_
from webchat.web.request import signed_in
from webchat.xmpp import jid as jids

ASKED = N_("Asked %(name)s to become a contact.")
ACCEPTED = N_("%(name)s can see you now.")


async def add(request: Request) -> Response:
    """POST /contacts/{jid}: make them a contact and ask to see when they are here."""
    session, jid = signed_in(request).session, _address(request)
    await commands.add_contact(session, jid)
    return await _told(request, session, jid, ASKED)


async def remove(request: Request) -> Response:
    """POST /contacts/{jid}/delete: a contact no longer."""
    session, jid = signed_in(request).session, _address(request)
    await commands.remove_contact(session, jid)
    return done(request, f"/chats/{jids.escape_path(jid)}", by_stream=True)


async def accept(request: Request) -> Response:
    """POST /requests/{jid}: let them see when we are here."""
    session, jid = signed_in(request).session, _address(request)
    await commands.accept_request(session, jid)
    return await _told(request, session, jid, ACCEPTED)


async def _told(request: Request, session: Session, jid: str, sentence: str) -> Response:
    async with session.read() as db:
        name = await store.display_name(db, session.account_id, jid)
    return told(request, f"/chats/{jids.escape_path(jid)}", sentence, name=name)


async def decline(request: Request) -> Response:
    """POST /requests/{jid}/delete: do not."""
    await commands.decline_request(signed_in(request).session, _address(request))
    return done(request, "/chats", by_stream=True)


def _address(request: Request) -> str:
    try:
        return jids.bare(jids.normalise(request.path_params["jid"]))
    except ValueError:
        raise NotFound from None


routes = (
    Route("/contacts/{jid}", add, methods=["POST"], name="contact-add"),
    Route("/contacts/{jid}/delete", remove, methods=["POST"], name="contact-remove"),
    Route("/requests/{jid}", accept, methods=["POST"], name="request-accept"),
    Route("/requests/{jid}/delete", decline, methods=["POST"], name="request-decline"),
)
