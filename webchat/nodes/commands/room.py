"""This room ties a community and its chat room together."""

import logging

from webchat.errors import Invalid, Offline, XmppError
from webchat.session.session import Session
from webchat.web.language import N_
from webchat.xmpp import atom
from webchat.xmpp import jid as jids
from webchat.xmpp.entries import NodeInfo, Ref
from webchat.xmpp.pubsub import linked
from webchat.xmpp.rooms import config
from webchat.xmpp.rooms import info as rooms

log = logging.getLogger(__name__)

MOST_ASKED = 2
"""Addresses that a community names as its contacts, and that are asked whether they are rooms."""

BAD_ROOM = N_("This is not the address of a room.")


def address(text: str) -> str:
    """The bare JID of a room, also out of an xmpp: address; "" for none. Raises Invalid (field room)."""
    text = text.strip().removeprefix("xmpp:").partition("?")[0]
    if not text:
        return ""
    try:
        found = jids.bare(jids.normalise(text))
    except ValueError:
        raise Invalid({"room": BAD_ROOM}) from None
    if not jids.local(found) or len(found) > rooms.LONGEST:
        raise Invalid({"room": BAD_ROOM})
    return found


async def of(session: Session, info: NodeInfo) -> str:
    """The chat room that a community names: in its description, or among its contacts; "" for none.

    Raises TimedOut, Offline.
    """
    if named := linked.room_in(info.description):
        return named
    people = (session.jid, info.creator)
    for jid in [one for one in info.contacts if one not in people and jids.local(one)][:MOST_ASKED]:
        try:
            found = await rooms.fetch(session.client, jid)
        except Offline:
            raise
        except XmppError:
            continue
        if rooms.is_room(found):
            return jid
    return ""


async def tie(session: Session, service: str, node: str, before: str, wanted: str) -> None:
    """Have the room say that it belongs to this community, and the former one no longer: where we own them,
    and their servers have a place for that. Raises Offline only: the community names its room anyway."""
    here = atom.uri(Ref(service, node))
    for jid, value in ((before if before != wanted else "", ""), (wanted, here)):
        if not jid:
            continue
        try:
            form = await config.fetch(session.client, jid)
            field = form.get(linked.ROOM_FIELD)
            if field is None or field.value == value or (not value and field.value != here):
                continue
            await config.submit(session.client, jid, form, {linked.ROOM_FIELD: (value,)})
        except Offline:
            raise
        except XmppError as error:
            log.info("a room does not note its community (%s)", error.condition)
