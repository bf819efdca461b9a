"""This room turns what the server says about people into rows, memory and changes."""

from webchat.contacts import store
from webchat.contacts.changes import ContactChanged, RequestsChanged, RosterChanged
from webchat.contacts.state import Presences
from webchat.session.work import Work
from webchat.xmpp import jid as jids
from webchat.xmpp.events import PresenceReceived, RosterPushed, RosterReceived, SubscriptionRequested


async def on_roster(work: Work, event: RosterReceived) -> None:
    """The whole roster replaces our copy (RFC 6121 §2.1.4)."""
    changed = await store.replace_roster(work.db, work.account_id, event.items)
    await store.set_roster_version(work.db, work.account_id, event.version)
    if changed:
        work.changed(RosterChanged())
    known = {item.jid for item in event.items} | {work.jid}

    def apply() -> None:
        presences = work.session[Presences]
        for jid in (presences.known or set()) - known:
            presences.forget(jid)
        presences.known = known

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
    work.after(lambda: _know(work.session[Presences], item.jid, known=after is not None))


def _know(presences: Presences, jid: str, *, known: bool) -> None:
    if presences.known is None:
        return
    if known:
        presences.known.add(jid)
    else:
        presences.known.discard(jid)
        presences.forget(jid)


async def on_presence(work: Work, event: PresenceReceived) -> None:
    """Somebody came, went or is busy; a change only when that can be seen (RFC 6121 §4)."""
    presences = work.session[Presences]
    if presences.known is None:
        presences.known = {*await store.contacts(work.db, work.account_id), work.jid}

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
