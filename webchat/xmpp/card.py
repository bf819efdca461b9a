"""This room writes our own card: vCard4 (XEP-0292), and vcard-temp (XEP-0054) for older programs."""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, fields
from xml.etree.ElementTree import Element, SubElement

from webchat.errors import Offline, TimedOut, XmppError
from webchat.xmpp import disco, pubsub
from webchat.xmpp import jid as jids
from webchat.xmpp import namespaces as ns
from webchat.xmpp.context import Stream
from webchat.xmpp.profile import LONGEST, LONGEST_NOTE
from webchat.xmpp.pubsub import own
from webchat.xmpp.xml_text import xml_text

ITEM = "current"
_VCARD4 = f"{{{ns.VCARD4}}}vcard"
_VCARD = f"{{{ns.VCARD_TEMP}}}vCard"
_NICK = f"{{{ns.NICK}}}nick"

Paths = tuple[str, ...]

# Field → where it may stand; it is written into the first of these.
_NEWER: Mapping[str, Paths] = {
    "name": ("fn/text",),
    "nickname": ("nickname/text",),
    "pronouns": ("pronouns/text",),
    "email": ("email/text",),
    "birthday": ("bday/date", "bday/text"),
    "website": ("url/uri",),
    "note": ("note/text",),
    "locality": ("adr/locality",),
    "country": ("adr/country",),
}
_OLDER: Mapping[str, Paths] = {
    "name": ("FN",),
    "nickname": ("NICKNAME",),
    "email": ("EMAIL/USERID",),
    "birthday": ("BDAY",),
    "website": ("URL",),
    "note": ("DESC", "NOTE"),
    "locality": ("ADR/LOCALITY",),
    "country": ("ADR/CTRY",),
}
_ADDRESS = ("pobox", "ext", "street", "locality", "region", "code", "country")
"""RFC 6351 §6: an address has all of its parts, in this order."""

_SHARED = ("adr", "ADR")
"""What holds more than one field: it stays when one of them goes."""


@dataclass(frozen=True, slots=True)
class Card:
    """What of our own card can be edited; "" where it says nothing."""

    name: str = ""
    nickname: str = ""
    pronouns: str = ""
    email: str = ""
    birthday: str = ""
    website: str = ""
    note: str = ""
    locality: str = ""
    country: str = ""

    def changed(self, before: "Card") -> dict[str, str]:
        """The fields that are different from `before`."""
        return {
            field.name: getattr(self, field.name)
            for field in fields(self)
            if getattr(self, field.name) != getattr(before, field.name)
        }


@dataclass(frozen=True, slots=True)
class OwnCard:
    """Our card as the server has it: both kinds, None where there is none; who may read the newer one."""

    newer: Element | None
    older: Element | None
    access: str

    @property
    def card(self) -> Card:
        """What it says; of two kinds the newer one is believed."""
        if self.newer is not None:
            return read(self.newer)
        return _said(self.older)


async def fetch(stream: Stream) -> OwnCard:
    """Our own card. Raises TimedOut, Offline, XmppError of a server that does neither kind."""
    newer = await _newer(stream)
    return OwnCard(newer, await _older(stream), await own.access(stream, ns.VCARD4_NODE))


async def write(stream: Stream, before: OwnCard, changed: Mapping[str, str], access: str) -> bool:
    """Change these fields and nothing else of our card, and who may read it: "open" or "presence".

    What we do not know in it stays. A vcard-temp that the server keeps beside it is kept in step; where only
    contacts may read our card our fields leave it, because anybody reads that one (XEP-0054 §3.2).
    False when the server does not let that one be changed; all else is written then.
    Raises XmppError, TimedOut, Offline.
    """
    newer = edited(_whole(stream, before), changed)
    await own.publish(stream, ns.VCARD4_NODE, ITEM, newer, access)
    wanted = read(newer)
    if "nickname" in changed or access != before.access:
        await publish_nick(stream, wanted.nickname, access)
    return await keep_in_step(stream, before, newer, access)


async def keep_in_step(stream: Stream, before: OwnCard, newer: Element, access: str) -> bool:
    """Let the vcard-temp say what `newer` says, as far as anybody may know it; False when it stays otherwise.

    Raises XmppError, TimedOut, Offline.
    """
    wanted, older = read(newer), await _older(stream)
    try:
        shown = wanted if access == "open" else Card()
        said, same = _said(older), _without_pronouns(wanted)
        made_of_it = said == same and (_said(before.older) != same or await _is_prosody(stream))
        if said == _without_pronouns(shown) or made_of_it:
            return True
        await stream.request("set", _kept_in_step(older, shown))
    except (TimedOut, Offline):
        raise
    except XmppError:
        # COMPAT: a server without vcard-temp has nothing to keep in step.
        return older is None
    # A server that makes one of the other (XEP-0398) knows less than was in it.
    await own.publish(stream, ns.VCARD4_NODE, ITEM, newer, access)
    return True


