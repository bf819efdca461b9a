"""This room asks for what the page of somebody's posts shows beside them: what they say they follow."""

import logging

from webchat.blog.state import SharedLists
from webchat.errors import Offline, XmppError
from webchat.session.session import Session
from webchat.xmpp.pubsub import following

log = logging.getLogger(__name__)

MOST_SHARED = 100


async def load_shared(session: Session, jid: str) -> None:
    """Ask what a person shows that they follow (W§7); nothing where they show nothing."""
    if session[SharedLists].find(jid) is not None:
        return
    try:
        told = await following.lists(session.client, jid, public=True)
    except Offline:
        return
    except XmppError as error:
        log.info("what somebody follows is not told (%s)", error.condition)
        told = ()
    session[SharedLists].put(jid, told[:MOST_SHARED])
