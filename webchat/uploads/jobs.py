"""This room finds out where the account's files go."""

from webchat.errors import Offline, TimedOut, XmppError
from webchat.session.session import Session
from webchat.uploads.state import Place
from webchat.xmpp import upload


async def find_place(session: Session) -> None:
    """After every login: the upload service may be another one. Raises TimedOut, Offline."""
    place = session[Place]
    try:
        place.service = await upload.find(session.client)
    except (TimedOut, Offline):
        raise
    except XmppError:
        place.service = None
    place.asked = True
