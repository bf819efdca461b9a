"""This room asks when somebody was last there (XEP-0012); whether that is told is up to their server."""

from datetime import UTC, datetime, timedelta
from xml.etree.ElementTree import Element

from webchat.xmpp import namespaces as ns
from webchat.xmpp.context import Stream
from webchat.xmpp.numbers import whole

LONGEST = timedelta(days=20 * 365)
_QUERY = f"{{{ns.LAST}}}query"


async def ask(stream: Stream, jid: str, timeout: float = 10) -> datetime | None:
    """When the bare address was last available (§4); None where the answer makes no sense.

    Raises XmppError ("forbidden" where we may not see their presence), TimedOut, Offline.
    """
    answer = await stream.request("get", Element(_QUERY), to=jid, timeout=timeout)
    query = answer.find(_QUERY)
    seconds = None if query is None else whole(query.get("seconds"), 10)
    if seconds is None:
        return None
    since = timedelta(seconds=seconds)
    return datetime.now(UTC) - since if since <= LONGEST else None
