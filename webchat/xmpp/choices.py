"""This room keeps what a user chose on a site with their own server too, for them alone (XEP-0223)."""

from collections.abc import Mapping
from xml.etree.ElementTree import Element

from webchat.errors import XmppError
from webchat.xmpp import forms, pubsub
from webchat.xmpp import namespaces as ns
from webchat.xmpp.context import Stream

ITEM = "current"
MOST, LONGEST = 100, 200

_ABSENT = ("item-not-found", "service-unavailable", "feature-not-implemented")


async def fetch(stream: Stream) -> dict[str, str] | None:
    """What was kept, None where nothing ever was. Raises XmppError, TimedOut, Offline."""
    return await _read(stream, ns.PREFERENCES)


async def fetch_former(stream: Stream) -> dict[str, str] | None:
    """What Movim kept of the same kind, in its own words; None for nothing. Raises as `fetch`."""
    return await _read(stream, ns.MOVIM_PREFERENCES)


async def put(stream: Stream, chosen: Mapping[str, str]) -> None:
    """Keep exactly this. Raises XmppError ("not-acceptable": others would read it), TimedOut, Offline."""
    await pubsub.publish_private(stream, ns.PREFERENCES, ITEM, forms.submit(ns.PREFERENCES, chosen))


async def _read(stream: Stream, node: str) -> dict[str, str] | None:
    try:
        items = await pubsub.items(stream, node, id=ITEM, timeout=5)
    except XmppError as error:
        if error.condition in _ABSENT:
            return None
        raise
    return _values(items[-1]) if items else None


def _values(item: Element) -> dict[str, str]:
    found = forms.values(item)
    fitting = {key: value for key, value in found.items() if 0 < len(key) <= LONGEST >= len(value)}
    return dict(list(fitting.items())[:MOST])
