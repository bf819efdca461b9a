"""This room follows nodes (XEP-0060 §6) and keeps lists of what is followed (XEP-0330)."""

import hashlib
from collections.abc import Iterable, Iterator
from xml.etree import ElementTree as ET
from xml.etree.ElementTree import Element, SubElement

from webchat.errors import Offline, TimedOut, XmppError
from webchat.xmpp import atom, pubsub
from webchat.xmpp import jid as jids
from webchat.xmpp import namespaces as ns
from webchat.xmpp.context import Context, Stream
from webchat.xmpp.entries import LONGEST_ID, Followed, FollowedReceived, Ref
from webchat.xmpp.pubsub import nodes, posts
from webchat.xmpp.xml_text import xml_text

PUBLIC = "urn:xmpp:pubsub:subscription"
PRIVATE = "urn:xmpp:pubsub:movim-public-subscription"
"""The list for nobody else; its name is Movim's, and says the contrary (W§2)."""

SERVED = "urn:xmpp:pps:subscriptions:0"
"""What the server itself tells that somebody follows for everybody to see (XEP-0465 §4.2)."""

_SERVED = "{urn:xmpp:pps:0}subscription"

MOST = 2000
LONGEST_TITLE = 1000
LONGEST_XML = 8192

_PUBSUB = f"{{{ns.PUBSUB}}}pubsub"
_SUBSCRIPTION = f"{{{ns.PUBSUB}}}subscription"
_LINES = (f"{{{ns.FOLLOWED}}}subscription", f"{{{ns.FOLLOWED_OLD}}}subscription")
_TITLES = (f"{{{ns.FOLLOWED}}}title", f"{{{ns.FOLLOWED_OLD}}}title")


# ---- at the service


async def subscribe(stream: Stream, service: str, node: str, *, jid: str = "") -> str:
    """Ask for the news of a node: "subscribed", or "pending" until its owner agrees (§6.1).

    jid  one of our full addresses instead of the account

    Raises XmppError ("not-authorized": only contacts, "forbidden", "item-not-found"), TimedOut, Offline.
    """
    payload = Element(_PUBSUB)
    SubElement(payload, f"{{{ns.PUBSUB}}}subscribe", {"node": node, "jid": jid or stream.jid})
    answer = await stream.request("set", payload, to=service)
    found = answer.find(f"{_PUBSUB}/{_SUBSCRIPTION}")
    state = "subscribed" if found is None else found.get("subscription", "subscribed")
    return "pending" if state in ("pending", "none") else "subscribed"


async def unsubscribe(stream: Stream, service: str, node: str, *, jid: str = "") -> None:
    """Want no more news of a node (§6.2), or go on without. Raises XmppError, TimedOut, Offline."""
    payload = Element(_PUBSUB)
    SubElement(payload, f"{{{ns.PUBSUB}}}unsubscribe", {"node": node, "jid": jid or stream.jid})
    try:
        await stream.request("set", payload, to=service)
    except (TimedOut, Offline):
        raise
    except XmppError as error:
        if error.condition not in ("unexpected-request", "item-not-found"):
            raise


async def subscriptions(stream: Stream, service: str, node: str = "") -> tuple[Ref, ...]:
    """What we follow at a service, by its own word (§5.6).

    node  only this one, and only where we ourselves follow it and not merely one of our devices

    Raises XmppError, TimedOut, Offline.
    """
    payload = Element(_PUBSUB)
    SubElement(payload, f"{{{ns.PUBSUB}}}subscriptions", {"node": node} if node else {})
    answer = await stream.request("get", payload, to=service)
    found = answer.findall(f"{_PUBSUB}/{{{ns.PUBSUB}}}subscriptions/{_SUBSCRIPTION}")[:MOST]
    kept: dict[Ref, None] = {}
    for each in found:
        # Who is asked about one node need not name it again.
        name = each.get("node") or node
        other = node and (name != node or "/" in each.get("jid", ""))
        if each.get("subscription") == "subscribed" and 0 < len(name) <= LONGEST_ID and not other:
            kept[Ref(service, name)] = None
    return tuple(kept)


# ---- the lists


def item_id(owner: str, service: str, node: str) -> str:
    """The id under which a line stands in the list of `owner` (W§7)."""
    # The protocol fixes SHA-1; nothing of ours trusts it.
    return hashlib.sha1(f"{service}<{node}<{owner}".encode(), usedforsecurity=False).hexdigest()


async def lists(stream: Stream, jid: str = "", *, public: bool) -> tuple[Followed, ...]:
    """What somebody says they follow, we ourselves where `jid` is empty; nothing where there is no such list.

    Of others also what their server says (XEP-0465); the one list counts where the other cannot be read.
    Raises XmppError ("forbidden", "not-authorized"), TimedOut, Offline.
    """
    others = public and jid not in ("", stream.jid)
    served = await _served(stream, jid) if others else []
    try:
        said = [followed for _, followed in await _lines(stream, jid, public=public)]
    except (TimedOut, Offline):
        raise
    except XmppError:
        if not served:
            raise
        said = []
    known = {(one.service, one.node) for one in said}
    return tuple(dict.fromkeys([*said, *(one for one in served if (one.service, one.node) not in known)]))