async def publish_nick(stream: Stream, nickname: str, access: str) -> None:
    """What we call ourselves, "" takes it back (XEP-0172 §4.4). Raises XmppError, TimedOut, Offline."""
    nick = Element(_NICK)
    nick.text = xml_text(nickname) or None
    await own.publish(stream, ns.NICK, ITEM, nick, access)


def read(vcard: Element) -> Card:
    """The fields of a vCard4, as long as a profile shows them."""
    return _read(vcard, _NEWER, ns.VCARD4)


def edited(vcard: Element, changed: Mapping[str, str]) -> Element:
    """The same vCard4 with these fields otherwise; everything else in it as it was."""
    made = deepcopy(vcard)
    for name, value in changed.items():
        _put(made, _NEWER[name], xml_text(value), ns.VCARD4)
    return made


async def _is_prosody(stream: Stream) -> bool:
    # COMPAT(Prosody): its vcard-temp is the vCard4, and guarded like it, but it says so nowhere.
    known = await disco.info(stream, jids.domain(stream.jid))
    return ("server", "im", "Prosody") in known.identities


def _said(older: Element | None) -> Card:
    return Card() if older is None else _read(older, _OLDER, ns.VCARD_TEMP)


def _whole(stream: Stream, before: OwnCard) -> Element:
    """What is edited: our vCard4, else a first one that says what the older kind says."""
    if before.newer is not None:
        return before.newer
    first = Element(_VCARD4)
    impp = SubElement(first, f"{{{ns.VCARD4}}}impp")
    SubElement(impp, f"{{{ns.VCARD4}}}uri").text = f"xmpp:{stream.jid}"
    return edited(first, before.card.changed(Card()))


def _kept_in_step(older: Element | None, shown: Card) -> Element:
    made = Element(_VCARD) if older is None else deepcopy(older)
    for name, paths in _OLDER.items():
        value = getattr(shown, name)
        if _one(made, paths, ns.VCARD_TEMP, _longest(name)) != value:
            _put(made, paths, xml_text(value), ns.VCARD_TEMP)
    return made


def _without_pronouns(card: Card) -> Card:
    return Card(**{name: getattr(card, name) for name in _OLDER})


async def _newer(stream: Stream) -> Element | None:
    try:
        found = await pubsub.items(stream, ns.VCARD4_NODE)
    except (TimedOut, Offline):
        raise
    except XmppError as error:
        if error.condition not in ("item-not-found", "service-unavailable", "feature-not-implemented"):
            raise
        return None
    cards = [card for item in found if (card := item.find(_VCARD4)) is not None]
    return cards[-1] if cards else None


async def _older(stream: Stream) -> Element | None:
    try:
        return (await stream.request("get", Element(_VCARD))).find(_VCARD)
    except (TimedOut, Offline):
        raise
    except XmppError:
        return None


# ---- places in a card


def _read(card: Element, where: Mapping[str, Paths], space: str) -> Card:
    return Card(**{name: _one(card, paths, space, _longest(name)) for name, paths in where.items()})


def _longest(name: str) -> int:
    return LONGEST_NOTE if name == "note" else LONGEST


def _one(card: Element, paths: Paths, space: str, longest: int) -> str:
    found = _found(card, paths, space)
    return "" if found is None else (found[2].text or "").strip()[:longest]


def _found(card: Element, paths: Paths, space: str) -> tuple[str, Element, Element] | None:
    """The first of the places that says something: its path, the child of the card, what holds the text."""
    for path in paths:
        outer, _, inner = path.partition("/")
        for child in card.findall(f"{{{space}}}{outer}"):
            for leaf in child.findall(f"{{{space}}}{inner}") if inner else (child,):
                if (leaf.text or "").strip():
                    return path, child, leaf
    return None


def _put(card: Element, paths: Paths, value: str, space: str) -> None:
    outer, _, inner = paths[0].partition("/")
    found = _found(card, paths, space)
    if found is not None:
        path, child, leaf = found
        if (value and path == paths[0]) or outer in _SHARED:
            leaf.text = value or None
            return
        card.remove(child)
    if not value:
        return
    former = card.find(f"{{{space}}}{outer}") if outer in _SHARED else None
    child = SubElement(card, f"{{{space}}}{outer}") if former is None else former
    if former is None and outer == "adr":
        for part in _ADDRESS:
            SubElement(child, f"{{{space}}}{part}")
    holder = child.find(f"{{{space}}}{inner}") if inner else child
    (SubElement(child, f"{{{space}}}{inner}") if holder is None else holder).text = value
