"""This room reads posts out of nodes, puts them there and takes them away (XEP-0060 §6.5, §7; XEP-0277)."""

import asyncio
from collections.abc import Iterable, Sequence
from xml.etree import ElementTree as ET
from xml.etree.ElementTree import Element, SubElement

from webchat.errors import Offline, TimedOut, XmppError
from webchat.xmpp import atom, dates, disco, pubsub
from webchat.xmpp import jid as jids
from webchat.xmpp import namespaces as ns
from webchat.xmpp.context import Stream
from webchat.xmpp.entries import LONGEST_ID, Entry, PostItem, PostPage, Ref
from webchat.xmpp.numbers import whole
from webchat.xmpp.pubsub import nodes, receiver

MOST = 500
"""Items of one page that are read."""

MOST_IDS = 5000
AT_ONCE = 20
"""Items that are asked for by their ids in one question."""

LONGEST_PAYLOAD = 400_000
"""Characters of a payload that is kept as it came."""

PROBE = "test_post"
BY_PLACE = "place:"
"""What `PostPage.more` begins with where a service has no result sets."""

_PUBSUB = f"{{{ns.PUBSUB}}}pubsub"
_ITEMS = f"{{{ns.PUBSUB}}}items"
_ITEM = f"{{{ns.PUBSUB}}}item"
_SET = f"{{{ns.RSM}}}set"
_DISCO_ITEM = f"{{{ns.DISCO_ITEMS}}}item"


# ---- reading


async def page(stream: Stream, service: str, node: str, *, most: int = 20, before: str = "") -> PostPage:
    """The newest items of a node, or those before what an earlier page called `more`; the newest first.

    With result sets (XEP-0059) where the service has them, else by its list of ids.
    Raises XmppError ("item-not-found", "forbidden", "not-authorized", …), TimedOut, Offline.
    """
    if before.startswith(BY_PLACE):
        return await _by_place(stream, service, node, most, before.removeprefix(BY_PLACE))
    answer = await _ask(stream, service, node, most, before)
    items = await _read_all(answer, MOST)
    window = answer.find(f"{_PUBSUB}/{_SET}")
    if window is None:
        # Who does not know result sets ignores ours, and gives the newest items that were asked for (§6.5.7).
        more = f"{BY_PLACE}{most}" if len(items) >= most else ""
        return PostPage(items, more)
    total = whole((window.findtext(f"{{{ns.RSM}}}count") or "").strip(), 9)
    first = window.find(f"{{{ns.RSM}}}first")
    start = "" if first is None else (first.text or "")[:LONGEST_ID]
    index = None if first is None else first.get("index")
    over = index == "0" or not items or start == before or (total is not None and total <= len(items))
    return PostPage(items, "" if over else start, total)


async def _ask(stream: Stream, service: str, node: str, most: int, before: str) -> Element:
    payload = Element(_PUBSUB)
    SubElement(payload, _ITEMS, {"node": node} | ({} if before else {"max_items": str(most)}))
    window = SubElement(payload, _SET)
    SubElement(window, f"{{{ns.RSM}}}max").text = str(most)
    SubElement(window, f"{{{ns.RSM}}}before").text = before or None
    return await stream.request("get", payload, to=receiver(stream, service))


async def _by_place(stream: Stream, service: str, node: str, most: int, place: str) -> PostPage:
    """Items from this place in the list of ids on, which begins with the newest where this is needed."""
    start = whole(place, 5) or 0
    try:
        ids = await _ids(stream, service, node)
    except (TimedOut, Offline):
        raise
    except XmppError:
        # A person's list of ids may be hidden where the node itself is open: everything up to there then.
        wanted = min(start + most, MOST)
        payload = Element(_PUBSUB)
        SubElement(payload, _ITEMS, {"node": node, "max_items": str(wanted)})
        answer = await stream.request("get", payload, to=receiver(stream, service))
        items = await _read_all(answer, wanted)
        more = f"{BY_PLACE}{wanted}" if len(items) == wanted < MOST else ""
        return PostPage(items[start:], more)
    older = await some(stream, service, node, ids[start : start + most])
    more = f"{BY_PLACE}{start + most}" if len(ids) > start + most else ""
    return PostPage(_sorted(older), more, len(ids))


async def _ids(stream: Stream, service: str, node: str) -> list[str]:
    query = Element(disco.ITEMS_QUERY, {"node": node})
    answer = await stream.request("get", query, to=service)
    found = answer.findall(f"{disco.ITEMS_QUERY}/{_DISCO_ITEM}")[:MOST_IDS]
    return list(dict.fromkeys(name for item in found if 0 < len(name := item.get("name", "")) <= LONGEST_ID))