async def _served(stream: Stream, jid: str) -> list[Followed]:
    """XEP-0465 §4.2: <subscription node='…' jid='…'/>; most servers have no such node."""
    try:
        items = await pubsub.items(stream, SERVED, to=jid)
    except (TimedOut, Offline):
        raise
    except XmppError:
        return []
    lines = (line for item in items[:MOST] for line in item if line.tag == _SERVED)
    places = ((_service(line.get("jid", "")), line.get("node", "")) for line in lines)
    return [Followed(service, node) for service, node in places if service and 0 < len(node) <= LONGEST_ID]


async def _lines(stream: Stream, jid: str, *, public: bool) -> list[tuple[str, Followed]]:
    try:
        items = await pubsub.items(stream, PUBLIC if public else PRIVATE, to="" if jid == stream.jid else jid)
    except (TimedOut, Offline):
        raise
    except XmppError as error:
        if error.condition != "item-not-found":
            raise
        return []
    return list(_read(items[:MOST]))


def _read(items: Iterable[Element]) -> Iterator[tuple[str, Followed]]:
    for item in items:
        line = next((child for child in item if child.tag in _LINES), None)
        if line is None or not atom.shallow(line):
            continue
        service, node = _service(line.get("server", "")), line.get("node", "")
        if not service or not 0 < len(node) <= LONGEST_ID:
            continue
        title = next((child.text or "" for child in line if child.tag in _TITLES), "")
        xml = ET.tostring(line, encoding="unicode")
        kept = xml if len(xml) <= LONGEST_XML else ""
        yield item.get("id", "")[:LONGEST_ID], Followed(service, node, title.strip()[:LONGEST_TITLE], kept)


def _service(address: str) -> str:
    try:
        jid = jids.normalise(address.strip())
    except ValueError:
        return ""
    return jid if jid == jids.bare(jid) and len(jid) <= LONGEST_ID else ""


async def put(stream: Stream, followed: Followed, *, public: bool) -> None:
    """Write one line of our own list; what others wrote into it stays.

    Raises XmppError ("not-acceptable": the list cannot be kept as it has to be), TimedOut, Offline.
    """
    node = PUBLIC if public else PRIVATE
    id = item_id(stream.jid, followed.service, followed.node)
    xml = followed.xml
    if not xml:
        known = {ref: line.xml for ref, line in await _lines(stream, "", public=public)}
        xml = known.get(id, "")
    payload = _element(followed, xml)
    access = "presence" if public else "whitelist"
    # Not by options alone: a list has to keep all its lines and to tell of those that go, on every server.
    if await nodes.ensure(stream, node, access) != access:
        raise XmppError("not-acceptable", "the server does not keep this list from others")
    await posts.put(stream, stream.jid, node, id, payload)


def _element(followed: Followed, former: str) -> Element:
    attributes = {"server": followed.service, "node": followed.node}
    line = Element(_LINES[0], attributes)
    if title := xml_text(followed.title).strip():
        SubElement(line, _TITLES[0]).text = title
    try:
        old = ET.fromstring(former) if former else None  # noqa: S314 (what ElementTree wrote itself)
    except ET.ParseError:
        old = None
    if old is not None:
        line.attrib = {**old.attrib, **attributes}
        line.extend(child for child in old if child.tag not in _TITLES)
    return line


async def take(stream: Stream, service: str, node: str, *, public: bool) -> None:
    """Take a line out of our own list, under whatever id it stands. Raises XmppError, TimedOut, Offline."""
    lines = await _lines(stream, "", public=public)
    for id in {id for id, line in lines if (line.service, line.node) == (service, node) and id}:
        try:
            await pubsub.retract(stream, PUBLIC if public else PRIVATE, id)
        except (TimedOut, Offline):
            raise
        except XmppError as error:
            if error.condition != "item-not-found":
                raise


def notified(xml: Element, event: Element, context: Context) -> FollowedReceived | None:
    """What another client of ours changed in a list; only our own account may tell (security case A08)."""
    if not context.is_own(xml.get("from")) or xml.get("type") in ("groupchat", "error"):
        context.drop("pubsub")
        return None
    items = event.find(f"{{{ns.PUBSUB_EVENT}}}items")
    if items is None:
        return None
    lines = _read(items.findall(f"{{{ns.PUBSUB_EVENT}}}item")[:MOST])
    gone = (each.get("id", "") for each in items.findall(f"{{{ns.PUBSUB_EVENT}}}retract")[:MOST])
    followed = tuple(line for _, line in lines)
    removed = tuple(id for id in gone if 0 < len(id) <= LONGEST_ID)
    if not followed and not removed:
        return None
    return FollowedReceived(items.get("node") == PUBLIC, followed, removed)
