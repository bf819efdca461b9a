"""This room learns after a login what we tell of ourselves: our place, our picture for older programs."""

from webchat.errors import Offline, TimedOut, XmppError
from webchat.session.session import Session
from webchat.xmpp import geoloc, portrait, profile
from webchat.xmpp.geoloc import PlaceReceived


async def sync_place(session: Session) -> None:
    """Whether we share where we are, from whichever device that was begun."""
    try:
        place = await geoloc.fetch(session.client)
    except (TimedOut, Offline):
        raise
    except XmppError:
        place = None
    await session.handled(PlaceReceived(session.jid, place))


async def sync_photo(session: Session) -> None:
    """Name our picture in our presence where the server does not (XEP-0153 §3.1, XEP-0398 §3)."""
    try:
        if await portrait.converts(session.client):
            announce(session, None)
            return
        _, photo = await profile.fetch_older(session.client, session.jid)
    except (TimedOut, Offline):
        raise
    except XmppError:
        return
    announce(session, portrait.digest(photo) if photo else "")


def announce(session: Session, sha1: str | None) -> None:
    """From now on our presence names this picture: "" for none, None where the server sees to it."""
    if session.photo != sha1:
        session.photo = sha1
        session.tell_presence()
