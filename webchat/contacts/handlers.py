"""This room turns what the server says about people into rows, memory and changes."""

from webchat.contacts import store
from webchat.contacts.changes import ContactChanged, RequestsChanged, RosterChanged
from webchat.contacts.state import Presences
from webchat.session.session import Session
from webchat.session.work import Work
from webchat.xmpp import jid as jids
from webchat.xmpp.events import PresenceReceived, RosterPushed, RosterReceived, SubscriptionRequested


async def on_roster(work: Work, event: RosterReceived) -> None:
    """The whole roster replaces our copy (RFC 6121 §2.1.4)."""
    changed = await store.replace_roster(work.db, work.account_id, event.items)
    await store.set_roster_version(work.db, work.account_id, event.version)
    if changed:
        work.changed(RosterChanged())
    known = {item.jid for item in event.items if item.subscription in ("to", "both")} | {work.jid}

    def apply() -> None:
        presences = work.session[Presences]
        gone = [jid for jid in sorted((presences.known or set()) - known) if presences.forget(jid)]
        presences.known = known
        if gone:
            work.session.feed.publish([ContactChanged(jid) for jid in gone])

    work.after(apply)


async def on_roster_push(work: Work, event: RosterPushed) -> None:
    """One item changed, here or on another device (RFC 6121 §2.1.6)."""
    item = event.item
    before = await store.contact(work.db, work.account_id, item.jid)
    if item.subscription == "remove":
        await store.remove_item(work.db, work.account_id, item.jid)
        after = None
    else:
        await store.put_item(work.db, work.account_id, item)
        after = await store.contact(work.db, work.account_id, item.jid)
    await store.set_roster_version(work.db, work.account_id, event.version)
    if after is not None and after.sees_us and await store.drop_request(work.db, work.account_id, item.jid):
        work.changed(RequestsChanged())
    if (before and before.shown) != (after and after.shown):
        work.changed(RosterChanged())
    if before != after:
        work.changed(ContactChanged(item.jid))
    seen = item.jid == work.jid or (after is not None and after.seen)
    work.after(lambda: _know(work.session, item.jid, seen=seen))


def _know(session: Session, jid: str, *, seen: bool) -> None:
    presences = session[Presences]
    if seen:
        if presences.known is not None:
            presences.known.add(jid)
        return
    if presences.known is not None:
        presences.known.discard(jid)
    # A server need not say "unavailable" when a subscription ends (RFC 6121 §3.2.1 only tells it to).
    if presences.forget(jid):
        session.feed.publish([ContactChanged(jid)])


async def on_presence(work: Work, event: PresenceReceived) -> None:
    """Somebody came, went or is busy; a change only when that can be seen (RFC 6121 §4)."""
    presences = work.session[Presences]
    if presences.known is None:
        presences.known = {*await store.seen(work.db, work.account_id), work.jid}

    def apply() -> None:
        if presences.apply(event):
            work.session.feed.publish([ContactChanged(jids.bare(event.jid))])

    work.after(apply)


async def on_subscription_request(work: Work, event: SubscriptionRequested) -> None:
    """Somebody wants to see us: a silent entry, answered by nothing but a click (security case A20)."""
    contact = await store.contact(work.db, work.account_id, event.jid)
    if contact is not None and contact.sees_us:
        return
    if await store.add_request(work.db, work.account_id, event.jid):
        work.changed(RequestsChanged())
