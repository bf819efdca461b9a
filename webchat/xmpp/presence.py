"""This room reads <presence/>: who is there, and who asks to see us (RFC 6121 §3, §4)."""

import re
from datetime import datetime
from xml.etree.ElementTree import Element

from webchat.xmpp import dates, stanza
from webchat.xmpp import jid as jids
from webchat.xmpp import namespaces as ns
from webchat.xmpp.context import Context
from webchat.xmpp.events import Event, PresenceReceived, SubscriptionRequested

LONGEST_STATUS = 1024

PRESENCE = f"{{{ns.CLIENT}}}presence"
_SHOW = f"{{{ns.CLIENT}}}show"
_STATUS = f"{{{ns.CLIENT}}}status"
_PRIORITY = f"{{{ns.CLIENT}}}priority"
_MUC_USER = f"{{{ns.MUC_USER}}}x"
_UPDATE = f"{{{ns.VCARD_UPDATE}}}x"
_PHOTO = f"{{{ns.VCARD_UPDATE}}}photo"
_IDLE = f"{{{ns.IDLE}}}idle"
_HASH = re.compile(r"[0-9a-f]{40}")
_SHOWS = frozenset(("away", "chat", "dnd", "xa"))


def presence(xml: Element, context: Context) -> Event | None:
    """Availability or a request; None for rooms, errors and what the roster tells better.

    A "subscribed" that nobody waited for changes nothing: the roster push is what counts (RFC 6121 §3.1.6).
    """
    kind = xml.get("type")
    if kind not in (None, "unavailable", "subscribe"):
        return None
    found = stanza.children(xml)
    if _MUC_USER in found:
        context.drop("muc")
        return None
    try:
        sender = jids.normalise(xml.get("from", context.jid))
    except ValueError:
        context.drop("address")
        return None
    status = stanza.text(xml, found[_STATUS]).strip()[:LONGEST_STATUS] if _STATUS in found else ""
    bare = jids.bare(sender)
    if kind == "subscribe":
        return SubscriptionRequested(bare, status) if bare != context.jid else None
    show = (found[_SHOW].text or "").strip() if _SHOW in found else ""
    return PresenceReceived(
        jid=sender,
        available=kind is None,
        show=show if kind is None and show in _SHOWS else "",
        status=status,
        priority=_priority(found.get(_PRIORITY)),
        mine=bare == context.jid,
        photo=photo_hash(found.get(_UPDATE)),
        idle=_idle(found.get(_IDLE)) if kind is None else None,
    )


def photo_hash(update: Element | None) -> str | None:
    """The picture that <x xmlns='vcard-temp:x:update'/> announces: its SHA-1, "" for none, None if unsaid.

    XEP-0153 §4.1: without a <photo/> the client has not looked yet.
    """
    photo = None if update is None else update.find(_PHOTO)
    if photo is None:
        return None
    text = (photo.text or "").strip().lower()
    return text if not text or _HASH.fullmatch(text) else None


def _idle(xml: Element | None) -> datetime | None:
    return None if xml is None else dates.parse(xml.get("since"))


def _priority(xml: Element | None) -> int:
    """RFC 6121 §4.7.2.3: an integer from -128 to 127; 0 where it is none."""
    text = "" if xml is None else (xml.text or "").strip()
    if not text.removeprefix("-").isdecimal() or len(text) > 4:
        return 0
    return max(-128, min(127, int(text)))
