"""This room asks a room whether we are still inside (XEP-0410)."""

from typing import Literal
from xml.etree.ElementTree import Element

from webchat.errors import Offline, TimedOut, XmppError
from webchat.xmpp import namespaces as ns
from webchat.xmpp.context import Stream

ANSWER = 120.0
"""Seconds until a room that does not answer counts as lost."""

_PING = f"{{{ns.PING}}}ping"
_INSIDE = frozenset(("service-unavailable", "feature-not-implemented", "item-not-found"))
_LOST = frozenset(("remote-server-not-found", "remote-server-timeout"))


async def still_inside(
    stream: Stream, room: str, nick: str, timeout: float = ANSWER
) -> Literal["inside", "outside", "unknown"]:
    """Ping our own seat; "unknown" when nobody answers. Raises Offline.

    §3.2: an error that our own other client gives, or that its going away gives, says that we are inside.
    """
    try:
        await stream.request("get", Element(_PING), to=f"{room}/{nick}", timeout=timeout)
    except Offline:
        raise
    except TimedOut:
        return "unknown"
    except XmppError as error:
        if error.condition in _INSIDE:
            return "inside"
        return "unknown" if error.condition in _LOST else "outside"
    return "inside"
