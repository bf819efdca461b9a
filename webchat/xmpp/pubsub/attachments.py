"""This room reads and writes what people attach to an item: that they noticed it, reactions (XEP-0470)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.etree import ElementTree as ET
from xml.etree.ElementTree import Element, SubElement

from webchat.xmpp import atom, dates
from webchat.xmpp import jid as jids
from webchat.xmpp import namespaces as ns
from webchat.xmpp.context import Stream
from webchat.xmpp.entries import LIKE, PostItem, Ref
from webchat.xmpp.pubsub import posts

MOST = 500
"""People whose attachments are read."""

MOST_REACTIONS = 50
HEARTS = frozenset((LIKE, "\N{HEAVY BLACK HEART}"))
_VARIATION = "\N{VARIATION SELECTOR-16}"

_ATTACHMENTS = f"{{{ns.ATTACHMENTS}}}attachments"
_NOTICED = f"{{{ns.ATTACHMENTS}}}noticed"
_REACTIONS = f"{{{ns.ATTACHMENTS}}}reactions"
_REACTION = f"{{{ns.ATTACHMENTS}}}reaction"


@dataclass(frozen=True, slots=True)
class Heart:
    """Somebody likes an item. `publisher` is who the service says it was, "" if it does not say."""

    jid: str
    publisher: str
    moment: datetime | None


async def hearts(stream: Stream, ref: Ref) -> tuple[tuple[Heart, ...], bool]:
    """Who likes an item by what they attached to it, and whether these are all.

    Raises XmppError ("item-not-found": nobody attached anything, or the service knows no attachments),
    TimedOut, Offline.
    """
    page = await posts.page(stream, ref.service, atom.attached(ref), most=MOST)
    return tuple(_hearts(page.items)), page.whole


def _hearts(items: Iterable[PostItem]) -> Iterable[Heart]:
    for item in items:
        jid, payload = _person(item.item), _payload(item)
        # Everybody has one item, under their own address (XEP-0470 §4.2): nobody speaks for others.
        if not jid or payload is None or item.publisher not in ("", jid):
            continue
        reactions = payload.find(_REACTIONS)
        if reactions is None or not any(_is_heart(each) for each in _said(reactions)):
            continue
        yield Heart(jid, item.publisher, dates.parse(reactions.get("timestamp")))


def _said(reactions: Element) -> list[Element]:
    return reactions.findall(_REACTION)[:MOST_REACTIONS]


def _is_heart(reaction: Element) -> bool:
    return (reaction.text or "").strip().removesuffix(_VARIATION) in HEARTS


def _person(id: str) -> str:
    try:
        jid = jids.normalise(id)
    except ValueError:
        return ""
    return jid if jid == jids.bare(jid) and jids.local(jid) else ""


def _payload(item: PostItem) -> Element | None:
    try:
        found = ET.fromstring(item.xml) if item.xml else None  # noqa: S314 (what ElementTree wrote itself)
    except ET.ParseError:
        return None
    return found if found is not None and found.tag == _ATTACHMENTS else None


async def put_heart(stream: Stream, ref: Ref, *, liked: bool) -> None:
    """Attach our heart to an item, or take it away; whatever else we attached to it stays.

    Where nothing can be attached, nothing is made. Raises XmppError ("item-not-found": there is no such node;
    "forbidden"), TimedOut, Offline.
    """
    node = atom.attached(ref)
    found = await posts.some(stream, ref.service, node, [stream.jid])
    former = next((payload for item in found if (payload := _payload(item)) is not None), None)
    if former is None and not liked:
        return
    moment = dates.text(datetime.now(UTC))
    await posts.put(stream, ref.service, node, stream.jid, _changed(former, moment, liked=liked))


def _changed(former: Element | None, moment: str, *, liked: bool) -> Element:
    made = Element(_ATTACHMENTS) if former is None else former
    if liked and made.find(_NOTICED) is None:
        SubElement(made, _NOTICED, {"timestamp": moment})
    reactions = made.find(_REACTIONS)
    if reactions is None:
        reactions = SubElement(made, _REACTIONS)
    reactions.set("timestamp", moment)
    for each in reactions.findall(_REACTION):
        if _is_heart(each):
            reactions.remove(each)
    if liked:
        SubElement(reactions, _REACTION).text = LIKE
    return made
