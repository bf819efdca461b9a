"""This room answers browsers about people: who asks to see us."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from webchat.contacts import commands
from webchat.errors import NotFound
from webchat.web.answer import done
from webchat.web.request import signed_in
from webchat.xmpp import jid as jids


async def accept(request: Request) -> Response:
    """POST /requests/{jid}: let them see when we are here."""
    jid = _address(request)
    await commands.accept_request(signed_in(request).session, jid)
    return done(request, f"/chats/{jids.escape_path(jid)}")


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
    Route("/requests/{jid}", accept, methods=["POST"], name="request-accept"),
    Route("/requests/{jid}/delete", decline, methods=["POST"], name="request-decline"),
)
