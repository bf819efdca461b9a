"""This room is what a user can do about people: make them contacts or not, answer who asks to see them."""

from webchat.contacts import store
from webchat.contacts.changes import RequestsChanged
from webchat.errors import NotFound, Offline
from webchat.session.session import Session
from webchat.xmpp import roster


async def add_contact(session: Session, jid: str) -> None:
    """Put a bare JID into the roster and ask to see their presence (RFC 6121 §2.3, §3.1).

    Whoever asked us already is answered with it; nobody else sees us before they ask. Who is seen or was
    asked before is left alone. Raises NotFound for our own address, XmppError, TimedOut, Offline.
    """
    if jid == session.jid:
        raise NotFound
    if not session.client.connected:
        raise Offline
    async with session.read() as db:
        contact = await store.contact(db, session.account_id, jid)
    if contact is None:
        await roster.set_item(session.client, jid)
    if await _answer(session, jid):
        roster.subscribed(session.client, jid)
    if contact is None or (not contact.seen and not contact.ask):
        roster.subscribe(session.client, jid)


async def remove_contact(session: Session, jid: str) -> None:
    """Take a bare JID out of the roster; neither side sees the other any more (RFC 6121 §2.5).

    Raises XmppError, TimedOut, Offline.
    """
    async with session.read() as db:
        known = await store.is_contact(db, session.account_id, jid)
    if known:
        await roster.remove_item(session.client, jid)


async def accept_request(session: Session, jid: str) -> None:
    """Let `jid` see when we are here, and ask for the same (RFC 6121 §3.1.4).

    Only a request that is open is answered, so a second click does nothing. Raises Offline.
    """
    if not await _answer(session, jid):
        return
    roster.subscribed(session.client, jid)
    async with session.read() as db:
        contact = await store.contact(db, session.account_id, jid)
    if contact is None or (not contact.seen and not contact.ask):
        roster.subscribe(session.client, jid)


async def decline_request(session: Session, jid: str) -> None:
    """Tell the server no; it says nothing to `jid` about us but that (RFC 6121 §3.2). Raises Offline."""
    if await _answer(session, jid):
        roster.unsubscribed(session.client, jid)


async def _answer(session: Session, jid: str) -> bool:
    # An answer that cannot leave now would be lost, and the request with it.
    if not session.client.connected:
        raise Offline
    async with session.work() as work:
        open_until_now = await store.drop_request(work.db, work.account_id, jid)
        if open_until_now:
            work.changed(RequestsChanged())
    return open_until_now
