"""This room hands out pictures to readers without a login: those of posts that anybody may read."""

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from webchat import pictures
from webchat.blog import store
from webchat.contacts.store import avatar
from webchat.media import tokens
from webchat.media.fetch import FetchFailed
from webchat.uploads.views import hand_out_picture, not_had
from webchat.web.headers import FOREIGN, SHARED
from webchat.web.limits import network_of
from webchat.web.request import client_address, settings

HOUR = {"cache-control": "public, max-age=3600", "content-security-policy": FOREIGN} | SHARED
"""A picture whose post is no longer open is seen for an hour more at most, by who has it already."""


async def picture(request: Request) -> Response:
    """GET /media/open/{post}/{token}: a picture of a post, as long as everybody may read that."""
    network = network_of(client_address(request))
    request.app.state.viewers.take(network)
    id = request.path_params["id"]
    link = tokens.read_open(id, request.path_params["token"])
    # Only what our own worker can write anew: sound, film and files stay where they are.
    if link is None or link.kind != "picture":
        return PlainTextResponse("", 403)
    async with request.app.state.database.read() as db:
        post = await store.readable(db, id, str(settings(request).base_url))
    if post is None:
        return PlainTextResponse("", 404)
    try:
        return await hand_out_picture(request, link, HOUR, who=network)
    except (FetchFailed, pictures.BadPicture, OSError) as error:
        return not_had(error)


async def face(request: Request) -> Response:
    """GET /media/open/face/{sha1}: how somebody with a public page shows themselves there."""
    request.app.state.viewers.take(network_of(client_address(request)))
    sha1 = request.path_params["sha1"][:64]
    async with request.app.state.database.read() as db:
        found = await avatar(db, sha1) if await store.is_public_face(db, sha1) else None
    if found is None:
        return PlainTextResponse("", 404)
    return Response(found[0], media_type=found[1], headers=HOUR | {"content-disposition": "inline"})
