"""This room catches up with the roster after a login, then says that we are here."""

from webchat.contacts import store
from webchat.contacts.changes import RosterChanged
from webchat.contacts.state import Presences
from webchat.session.session import Session
from webchat.xmpp import roster


async def sync_roster(session: Session) -> None:
    """First the roster, then our presence, which brings that of others (RFC 6121 §2.2, §4.2)."""
    presences = session[Presences]
    if presences.clear():
        session.feed.publish([RosterChanged()])
    try:
        async with session.read() as db:
            version = await store.roster_version(db, session.account_id)
        received = await roster.fetch(session.client, version)
        if received is not None:
            await session.handled(received)
        else:
            async with session.read() as db:
                presences.known = {*await store.seen(db, session.account_id), session.jid}
    finally:
        # Without presence no message would reach us, so a server that keeps its roster does not stop this.
        session.appear()
