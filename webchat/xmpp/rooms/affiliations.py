"""This room reads and changes who may do what in a room: affiliations and roles (XEP-0045 §8, §9)."""

from collections.abc import Mapping
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement

from webchat.xmpp import jid as jids
from webchat.xmpp import namespaces as ns
from webchat.xmpp.context import Stream
from webchat.xmpp.xml_text import xml_text

AFFILIATIONS = ("owner", "admin", "member", "none", "outcast")
ROLES = ("moderator", "participant", "visitor", "none")
MOST_MEMBERS = 5000

_QUERY = f"{{{ns.MUC_ADMIN}}}query"
_ITEM = f"{{{ns.MUC_ADMIN}}}item"
_REASON = f"{{{ns.MUC_ADMIN}}}reason"


@dataclass(frozen=True, slots=True)
class Member:
    """One line of a room's list of owners, admins, members or outcasts; nick and reason are foreign."""

    jid: str
    affiliation: str
    nick: str = ""
    reason: str = ""


async def members(stream: Stream, room: str, affiliation: str) -> list[Member]:
    """Everybody with this affiliation (§9.5, §9.2.2). Raises XmppError ("forbidden"), TimedOut, Offline."""
    query = Element(_QUERY)
    SubElement(query, _ITEM, {"affiliation": affiliation})
    answer = await stream.request("get", query, to=room)
    found: dict[str, Member] = {}
    for item in answer.findall(f"{_QUERY}/{_ITEM}")[:MOST_MEMBERS]:
        try:
            jid = jids.bare(jids.normalise(item.get("jid", "")))
        except ValueError:
            continue
        reason = (item.findtext(_REASON) or "").strip()[:1024]
        found[jid] = Member(jid, affiliation, item.get("nick", "")[:1023], reason)
    return list(found.values())


async def set_affiliation(stream: Stream, room: str, jid: str, affiliation: str, reason: str = "") -> None:
    """Make a bare JID owner, admin, member, none or outcast (a ban).

    Raises XmppError: "forbidden", "not-allowed", "conflict" (the last owner); TimedOut, Offline.
    """
    await _change(stream, room, {"jid": jid, "affiliation": affiliation}, reason)


async def set_role(stream: Stream, room: str, nick: str, role: str, reason: str = "") -> None:
    """Make an occupant moderator, participant or visitor, or put them out ("none", §8.2).

    Raises XmppError ("not-allowed", "forbidden"), TimedOut, Offline.
    """
    await _change(stream, room, {"nick": nick, "role": role}, reason)


async def _change(stream: Stream, room: str, attributes: Mapping[str, str], reason: str) -> None:
    query = Element(_QUERY)
    item = SubElement(query, _ITEM, dict(attributes))
    if text := xml_text(reason).strip():
        SubElement(item, _REASON).text = text
    await stream.request("set", query, to=room)
