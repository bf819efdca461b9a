"""This room is what a user tells about themselves: their card, picture and banner, where they are."""

import asyncio
from collections.abc import Mapping
from datetime import datetime

from webchat import pictures
from webchat.contacts import commands as people
from webchat.contacts import jobs as faces
from webchat.contacts.handlers import show_picture
from webchat.contacts.state import Faces
from webchat.errors import Offline, TimedOut, XmppError
from webchat.profile import jobs
from webchat.profile.changes import OwnCardChanged
from webchat.session.session import Session
from webchat.uploads import commands as uploads
from webchat.uploads.commands import Media
from webchat.xmpp import card, geoloc, portrait
from webchat.xmpp import namespaces as ns
from webchat.xmpp.card import OwnCard
from webchat.xmpp.geoloc import Place, PlaceReceived
from webchat.xmpp.pubsub import own

SIDE = 512
"""Pixels of our picture."""

BREADTH = 1280
"""Pixels of a banner; it is a quarter as high."""

CONTACTS, EVERYBODY = "presence", "open"
"""Who may see a profile, as access models (XEP-0060 §4.5)."""

AS_IT_IS = "as-it-is"
"""Instead of one of them: another one that some other program set, and that is not ours to change unasked."""

_NODES = (ns.VCARD4_NODE, ns.NICK, ns.AVATAR_DATA, ns.AVATAR_METADATA, ns.BANNER)
"""Whoever reads one of these reads them all."""


async def load_card(session: Session) -> OwnCard:
    """Our card as the server has it now. Raises XmppError, TimedOut, Offline."""
    return await card.fetch(session.client)


async def save_card(session: Session, changed: Mapping[str, str], access: str) -> bool:
    """Write these fields into our card as it is on the server now, and say who may see all of the profile.

    access  CONTACTS, EVERYBODY or AS_IT_IS
    False when all is written but what older programs, and anybody, read: the server keeps that as it was.
    Raises XmppError, TimedOut, Offline.
    """
    whole = True
    before = await load_card(session)
    if access == AS_IT_IS:
        access = before.access or CONTACTS
    if access != before.access:
        for node in _NODES:
            await own.set_access(session.client, node, access)
    if changed or access != before.access:
        whole = await card.write(session.client, before, changed, access)
    elif access == CONTACTS and before.newer is not None and before.older is not None:
        # It may be that the server did not let it be narrowed the last time.
        whole = await card.keep_in_step(session.client, before, before.newer, access)
    if access != before.access:
        photo = await _older_programs(session, await portrait.fetch(session.client), access)
        whole = whole and photo
    await _look_again(session)
    return whole


async def _look_again(session: Session) -> None:
    """What our own page says of us comes from the server, like that of everybody."""
    session.feed.publish([OwnCardChanged()])
    task = session.spawn(people.load_profile(session, session.jid, changed=True), "own profile")
    await asyncio.wait({task}, timeout=1)


async def _access(session: Session) -> str:
    model = await own.access(session.client, ns.VCARD4_NODE)
    return model if model in (CONTACTS, EVERYBODY) else CONTACTS


async def set_picture(session: Session, data: bytes) -> bool:
    """Show the square in the middle of this picture from now on; False: older programs show another one.

    Raises BadPicture, XmppError, TimedOut, Offline.
    """
    if len(data) > pictures.MOST_BYTES:
        raise pictures.BadPicture("size")
    picture = await pictures.reencode(data, longest=SIDE, kind="portrait")
    access = await _access(session)
    sha1 = await portrait.publish(session.client, picture, access)
    session[Faces].latest[session.jid] = sha1, "pep"
    await faces.keep_picture(session, session.jid, sha1, "pep", picture.data)
    session.feed.publish([OwnCardChanged()])
    return await _older_programs(session, picture, access)


async def remove_picture(session: Session) -> bool:
    """Show no picture any more; False: older programs still show it. Raises XmppError, TimedOut, Offline."""
    access = await _access(session)
    await portrait.remove(session.client, access)
    session[Faces].latest[session.jid] = "", "pep"
    async with session.work() as work:
        await show_picture(work, session.jid, "", "")
        work.changed(OwnCardChanged())
    return await _older_programs(session, None, access)


async def _older_programs(session: Session, picture: pictures.Picture | None, access: str) -> bool:
    """The same picture in the vcard-temp, but not where that would show it to more people; False when the
    server leaves another one there."""
    if await portrait.converts(session.client):
        return True
    shown = picture if access == EVERYBODY else None
    try:
        await portrait.set_photo(session.client, shown)
    except (TimedOut, Offline):
        raise
    except XmppError:
        # COMPAT: a server without vcard-temp has no older programs to tell.
        return not await portrait.shows_older(session.client)
    jobs.announce(session, "" if shown is None else portrait.digest(shown.data))
    return True


async def set_banner(session: Session, media: Media, data: bytes) -> None:
    """Show the broad middle of this picture at the head of our page; it lies with our uploads.

    Raises BadPicture, CannotSend, TooMany, XmppError, TimedOut, Offline.
    """
    if len(data) > pictures.MOST_BYTES:
        raise pictures.BadPicture("size")
    picture = await pictures.reencode(data, longest=BREADTH, kind="banner")
    url = await uploads.bring_picture(session, media, picture, "banner.jpg")
    await portrait.publish_banner(session.client, picture, url, await _access(session))
    await _look_again(session)


async def remove_banner(session: Session) -> None:
    """Have no banner any more. Raises XmppError, TimedOut, Offline."""
    await portrait.publish_banner(session.client, None, "", await _access(session))
    await _look_again(session)


async def load_banner(session: Session) -> str:
    """Where our banner lies, "" for none. Raises TimedOut, Offline."""
    try:
        return await portrait.banner(session.client)
    except XmppError as error:
        if error.condition == "item-not-found":
            return ""
        raise


# ---- where one is


async def share_place(session: Session, place: Place, moment: datetime) -> None:
    """Tell contacts, who may see that we are here, where. Raises XmppError, TimedOut, Offline."""
    told = Place(place.latitude, place.longitude, place.accuracy, place.words, moment)
    await geoloc.publish(session.client, told)
    await session.handled(PlaceReceived(session.jid, told))


async def clear_place(session: Session) -> None:
    """Tell nobody any more. Raises XmppError, TimedOut, Offline."""
    await geoloc.publish(session.client, None)
    await session.handled(PlaceReceived(session.jid, None))
