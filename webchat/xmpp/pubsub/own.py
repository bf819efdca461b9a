"""This room publishes what we tell of ourselves: nodes of ours that everybody or only contacts may read."""

from collections.abc import Mapping
from xml.etree.ElementTree import Element

from webchat.errors import Offline, TimedOut, XmppError
from webchat.xmpp import pubsub
from webchat.xmpp.context import Stream
from webchat.xmpp.pubsub import nodes

LAST: Mapping[str, str] = {
    "pubsub#max_items": "1",
    "pubsub#notify_retract": "true",
    "pubsub#send_last_published_item": "on_sub_and_presence",
}
"""XEP-0163 §4: who comes online is told the newest, and there is nothing but the newest."""


async def publish(stream: Stream, node: str, item: str, content: Element, access: str) -> None:
    """Put the one item of a node of ours; "open": everybody reads it, "presence": who sees when we are here.

    The server checks that in the same breath (XEP-0060 §7.1.5); where the node is another one it is set first
    and read back. Raises XmppError ("not-acceptable": it cannot be kept so), TimedOut, Offline.
    """
    try:
        options = {"pubsub#persist_items": "true", nodes.ACCESS: access}
        await pubsub.publish(stream, node, item, content, options)
    except (TimedOut, Offline):
        raise
    except XmppError as error:
        if not (nodes.declined(error) or error.condition in ("conflict", "precondition-not-met")):
            raise
        await set_access(stream, node, access, make=True)
        await pubsub.publish(stream, node, item, content)


async def access(stream: Stream, node: str) -> str:
    """The access model of a node of ours, "" where there is no such node. Raises TimedOut, Offline."""
    try:
        return nodes.access_of(await nodes.configuration(stream, stream.jid, node))
    except (TimedOut, Offline):
        raise
    except XmppError:
        return ""


async def set_access(stream: Stream, node: str, model: str, *, make: bool = False) -> None:
    """Let others read a node of ours, or fewer; one that is not there is made only where it is wanted.

    Raises XmppError ("not-acceptable" where it reads back otherwise), TimedOut, Offline.
    """
    before = await access(stream, node)
    if not before and make:
        await nodes.create(stream, stream.jid, node, {nodes.ACCESS: model, **LAST})
    if before in ("", model):
        return
    await nodes.configure(stream, stream.jid, node, {nodes.ACCESS: model})
    if await access(stream, node) != model:
        raise XmppError("not-acceptable", "the server does not let this node be read so")
