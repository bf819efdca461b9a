"""This room reads and changes the list of blocked addresses, and reports them (XEP-0191, 0377)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal
from xml.etree.ElementTree import Element, SubElement

from webchat.xmpp import jid as jids
from webchat.xmpp import namespaces as ns
from webchat.xmpp.context import Stream
from webchat.xmpp.events import BlocklistReceived
from webchat.xmpp.xml_text import xml_text

MOST = 20_000
"""Addresses read of one list."""

LONGEST_TEXT = 2000
MOST_EVIDENCE = 20

BLOCK = f"{{{ns.BLOCKING}}}block"
UNBLOCK = f"{{{ns.BLOCKING}}}unblock"
_LIST = f"{{{ns.BLOCKING}}}blocklist"
_ITEM = f"{{{ns.BLOCKING}}}item"
_REPORT = f"{{{ns.REPORTING}}}report"
_OLDER_REPORT = f"{{{ns.REPORTING_OLDER}}}report"
_STANZA_ID = f"{{{ns.SID}}}stanza-id"

Reason = Literal["spam", "abuse"]


@dataclass(frozen=True, slots=True)
class Report:
    """XEP-0377: why somebody is blocked; `evidence` is (archive, stanza id) of messages of theirs."""

    reason: Reason
    text: str = ""
    evidence: tuple[tuple[str, str], ...] = ()


async def fetch(stream: Stream) -> BlocklistReceived:
    """The whole list (§3.2); raises XmppError where the server keeps none, TimedOut, Offline."""
    answer = await stream.request("get", Element(_LIST))
    found = answer.find(_LIST)
    return BlocklistReceived(() if found is None else _items(found), whole=True)


async def block(stream: Stream, jid: str, report: Report | None = None, *, older: bool = False) -> None:
    """Block a bare address, a whole server or a room's occupant (§3.4), telling the server why.

    older  the server only knows the older words of a report (urn:xmpp:reporting:0)

    Raises XmppError, TimedOut, Offline.
    """
    payload = Element(BLOCK)
    item = SubElement(payload, _ITEM, {"jid": jid})
    if report is not None:
        item.append(_older(report) if older else _report(report))
    await stream.request("set", payload)


async def unblock(stream: Stream, jid: str) -> None:
    """Block it no longer (§3.5); raises XmppError, TimedOut, Offline."""
    payload = Element(UNBLOCK)
    SubElement(payload, _ITEM, {"jid": jid})
    await stream.request("set", payload)


def pushed(payload: Element) -> BlocklistReceived | None:
    """What another client of ours blocked or unblocked; an empty <unblock/> unblocks everybody."""
    items = _items(payload)
    if payload.tag == UNBLOCK and not len(payload):
        return BlocklistReceived((), whole=True)
    return BlocklistReceived(items, blocked=payload.tag == BLOCK) if items else None


def _items(parent: Element) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for item in parent.findall(_ITEM)[:MOST]:
        try:
            found[jids.normalise(item.get("jid", ""))] = None
        except ValueError:
            continue
    return tuple(found)


def _report(report: Report) -> Element:
    xml = Element(_REPORT, {"reason": f"urn:xmpp:reporting:{report.reason}"})
    _add_evidence(xml, report.evidence)
    if text := xml_text(report.text).strip():
        SubElement(xml, f"{{{ns.REPORTING}}}text").text = text[:LONGEST_TEXT]
    return xml


def _older(report: Report) -> Element:
    """COMPAT(mod_spam_reporting before 2023): the reason is an element, and there is no evidence."""
    xml = Element(_OLDER_REPORT)
    SubElement(xml, f"{{{ns.REPORTING_OLDER}}}{report.reason}")
    if text := xml_text(report.text).strip():
        SubElement(xml, f"{{{ns.REPORTING_OLDER}}}text").text = text[:LONGEST_TEXT]
    return xml


def _add_evidence(xml: Element, evidence: Iterable[tuple[str, str]]) -> None:
    for by, id in list(evidence)[:MOST_EVIDENCE]:
        SubElement(xml, _STANZA_ID, {"by": by, "id": xml_text(id)})
