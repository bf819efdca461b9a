"""This room reads and writes how far each conversation was displayed, for our own clients (XEP-0490)."""

from collections.abc import Iterable
from xml.etree.ElementTree import Element, SubElement

from webchat.errors import XmppError
from webchat.xmpp import jid as jids
from webchat.xmpp import namespaces as ns
from webchat.xmpp import pubsub, stanza
from webchat.xmpp.context import Context, Stream
from webchat.xmpp.events import ReadMarksReceived

_ITEMS = f"{{{ns.PUBSUB_EVENT}}}items"
_ITEM = f"{{{ns.PUBSUB_EVENT}}}item"
_DISPLAYED = f"{{{ns.MDS}}}displayed"
_STANZA_ID = f"{{{ns.SID}}}stanza-id"


def notified(xml: Element, event: Element, context: Context) -> ReadMarksReceived | None:
    """Marks another client of ours has just set. Only our own account may tell (XEP-0163 §4.3)."""
    items = event.find(_ITEMS)
    if items is None or items.get("node") != ns.MDS:
        return None
    if not context.is_own(xml.get("from")) or xml.get("type") in ("groupchat", "error"):
        context.drop("pubsub")
        return None
    marks = _marks(items.iterfind(_ITEM), context.jid)
    return ReadMarksReceived(marks) if marks else None


async def fetch(stream: Stream) -> ReadMarksReceived:
    """All marks of the account, none when it has never set one; raises XmppError."""
    try:
        items = await pubsub.items(stream, ns.MDS)
    except XmppError as error:
        if error.condition == "item-not-found":
            return ReadMarksReceived()
        raise
    return ReadMarksReceived(_marks(items, stream.jid))


async def publish(stream: Stream, jid: str, stanza_id: str, by: str) -> None:
    """Mark the conversation with `jid` as displayed up to `stanza_id`, given by the archive of `by`.

    Raises XmppError; with condition "not-acceptable" when the server cannot keep the node to ourselves.
    """
    displayed = Element(_DISPLAYED)
    SubElement(displayed, _STANZA_ID, {"by": by, "id": stanza_id})
    await pubsub.publish_private(stream, ns.MDS, jid, displayed)


def _marks(items: Iterable[Element], own: str) -> tuple[tuple[str, str], ...]:
    """Ids of one-to-one conversations are given by our own archive, those of rooms by the room itself."""
    marks: list[tuple[str, str]] = []
    for item in items:
        stanza_id = item.find(f"{_DISPLAYED}/{_STANZA_ID}")
        try:
            conversation = jids.normalise(item.get("id", ""))
            by = "" if stanza_id is None else jids.normalise(stanza_id.get("by", ""))
        except ValueError:
            continue
        id = stanza.identifier(stanza_id)
        if by in (own, conversation) and id and conversation == jids.bare(conversation):
            marks.append((conversation, id))
    return tuple(marks)
