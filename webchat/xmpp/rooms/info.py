"""This room asks what a room says of itself, and which rooms a service has (XEP-0045 §6)."""

import asyncio
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement

from webchat.errors import Offline, XmppError
from webchat.xmpp import disco, forms
from webchat.xmpp import jid as jids
from webchat.xmpp import namespaces as ns
from webchat.xmpp.context import Stream
from webchat.xmpp.entries import Ref
from webchat.xmpp.numbers import whole
from webchat.xmpp.pubsub import linked

MOST_ROOMS = 1000
"""Rooms of one service that are read."""

MOST_SERVICES = 50
"""Items of a server that are asked what they are."""

ASKED = 8.0
"""Seconds an item has to say what it is."""

LONGEST = 1024

_ITEM = f"{{{ns.DISCO_ITEMS}}}item"
_SET = f"{{{ns.RSM}}}set"
_PAGE = 250


@dataclass(frozen=True, slots=True)
class RoomInfo:
    """What a room says of itself before one enters (§6.4). All texts are foreign.

    occupants  how many are inside, None where it does not say
    language   of the discussion (xml:lang), "" unknown
    avatar     SHA-1 of the room's picture in hex (XEP-0486, XEP-0153), "" for none
    contacts   bare JIDs of who answers for it
    community  where the posts are that belong to it, as it says; None for none
    """

    jid: str
    name: str = ""
    description: str = ""
    occupants: int | None = None
    subject: str = ""
    language: str = ""
    avatar: str = ""
    contacts: tuple[str, ...] = ()
    features: frozenset[str] = frozenset()
    community: Ref | None = None

    @property
    def members_only(self) -> bool:
        """Only who is a member may enter."""
        return "muc_membersonly" in self.features

    @property
    def password(self) -> bool:
        """One needs a password to enter."""
        return not {"muc_passwordprotected", "muc_password"}.isdisjoint(self.features)

    @property
    def moderated(self) -> bool:
        """Only who was given a voice may speak."""
        return "muc_moderated" in self.features

    @property
    def public(self) -> bool:
        """It is found in the list of its service."""
        return "muc_public" in self.features

    @property
    def archive(self) -> bool:
        """It keeps what was said, for who comes later (XEP-0313)."""
        return ns.MAM in self.features

    @property
    def moderation(self) -> bool:
        """Moderators can take messages away (XEP-0425)."""
        return not self.features.isdisjoint((ns.MODERATE, ns.MODERATE_0))


@dataclass(frozen=True, slots=True)
class ListedRoom:
    """One room in the list of a service; the name is foreign."""

    jid: str
    name: str = ""


async def fetch(stream: Stream, jid: str, timeout: float = 20) -> RoomInfo:
    """Ask a room what it is.

    Raises XmppError: "item-not-found" for a room that does not exist, "feature-not-implemented" for an
    address that is no room; TimedOut, Offline.
    """
    answer = await stream.request("get", Element(disco.INFO_QUERY), to=jid, timeout=timeout)
    query = answer.find(disco.INFO_QUERY)
    return read(jid, Element(disco.INFO_QUERY) if query is None else query)


def read(jid: str, query: Element) -> RoomInfo:
    """The answer of a room: its name is that of its identity, the rest stands in a form (§15.5.4)."""
    info = disco.read(query)
    named = [name for category, _, name in info.identities if category == "conference" and name]
    form = forms.read(query, ns.MUC_ROOM_INFO) or forms.Form()
    said = {field.var.removeprefix("muc#roominfo_"): field for field in form.fields}

    def one(name: str) -> str:
        return said[name].value[:LONGEST] if name in said else ""

    return RoomInfo(
        jid=jid,
        name=(named[0] if named else one("name") or one("roomname")).strip()[:LONGEST],
        description=one("description"),
        occupants=whole(one("occupants"), 8),
        subject=one("subject"),
        language=one("lang"),
        avatar=_hash(one("avatarhash")),
        contacts=_addresses(said["contactjid"].values if "contactjid" in said else ()),
        features=info.features,
        community=linked.community_of(one("pubsub")),
    )


def is_room(info: RoomInfo) -> bool:
    """Whether this address says that it is a room."""
    return ns.MUC in info.features and bool(jids.local(info.jid))


def _hash(text: str) -> str:
    found = text.strip().lower()
    return found if len(found) == 40 and all(char in "0123456789abcdef" for char in found) else ""


def _addresses(values: tuple[str, ...]) -> tuple[str, ...]:
    found: list[str] = []
    for value in values[:10]:
        try:
            found.append(jids.bare(jids.normalise(value.removeprefix("xmpp:"))))
        except ValueError:
            continue
    return tuple(found)


async def public_rooms(stream: Stream, service: str) -> list[ListedRoom]:
    """The rooms that a service shows to everybody (§6.3), page by page where it pages (XEP-0059).

    Raises XmppError, TimedOut, Offline.
    """
    rooms: dict[str, ListedRoom] = {}
    after = ""
    while len(rooms) < MOST_ROOMS:
        query = Element(disco.ITEMS_QUERY)
        window = SubElement(query, _SET)
        SubElement(window, f"{{{ns.RSM}}}max").text = str(_PAGE)
        if after:
            SubElement(window, f"{{{ns.RSM}}}after").text = after
        answer = await stream.request("get", query, to=service)
        found = answer.find(disco.ITEMS_QUERY)
        if found is None:
            break
        before = len(rooms)
        for item in found.findall(_ITEM)[:MOST_ROOMS]:
            room = _listed(item, service)
            if room is not None:
                rooms.setdefault(room.jid, room)
        last = (found.findtext(f"{_SET}/{{{ns.RSM}}}last") or "").strip()
        # A service that does not page answers with everything, and has no last one.
        if not last or last == after or len(rooms) == before:
            break
        after = last
    return list(rooms.values())[:MOST_ROOMS]


def _listed(item: Element, service: str) -> ListedRoom | None:
    try:
        jid = jids.bare(jids.normalise(item.get("jid", "")))
    except ValueError:
        return None
    # A service speaks for its own rooms only.
    if jids.domain(jid) != service or not jids.local(jid):
        return None
    return ListedRoom(jid, item.get("name", "").strip()[:LONGEST])


async def services(stream: Stream, domain: str) -> list[str]:
    """Addresses of the services for rooms that a server has (§6.1). Raises XmppError, TimedOut, Offline."""
    asked = [jid for jid in await disco.items(stream, domain, MOST_SERVICES) if jid == jids.domain(jid)]
    told = await asyncio.gather(*(_has_rooms(stream, jid) for jid in asked))
    return [jid for jid, yes in zip(asked, told, strict=True) if yes]


async def _has_rooms(stream: Stream, jid: str) -> bool:
    try:
        info = await disco.info(stream, jid, ASKED)
    except Offline:
        raise
    except XmppError:
        return False
    text = any((category, kind) == ("conference", "text") for category, kind, _ in info.identities)
    return text and ns.MUC in info.features
