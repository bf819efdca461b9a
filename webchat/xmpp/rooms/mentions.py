"""This room tells whether a message in a room calls us: by name (XEP-0372, XEP-0513), nick or all of us."""

import dataclasses
import re
from functools import lru_cache

from webchat.xmpp import jid as jids
from webchat.xmpp.context import Context, Seat
from webchat.xmpp.events import Event, MessageCorrected, MessageReceived


def judged(event: Event, context: Context) -> Event:
    """The event with its `mentions_me` as it should be."""
    if isinstance(event, MessageCorrected):
        return dataclasses.replace(event, message=_judged(event.message, context))
    return _judged(event, context) if isinstance(event, MessageReceived) else event


def _judged(message: MessageReceived, context: Context) -> MessageReceived:
    seat = context.rooms.get(message.conversation)
    if message.mine or seat is None:
        return message
    called = names(message, seat.nick, context.jid, seat.occupant_id) or _calls_all(message, seat)
    return dataclasses.replace(message, mentions_me=True) if called else message


def names(event: MessageReceived, nick: str, own: str, occupant: str = "") -> bool:
    """Whether it names the occupant `nick`, who is the account `own` and has the id `occupant`.

    Who is named without being called (XEP-0513 §3.5.2) is not called by the nick in the text either.
    """
    us = (own, f"{event.conversation}/{nick}")
    meant = [one for one in event.mentions if one.jid in us or (one.occupant and one.occupant == occupant)]
    if meant:
        return not all(one.quiet for one in meant)
    return bool(nick) and _pattern(nick).search(event.body) is not None


def _calls_all(event: MessageReceived, seat: Seat) -> bool:
    """Whether it calls everybody (XEP-0513 §3.2.1.1), from somebody who may: see `may_call_all`.

    Whom it calls just now (§3.5.1) it does not call later: neither from an archive nor after a break.
    """
    groups = {one.group for one in event.mentions if one.group and not one.quiet}
    if event.archived or event.stamp is not None:
        groups.discard("here")
    if not groups:
        return False
    known = seat.callers.get(jids.resource(event.sender))
    # Who had the nick when it was said, an archive only knows by the id.
    return known is not None and known == event.occupant_id and bool(known or not event.archived)


def may_call_all(role: str, affiliation: str) -> bool:
    """Whether somebody's call to everybody in a room is heard: moderators, and who belongs to the room.

    Strangers who walk into an open room wake nobody, whatever they send: XEP-0513 §3.6 leaves it to the
    receiver where the room says nothing.
    """
    return role == "moderator" or (role == "participant" and affiliation in ("owner", "admin", "member"))


@lru_cache(maxsize=4096)
def _pattern(nick: str) -> re.Pattern[str]:
    """The nick as a word of its own, in any case; a nick may begin or end with what is no letter."""
    return re.compile(rf"(?<!\w){re.escape(nick)}(?!\w)", re.IGNORECASE)
