"""This room reads and sets what our own archive keeps (XEP-0441, formerly a part of XEP-0313)."""

from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement

from webchat.errors import XmppError
from webchat.xmpp import jid as jids
from webchat.xmpp import namespaces as ns
from webchat.xmpp.context import Stream

KEEPS = ("always", "roster", "never")
"""What can be kept: everything, what is exchanged with contacts, nothing."""

MOST = 1000

_PREFS = f"{{{ns.MAM}}}prefs"


@dataclass(frozen=True, slots=True)
class ArchivePrefs:
    """What the archive keeps by default, and of whom it always or never does."""

    default: str
    always: tuple[str, ...] = ()
    never: tuple[str, ...] = ()


async def fetch(stream: Stream, timeout: float = 10) -> ArchivePrefs:
    """What holds now (§2). Raises XmppError where the server lets nobody choose, TimedOut, Offline."""
    return _read(await stream.request("get", Element(_PREFS), timeout=timeout))


async def put(stream: Stream, prefs: ArchivePrefs) -> ArchivePrefs:
    """Choose anew (§3); what the server made of it. Raises XmppError, TimedOut, Offline."""
    payload = Element(_PREFS, {"default": prefs.default})
    for word, addresses in (("always", prefs.always), ("never", prefs.never)):
        holder = SubElement(payload, f"{{{ns.MAM}}}{word}")
        for address in addresses:
            SubElement(holder, f"{{{ns.MAM}}}jid").text = address
    answer = await stream.request("set", payload)
    # COMPAT(Prosody before 0.13): its answer to a change is empty.
    return _read(answer) if answer.find(_PREFS) is not None else await fetch(stream)


def _read(answer: Element) -> ArchivePrefs:
    prefs = answer.find(_PREFS)
    if prefs is None or prefs.get("default") not in KEEPS:
        raise XmppError("undefined-condition")
    return ArchivePrefs(prefs.get("default", ""), _addresses(prefs, "always"), _addresses(prefs, "never"))


def _addresses(prefs: Element, word: str) -> tuple[str, ...]:
    found: Sequence[Element] = prefs.findall(f"{{{ns.MAM}}}{word}/{{{ns.MAM}}}jid")[: MOST + 1]
    if len(found) > MOST:
        # What we do not read whole we could not write back whole.
        raise XmppError("resource-constraint")
    kept: dict[str, None] = {}
    for each in found:
        try:
            kept[jids.normalise((each.text or "").strip())] = None
        except ValueError:
            continue
    return tuple(kept)
