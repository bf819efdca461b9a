"""This room turns what the server says about people into rows, memory and changes."""

from collections.abc import Iterable

from webchat.contacts import store
from webchat.contacts.changes import ContactChanged, OwnPresenceChanged, RequestsChanged, RosterChanged
from webchat.contacts.state import Blocklist, Faces, Presences
from webchat.db.base import now
from webchat.notifications import store as notifications
from webchat.notifications.changes import NotificationsChanged
from webchat.session.session import Session
from webchat.session.work import Work
from webchat.xmpp import jid as jids
from webchat.xmpp.events import (
    AvatarAnnounced,
    BlocklistReceived,
    NicknameReceived,
    PresenceReceived,
    RosterPushed,
    RosterReceived,
    SubscriptionRequested,
)

MOST_AT_ONCE = 50
"""More people whose look changed at once redraw the whole list."""


async def on_roster(work: Work, event: RosterReceived) -> None:
    """The whole roster replaces our copy (RFC 6121 §2.1.4)."""
    asked = [jid for jid, row in (await store.contacts(work.db, work.account_id)).items() if row.ask]
    changed = await store.replace_roster(work.db, work.account_id, event.items)
    await _agreed(work, [jid for jid in asked if jid in changed])
    await store.set_roster_version(work.db, work.account_id, event.version)
    if changed:
        work.changed(RosterChanged())
    known = {item.jid for item in event.items if item.subscription in ("to", "both")} | {work.jid}
    watching = [item.jid for item in event.items if item.subscription in ("from", "both")]

    def apply() -> None:
        work.session.client.show_to("people", watching)
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
    if before is not None and before.ask:
        await _agreed(work, [item.jid])
    if after is not None and after.sees_us and await store.drop_request(work.db, work.account_id, item.jid):
        work.changed(RequestsChanged())
    if (before and before.shown) != (after and after.shown):
        work.changed(RosterChanged())
    if before != after:
        work.changed(ContactChanged(item.jid))
    seen = item.jid == work.jid or (after is not None and after.seen)
    watching = await store.watching(work.db, work.account_id)

    def apply() -> None:
        work.session.client.show_to("people", watching)
        _know(work.session, item.jid, seen=seen)

    work.after(apply)


async def _agreed(work: Work, asked: Iterable[str]) -> None:
    """Those of these people whom we had asked and who are seen now: that is told once."""
    for jid in asked:
        row = await store.contact(work.db, work.account_id, jid)
        if row is not None and row.seen and not row.ask:
            path = f"/people/{jids.escape_path(jid)}"
            if await notifications.add(work.db, work.account_id, "accepted", jid, jid, now(), path=path):
                work.changed(NotificationsChanged())


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
    presences, heard = work.session[Presences], work.session[Faces].heard
    known = presences.known
    if known is None:
        known = {*await store.seen(work.db, work.account_id), work.jid}
    bare = jids.bare(event.jid)
    photo = event.photo if bare in known and heard.get(bare) != event.photo else None
    if photo is not None:
        await on_avatar(work, AvatarAnnounced(bare, photo, source="vcard"))

    def apply() -> None:
        if presences.known is None:
            presences.known = known
        if photo is not None:
            heard[bare] = photo
        if presences.apply(event):
            work.session.feed.publish([ContactChanged(bare)])

    work.after(apply)


async def on_subscription_request(work: Work, event: SubscriptionRequested) -> None:
    """Somebody wants to see us: a silent entry, answered by nothing but a click (security case A20)."""
    contact = await store.contact(work.db, work.account_id, event.jid)
    if contact is not None and contact.sees_us:
        return
    if await store.add_request(work.db, work.account_id, event.jid):
        work.changed(RequestsChanged())


async def on_avatar(work: Work, event: AvatarAnnounced) -> None:
    """A contact has another picture; it is shown once it is here and its bytes have that hash.

    A hash in presence changes nothing for somebody whose node tells (XEP-0153 §1): two words would flicker.
    """
    if not await _is_ours(work, event.jid):
        return
    face, faces = await store.face(work.db, work.account_id, event.jid), work.session[Faces]
    if event.source == "vcard" and (face.avatar_source == "pep" or faces.told_by_node(event.jid)):
        return
    work.after(lambda: faces.latest.update({event.jid: (event.id, event.source)}))
    if event.id == face.avatar:
        return
    if not event.id or await store.has_avatar(work.db, event.id):
        await show_picture(work, event.jid, event.id, event.source if event.id else "")
    else:
        work.after(lambda: faces.want(event.jid, event.id, event.source))


async def show_picture(work: Work, jid: str, sha1: str, source: str) -> None:
    """Draw somebody with a picture that is here, or by the initial again.

    A seat in a room (a full address) is remembered for this session only: tomorrow somebody else sits there.
    """
    if not jids.resource(jid):
        await store.set_face(work.db, work.account_id, jid, avatar=sha1, avatar_source=source)
    work.after(lambda: work.session[Faces].show(jid, sha1))
    work.changed(ContactChanged(jid), *([OwnPresenceChanged()] if jid == work.jid else []))


async def on_nickname(work: Work, event: NicknameReceived) -> None:
    """A contact calls themselves otherwise; strangers may say what they like (security case A24)."""
    if not await _is_ours(work, event.jid):
        return
    face = await store.face(work.db, work.account_id, event.jid)
    if face.nick != event.nick:
        await store.set_face(work.db, work.account_id, event.jid, nick=event.nick)
        work.changed(RosterChanged(), ContactChanged(event.jid))
        if event.jid == work.jid:
            call_us(work, event.nick or face.name)


def call_us(work: Work, name: str) -> None:
    """The user calls themselves this from now on, in the frame of every page."""

    def apply() -> None:
        work.session[Faces].own_name = name

    work.after(apply)
    work.changed(OwnPresenceChanged())


async def _is_ours(work: Work, jid: str) -> bool:
    return jid == work.jid or await store.is_contact(work.db, work.account_id, jid)


async def on_blocklist(work: Work, event: BlocklistReceived) -> None:
    """Somebody was blocked or is no longer; whoever is has nothing to ask (XEP-0191 §3)."""
    for jid in event.jids if event.blocked else ():
        if await store.drop_request(work.db, work.account_id, jid):
            work.changed(RequestsChanged())

    def apply() -> None:
        blocked = work.session[Blocklist]
        before = set(blocked.jids)
        if event.whole:
            blocked.jids = set(event.jids)
        elif event.blocked:
            blocked.jids |= set(event.jids)
        else:
            blocked.jids -= set(event.jids)
        different = sorted(before ^ blocked.jids)
        whole_servers = any("@" not in jid for jid in different)
        if len(different) > MOST_AT_ONCE or whole_servers:
            work.session.feed.publish([RosterChanged()])
        else:
            work.session.feed.publish([ContactChanged(jid) for jid in different])

    work.after(apply)
