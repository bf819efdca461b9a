"""This room reads and changes the roster, and asks for, allows and ends subscriptions (RFC 6121 §2, §3)."""

import asyncio
from collections.abc import Iterable
from typing import Literal
from xml.etree.ElementTree import Element, SubElement

from webchat.xmpp import jid as jids
from webchat.xmpp import namespaces as ns
from webchat.xmpp.context import Stream
from webchat.xmpp.events import RosterItem, RosterReceived
from webchat.xmpp.xml_text import xml_text

LONGEST_NAME = 1023

QUERY = f"{{{ns.ROSTER}}}query"
_ITEM = f"{{{ns.ROSTER}}}item"
_GROUP = f"{{{ns.ROSTER}}}group"
_PRESENCE = f"{{{ns.CLIENT}}}presence"
AT_ONCE = 50
"""Items that are read without letting anybody else in."""

MOST_GROUPS = 100
"""Groups of one contact."""

_SUBSCRIPTIONS = frozenset(("none", "to", "from", "both", "remove"))


async def fetch(stream: Stream, version: str = "") -> RosterReceived | None:
    """The whole roster; None when it still is `version`, which an earlier answer gave (RFC 6121 §2.6.3).

    Only a server that keeps versions ever gives one, so giving it back is always allowed. Raises XmppError,
    TimedOut, Offline.
    """
    answer = await stream.request("get", Element(QUERY, {"ver": version} if version else {}))
    query = answer.find(QUERY)
    if query is None:
        return None if version else RosterReceived(())
    # A doubled address keeps its last item, as if both had been pushed.
    items: dict[str, RosterItem] = {}
    for number, xml in enumerate(query.iterfind(_ITEM)):
        item = _read(xml)
        if item is not None and item.subscription != "remove":
            items[item.jid] = item
        if number % AT_ONCE == 0:
            # A server may know ten thousand people, and others wait meanwhile.
            await asyncio.sleep(0)
    return RosterReceived(tuple(items.values()), query.get("ver", ""))


def read_items(query: Element) -> list[RosterItem]:
    """The items of a roster push; those without a proper address are left out."""
    return [item for xml in query.iterfind(_ITEM) if (item := _read(xml)) is not None]


def _read(xml: Element) -> RosterItem | None:
    try:
        jid = jids.bare(jids.normalise(xml.get("jid", "")))
    except ValueError:
        return None
    subscription = xml.get("subscription", "none")
    groups = [(group.text or "").strip()[:LONGEST_NAME] for group in xml.findall(_GROUP)[:MOST_GROUPS]]
    return RosterItem(
        jid=jid,
        name=xml.get("name", "").strip()[:LONGEST_NAME],
        subscription=subscription if subscription in _SUBSCRIPTIONS else "none",
        ask="subscribe" if xml.get("ask") == "subscribe" else "",
        groups=tuple(dict.fromkeys(filter(None, groups))),
    )


async def set_item(stream: Stream, jid: str, name: str = "", groups: Iterable[str] = ()) -> None:
    """Add a person or change name and groups (RFC 6121 §2.3); the roster push tells when it is done."""
    query = Element(QUERY)
    item = SubElement(query, _ITEM, {"jid": jid})
    if cleaned := xml_text(name).strip():
        item.set("name", cleaned[:LONGEST_NAME])
    for group in dict.fromkeys(xml_text(group).strip()[:LONGEST_NAME] for group in groups):
        if group:
            SubElement(item, _GROUP).text = group
    await stream.request("set", query)


async def remove_item(stream: Stream, jid: str) -> None:
    """Remove a person and with that both subscriptions (RFC 6121 §2.5)."""
    query = Element(QUERY)
    SubElement(query, _ITEM, {"jid": jid, "subscription": "remove"})
    await stream.request("set", query)


def subscribe(stream: Stream, jid: str, status: str = "") -> None:
    """Ask to see the presence of `jid` (RFC 6121 §3.1)."""
    stream.send_xml(_presence(jid, "subscribe", status))


def unsubscribe(stream: Stream, jid: str) -> None:
    """See it no longer (RFC 6121 §3.3)."""
    stream.send_xml(_presence(jid, "unsubscribe"))


def subscribed(stream: Stream, jid: str) -> None:
    """Let `jid` see our presence: the answer to a request, or said in advance (RFC 6121 §3.1.4, §3.4)."""
    stream.send_xml(_presence(jid, "subscribed"))


def unsubscribed(stream: Stream, jid: str) -> None:
    """Decline a request, or end it that `jid` sees our presence (RFC 6121 §3.2)."""
    stream.send_xml(_presence(jid, "unsubscribed"))


def _presence(
    jid: str, kind: Literal["subscribe", "subscribed", "unsubscribe", "unsubscribed"], status: str = ""
) -> Element:
    xml = Element(_PRESENCE, {"to": jids.bare(jid), "type": kind})
    if cleaned := xml_text(status).strip():
        SubElement(xml, f"{{{ns.CLIENT}}}status").text = cleaned
    return xml
