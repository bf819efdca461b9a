"""This room reads who is named by a message: by reference (XEP-0372) or explicitly (XEP-0513)."""

from typing import Literal
from xml.etree.ElementTree import Element

from webchat.xmpp import fallback
from webchat.xmpp import jid as jids
from webchat.xmpp import namespaces as ns
from webchat.xmpp.content import Mention

MOST = 50
"""People named by one message; what comes after them is not read."""

LONGEST_ADDRESS = 3071
LONGEST_ID = 500

_REFERENCE = f"{{{ns.REFERENCE}}}reference"
_MENTION = f"{{{ns.MENTIONS}}}mention"
_ACTIVE = f"{{{ns.MENTIONS}}}active"
_QUIET = f"{{{ns.MENTIONS}}}noping"

TAGS = (_REFERENCE, _MENTION)


def read(xml: Element, cut: fallback.Cut) -> tuple[Mention, ...]:
    """Everybody who is named; places of the whole body become places of what is left of it."""
    found = [_referred(each, cut) for each in xml.findall(_REFERENCE)[:MOST]]
    found += [_explicit(each, cut) for each in xml.findall(_MENTION)[:MOST]]
    return tuple(dict.fromkeys(mention for mention in found if mention is not None))


def _referred(xml: Element, cut: fallback.Cut) -> Mention | None:
    """XEP-0372 §3.2: it must say where in the text."""
    uri = xml.get("uri", "")
    if xml.get("type") != "mention" or not uri.startswith("xmpp:") or len(uri) > LONGEST_ADDRESS:
        return None
    jid = _address(jids.unescape_path(uri[5:].partition("?")[0]))
    place = _place(xml, cut)
    return Mention(*place, jid) if jid and place else None


def _explicit(xml: Element, cut: fallback.Cut) -> Mention | None:
    """XEP-0513 §3: one person by id or address, or everybody in this room; the place is a hint.

    Other groups, and a room that is named by its address, are nothing that we announce.
    """
    begin, end = _place(xml, cut) or (0, 0)
    quiet = xml.find(_QUIET) is not None
    if (kind := xml.get("mentions")) is not None:
        if kind != ns.MENTIONS_CHANNEL or xml.get("uri"):
            return None
        group: Literal["room", "here"] = "here" if xml.find(_ACTIVE) is not None else "room"
        return Mention(begin, end, "", group=group, quiet=quiet)
    occupant = xml.get("occupantid", "")
    if occupant:
        return Mention(begin, end, "", occupant, quiet=quiet) if len(occupant) <= LONGEST_ID else None
    jid = _address(xml.get("jid", ""))
    return Mention(begin, end, jid, quiet=quiet) if jid else None


def _address(text: str) -> str:
    if not 0 < len(text) <= LONGEST_ADDRESS:
        return ""
    try:
        return jids.normalise(text)
    except ValueError:
        return ""


def _place(xml: Element, cut: fallback.Cut) -> tuple[int, int] | None:
    """From which character to which, end excluded; None for a place that is not in the text."""
    try:
        first, last = cut.moved(int(xml.get("begin", ""))), cut.moved(int(xml.get("end", "")) - 1)
    except (ValueError, OverflowError):
        return None
    if first is None or last is None or not 0 <= first <= last < len(cut.body):
        return None
    return first, last + 1
