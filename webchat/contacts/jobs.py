"""This room catches up with people after a login, says that we are here, and fetches pictures."""

import asyncio
import logging

from webchat import pictures
from webchat.contacts import handlers, store
from webchat.contacts.changes import OwnPresenceChanged, RequestsChanged, RosterChanged
from webchat.contacts.state import Blocklist, Faces, Presences
from webchat.errors import Offline, XmppError
from webchat.pictures import BadPicture
from webchat.session.session import Session
from webchat.session.work import Work
from webchat.xmpp import blocking, disco, people, roster
from webchat.xmpp import jid as jids
from webchat.xmpp import namespaces as ns

log = logging.getLogger(__name__)

AT_ONCE = 3
"""Pictures fetched at the same time: a server that does not answer holds up no other."""

AVATAR = 192
"""Longer side of a kept picture: the largest that is drawn, on a fine display."""


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
                session.client.show_to("people", await store.watching(db, session.account_id))
    finally:
        # Without presence no message would reach us, so a server that keeps its roster does not stop this.
        session.appear()


async def sync_blocklist(session: Session) -> None:
    """Whom we have blocked, where the server keeps that (XEP-0191 §3.2); how it takes reports (XEP-0377)."""
    session[Faces].forget_asked()
    blocked = session[Blocklist]
    before = blocked.offered
    try:
        features = (await disco.own(session.client)).features
        features |= (await disco.info(session.client, jids.domain(session.jid))).features
        received = await blocking.fetch(session.client)
    except Offline:
        raise
    except XmppError as error:
        log.info("the account's server keeps no blocklist (%s)", error.condition)
        blocked.offered = False
    else:
        blocked.offered = True
        blocked.reporting = "1" if ns.REPORTING in features else "0" if ns.REPORTING_OLDER in features else ""
        await session.handled(received)
    if blocked.offered != before:
        # Pages that were open before the server had answered learn now what can be done with people.
        session.feed.publish([RosterChanged(), RequestsChanged()])


async def fetch_pictures(session: Session) -> None:
    """As long as the session lasts: the pictures that were announced and are not here yet."""
    faces = session[Faces]
    async with session.read() as db:
        faces.avatars = {**await store.pictures(db, session.account_id), **faces.avatars}
        own = await store.face(db, session.account_id, session.jid)
    faces.own_name = faces.own_name or own.nick or own.name
    if faces.own_name:
        session.feed.publish([OwnPresenceChanged()])
    await asyncio.gather(*(_fetch_for_ever(session) for _ in range(AT_ONCE)))


async def _fetch_for_ever(session: Session) -> None:
    faces = session[Faces]
    while True:
        jid, sha1, source = await faces.wanted.get()
        try:
            await fetch_picture(session, jid, sha1, source)
        except (XmppError, BadPicture) as error:
            log.info("a picture could not be fetched (%s)", type(error).__name__)
        except Exception as error:
            # One picture nobody foresaw must not end all others.
            log.error("a picture could not be kept", exc_info=error)


async def fetch_picture(session: Session, jid: str, sha1: str, source: str) -> None:
    """Fetch one picture, prove its hash, write it anew and show it.

    COMPAT(XEP-0398): where the node does not give it, the same picture may stand in the vCard.
    Raises XmppError, TimedOut, Offline, BadPicture.
    """
    async with session.read() as db:
        known = await store.has_avatar(db, sha1)
    if known:
        async with session.work() as work:
            await _show(work, jid, sha1, source)
        return
    if source == "pep":
        try:
            data = await people.avatar_data(session.client, jid, sha1)
        except Offline:
            raise
        except XmppError:
            data = await people.vcard_photo(session.client, jid, sha1)
    else:
        data = await people.vcard_photo(session.client, jid, sha1)
    await keep_picture(session, jid, sha1, source, data)


async def keep_picture(session: Session, jid: str, sha1: str, source: str, data: bytes) -> None:
    """Write bytes whose hash is proved anew, and show them as this person. Raises BadPicture."""
    picture = await pictures.reencode(data, longest=AVATAR, kind="avatar")
    async with session.work() as work:
        await store.put_avatar(work.db, sha1, picture)
        await _show(work, jid, sha1, source)


async def _show(work: Work, jid: str, sha1: str, source: str) -> None:
    """Draw somebody with a picture that is here, unless they announced another one while it was brought."""
    if not work.session[Faces].outdated(jid, sha1):
        await handlers.show_picture(work, jid, sha1, source)
