"""This room says what we can do and asks others (XEP-0030, XEP-0115)."""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from weakref import WeakKeyDictionary
from xml.etree.ElementTree import Element, SubElement

from webchat.xmpp import jid as jids
from webchat.xmpp import namespaces as ns
from webchat.xmpp.context import Stream

IDENTITY = ("client", "web", "Webchat")
CAPS_NODE = "urn:webchat:client"
MOST = 1000
"""Identities and features read of one answer; nobody honest has as many."""

INFO_QUERY = f"{{{ns.DISCO_INFO}}}query"
ITEMS_QUERY = f"{{{ns.DISCO_ITEMS}}}query"
_IDENTITY = f"{{{ns.DISCO_INFO}}}identity"
_FEATURE = f"{{{ns.DISCO_INFO}}}feature"
_ITEM = f"{{{ns.DISCO_ITEMS}}}item"
_FORM = f"{{{ns.DATA_FORM}}}x"
_FIELD = f"{{{ns.DATA_FORM}}}field"
_VALUE = f"{{{ns.DATA_FORM}}}value"
MOST_FORMS = 20


@dataclass(frozen=True, slots=True)
class Info:
    """What an entity says of itself: (category, type, name) and feature names."""

    identities: tuple[tuple[str, str, str], ...] = ()
    features: frozenset[str] = frozenset()


async def info(stream: Stream, jid: str, timeout: float = 20) -> Info:
    """Ask `jid` what it is and can do; raises XmppError, TimedOut, Offline."""
    answer = await stream.request("get", Element(INFO_QUERY), to=jid, timeout=timeout)
    query = answer.find(INFO_QUERY)
    return Info() if query is None else read(query)


_own: WeakKeyDictionary[Stream, Info] = WeakKeyDictionary()


async def own(stream: Stream, *, anew: bool = False) -> Info:
    """What our own account is and can do, asked once for each session (`anew`); raises as `info` does."""
    known = None if anew else _own.get(stream)
    if known is None:
        known = _own[stream] = await info(stream, stream.jid)
    return known


async def items(stream: Stream, jid: str, most: int, timeout: float = 20) -> list[str]:
    """The addresses that `jid` lists (XEP-0030 §4.1), at most so many of them, each once, normalised: an
    answer comes from no other spelling. Its nodes are left out.

    Raises XmppError, TimedOut, Offline.
    """
    answer = await stream.request("get", Element(ITEMS_QUERY), to=jid, timeout=timeout)
    found: dict[str, None] = {}
    for item in answer.iterfind(f"{ITEMS_QUERY}/{_ITEM}"):
        if len(found) < most and not item.get("node"):
            try:
                found[jids.normalise(item.get("jid", ""))] = None
            except ValueError:
                continue
    return list(found)


def read(query: Element) -> Info:
    """The <query/> of an answer."""
    identities = [
        (child.get("category", ""), child.get("type", ""), child.get("name", ""))
        for child in query.findall(_IDENTITY)[:MOST]
    ]
    features = [child.get("var", "") for child in query.findall(_FEATURE)[:MOST]]
    return Info(tuple(identities), frozenset(filter(None, features)))


async def abuse_addresses(stream: Stream, domain: str, timeout: float = 10) -> tuple[str, ...]:
    """Where a server takes complaints: addresses with their scheme (XEP-0157 §3), foreign text.

    Raises XmppError, TimedOut, Offline.
    """
    answer = await stream.request("get", Element(INFO_QUERY), to=domain, timeout=timeout)
    found: dict[str, None] = {}
    for form in answer.findall(f"{INFO_QUERY}/{_FORM}")[:MOST_FORMS]:
        values = {
            field.get("var"): [(value.text or "").strip() for value in field.findall(_VALUE)[:MOST_FORMS]]
            for field in form.findall(_FIELD)[:MOST]
        }
        if ns.SERVER_INFO in values.get("FORM_TYPE", ()):
            found |= dict.fromkeys(value for value in values.get("abuse-addresses", ()) if value)
    return tuple(found)[:MOST_FORMS]


def announced(features: Sequence[str]) -> list[str]:
    """Everything we honour: what the slices bring and what this floor does by itself, sorted."""
    return sorted({*features, *ns.OURS})


def our_info(features: Sequence[str], node: str = "") -> Element:
    """Our own <query/>; `node` is repeated as it was asked for (XEP-0030 §3.1)."""
    query = Element(INFO_QUERY, {"node": node} if node else {})
    category, kind, name = IDENTITY
    SubElement(query, _IDENTITY, {"category": category, "type": kind, "name": name})
    for feature in announced(features):
        SubElement(query, _FEATURE, {"var": feature})
    return query


@lru_cache(maxsize=16)
def verification(features: tuple[str, ...]) -> str:
    """The verification string of our own info (XEP-0115 §5.1); the order of octets is that of code points."""
    category, kind, name = IDENTITY
    text = f"{category}/{kind}//{name}<" + "".join(f"{feature}<" for feature in announced(features))
    # The protocol fixes SHA-1; nothing of ours trusts it.
    digest = hashlib.sha1(text.encode(), usedforsecurity=False).digest()
    return base64.b64encode(digest).decode("ascii")


def caps(features: Sequence[str]) -> Element:
    """The <c/> of our presence."""
    return Element(
        f"{{{ns.CAPS}}}c",
        {"hash": "sha-1", "node": CAPS_NODE, "ver": verification(tuple(features))},
    )


def is_ours(node: str, features: Sequence[str]) -> bool:
    """Whether somebody asks for ourselves or for our caps, and not for a node we do not have."""
    return not node or node == f"{CAPS_NODE}#{verification(tuple(features))}"