async def some(stream: Stream, service: str, node: str, items: Sequence[str]) -> tuple[PostItem, ...]:
    """These items, as far as they are there (§6.5.8). Raises XmppError, TimedOut, Offline."""
    found: list[PostItem] = []
    for start in range(0, len(items), AT_ONCE):
        payload = Element(_PUBSUB)
        holder = SubElement(payload, _ITEMS, {"node": node})
        for item in items[start : start + AT_ONCE]:
            SubElement(holder, _ITEM, {"id": item})
        answer = await stream.request("get", payload, to=receiver(stream, service))
        found += await _read_all(answer, MOST)
    asked = set(items)
    return tuple(item for item in found if item.item in asked)


async def _read_all(answer: Element, most: int) -> tuple[PostItem, ...]:
    """What stands in an answer, the newest first; without an id that can be kept items are passed over.

    Others are let in between, for each item may be long.
    """
    found: dict[str, PostItem] = {}
    for item in answer.findall(f"{_PUBSUB}/{_ITEMS}/{_ITEM}")[:most]:
        post = read_item(item)
        if post is not None:
            found[post.item] = post
        await asyncio.sleep(0)
    return _sorted(found.values())


def read_item(item: Element) -> PostItem | None:
    """One <item/> of an answer or of a notice; None where its id could not be kept."""
    id = item.get("id", "")
    if not 0 < len(id) <= LONGEST_ID:
        return None
    publisher = _publisher(item.get("publisher", ""))
    payload = next(iter(item), None)
    if payload is None or not atom.shallow(payload):
        return PostItem(id, publisher, None)
    xml = ET.tostring(payload, encoding="unicode")
    entry = None if id == PROBE else atom.read(payload)
    return PostItem(id, publisher, entry, xml if len(xml) <= LONGEST_PAYLOAD else "")


def _publisher(address: str) -> str:
    """Who the service says it was: only the account counts, the device may be anything."""
    try:
        return jids.bare(jids.normalise(address))
    except ValueError:
        return ""


def _sorted(items: Iterable[PostItem]) -> tuple[PostItem, ...]:
    def moment(post: PostItem) -> float:
        stamp = (post.entry.published or post.entry.updated) if post.entry else None
        return (stamp or dates.EPOCH).timestamp()

    return tuple(sorted(items, key=moment, reverse=True))


# ---- writing


async def publish(
    stream: Stream,
    service: str,
    node: str,
    item: str,
    entry: Entry,
    *,
    former: str = "",
    access: str = "",
) -> None:
    """Put a post into a node, or a new version of it (§7.1); `former` is the xml of what is edited.

    Into our own node it goes only when that keeps its items and has this access model ("" leaves the node's):
    asked for in the same breath (§7.1.5), or set and read back where a server cannot do that.
    Raises XmppError ("not-acceptable": the node cannot be made so, and nothing was published), TimedOut,
    Offline.
    """
    payload = atom.write(entry, former, Ref(service, node, item))
    if service != stream.jid:
        await put(stream, service, node, item, payload)
        return
    options = {**nodes.POSTS, "pubsub#max_items": "max"} | ({nodes.ACCESS: access} if access else {})
    try:
        await put(stream, service, node, item, payload, options)
        return
    except (TimedOut, Offline):
        raise
    except XmppError as error:
        if error.condition != "conflict" and not nodes.declined(error):
            raise
    kept = await nodes.ensure(stream, node, access)
    if access and kept != access:
        raise XmppError("not-acceptable", "the server does not set who may read this node")
    await put(stream, service, node, item, payload)


async def put(
    stream: Stream,
    service: str,
    node: str,
    item: str,
    payload: Element,
    options: dict[str, str] | None = None,
) -> None:
    """One publish request (§7.1), with options that the node must have (§7.1.5) where given.

    Raises XmppError ("conflict": the node is set otherwise), TimedOut, Offline.
    """
    await pubsub.publish(stream, node, item, payload, options, to=receiver(stream, service))


async def retract(stream: Stream, service: str, node: str, item: str) -> None:
    """Take an item away and tell everybody who follows (§7.2).

    Raises XmppError ("item-not-found", "forbidden"), TimedOut, Offline.
    """
    await pubsub.retract(stream, node, item, to=receiver(stream, service))
