"""This room publishes into and reads from our own nodes (XEP-0060, XEP-0163)."""

from collections.abc import Mapping
from weakref import WeakKeyDictionary
from xml.etree.ElementTree import Element, SubElement

from webchat.errors import Offline, TimedOut, XmppError
from webchat.xmpp import disco, forms
from webchat.xmpp import namespaces as ns
from webchat.xmpp.context import Stream

EVENT = f"{{{ns.PUBSUB_EVENT}}}event"
_NEWS = f"{{{ns.PUBSUB_EVENT}}}"
_PUBSUB = f"{{{ns.PUBSUB}}}pubsub"
_ITEM = f"{{{ns.PUBSUB}}}item"
_OWNER = f"{{{ns.PUBSUB_OWNER}}}pubsub"
_OWNER_CONFIGURE = f"{{{ns.PUBSUB_OWNER}}}configure"

# XEP-0490 §4: for us alone, kept, and never pushed to whoever comes online.
PRIVATE = {
    "pubsub#persist_items": "true",
    "pubsub#max_items": "max",
    "pubsub#send_last_published_item": "never",
    "pubsub#access_model": "whitelist",
}
# COMPAT(ejabberd before 24, 2023): knows no other publish option than these two.
LEAST = {"pubsub#persist_items": "true", "pubsub#access_model": "whitelist"}
# COMPAT(ejabberd before 24, 2023): does not know the word "max" as a number of items.
COUNTED = {**PRIVATE, "pubsub#max_items": "1000"}

FULL_OPTIONS, LEAST_OPTIONS, NO_OPTIONS = "full", "least", "none"

_ways: WeakKeyDictionary[Stream, str] = WeakKeyDictionary()
"""How each stream's server lets us publish privately, once that was found out."""


def node_of(event: Element) -> str:
    """The node that an <event/> speaks of, "" for none."""
    return next((child.get("node", "") for child in event), "")


def newest(event: Element, tag: str) -> tuple[Element | None, bool]:
    """What an <event/> says of a node that holds one item: its payload of this name, and whether it is gone.

    (None, False) for neither.
    """
    if event.find(f"{_NEWS}purge") is not None or event.find(f"{_NEWS}delete") is not None:
        return None, True
    found = event.find(f"{_NEWS}items/{_NEWS}item/{tag}")
    return found, found is None and event.find(f"{_NEWS}items/{_NEWS}retract") is not None


async def items(
    stream: Stream, node: str, *, to: str = "", id: str = "", timeout: float = 20
) -> list[Element]:
    """The items of a node, ours where `to` is empty; all of them, or the one with this id.

    Raises XmppError (item-not-found: there is no such node), TimedOut, Offline.
    """
    payload = Element(_PUBSUB)
    wanted = SubElement(payload, f"{{{ns.PUBSUB}}}items", {"node": node})
    if id:
        SubElement(wanted, _ITEM, {"id": id})
    answer = await stream.request("get", payload, to, timeout)
    return answer.findall(f"{_PUBSUB}/{{{ns.PUBSUB}}}items/{_ITEM}")


async def publish_private(stream: Stream, node: str, item: str, content: Element) -> None:
    """Put one item into a node of ours that nobody else may read.

    The server is asked to check that in the same breath (XEP-0223 §4, XEP-0060 §7.1.5). Where it cannot, the
    node is made or set to whitelist, read back, and only then used. Raises XmppError: "not-acceptable" when
    the node cannot be kept to ourselves, in which case nothing is published.
    """
    way = _ways.get(stream)
    if way is None:
        known = await disco.own(stream)
        way = FULL_OPTIONS if ns.PUBSUB_PUBLISH_OPTIONS in known.features else NO_OPTIONS
    if way == FULL_OPTIONS:
        if await _published(stream, node, item, content, PRIVATE):
            _ways[stream] = FULL_OPTIONS
            return
        await _make_private(stream, node)
        if await _published(stream, node, item, content, PRIVATE):
            _ways[stream] = FULL_OPTIONS
            return
        way = LEAST_OPTIONS
    if way == LEAST_OPTIONS:
        if await _published(stream, node, item, content, LEAST):
            _ways[stream] = LEAST_OPTIONS
            return
        way = NO_OPTIONS
    await _make_private(stream, node)
    await publish(stream, node, item, content)
    _ways[stream] = NO_OPTIONS


