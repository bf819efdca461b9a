"""This room gives a community its logo, and decides whose word on it counts."""

from urllib.parse import urlsplit

from webchat import pictures
from webchat.errors import XmppError
from webchat.nodes.state import Known
from webchat.pictures import BadPicture
from webchat.posts import commands as reading
from webchat.posts import store as posts
from webchat.session.session import Session
from webchat.uploads import commands as uploads
from webchat.uploads.commands import Media
from webchat.web.limits import PerAccount
from webchat.xmpp import jid as jids
from webchat.xmpp.entries import NodeInfo
from webchat.xmpp.pubsub import logo
from webchat.xmpp.pubsub.logo import Logo

LONGEST_SIDE = 512
"""Pixels of a logo."""

CHANGES = PerAccount(10, 60)


async def ask(session: Session, info: NodeInfo, standing: str) -> str | None:
    """Where the logo of a node lies, "" for none that counts, None where nobody says."""
    try:
        found = await logo.fetch(session.client, info.service, info.node)
    except XmppError:
        return None
    mine = jids.bare(session.jid) if standing == "owner" else ""
    return found.url if found is not None and believed(found, info, mine) else ""


def believed(found: Logo, info: NodeInfo, owner: str = "") -> bool:
    """Whether those who look after a node put this logo there; in a node that others write to, anybody could.

    owner  one who is known to look after it, beside whom the service names

    Where a service does not say who published, the picture has to lie with the owner's own server.
    """
    if info.publish_model not in ("open", "subscribers"):
        return True
    if found.publisher:
        return found.publisher in {one for one in (info.creator, owner) if one}
    host = urlsplit(found.url).hostname or ""
    homes = {jids.domain(one) for one in (info.creator, owner) if one}
    return any(host == home or host.endswith(f".{home}") for home in homes)


async def give(session: Session, media: Media, service: str, node: str, data: bytes) -> None:
    """Give a community this picture as its logo, made anew; empty takes it away.

    Raises BadPicture, CannotSend, TooMany, XmppError ("forbidden"), TimedOut, Offline.
    """
    CHANGES.take(session)
    url = ""
    if data:
        if len(data) > pictures.MOST_BYTES:
            raise BadPicture
        made = await pictures.reencode(data, longest=LONGEST_SIDE, kind="avatar")
        url = await uploads.bring_picture(session, media, made, "logo")
        await logo.put(session.client, service, node, url, made.data, made.media_type)
    else:
        await logo.remove(session.client, service, node)
    session[Known].drop(service, node)
    async with session.work() as work:
        row = await posts.node_row(work.db, reading.via(session), service, node)
        await posts.set_node(work.db, row.id, logo=url)
