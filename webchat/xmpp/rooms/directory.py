"""This room asks a directory for public rooms everywhere (XEP-0433)."""

from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement

from webchat.xmpp import forms
from webchat.xmpp import jid as jids
from webchat.xmpp import namespaces as ns
from webchat.xmpp.context import Stream
from webchat.xmpp.numbers import whole
from webchat.xmpp.xml_text import xml_text

DIRECTORY = "api@search.jabber.network"
"""The one that Movim and others ask; whoever asks it tells it their words and their address."""

MOST = 30
LONGEST = 1024

_NS = "urn:xmpp:channel-search:0:search"
_PARAMS = "urn:xmpp:channel-search:0:search-params"
_SEARCH = f"{{{_NS}}}search"
_ITEM = f"{{{_NS}}}result/{{{_NS}}}item"


@dataclass(frozen=True, slots=True)
class FoundRoom:
    """One room that a directory knows; its texts are foreign."""

    jid: str
    name: str = ""
    description: str = ""
    people: int | None = None
    language: str = ""


async def search(stream: Stream, words: str, directory: str = DIRECTORY) -> list[FoundRoom]:
    """Rooms with these words in name, description or address (§4.2).

    Raises XmppError, TimedOut, Offline.
    """
    query = Element(_SEARCH)
    SubElement(SubElement(query, f"{{{ns.RSM}}}set"), f"{{{ns.RSM}}}max").text = str(MOST)
    query.append(forms.submit(_PARAMS, {"q": xml_text(words).strip()[:LONGEST]}))
    answer = await stream.request("get", query, to=directory)
    found = (_read(item) for item in answer.findall(_ITEM)[:MOST])
    return list({room.jid: room for room in found if room is not None}.values())


def _read(item: Element) -> FoundRoom | None:
    try:
        jid = jids.normalise(item.get("address", ""))
    except ValueError:
        return None
    if not jids.local(jid) or jid != jids.bare(jid):
        return None

    def text(name: str) -> str:
        return (item.findtext(f"{{{_NS}}}{name}") or "").strip()[:LONGEST]

    return FoundRoom(
        jid=jid,
        name=text("name"),
        description=text("description"),
        people=whole(text("nusers"), 8),
        language=text("language")[:35],
    )