async def retract(stream: Stream, node: str, item: str, *, to: str = "") -> None:
    """Take one item out of a node, ours where `to` is empty, and tell all who follow it (XEP-0060 §7.2).

    Raises XmppError ("item-not-found", "forbidden"), TimedOut, Offline.
    """
    payload = Element(_PUBSUB)
    holder = SubElement(payload, f"{{{ns.PUBSUB}}}retract", {"node": node, "notify": "true"})
    SubElement(holder, _ITEM, {"id": item})
    await stream.request("set", payload, to)


def receiver(stream: Stream, service: str) -> str:
    """Whom to ask about the nodes of a service: our own account is asked without an address."""
    return "" if service == stream.jid else service


async def publish(
    stream: Stream,
    node: str,
    item: str,
    content: Element,
    options: Mapping[str, str] | None = None,
    *,
    to: str = "",
) -> None:
    """Put an item into a node, ours where `to` is empty (XEP-0060 §7.1); without an id it gets one there.

    options  what the node must be like, else nothing is published (§7.1.5)

    Raises XmppError ("conflict": the node is set otherwise), TimedOut, Offline.
    """
    payload = Element(_PUBSUB)
    holder = SubElement(payload, f"{{{ns.PUBSUB}}}publish", {"node": node})
    SubElement(holder, _ITEM, {"id": item} if item else {}).append(content)
    if options:
        wanted = SubElement(payload, f"{{{ns.PUBSUB}}}publish-options")
        wanted.append(forms.submit(ns.PUBSUB_PUBLISH_OPTIONS, options))
    await stream.request("set", payload, to)


async def _published(
    stream: Stream, node: str, item: str, content: Element, options: Mapping[str, str]
) -> bool:
    """Whether the server accepted these options; raises only where it did not answer at all."""
    try:
        await publish(stream, node, item, content, options)
    except (TimedOut, Offline):
        raise
    except XmppError:
        return False
    return True


async def _make_private(stream: Stream, node: str) -> None:
    """Create the node for ourselves, or set it so, and believe only what reads back."""
    try:
        model = await _access_model(stream, node)
    except (TimedOut, Offline):
        raise
    except XmppError:
        model = ""
        for options in (PRIVATE, COUNTED, LEAST):
            if await _created(stream, node, options):
                break
    if model != "whitelist":
        if model:
            await _configure(stream, node)
        if await _access_model(stream, node) != "whitelist":
            raise XmppError("not-acceptable", "the server does not keep this node to its owner")


async def _access_model(stream: Stream, node: str) -> str:
    payload = Element(_OWNER)
    SubElement(payload, _OWNER_CONFIGURE, {"node": node})
    answer = await stream.request("get", payload)
    return forms.values(answer.find(f"{_OWNER}/{_OWNER_CONFIGURE}")).get("pubsub#access_model", "")


async def _created(stream: Stream, node: str, options: Mapping[str, str]) -> bool:
    payload = Element(_PUBSUB)
    SubElement(payload, f"{{{ns.PUBSUB}}}create", {"node": node})
    configure = SubElement(payload, f"{{{ns.PUBSUB}}}configure")
    configure.append(forms.submit(ns.PUBSUB_NODE_CONFIG, options))
    try:
        await stream.request("set", payload)
    except (TimedOut, Offline):
        raise
    except XmppError:
        return False
    return True


async def _configure(stream: Stream, node: str) -> None:
    payload = Element(_OWNER)
    configure = SubElement(payload, _OWNER_CONFIGURE, {"node": node})
    configure.append(forms.submit(ns.PUBSUB_NODE_CONFIG, {"pubsub#access_model": "whitelist"}))
    await stream.request("set", payload)
