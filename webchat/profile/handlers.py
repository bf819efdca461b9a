"""This room hears where people say that they are."""

from webchat.contacts import store as contacts
from webchat.profile.changes import OwnPlaceChanged, PlaceChanged
from webchat.profile.state import Places
from webchat.session.work import Work
from webchat.xmpp.geoloc import PlaceReceived


async def on_place(work: Work, event: PlaceReceived) -> None:
    """A contact is somewhere, or no longer says where; a stranger's word is not kept (XEP-0080)."""
    own = event.jid == work.jid
    if not own and not await contacts.is_contact(work.db, work.account_id, event.jid):
        return
    session = work.session

    def apply() -> None:
        if session[Places].put(event.jid, event.place):
            session.feed.publish([OwnPlaceChanged() if own else PlaceChanged(event.jid)])

    work.after(apply)
