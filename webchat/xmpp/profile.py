"""This room reads what people tell about themselves: vCard4 (XEP-0292), vcard-temp (XEP-0054)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from itertools import islice
from xml.etree.ElementTree import Element

from webchat.xmpp import namespaces as ns
from webchat.xmpp import people, pubsub
from webchat.xmpp.context import Stream

LONGEST = 300
LONGEST_NOTE = 3000
MOST = 5
"""Sites, mail addresses and telephone numbers shown of one card."""

MOST_FIELDS = 300
"""Fields of a card that are looked at."""

_VCARD4 = f"{{{ns.VCARD4}}}vcard"
_VCARD = f"{{{ns.VCARD_TEMP}}}vCard"

Spell = Callable[[str], str]
"""A path without namespaces → with those of its kind of card."""


@dataclass(frozen=True, slots=True)
class Profile:
    """What somebody says of themselves: foreign text, cut to a length, otherwise as it came.

    banner  where the broad picture of their page lies (webchat.xmpp.portrait)
    """

    name: str = ""
    nickname: str = ""
    pronouns: str = ""
    title: str = ""
    organisation: str = ""
    birthday: str = ""
    locality: str = ""
    country: str = ""
    note: str = ""
    sites: tuple[str, ...] = ()
    mails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    banner: str = ""

    def merged(self, other: "Profile") -> "Profile":
        """This one, with what it leaves open filled in from the other."""
        return Profile(
            **{field.name: getattr(self, field.name) or getattr(other, field.name) for field in fields(self)}
        )


async def fetch(stream: Stream, jid: str, timeout: float = 10) -> Profile:
    """The vCard4 in the node of `jid` (XEP-0292 §3.2). Raises XmppError, TimedOut, Offline."""
    for item in await pubsub.items(stream, ns.VCARD4_NODE, to=jid, timeout=timeout):
        vcard = item.find(_VCARD4)
        if vcard is not None:
            return read_vcard4(vcard)
    return Profile()


async def fetch_older(stream: Stream, jid: str, timeout: float = 10) -> tuple[Profile, bytes]:
    """The vcard-temp of `jid`, and the picture in it, b"" for none (XEP-0054 §3.2, §3.4).

    Raises XmppError, TimedOut, Offline.
    """
    answer = await stream.request("get", Element(_VCARD), to=jid, timeout=timeout)
    vcard = answer.find(_VCARD)
    if vcard is None:
        return Profile(), b""
    try:
        photo = people.decoded(vcard.findtext(_older("PHOTO/BINVAL")))
    except people.BadData:
        photo = b""
    return read_vcard_temp(vcard), photo


def read_vcard4(vcard: Element) -> Profile:
    """RFC 6351: every value inside an element of its type."""
    vcard = _short(vcard)
    return Profile(
        name=_one(vcard, ["fn/text"], _newer),
        nickname=_one(vcard, ["nickname/text"], _newer),
        pronouns=_one(vcard, ["pronouns/text"], _newer),
        title=_one(vcard, ["title/text", "role/text"], _newer),
        organisation=_one(vcard, ["org/text"], _newer),
        birthday=_one(vcard, ["bday/date", "bday/text"], _newer),
        locality=_one(vcard, ["adr/locality"], _newer),
        country=_one(vcard, ["adr/country"], _newer),
        note=_one(vcard, ["note/text"], _newer, LONGEST_NOTE),
        sites=_all(vcard, ["url/uri"], _newer),
        mails=_all(vcard, ["email/text"], _newer),
        phones=_all(vcard, ["tel/uri", "tel/text"], _newer),
    )


def read_vcard_temp(vcard: Element) -> Profile:
    """XEP-0054 §9."""
    vcard = _short(vcard)
    return Profile(
        name=_one(vcard, ["FN"], _older),
        nickname=_one(vcard, ["NICKNAME"], _older),
        title=_one(vcard, ["TITLE", "ROLE"], _older),
        organisation=_one(vcard, ["ORG/ORGNAME"], _older),
        birthday=_one(vcard, ["BDAY"], _older),
        locality=_one(vcard, ["ADR/LOCALITY"], _older),
        country=_one(vcard, ["ADR/CTRY"], _older),
        note=_one(vcard, ["DESC", "NOTE"], _older, LONGEST_NOTE),
        sites=_all(vcard, ["URL"], _older),
        mails=_all(vcard, ["EMAIL/USERID"], _older),
        phones=_all(vcard, ["TEL/NUMBER"], _older),
    )


def _short(vcard: Element) -> Element:
    """The first fields of a card that may have ten thousand."""
    if len(vcard) <= MOST_FIELDS:
        return vcard
    short = Element(vcard.tag)
    short.extend(vcard[:MOST_FIELDS])
    return short


def _newer(path: str) -> str:
    return "/".join(f"{{{ns.VCARD4}}}{name}" for name in path.split("/"))


def _older(path: str) -> str:
    return "/".join(f"{{{ns.VCARD_TEMP}}}{name}" for name in path.split("/"))


def _texts(vcard: Element, paths: Iterable[str], spell: Spell, longest: int) -> list[str]:
    there = (xml for path in paths for xml in islice(vcard.iterfind(spell(path)), MOST_FIELDS))
    found = [(xml.text or "").strip()[:longest] for xml in there]
    return list(dict.fromkeys(filter(None, found)))


def _one(vcard: Element, paths: Iterable[str], spell: Spell, longest: int = LONGEST) -> str:
    return next(iter(_texts(vcard, paths, spell, longest)), "")


def _all(vcard: Element, paths: Iterable[str], spell: Spell) -> tuple[str, ...]:
    return tuple(_texts(vcard, paths, spell, LONGEST)[:MOST])
