"""This room tells whether a message in a room names us: by reference (XEP-0372) or by our nick."""

import dataclasses
import re
from functools import lru_cache

from webchat.xmpp.context import Context
from webchat.xmpp.events import Event, MessageCorrected, MessageReceived


def judged(event: Event, context: Context) -> Event:
    """The event with its `mentions_me` as it should be."""
    if isinstance(event, MessageCorrected):
        return dataclasses.replace(event, message=_judged(event.message, context))
    return _judged(event, context) if isinstance(event, MessageReceived) else event


def _judged(message: MessageReceived, context: Context) -> MessageReceived:
    seat = context.rooms.get(message.conversation)
    if message.mine or seat is None or not names(message, seat.nick, context.jid):
        return message
    return dataclasses.replace(message, mentions_me=True)


def names(event: MessageReceived, nick: str, own: str) -> bool:
    """Whether it names the occupant `nick`, who is the account `own`."""
    if any(mention.jid in (own, f"{event.conversation}/{nick}") for mention in event.mentions):
        return True
    return bool(nick) and _pattern(nick).search(event.body) is not None


@lru_cache(maxsize=4096)
def _pattern(nick: str) -> re.Pattern[str]:
    """The nick as a word of its own, in any case; a nick may begin or end with what is no letter."""
    return re.compile(rf"(?<!\w){re.escape(nick)}(?!\w)", re.IGNORECASE)
